"""`afterdark report`: a stored answer is written again, the same, in a language, as pictures or on paper."""

import hashlib
import json
import shutil

import pytest
from pdf_text import pages_of

from experiments.printing import BROWSERS
from experiments.report_parts import PARTS


@pytest.fixture
def answer(made, tmp_path):
    """A comparison's folder that may be changed."""
    shutil.copytree(made / "answer", tmp_path / "answer")
    return tmp_path / "answer"


def with_part(answer, change):
    """Change the parts of the report as if the comparison had written them."""
    file, manifest = answer / PARTS, answer / "manifest.json"
    parts = json.loads(file.read_text(encoding="utf-8"))
    change(parts)
    file.write_text(json.dumps(parts), encoding="utf-8")
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["checksums"][PARTS] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(told), encoding="utf-8")


def test_the_report_is_written_again_to_the_byte(afterdark, answer, tmp_path):
    told = afterdark("report", "answer", "--out", "again.html")
    assert told.status == 0
    assert (tmp_path / "again.html").read_bytes() == (answer / "report.html").read_bytes()
    assert str(tmp_path / "again.html") in told.out
    assert afterdark("report", "answer", "--out", "again.html").status == 0  # the same again is not another file


@pytest.mark.parametrize(("language", "words"), [("es", "La respuesta"), ("fr", "La réponse")])
def test_in_another_language(afterdark, answer, tmp_path, language, words):
    assert afterdark("report", "answer", "--out", "other.html", "--language", language).status == 0
    page = (tmp_path / "other.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert words in page


def test_another_file_is_never_overwritten(refused, afterdark, answer, tmp_path):
    (tmp_path / "mine.html").write_text("mine", encoding="utf-8")
    for kind in ("page", "comic", "pdf"):
        night(answer)
        assert "nothing was overwritten" in refused("report", "answer", "--out", "mine.html", "--format", kind)


def night(answer):
    """Give the scenario a night, should this small run have none."""
    part = dict.fromkeys(("dark", "unlit", "people_in_view", "park", "tunnel", "changed", "waiting", "feels_safe"), 0.5)
    trip = {
        "goes": True,
        "mode": "walk",
        "accompanied": False,
        "sets_out_min": 1275,
        "origin": "work",
        "destination": "home",
        "minutes": 12,
        "feels_safe": 0.5,
        "parts": [part] * 3,
    }
    with_part(
        answer,
        lambda parts: parts["nights"].update({"light-the-park-paths": {"women": 9, "without": trip, "with": trip}}),
    )


def test_the_comic_is_drawn_from_the_stored_night(afterdark, answer, tmp_path):
    night(answer)
    assert afterdark("report", "answer", "--format", "comic", "--out", "comic.html").status == 0
    page = (tmp_path / "comic.html").read_text(encoding="utf-8")
    assert page.count('<li class="panel') == 8
    assert "From work to home at about 21:15: on foot, alone." in page


def test_where_nobody_is_out_it_is_said(refused, answer):
    with_part(answer, lambda parts: parts["nights"].update({"light-the-park-paths": None}))
    told = refused("report", "answer", "--format", "comic", "--out", "comic.html")
    assert "no woman whom a measure reaches" in told
    assert "--people" in told


def test_the_run_keeps_a_night_or_says_that_there_is_none(made):
    parts = json.loads((made / "answer" / PARTS).read_text(encoding="utf-8"))
    (kept,) = parts["nights"].values()
    assert kept is None or set(kept) == {"women", "without", "with"}
    assert len(parts["parameters"]) > 50
    assert parts["maps"] == {"light-the-park-paths": "map.png"}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--language", "de"), "found 'de', expected one of en, es, fr"),
        (("--format", "slides"), "found 'slides', expected one of page, comic, pdf"),
    ],
)
def test_what_there_is_not_is_refused(refused, answer, words, told):
    assert told in refused("report", "answer", "--out", "x.html", *words)


def test_a_folder_is_no_file(refused, answer):
    assert "is a folder" in refused("report", "answer", "--out", "answer")


def test_without_a_browser_it_is_said_how_to_print(refused, answer, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    told = refused("report", "answer", "--format", "pdf", "--out", "x.pdf")
    assert BROWSERS[0] in told
    assert "--format page" in told


def test_a_browser_that_prints_nothing_is_said(refused, answer, monkeypatch, tmp_path):
    fake = tmp_path / BROWSERS[0]
    fake.write_text("#!/bin/sh\necho cannot open display >&2\nexit 1\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert "cannot open display" in refused("report", "answer", "--format", "pdf", "--out", "x.pdf")


@pytest.mark.browser
def test_it_prints_to_a4(afterdark, answer, tmp_path):
    if not any(map(shutil.which, BROWSERS)):
        pytest.skip("no browser is installed")
    told = afterdark("report", "answer", "--format", "pdf", "--out", "x.pdf")
    assert told.status == 0, told.err
    sheets = pages_of(tmp_path / "x.pdf")
    assert {(round(sheet.width), round(sheet.height)) for sheet in sheets} == {(595, 842)}


@pytest.mark.parametrize("name", [PARTS, "map.png"])
def test_a_part_that_is_missing_or_changed_is_told(refused, answer, name):
    (answer / name).write_bytes(b"{}")
    assert f"{name}: is missing or not as it was written" in refused("report", "answer", "--out", "x.html")


def test_what_is_no_comparison_is_told(refused, tmp_path):
    (tmp_path / "nothing").mkdir()
    assert "manifest.json" in refused("report", "nothing", "--out", "x.html")
