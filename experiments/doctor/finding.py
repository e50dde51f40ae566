"""What is found of one thing."""

from typing import Literal, NamedTuple

State = Literal["ok", "note", "fails"]
"""`note` stops nothing: something is missing that only some need, or cannot be told here."""


class Finding(NamedTuple):
    """One thing that was looked at.

    Parameters
    ----------
    what
        The thing, in a word or two.
    state
        How it is.
    found
        What was found, in one sentence.
    to_do
        What to do about it; empty where nothing is to be done.
    """

    what: str
    state: State
    found: str
    to_do: str = ""
