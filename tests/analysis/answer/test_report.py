"""The report: one file, offline, escaped, and the same bytes every time; with a browser also accessible."""

import re
from functools import cache
from html.parser import HTMLParser
from unicodedata import normalize

import pytest
from pdf_text import pages_of, without_blanks

from analysis.answer.finding import Basis
from analysis.answer.findings import work_out
from analysis.answer.provenance import collect_provenance
from analysis.answer.report import write_report
from analysis.comparison.paired import GRADES, compare_runs, read_comparison_table, write_comparison
from analysis.maps.difference import change_after_dark, draw_difference_map
from analysis.maps.panels import Streets

PAPER = 687
"""Points of a screen across what is printed on: A4 without its margins."""
UNFOLD = "document.querySelectorAll('details').forEach(one => one.open = true)"
OUT_OF_SIGHT = """() => {
  const cells = [...document.querySelectorAll(
    "tbody td.word, tbody td.change:not(.missing), table:not(.dense) tbody td.number:not(.missing)")];
  const hidden = cells.filter(cell => {
    const text = document.createRange();
    text.selectNodeContents(cell);
    const [box, region] = [text.getBoundingClientRect(), cell.closest(".scroll").getBoundingClientRect()];
    const right = Math.min(innerWidth, region.right);
    return box.width === 0 || box.height === 0 || box.left < Math.max(region.left, 0) - 1 || box.right > right + 1;
  });
  return [cells.length, hidden.map(cell => cell.closest("tr").innerText)];
}"""
"""How many cells hold a verdict or a number, and the rows of those that one must move sideways to see."""
HOSTILE = "<script>alert(1)</script> & \"quotes\" <img src=x onerror='y'>"
PARAMETERS = [
    {
        "name": "dark_odds_women", "value": 7.5, "low": 5.5, "high": 10.2, "unit": "odds ratio",
        "grade": "single study", "applies to": "Great Britain 2022", "source": "ONS <2022>",
    }
]  # fmt: skip


class Reader(HTMLParser):
    """Tags, what they fetch, and whether they nest."""

    VOID = ("meta", "img", "link", "br", "rect", "circle", "line", "path")

    def __init__(self, page):
        super().__init__()
        self.tags, self.fetched, self.ids, self.links, self.open = [], [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        self.fetched += [found[key] for key in ("src", "srcset", "poster", "data", "action") if key in found]
        if tag == "link" or (tag != "a" and "href" in found):
            self.fetched.append(found.get("href"))
        if tag == "a":
            self.links.append(found["href"])
        if "id" in found:
            self.ids.append(found["id"])
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def report(make_pair, make_pushes, make_grid, tmp_path_factory):
    """Write a report of lamps, and of nothing besides if `several`; give its path. Written once for each wish."""

    def build(*, title="Light the dark park paths", question="What would lamps change?", several=False, draws=4):
        base, lamps = make_pair(make_pushes(draws), title=title, question=question)
        tmp_path = tmp_path_factory.mktemp("report")
        scenarios = {"lamps": lamps} | ({"same": base} if several else {})
        vertices, starts, ids = make_grid()
        facts = collect_provenance(base, scenarios, default_date="2026-12-21")
        tables = [[run.segments for run in side] for side in (base, lamps)]
        change = change_after_dark(ids, *tables, dark_hours=facts.dark_hours)
        words = {"title": title, "date_in_words": facts.date_in_words, "attribution": facts.attribution}
        draw_difference_map(Streets(ids, vertices, starts), change, tmp_path / "map.png", **words)
        path = tmp_path / "report.html"
        comparison = compare_runs(base, scenarios)
        write_report(
            path,
            comparison,
            facts=facts,
            findings=work_out(Basis(base, scenarios, comparison, facts)),
            maps={"lamps": tmp_path / "map.png"},
            parameters=PARAMETERS,
            rests_on={"feeling safe": [0, 0, 11, 14, 0, 92], "the cost": [0, 1, 0, 0, 2, 0]},
        )
        return path

    return cache(build)


def test_the_report_fetches_nothing(report):
    page = report().read_text(encoding="utf-8")
    read = Reader(page)
    assert read.open == []
    assert all(source.startswith("data:image/png;base64,") for source in read.fetched)
    assert len(read.fetched) == 2  # the map, and a small copy on the first screen
    assert "script" not in {tag for tag, _ in read.tags}
    assert "@import" not in page
    assert "url(" not in page
    assert re.findall(r"https?://[^\"<\s]+", page) == ["https://www.openstreetmap.org/copyright"]
    assert "default-src 'none'" in page


def test_the_report_says_what_it_must(report):
    page = report().read_text(encoding="utf-8")
    for words in (
        "What would lamps change?", "not a forecast", "21 December 2026 (the default date)",
        "rises for women",
        "another gender", "zero by assumption", "Starting nearer 50 per cent", "28\u202f000 EUR",
        "Displacement of offending is assumed, not found",
        "Violence between partners and at home", "no offenders", "never mapped", "steps of 1/4",
        "dark_odds_women", "ONS &lt;2022&gt;", "lamps-0003", "baseline-0000", "c0de", "ODbL", "Apache",
        "© OpenStreetMap contributors",
        "borrowed from surveys in GB: none from FI went in", "Great Britain 2022",
        "3 rates, shares and prices are not from FI but from CA, GB; the ends of their ranges are moved out by a factor "
        "of 1.5. Read the changes",
        "The weakest evidence is graded “assumption” behind feeling safe",
        '<th role="rowheader" scope="row">feeling safe</th>' + "".join(
            f'<td role="cell" class="number{" missing" if count == "–" else ""}" data-label="{grade}">{count}</td>'
            for grade, count in zip(GRADES, ("–", "–", 11, 14, "–", 92), strict=True)
        ),
        "; the weakest evidence behind it is graded “weak”. Whether that is worth paying",
        "differs by at most 0.20%", "touches 5 street segments, 5 of them in the core",
    ):  # fmt: skip
        assert words in page, words


def test_tables_have_captions_and_scoped_headers(report):
    read = Reader(report().read_text(encoding="utf-8"))
    tags = [tag for tag, _ in read.tags]
    assert tags.count("table") == tags.count("caption") >= 5
    assert all(found.get("scope") for tag, found in read.tags if tag == "th")
    assert all(found.get("alt") for tag, found in read.tags if tag == "img")
    assert len(set(read.ids)) == len(read.ids)
    assert {link[1:] for link in read.links if link.startswith("#")} <= set(read.ids)
    assert next(found["lang"] for tag, found in read.tags if tag == "html") == "en"


def test_hostile_titles_are_escaped(report):
    page = report(title=HOSTILE, question=HOSTILE).read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page
    assert Reader(page).open == []


def test_several_scenarios_have_their_own_sections(report):
    read = Reader(report(several=True).read_text(encoding="utf-8"))
    assert {"s0-answer", "s1-answer", "sure"} <= set(read.ids)
    assert len(set(read.ids)) == len(read.ids)


def test_same_input_same_bytes_also_from_the_stored_table(report, make_pair, make_pushes, tmp_path):
    first = report().read_bytes()
    assert report.__wrapped__().read_bytes() == first  # written anew
    base, lamps = make_pair(make_pushes(2))
    facts = collect_provenance(base, {"lamps": lamps})
    comparison = compare_runs(base, {"lamps": lamps})
    write_comparison(comparison, tmp_path / "c.csv")
    write_report(tmp_path / "a.html", comparison, facts=facts)
    write_report(tmp_path / "b.html", read_comparison_table(tmp_path / "c.csv"), facts=facts)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_one_draw_can_be_reported(report):
    page = report(draws=1).read_text(encoding="utf-8")
    assert "no interval" in page
    assert "inconclusive" in page


def test_cells_name_their_column_for_when_the_table_is_folded(report):
    page = report().read_text(encoding="utf-8")
    told = Reader(page).tags
    cells = [found for tag, found in told if tag == "td" and found.get("class")]
    words = [found for found in cells if found["class"].startswith("word")]
    assert {"after dark", "by day", "women", "men"} <= {found.get("data-label") for found in words}
    assert {found.get("data-label") for found in cells if "baseline" in found["class"]} == {"from"}
    assert {found.get("data-unit") for found in cells if "change" in found["class"]} == {"points", None}
    assert '<th role="rowheader" scope="row" data-label="age">all</th>' in page
    assert 'Trips not made<span class="narrow once">unit: trips per 1000 planned; weakest evidence: ' in page
    roles = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}
    assert all(found.get("role") == roles[tag] for tag, found in told if tag in roles)
    assert all(found["role"] in {"rowheader", "columnheader"} for tag, found in told if tag == "th")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_in_a_browser_nothing_is_requested_and_axe_finds_nothing(report, browser, width, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    path = report()
    page = browser.new_page(viewport={"width": width, "height": 900})
    requests, complaints = [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(path.as_uri())
    page.screenshot(path=str(tmp_path / f"report-{width}.png"), full_page=True)
    assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.evaluate(UNFOLD)
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(320, 640), (390, 844), (768, 1024), (1024, 768), (1280, 800)])
def test_verdict_and_change_of_every_row_are_in_sight_without_moving_sideways(report, browser, width, height):
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(report(several=True).as_uri())
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cells, hidden = page.evaluate(OUT_OF_SIGHT)
    assert cells > 200
    assert hidden == []
    page.close()


@pytest.mark.browser
def test_several_ideas_are_accessible_too(report, browser):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(report(several=True).as_uri())
    page.evaluate(UNFOLD)
    found = axe.Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.close()


@pytest.mark.browser
def test_folded_tables_are_still_tables_and_show_their_labels(report, browser):
    found = {}
    for width in (390, 1280):
        page = browser.new_page(viewport={"width": width, "height": 844})
        page.goto(report().as_uri())
        page.evaluate(UNFOLD)
        roles = ("table", "row", "columnheader", "rowheader")
        found[width] = [page.get_by_role(role).count() for role in roles]
        label = "getComputedStyle(document.querySelector('td.baseline'), '::before').content"
        assert ('"from"' in page.evaluate(label).replace(" ", "")[:9]) == (width == 390)
        assert page.locator(".narrow.once").first.is_visible() == (width == 390)
        assert page.locator("svg.narrow").first.is_visible() == (width == 390)
        assert page.locator("svg.wide").first.is_visible() == (width == 1280)
        page.close()
    assert found[390] == found[1280]
    assert min(found[390]) > 5


@pytest.mark.browser
def test_printed_all_is_open_nothing_is_cut_and_rows_stay_whole(report, browser):
    page = browser.new_page(viewport={"width": PAPER, "height": 1000})
    page.emulate_media(media="print")
    page.goto(report(several=True).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
    assert page.evaluate(OUT_OF_SIGHT)[1] == []
    shut = "[...document.querySelectorAll('details > :not(summary)')].filter(one => !one.checkVisibility(%s)).length"
    assert page.evaluate(shut % "{contentVisibilityAuto: true}") == 0
    assert page.locator("details[open]").count() == 0
    assert not page.locator("nav").is_visible()
    style = "[...new Set([...document.querySelectorAll('%s')].map(one => getComputedStyle(one).%s))]"
    assert page.evaluate(style % ("tr, tbody.group, figure", "breakInside")) == ["avoid"]
    assert page.evaluate(style % ("h2, h3, caption, summary", "breakAfter")) == ["avoid"]
    assert page.evaluate(style % ("thead", "display")) == ["table-header-group"]
    page.close()


@pytest.mark.browser
def test_the_pdf_is_a4_and_holds_verdicts_and_figures(report, browser, tmp_path):
    page = browser.new_page(viewport={"width": 390, "height": 844})  # also from a phone
    path = report()
    page.goto(path.as_uri())
    page.pdf(path=str(tmp_path / "report.pdf"), prefer_css_page_size=True)
    wanted = page.evaluate("[...document.querySelectorAll('.answer p, h2:not(.unseen), caption, dd, td, th')].map(TEXT)".replace(
        "TEXT", "one => [...one.childNodes].filter(part => part.className !== 'narrow key' && "
        "part.className !== 'narrow once').map(part => part.textContent).join('')"
    ))  # fmt: skip
    page.close()
    sheets = pages_of(tmp_path / "report.pdf")
    assert len(sheets) > 1
    assert {(round(sheet.width), round(sheet.height)) for sheet in sheets} == {(595, 842)}
    text = "".join(sheet.text for sheet in sheets)
    text = re.sub("[\ufb00-\ufb04]", lambda sign: normalize("NFKC", sign[0]), text)  # ff and fi are one sign there
    assert f"1/{len(sheets)}" in sheets[0].text
    for words in ("Theanswer", "risesforwomen", "▲better", "dark_odds_women", "28000EUR", "zerobyassumption"):
        assert words in text, words
    assert "Skiptotheanswer" not in text
    assert "Movethemapsideways" not in text
    short = [words for words in wanted if len(words) < 60]
    assert len(short) > 300
    assert [words for words in short if without_blanks(words) not in text] == []
