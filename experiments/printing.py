"""Print a page to PDF with a browser that is installed: no library of our own lays out HTML as well."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from simulator.errors import InputError
from simulator.results.files import whole_file

BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "msedge", "brave-browser"),
)
"""Programs that print without a window; the first on the path is taken."""
_LONGEST_S = 120.0


def browser_found() -> str:
    """The path of a browser that can print.

    Raises
    ------
    InputError
        If none is found.
    """
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise InputError(
            f"--format pdf: found none of {', '.join(BROWSERS)} on the path, expected a browser that prints. Write "
            "--format page, open the file in any browser and print it: it is laid out for A4"
        )
    return found


def print_page(page: str, out: Path, browser: str) -> None:
    """Print a page that fetches nothing to a PDF file, written whole or not at all.

    Raises
    ------
    InputError
        If the browser gives no PDF, or the file cannot be written.
    """
    with tempfile.TemporaryDirectory() as folder, whole_file(out) as part:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        words = [browser, "--headless", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer"]
        words += [f"--user-data-dir={folder}/profile", f"--print-to-pdf={part.resolve()}"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:  # it refuses to run as root otherwise; the page is our own
            words.append("--no-sandbox")
        try:
            done = subprocess.run([*words, file.as_uri()], capture_output=True, timeout=_LONGEST_S, check=False)  # noqa: S603
            told = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        except (OSError, subprocess.TimeoutExpired) as error:
            told = [str(error)]
        if not part.is_file() or not part.read_bytes().startswith(b"%PDF"):
            raise InputError(
                f"--format pdf: {browser} printed nothing ({' '.join(told) or 'it said nothing'}), expected a PDF. "
                "Write --format page and print it from a browser"
            )
