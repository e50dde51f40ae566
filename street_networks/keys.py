"""Stable keys: the same thing on the map has the same number in every build."""

import hashlib


def stable_key(*parts: int | str) -> int:
    """A key of 52 bits from the parts that identify a thing.

    52 bits so that JavaScript and spreadsheets, which count in doubles, hold it exactly; two of 100 000
    things collide with a probability of about one in a million, and tables refuse repeated keys.
    """
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 12
