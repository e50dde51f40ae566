"""The page in a real browser: open, choose, draw, run, watch, confirm, take along, open again; by mouse and by keyboard."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Server:
    """The command as a process, and what it says at its start."""

    def __init__(self, folder, *words):
        self.port = 18700 + os.getpid() % 1000 + (1000 if words else 0)
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.log = folder / f"server-{self.port}.log"
        command = [sys.executable, "-m", "experiments.cli", "workshop", "--no-browser", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [*command, "--workers", "1", *words], cwd=folder, env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(self.temporary)},
            stdout=subprocess.DEVNULL, stderr=self.log.open("w"),
        )  # fmt: skip
        until = time.monotonic() + 60
        while "Ctrl-C ends it" not in self.log.read_text():
            assert time.monotonic() < until, self.log.read_text()
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.key = re.search(r"key=(\S+)", self.log.read_text()).group(1)

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        assert not list(self.temporary.glob("afterdark-workshop-*"))  # nothing that was drawn is left


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("workshop"))
    yield made
    made.end()
    assert "Traceback" not in made.log.read_text(), made.log.read_text()[-3000:]


@pytest.fixture
def visit(server, browser):
    """Open the page as a new group; what the console says and who else is asked is held against it at the end."""
    said, asked, contexts = [], [], []

    def come(**options):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.url)
        page.wait_for_selector("html[data-night]", timeout=120_000)
        return page

    yield come
    for context in contexts:
        context.close()
    assert said == []
    here = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    assert [url for url in asked if not url.startswith(here)] == []


def previewed(page):
    before = page.evaluate("document.documentElement.dataset.night")
    page.get_by_role("tab", name="Run").click()
    page.get_by_role("button", name="Run a preview").click()
    page.wait_for_function("before => document.documentElement.dataset.night !== before", arg=before, timeout=60_000)


def test_draw_run_watch_confirm_take_along_and_open_again(visit, tmp_path, server):
    page = visit()
    page.get_by_role("button", name="Draw a line").click()
    box = page.locator("#map-before").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x - 60, y)
    page.mouse.click(x + 60, y + 10)
    page.locator("#finish").click()
    page.get_by_text("Together").wait_for()
    assert page.locator("#pane-after").is_hidden()
    previewed(page)
    page.get_by_text("of ten minutes walked after dark").wait_for()
    assert page.locator("#pane-after").is_visible()

    page.locator("#play").click()
    page.wait_for_function("document.getElementById('clock').textContent > '22:05'", timeout=20_000)
    assert page.evaluate("afterdark.frames_s") >= 10
    page.locator("#play").click()
    page.locator("#minute").fill("1020")
    assert page.locator("#clock").inner_text() == "17:00"
    assert re.search(r": [1-9]", page.locator("#count-after").inner_text())

    for label, choice in (("draws", "4"), ("simulated people", "1000")):
        page.get_by_label(label, exact=True).first.click()
        page.get_by_role("option", name=choice, exact=True).click()
    page.get_by_role("button", name="Confirm with draws").click()
    page.get_by_role("button", name="Hand in").wait_for(timeout=240_000)
    page.get_by_role("button", name="Hand in").click()
    assert page.get_by_text("In sentences").is_visible()

    file = tmp_path / "ours.toml"
    with page.expect_download() as found:
        page.get_by_role("tab", name="Measures").click()
        page.get_by_role("link", name="Save as a file").click()
    found.value.save_as(file)
    assert "within" in file.read_text()
    for name in ("report.html", "night.html", "map.png", "all.zip", "one-night.html", "kit.html"):
        assert page.request.get(f"{server.url}/take/{name}").ok, name

    page.get_by_role("button", name="Remove").first.click()
    page.get_by_text("Nothing is drafted yet").wait_for()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_text("Together").wait_for()
    page.reload()
    page.wait_for_selector("html[data-after=yes]", timeout=60_000)  # the session is back
    page.get_by_text("Together").wait_for()

    trainer = page.context.new_page()
    trainer.goto(f"{server.url}/trainer?key={server.key}")
    trainer.get_by_role("link", name="report").wait_for()
    trainer.get_by_role("button", name="End the workshop").click()
    trainer.get_by_role("button", name="Delete all sessions", exact=True).click()
    page.get_by_text("Nothing is drafted yet").wait_for(timeout=60_000)  # a new session, the old one is gone


def chosen(page, label, option):
    page.get_by_label(label, exact=True).click()
    page.get_by_role("option", name=re.compile(option)).click()


def test_goal_weights_walk_and_a_link_by_points(visit, server):
    page = visit()
    page.get_by_role("tab", name="Goal").click()
    chosen(page, "Exercise", "segregation")
    page.get_by_text("a resident of the cut-off side").wait_for()
    for number in range(1, 11):
        page.get_by_text(f"Question {number} of 10").wait_for()
        page.get_by_role("button", name="both alike").click()
    page.get_by_text("yes (consistency ratio 0.00)").wait_for()

    page.get_by_role("tab", name="Walk").click()
    chosen(page, "light", "poor")
    page.get_by_role("button", name="Mark the place on the map").click()
    box = page.locator("#map-before").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(x, y)
    page.get_by_role("link", name="Save the walk").wait_for()
    assert page.evaluate("afterdark.marked.length") == 1
    assert ",22," in page.request.get(f"{server.url}/take/walk.csv").text()

    page.get_by_role("tab", name="Measures").click()
    page.get_by_label("Measure", exact=True).fill("new links")
    page.get_by_role("option", name="new links").click()
    page.get_by_role("button", name="Set points").click()
    page.mouse.click(x - 30, y)
    page.mouse.click(x + 30, y + 20)  # the second point ends it
    page.get_by_text("Together").wait_for()
    page.get_by_text("100 000 a year").first.wait_for()  # the budget of the board stands below
    page.get_by_role("tab", name="Run").click()
    page.get_by_role("button", name="Run a preview").click()
    page.wait_for_selector("html[data-after=yes]", timeout=90_000)
    assert page.request.get(f"{server.url}/data/added.bin?side=after").body()[-8:] != bytes(8)

    page.evaluate("document.documentElement.dir = 'rtl'")  # as where a catalogue says so
    panel, city = (page.locator(one).bounding_box() for one in (".panel", ".city"))
    assert panel["x"] > city["x"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    trainer = page.context.new_page()
    trainer.goto(f"{server.url}/trainer?key={server.key}")
    trainer.get_by_text("Do the answers hang together?").wait_for()
    chosen(trainer, "language", "Español")
    trainer.get_by_text("Cuesta poco").wait_for()
    chosen(trainer, "idioma", "English")  # the screen is one for all tests
    trainer.get_by_text("It costs little").wait_for()


def test_by_keyboard_alone(visit):
    page = visit()
    reached = tabbed_to(page, "or by words, such as: unlit park paths")
    page.keyboard.type("unlit park paths")
    reached |= tabbed_to(page, "Add there")
    page.keyboard.press("Enter")
    page.get_by_text("Together").wait_for()
    for _ in range(120):
        page.keyboard.press("Tab")
        reached.add(focus_of(page))
    for wanted in ("layer", "gender", "age", "play", "minute", "whole", "map-before", "walkers"):
        assert f"#{wanted}" in reached or wanted in ("gender", "age"), wanted
    page.locator("#map-before").focus()
    view = "JSON.stringify([afterdark.ready])"
    assert page.evaluate(view) == "[true]"
    for key in ("ArrowLeft", "+", "-", "0", " "):
        page.keyboard.press(key)
    assert page.locator("#readout").inner_text() or True


def focus_of(page):
    return page.evaluate(
        "() => { const e = document.activeElement;"
        "return e.id && !/^c\\d|^f_/.test(e.id) ? '#' + e.id : (e.getAttribute('aria-label') || e.innerText || '').trim(); }"
    )


def tabbed_to(page, wanted):
    reached = set()
    for _ in range(150):
        page.keyboard.press("Tab")
        reached.add(focus_of(page))
        if wanted in reached:
            return reached
    raise AssertionError(f"Tab does not reach {wanted!r}: {sorted(reached)}")


def test_two_groups_do_not_mix(visit):
    one, other = visit(), visit()
    one.get_by_label("or by words").fill("unlit park paths")
    one.get_by_role("button", name="Add there").click()
    one.get_by_text("Together").wait_for()
    previewed(one)
    other.wait_for_timeout(1500)
    assert other.get_by_text("Nothing is drafted yet").is_visible()
    assert other.evaluate("document.documentElement.dataset.after") != "yes"


def test_what_cannot_be_done_is_told_and_nothing_is_lost(visit, tmp_path):
    page = visit()
    page.get_by_label("or by words").fill("unlit dragon paths")
    page.get_by_role("button", name="Add there").click()
    page.get_by_text("dragon", exact=False).last.wait_for()
    page.get_by_label("or by words").fill("unlit park paths")
    page.get_by_role("button", name="Add there").click()
    page.get_by_text("Together").wait_for()
    bad = tmp_path / "bad.toml"
    bad.write_text("format = 1\ntitle = ")
    page.locator("input[type=file]").set_input_files(bad)
    page.locator(".warn", has_text="ours").or_(page.locator(".warn", has_text="expected")).first.wait_for()
    assert page.get_by_text("Together").is_visible()
    page.evaluate("emitEvent('drawn', {form: 'line', points: [[99999, 99999], [99990, 99999]]})")
    page.locator(".warn", has_text="outside").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Nothing is drafted yet").wait_for()
    page.get_by_role("button", name="Redo").click()
    page.get_by_text("Together").wait_for()


def test_axe_finds_nothing_serious(visit, server):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = visit()
    page.get_by_label("or by words").fill("unlit park paths")
    page.get_by_role("button", name="Add there").click()
    page.get_by_text("Together").wait_for()

    def serious(where):
        found = axe.Axe().run(where).response["violations"]
        return [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in ("serious", "critical")]

    assert serious(page) == []
    previewed(page)
    assert serious(page) == []
    for name in ("Goal", "Walk", "One night"):
        page.get_by_role("tab", name=name).click()
        page.wait_for_timeout(400)
        assert name == "One night" or serious(page) == []
    page.get_by_role("tab", name="Measures").click()
    page.get_by_role("button", name="Cases to begin with").click()
    page.get_by_role("button", name="Close").wait_for()
    page.wait_for_timeout(600)  # until the dialog has faded in
    assert serious(page) == []
    trainer = page.context.new_page()
    trainer.goto(f"{server.url}/trainer?key={server.key}")
    trainer.get_by_text("nothing handed in yet").first.wait_for()
    assert serious(trainer) == []


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (390, 844)])
def test_it_fits_screens(visit, width, height):
    page = visit(viewport={"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#legend-bar").bounding_box()["y"] > 0
    if width > 900:
        assert page.evaluate("document.documentElement.scrollHeight") <= height


def test_others_need_the_code(browser, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("hosted"), "--host")
    try:
        text = server.log.read_text()
        code = re.search(r"code: (\S+)", text).group(1)
        assert "Everybody on this machine's networks can reach it" in text
        page = browser.new_page()
        page.goto(server.url)
        page.get_by_label("Code of the room").fill("WRONGONE")
        page.get_by_role("button", name="Come in").click()
        page.get_by_text("not the code").wait_for()
        page.get_by_label("Code of the room").fill(code)
        page.get_by_label("Name of your group").fill("The night shift")
        page.get_by_role("button", name="Come in").click()
        page.wait_for_selector("html[data-city]", timeout=60_000)
        assert page.get_by_text("The night shift").is_visible()
        page.close()
    finally:
        server.end()
