"""Tables of the report in HTML: a grid on a wide screen and on paper, one card a row on a phone.

The style sheet folds them (`assets/report.css`); here each cell says which column it is of. A browser may forget
that a table is one when its rows are laid out as cards, so the roles are written out.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from itertools import groupby

from analysis.answer import tables, wording
from analysis.language import html, marked, tr, without_marks

MISSING = "–"
KEY = marked("In bold: the change, with its 90 % interval.")
"""What a caption adds when the head of the table is out of sight."""
DENSE = 6
"""From more columns on, a row without a change folds into running text: a line for each column would be too many."""


@dataclasses.dataclass(frozen=True)
class Column:
    """What the cells of a column are called when the table is folded and its head is out of sight.

    Parameters
    ----------
    kind
        Class of its cells: `baseline`, `change`, `word` (a verdict), `number`, or empty.
    label, unit
        What stands before and after the entry.
    at
        1 for the second set of baseline, change and verdict in a row, else 0.
    """

    kind: str
    label: str
    unit: str = ""
    at: int = 0

    def attributes(self, *, missing: bool = False) -> str:
        """Classes and labels of a cell; one that is missing folds away where another says so."""
        numeric = "number " if self.kind in {"baseline", "change"} else ""
        names = f"{numeric}{self.kind}{' second' if self.at else ''}{' missing' if missing else ''}".strip()
        pairs = (("class", names), ("data-label", self.label), ("data-unit", "" if missing else self.unit))
        return "".join(f' {key}="{html(without_marks(words))}"' for key, words in pairs if words)


def html_table(table: tables.Table) -> str:
    """A table with its header cells scoped, inside a region that scrolls sideways and takes the keyboard."""
    columns = _columns(table)
    body = [f'<tbody role="rowgroup">{"".join(_row(table, columns, row) for row in table.rows)}</tbody>']
    if table.stubs > 1:
        groups = [list(rows) for _, rows in groupby(table.rows, key=lambda row: str(row[0]))]
        body = [f'<tbody role="rowgroup" class="group">{_grouped(table, columns, rows)}</tbody>' for rows in groups]
    notes = "".join(f'<p class="note">{html(note)}</p>' for note in table.notes)
    key = (
        f'<span class="narrow key">{html(tr(KEY))}</span>' if any(column.kind == "change" for column in columns) else ""
    )
    inner = (
        f'<table role="table" class="{_way_to_fold(table)}"><caption>{html(table.title)}{key}</caption>'
        f'<thead role="rowgroup">{_head(table)}</thead>{"".join(body)}</table>'
    )
    return scrolling(table.title, inner) + notes


def scrolling(label: str, inner: str) -> str:
    """A region that scrolls sideways where it is too wide, also with the keyboard."""
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{html(without_marks(label))}">{inner}</div>'


def regions_of(idea: str, inner: str) -> str:
    """Put an idea's title before the labels of its regions: beside other ideas each must have a name of its own."""
    region = '<div class="scroll" role="region" tabindex="0" aria-label="'
    return inner.replace(region, f"{region}{html(tr('{what}: {told}', what=idea, told=''))}")


def _way_to_fold(table: tables.Table) -> str:
    """Class of the table: two columns need no folding; few wide rows become cards, many narrow cells running text."""
    changes = sum(name.startswith("change") for name in table.columns)
    if len(table.columns) == 2:
        return "pair"
    if not changes and len(table.columns) > DENSE:
        return "cards dense"
    return "cards single" if changes == 1 else "cards"


def _columns(table: tables.Table) -> list[Column]:
    """What each column is; columns under a common head take its words into their label."""
    above = [words for words, count in table.groups for _ in range(count)] or [""] * len(table.columns)
    seen: dict[str, int] = {}
    found = []
    for place, (name, group) in enumerate(zip(table.columns, above, strict=True)):
        kind = _kind(name)
        at = min(seen.get(kind, 0), 1) if kind in {"baseline", "change", "word"} else 0
        seen[kind] = seen.get(kind, 0) + 1
        number = place in table.numbers or name.startswith(tables.NUMERIC)
        unit = tr(name.partition(", ")[2]) if kind == "change" else ""
        label = {"baseline": tr("from"), "change": "", "word": tr(group)}.get(kind, tr(name))
        found.append(Column(kind or ("number" if number else ""), label, unit, at))
    return found


def _kind(name: str) -> str:
    if name == "verdict":
        return "word"
    return next((kind for kind in ("baseline", "change") if name.startswith(kind)), "")


def _head(table: tables.Table) -> str:
    above = ""
    if table.groups:
        cells = (
            f'<th role="columnheader" scope="colgroup" colspan="{count}">{html(tr(words))}</th>'
            if words
            else f'<td role="cell" colspan="{count}"></td>'
            for words, count in table.groups
        )
        above = f'<tr role="row" class="groups">{"".join(cells)}</tr>'
    names = "".join(
        f'<th role="columnheader" scope="col"{_align(table, at, name)}>{html(tr(name))}</th>'
        for at, name in enumerate(table.columns)
    )
    return f'{above}<tr role="row">{names}</tr>'


def _align(table: tables.Table, at: int, name: str) -> str:
    if name == "verdict":
        return ' class="word"'
    return ' class="number"' if at in table.numbers or name.startswith(tables.NUMERIC) else ""


def _row(table: tables.Table, columns: Sequence[Column], row: Sequence[tables.Entry]) -> str:
    return f'<tr role="row">{"".join(_cells(table, columns, row, start=0))}</tr>'


def _grouped(table: tables.Table, columns: Sequence[Column], rows: Sequence[tuple[tables.Entry, ...]]) -> str:
    """Rows of one first stub. What is said once for all of them stands in its header, too, for when it is folded."""
    named = html(str(rows[0][0])).replace("\n", "<br>")
    once = "; ".join(f"{tr(table.columns[at])}: {rows[0][at]}" for at in table.once)
    folded = f'<span class="narrow once">{html(once)}</span>' if once else ""
    first = f'<th role="rowheader" scope="rowgroup" rowspan="{len(rows)}">{named}{folded}</th>'
    lines = []
    for at, row in enumerate(rows):
        cells = "".join(_cells(table, columns, row, start=1, span=len(rows) if at == 0 else 0))
        total = ' class="total"' if row[1] == tr("all") and len(rows) > 1 else ""
        lines.append(f'<tr role="row"{total}>{first if at == 0 else ""}{cells}</tr>')
    return "".join(lines)


def _cells(
    table: tables.Table, columns: Sequence[Column], row: Sequence[tables.Entry], *, start: int, span: int = 1
) -> Iterator[str]:
    """Cells from column `start` on; `span` rows for those said once for all of them, 0 if said already."""
    for at in range(start, len(row)):
        entry, column = row[at], columns[at]
        if at in table.once:
            if span:
                yield f'<td role="cell" class="once" rowspan="{span}">{html(str(entry))}</td>'
        elif isinstance(entry, tables.Verdict):
            kind = {"better": " better", "worse": " worse"}.get(entry.word, "")
            sign = f'<span class="mark" aria-hidden="true">{wording.MARKS.get(entry.word, "")}</span>'
            words = f'<span class="verdict{kind}">{sign}{html(wording.verdict_word(entry.word))}</span>'
            yield f'<td role="cell"{column.attributes()}>{words}</td>'
        elif at < table.stubs:
            label = f' data-label="{html(column.label)}"' if table.columns[at] == "age" else ""
            yield f'<th role="rowheader" scope="row"{label}>{html(entry)}</th>'
        else:
            yield f'<td role="cell"{column.attributes(missing=entry == MISSING)}>{html(entry)}</td>'
