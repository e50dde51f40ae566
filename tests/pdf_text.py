"""Size and text of the pages of a PDF that Chromium wrote; of no other: its objects stand open, its fonts tell letters.

No reader of PDF is among the dependencies, and these lines suffice to see what is on the paper.
"""

import dataclasses
import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj(.*?)endobj", re.DOTALL)
_SHOWN = re.compile(r"/(\w+) [\d.]+ Tf|<([0-9A-Fa-f]+)> Tj")


@dataclasses.dataclass(frozen=True)
class Page:
    """Width and height in points, and all text without its blanks, as glyphs are set one by one."""

    width: float
    height: float
    text: str


def without_blanks(words):
    """What of words can be compared with the text of a page."""
    return "".join(words.split())


def pages_of(path):
    """Pages of a PDF in order of their objects."""
    objects = {int(number): body for number, body in _OBJECT.findall(path.read_bytes())}
    found = [body for body in objects.values() if re.search(rb"/Type /Page\b(?!s)", body)]
    assert found, "no page was found; does Chromium write PDF another way now?"
    return [_page(objects, body) for body in found]


def _page(objects, body):
    _, _, width, height = map(float, re.search(rb"/MediaBox \[([^\]]*)\]", body)[1].split())
    fonts = {name.decode(): _letters(objects, int(number)) for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)}
    parts, letters = [], {}
    for font, glyphs in _SHOWN.findall(_stream(objects, body, "Contents")):
        if font:
            letters = fonts[font]
            continue
        size = len(next(iter(letters)))
        parts += [letters.get(glyphs[at : at + size].upper(), "") for at in range(0, len(glyphs), size)]
    return Page(width, height, without_blanks("".join(parts)))


def _letters(objects, number):
    """Letters of the glyphs of a font, by their codes in hexadecimal digits."""
    found = {}
    table = _stream(objects, objects[number], "ToUnicode")
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        found |= {code.upper(): _text(to) for code, to in re.findall(r"<(\w+)> <(\w+)>", block)}
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, to in re.findall(r"<(\w+)> <(\w+)> <(\w+)>", block):
            for code in range(int(low, 16), int(high, 16) + 1):
                found[f"{code:0{len(low)}X}"] = chr(int(to, 16) + code - int(low, 16))
    return found


def _text(digits):
    return bytes.fromhex(digits).decode("utf-16-be")


def _stream(objects, body, key):
    """What the stream holds that an object names under a key."""
    named = objects[int(re.search(rb"/%s (\d+) 0 R" % key.encode(), body)[1])]
    packed = named.split(b"stream", 1)[1].lstrip(b"\r\n")
    return zlib.decompressobj().decompress(packed).decode("latin-1")
