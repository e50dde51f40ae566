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
    """

    lines: dict[Path, int]
    repeated: tuple[tuple[Path, int, int], ...]

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
    try:
        scanner.document()
    except _NotToml:
        pass  # the parser has the better words for what is wrong; the lines up to here are good
    return Positions(scanner.lines, tuple(scanner.repeated))


class _NotToml(Exception):
    """The text is not TOML from here on."""


class _Scanner:
    """One walk over the text; `at` is the offset of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [offset for offset, letter in enumerate(text) if letter == "\n"]
        self.lines: dict[Path, int] = {}
        self.repeated: list[tuple[Path, int, int]] = []
        self.set_at: dict[Path, int] = {}  # lines of what may be set only once
        self.items: dict[Path, int] = {}  # number of tables so far in each array of tables

    def document(self) -> None:
        """Walk over headers and key-value lines to the end."""
        table: Path = ()
        while True:
            self.skip(newlines=True)
            if self.at >= len(self.text):
                return
            table = self.header() if self.peek() == "[" else self.setting(table)
            self.skip()
            if self.at < len(self.text) and not self.newline():
                raise _NotToml

    def header(self) -> Path:
        """Read `[table]` or `[[array of tables]]`; return the path that it opens."""
        line = self.line()
        self.at += 1
        is_array = self.peek() == "["
        self.at += is_array
        keys = self.key()
        for _ in range(1 + is_array):
            self.expect("]")
        path: Path = ()
        for key in keys[:-1]:
            path = self.inside((*path, key), line)
        path = (*path, keys[-1])
        if is_array:
            self.lines.setdefault(path, line)
            self.items[path] = self.items.get(path, 0) + 1
            path = (*path, self.items[path] - 1)
            self.lines[path] = line
        else:
            self.lines[path] = line  # the header itself tells more than a mention in a longer header
            self.set_once(path, line)
        return path

    def inside(self, path: Path, line: int) -> Path:
        """Path of a table on the way to a longer one: of the last item if it is an array of tables."""
        self.lines.setdefault(path, line)
        return (*path, self.items[path] - 1) if path in self.items else path

    def setting(self, table: Path) -> Path:
        """Read `key = value` below a table; return the table."""
        line = self.line()
        keys = self.key()
        self.expect("=")
        self.skip()
        path = table
        for key in keys:
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.set_once(path, line)
        self.value(path, depth=len(path))
        return table

    def set_once(self, path: Path, line: int) -> None:
        """Remember that a key is set, or that it is set again."""
        if path in self.set_at:
            self.repeated.append((path, self.set_at[path], line))
        else:
            self.set_at[path] = line

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
                    raise _NotToml
                parts.append(self.text[start : self.at])
            self.skip()
            if self.peek() != ".":
                return parts
            if len(parts) > _DEEPEST:
                raise _NotToml
            self.at += 1

    def value(self, path: Path, *, depth: int) -> None:
        """Walk over one value, noting the lines of what is inside."""
        if depth > _DEEPEST:
            raise _NotToml
        match self.peek():
            case '"' | "'":
                self.string()
            case "[":
                self.array(path, depth=depth)
            case "{":
                self.inline_table(path, depth=depth)
            case _:
                start = self.at
                while self.at < len(self.text) and self.text[self.at] not in ",]}#\r\n":
                    self.at += 1
                if start == self.at:
                    raise _NotToml

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
                raise _NotToml

    def inline_table(self, path: Path, *, depth: int) -> None:
        """Walk over `{key = value, key = value}`."""
        self.at += 1
        while True:
            self.skip(newlines=True)
            if self.peek() == "}":
                self.at += 1
                return
            self.setting_inline(path, depth=depth)
            self.skip(newlines=True)
            if self.peek() == ",":
                self.at += 1
            elif self.peek() != "}":
                raise _NotToml

    def setting_inline(self, table: Path, *, depth: int) -> None:
        """Read one `key = value` of an inline table."""
        line = self.line()
        keys = self.key()
        self.expect("=")
        self.skip(newlines=True)
        path = table
        for key in keys:
            path = (*path, key)
            self.lines.setdefault(path, line)
        self.set_once(path, line)
        self.value(path, depth=len(path))

    def string(self) -> str:
        """Walk over a string of any of the four kinds; return what it says (used for quoted keys)."""
        quote = self.text[self.at]
        is_long = self.text.startswith(quote * 3, self.at)
        self.at += 3 if is_long else 1
        letters: list[str] = []
        while True:
            letter = self.peek()
            if letter == "" or (letter == "\n" and not is_long):
                raise _NotToml
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
            raise _NotToml from None

    def peek(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.at : self.at + 1]

    def line(self) -> int:
        """The line of the next character, from one."""
        return bisect.bisect_left(self.breaks, self.at) + 1

    def expect(self, letter: str) -> None:
        """Walk over one character that has to be there."""
        if self.peek() != letter:
            raise _NotToml
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
