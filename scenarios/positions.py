"""Where each key of a TOML text stands, by line: the parser that we read values with does not say.

The scanner walks the text once and notes for every key, table and array item the line on which it begins. It does not
judge the text: where the text is not TOML it stops and keeps what it has found, since the parser says what is wrong.
"""

import bisect
import dataclasses

Path = tuple[str | int, ...]
"""Keys and list indices (from zero) from the root of the document to a value."""

_DEEPEST = 100  # tomlkit gives up there too, so nothing that it accepts is missed
_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_HEX_DIGITS = {"x": 2, "u": 4, "U": 8}


@dataclasses.dataclass(frozen=True)
class Positions:
    """Lines (from one) of the keys of one TOML text.

    Parameters
    ----------
    lines
        Line of each key, table header and array item, by its path.
    repeated
        Keys that are set twice: path, line of the first and of the second.
    unclosed
        Path and line of the value or header in which the text ends, if it ends inside one.
    """

    lines: dict[Path, int]
    repeated: tuple[tuple[Path, int, int], ...]
    unclosed: tuple[Path, int] | None

    def line(self, path: Path) -> int:
        """Line of a path, or of the nearest table around it; 1 if nothing of it is in the text."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return 1


def locate(text: str) -> Positions:
    """Find the line of every key, table and array item of a TOML text.

    Parameters
    ----------
    text
        A TOML document; what follows its first syntax error is not looked at.

    Returns
    -------
    Positions
        The lines found, and the keys that are set more than once.
    """
    scanner = _Scanner(text)
    unclosed = None
    try:
        scanner.document()
    except _NotTomlError:  # the parser has the better words for what is wrong; the lines up to here are good
        if scanner.at >= len(text):
            unclosed = scanner.statement
    return Positions(scanner.lines, tuple(scanner.repeated), unclosed)


class _NotTomlError(Exception):
    """The text is not TOML from here on."""


class _Scanner:
    """One walk over the text; `at` is the offset of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [offset for offset, letter in enumerate(text) if letter == "\n"]
        self.lines: dict[Path, int] = {}
        self.repeated: list[tuple[Path, int, int]] = []
        self.values: dict[Path, int] = {}  # lines of what `key = value` sets: no header may reopen it
        self.dotted: dict[Path, int] = {}  # tables opened by dotted keys, which other dotted keys may add to
        self.headers: dict[Path, int] = {}  # lines of [table] and [[array]] headers
        self.items: dict[Path, int] = {}  # number of tables so far in each array of tables
        self.statement: tuple[Path, int] | None = None  # what has begun and not ended

    def document(self) -> None:
        """Walk over headers and key-value lines to the end."""
        table: Path = ()
        while True:
            self.skip(newlines=True)
            if self.at >= len(self.text):
                return
            if self.peek() == "[":
                table = self.header()
            else:
                self.setting(table)
            self.skip()
            if self.at < len(self.text) and not self.newline():
                raise _NotTomlError

    def header(self) -> Path:
        """Read `[table]` or `[[array of tables]]`; return the path that it opens."""
        line = self.line()
        self.statement = ((), line)
        self.at += 1
        is_array = self.peek() == "["
        self.at += is_array
        keys = self.key()
        for _ in range(1 + is_array):
            self.expect("]")
        self.statement = None
        path: Path = ()
        for key in keys[:-1]:
            path = (*path, key)
            self.once(self.values, path, line)
            self.lines.setdefault(path, line)
            if path in self.items:
                path = (*path, self.items[path] - 1)
        path = (*path, keys[-1])
        self.once(self.values, path, line)
        if is_array:
            self.once(self.headers, path, line)
            self.lines.setdefault(path, line)
            self.items[path] = self.items.get(path, 0) + 1
            path = (*path, self.items[path] - 1)
        elif path in self.items:
            self.repeated.append((path, self.lines[path], line))
        else:
            self.once(self.headers, path, line)
            self.once(self.dotted, path, line)
            self.headers[path] = line
        self.lines[path] = line  # the header itself tells more than a mention in a longer header
        return path

    def setting(self, table: Path) -> None:
        """Read one `key = value` of a table."""
        line = self.line()
        around = self.statement
        keys = self.key()
        self.expect("=")
        self.skip(newlines=False)
        path = table
        for key in keys[:-1]:
            path = (*path, key)
            if path not in self.dotted:
                self.once(self.lines, path, line)
                self.dotted[path] = line
            self.lines.setdefault(path, line)
        path = (*path, keys[-1])
        self.statement = (path, line)
        self.once(self.lines, path, line)
        self.lines.setdefault(path, line)
        self.value(path, depth=len(path))
        self.values[path] = line
        self.statement = around

    def once(self, taken: dict[Path, int], path: Path, line: int) -> None:
        """Note a key that is set although it is taken."""
        if path in taken:
            self.repeated.append((path, taken[path], line))

    def key(self) -> list[str]:
        """Read a key, dotted or not, and the blanks around it."""
        parts = []
        while True:
            self.skip()
            if self.peek() in ('"', "'"):
                parts.append(self.string())
            else:
                start = self.at
                while self.peek() in _BARE:
                    self.at += 1
                if start == self.at:
                    raise _NotTomlError
                parts.append(self.text[start : self.at])
            self.skip()
            if self.peek() != ".":
                return parts
            if len(parts) > _DEEPEST:
                raise _NotTomlError
            self.at += 1

    def value(self, path: Path, *, depth: int) -> None:
        """Walk over one value, noting the lines of what is inside."""
        if depth > _DEEPEST:
            raise _NotTomlError
        match self.peek():
            case '"' | "'":
                self.string()
            case "[":
                self.array(path, depth=depth)
            case "{":
                self.inline_table(path)
            case _:
                start = self.at
                while self.at < len(self.text) and self.text[self.at] not in ",]}#\r\n":
                    self.at += 1
                if start == self.at:
                    raise _NotTomlError

    def array(self, path: Path, *, depth: int) -> None:
        """Walk over `[item, item]`, which may run over lines."""
        self.at += 1
        index = 0
        while True:
            self.skip(newlines=True)
            if self.peek() == "]":
                self.at += 1
                return
            self.lines[(*path, index)] = self.line()
            self.value((*path, index), depth=depth + 1)
            index += 1
            self.skip(newlines=True)
            if self.peek() == ",":
                self.at += 1
            elif self.peek() != "]":
                raise _NotTomlError

    def inline_table(self, path: Path) -> None:
        """Walk over `{key = value, key = value}`."""
        self.at += 1
        while True:
            self.skip(newlines=True)
            if self.peek() == "}":
                self.at += 1
                return
            self.setting(path)
            self.skip(newlines=True)
            if self.peek() == ",":
                self.at += 1
            elif self.peek() != "}":
                raise _NotTomlError

    def string(self) -> str:
        """Walk over a string of any of the four kinds; return what it says (used for quoted keys)."""
        quote = self.text[self.at]
        is_long = self.text.startswith(quote * 3, self.at)
        self.at += 3 if is_long else 1
        letters: list[str] = []
        while True:
            letter = self.peek()
            if letter == "" or (letter == "\n" and not is_long):
                raise _NotTomlError
            if letter == "\\" and quote == '"':
                letters.append(self.escape())
            elif letter != quote:
                letters.append(letter)
                self.at += 1
            elif not is_long:
                self.at += 1
                return "".join(letters)
            elif self.text.startswith(quote * 3, self.at):
                self.at += 3
                for _ in range(2):  # up to two quotes may stand before the closing three
                    self.at += self.peek() == quote
                return "".join(letters)
            else:
                letters.append(letter)
                self.at += 1

    def escape(self) -> str:
        """Read one escape of a basic string."""
        letter = self.text[self.at + 1 : self.at + 2]
        digits = _HEX_DIGITS.get(letter, 0)
        code = self.text[self.at + 2 : self.at + 2 + digits]
        self.at += 2 + digits
        if not digits:
            return _ESCAPES.get(letter, "")  # a line-ending backslash joins lines: only in values
        try:
            return chr(int(code, 16))
        except (ValueError, OverflowError):
            raise _NotTomlError from None

    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.at : self.at + 1]

    def line(self) -> int:
        """The line of the next character, from one."""
        return bisect.bisect_left(self.breaks, self.at) + 1

    def expect(self, letter: str) -> None:
        """Walk over one character that has to be there."""
        if self.peek() != letter:
            raise _NotTomlError
        self.at += 1

    def newline(self) -> bool:
        """Walk over a line end, if there is one."""
        for end in ("\n", "\r\n"):
            if self.text.startswith(end, self.at):
                self.at += len(end)
                return True
        return False

    def skip(self, *, newlines: bool = False) -> None:
        """Walk over blanks and a comment; over line ends too if asked."""
        while True:
            while self.peek() in (" ", "\t"):
                self.at += 1
            if self.peek() == "#" and newlines:
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.peek() == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
                return
            if not newlines or not self.newline():
                return
