"""Make the pictures of the first hours again: follow each page with the real program, open what it made in Chromium.

    python .ci/pictures.py FOLDER

Takes a quarter of an hour. FOLDER keeps the answers, so that a second call is quick. Look at every picture before you
commit it.
"""

import runpy
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
LAPTOP, PHONE = (1280, 800), (390, 844)
PICTURES = {
    "start-diagnosis": ("planners", "night/diagnosis.html", LAPTOP),
    "start-report": ("planners", "two-ideas/report.html", LAPTOP),
    "start-report-phone": ("planners", "two-ideas/report.html", PHONE),
    "start-front": ("planners", "ranked/front.png", None),
    "start-comic": ("trainers", "walk.html", LAPTOP),
}
"""Name: the page that makes it, the file, and the window in which it is opened; a picture is taken as it is."""
COLOURS = 128


def shots(folder: Path) -> dict[str, Path]:
    """Take all pictures of what lies in a folder into files beside it."""
    from playwright.sync_api import sync_playwright

    taken = {}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=_chromium())
        for name, (page, file, window) in PICTURES.items():
            made = sorted((folder / page).glob(file))[0]
            if window is None:
                taken[name] = made
                continue
            context = browser.new_context(viewport={"width": window[0], "height": window[1]}, offline=True)
            opened = context.new_page()
            opened.goto(made.as_uri())
            taken[name] = folder / f"{name}.png"
            opened.screenshot(path=taken[name])
            context.close()
        browser.close()
    return taken


def keep(name: str, file: Path) -> None:
    """Keep a picture small: few colours, at most 1280 pixels wide."""
    from PIL import Image

    with Image.open(file) as picture:
        picture.thumbnail((1280, 1600))
        picture.convert("RGB").quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)


def _chromium() -> str:
    import shutil

    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise SystemExit("no Chromium was found; install it first")


def main(arguments: list[str]) -> int:
    """Follow the pages and take the pictures; returns the exit status."""
    follow: Any = runpy.run_path(str(ROOT / ".ci" / "follow.py"))["follow"]
    folder = Path(arguments[0] if arguments else tempfile.mkdtemp()).resolve()
    for page in dict.fromkeys(page for page, _, _ in PICTURES.values()):
        if not (folder / page).exists():
            (folder / page).mkdir(parents=True)
            for step, _ in follow(
                ROOT / "docs" / "start" / f"{page}.md", folder / page, programs=Path(sys.executable).parent, small=False
            ):
                sys.stdout.write(f"{page}: {step.kind} {step.name or step.what.strip()}\n")
                sys.stdout.flush()
    for name, file in shots(folder).items():
        keep(name, file)
        sys.stdout.write(f"{IMAGES / name}.png\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
