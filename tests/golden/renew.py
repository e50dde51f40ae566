"""Renew the golden results: python tests/golden/renew.py "why the model gives other results now".

Renewing is a decision: it goes into a commit of its own, whose message gives the same reason.
"""

import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER.parents[1]), str(FOLDER.parent)]

from experiments.doctor import tiny_run  # noqa: E402  # the path must be set before

from golden import results  # noqa: E402

WORDS = 3


def main(arguments: list[str]) -> int:
    """Renew what differs, and say what changed; nothing is written without a reason."""
    reason = " ".join(arguments).strip()
    if len(reason.split()) < WORDS or reason.startswith("-"):
        sys.stderr.write(f"renew: give the reason in a few words, such as\n    {results.RENEW}\n")
        return 2
    for case in results.CASES:
        found = results.compute(case)
        lines = ["there was none"]
        if results.path_of(case).is_file():
            golden = results.read(case)
            lines = results.differences(golden, found, same_machine=golden["machine"] == results.kind_of_machine())
        if lines:
            results.write(case, found, reason)
        shown = "".join(f"\n    {line}" for line in lines[:10]) or " as it was, not written"
        more = f"\n    and {len(lines) - 10} more" if len(lines) > 10 else ""
        sys.stdout.write(f"{case}:{shown}{more}\n")
    sys.stdout.write(f"tiny run of the doctor: {tiny_run.store()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
