"""Tables of an article: HTML and CALS rows with their spans, captions and notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from builder.models.document import Cell, Grid
from builder.readers.jats.inline import Prose, text_of, tidy
from builder.readers.jats.source import Context, child_of, line_of, words_of

_BODIES = ("tbody", "tfoot", "thead")
_MOST_SPANNED = 1000
Row = tuple[Cell, ...]


def read_table_wrap(wrap: etree._Element, first: int, context: Context) -> list[Grid]:
    """Return the grids of one ``table-wrap``, numbered from ``first``.

    A table that is only an image gives a grid without rows, flagged. A wrap in a group has the
    group's label and caption where it has none, and before its own.
    """
    label = text_of(child_of(wrap, "label"), context)
    caption = _caption(wrap, context)
    group = wrap.getparent()
    if group is not None and group.tag == "table-wrap-group":
        label = " ".join(filter(None, (text_of(child_of(group, "label"), context), label)))
        caption = " ".join(filter(None, (_caption(group, context), caption)))
    notes = find_notes(wrap, context)
    tables = [t for t in wrap.iter("table") if _is_outer(t, wrap)]
    if not tables:
        is_image = _flag_image(wrap, label or f"table {first}", context)
        line = line_of(wrap)
        return [Grid(first, (), line, label, caption, notes, spans_known=True, is_image=is_image)]
    if len(tables) > 1:
        context.flag("jats-table-parts", wrap, f"{len(tables)} tables")
    grids = []
    for place, table in enumerate(tables, first):
        rows, feet = read_rows(table, context)
        line, below = line_of(table), (*notes, *feet)
        grids.append(Grid(place, rows, line, label, caption, below, spans_known=True))
    return grids


def _is_outer(table: etree._Element, wrap: etree._Element) -> bool:
    """Return whether a table belongs to this wrap and stands in no cell of another table."""
    outer = table.iterancestors("table", "table-wrap", str(wrap.tag))
    return table is wrap or next(outer, None) is wrap


def _flag_image(wrap: etree._Element, name: str, context: Context) -> bool:
    """Flag a table without rows; say whether it is an image."""
    is_image = any(True for _ in wrap.iter("graphic", "inline-graphic", "media"))
    rule, got = ("image", "an image") if is_image else ("empty", "no table")
    context.flag(f"jats-table-{rule}", wrap, got, name)
    return is_image


def _caption(wrap: etree._Element, context: Context) -> str:
    caption = child_of(wrap, "caption")
    if caption is None:
        return text_of(child_of(wrap, "title"), context)
    return text_of(caption, context)


def find_notes(wrap: etree._Element, context: Context) -> tuple[str, ...]:
    """Return the notes below a table, each with its mark."""
    notes: list[str] = []
    for foot in wrap.iter("table-wrap-foot"):
        notes += _foot_notes(foot, context)
    notes += [text_of(a, context) for a in wrap.iterchildren("attrib")]
    notes += [text_of(p, context) for p in wrap.findall("permissions/copyright-statement")]
    notes += [text_of(p, context) for p in wrap.iterchildren("p")]
    return tuple(filter(None, notes))


def _foot_notes(foot: etree._Element, context: Context) -> list[str]:
    notes: list[str] = []
    for child in foot:
        if child.tag == "fn-group":
            notes += _foot_notes(child, context)
        else:
            notes.append(text_of(child, context))
    loose = tidy(foot.text or "")
    return [loose, *notes] if loose else notes


def read_rows(table: etree._Element, context: Context) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Return the rows of a table and the notes that stand as last rows of its foot."""
    _change_to_html(table)
    rows: list[Row] = []
    feet: list[str] = []
    ends: list[int] = []
    # Beside a thead, th cells in the body name rows, not columns.
    headed = child_of(table, "thead") is not None
    for part in table:
        if part.tag == "tr":
            rows.append(_read_row(part, not headed, False, context))
        elif part.tag in _BODIES or next(part.iter("tr"), None) is not None:
            if part.tag not in _BODIES:
                context.flag("jats-table-rows", part, f"rows in <{part.tag}>")
            for tr in _find_rows(part):
                row = _read_row(tr, not headed, part.tag == "thead", context)
                if part.tag == "tfoot" and len(row) == 1:
                    feet.append(row[0].text)
                else:
                    rows.append(row)
            ends.append(len(rows))
    if len(rows) not in ends:
        ends.append(len(rows))
    rows = _end_spans(rows, ends)
    rows = [row for place, row in enumerate(rows) if row or _is_spanned(rows, place)]
    _check_width(table, rows, context)
    return tuple(_mark_headers(table, rows)), tuple(filter(None, feet))


def _find_rows(part: etree._Element) -> Iterator[etree._Element]:
    """Yield the rows below a part of a table, those of tables in its cells left out."""
    for child in part:
        if child.tag == "tr":
            yield child
        elif child.tag not in ("td", "th"):
            yield from _find_rows(child)


def _end_spans(rows: list[Row], ends: list[int]) -> list[Row]:
    """Cut rowspans at the end of their row group, as the table model of HTML does.

    Some tables mean a span that crosses it (a second header row tagged as body): it is kept where
    more rows are as wide as the others with it than without.
    """
    for end in ends:
        tall = [
            place for place in range(end) if any(cell.rowspan > end - place for cell in rows[place])
        ]
        cut = list(rows)
        for place in tall:
            most = end - place
            cut[place] = tuple(replace(c, rowspan=min(c.rowspan, most)) for c in rows[place])
        widths, narrow = _widths(rows), _widths(cut)
        usual = max(narrow, key=narrow.count, default=0)
        evener = widths.count(usual) > narrow.count(usual) and max(widths) == usual
        rows = rows if tall and end < len(rows) and evener else cut
    return rows


def _is_spanned(rows: list[Row], place: int) -> bool:
    """Return whether a row without cells is one that cells above reach into."""
    above = enumerate(rows[:place])
    return any(cell.rowspan > place - index for index, row in above for cell in row)


def _read_row(tr: etree._Element, by_tag: bool, in_head: bool, context: Context) -> Row:
    cells: list[Cell] = []
    if text := tidy(tr.text or ""):
        cells.append(Cell(text, line_of(tr)))
        context.flag("jats-table-text", tr, repr(text[:60]))
    for cell in tr:
        tag = cell.tag
        if tag in ("td", "th"):
            wide, tall = (_span_of(cell, name, context) for name in ("colspan", "rowspan"))
            header = in_head or (by_tag and tag == "th")
            cells.append(make_cell(cell, header, wide, tall, context))
        elif words_of(cell).strip():
            cells.append(make_cell(cell, False, 1, 1, context))
            context.flag("jats-table-text/element", cell, f"<{tag}>")
    return tuple(cells)


def make_cell(
    element: etree._Element, header: bool, colspan: int, rowspan: int, context: Context
) -> Cell:
    """Return one cell with its text and citations; a table in it is flagged."""
    prose = Prose(context, element)
    text, citations, _ = prose.finish()
    if prose.floats:
        notes = [text_of(part, context) for part in prose.floats]
        text = " ".join(filter(None, [text, *notes]))
    if next(element.iter("table"), None) is not None:
        context.flag("jats-table-nested", element, "a table in a cell")
    return Cell(text, line_of(element), header, colspan, rowspan, citations)


def _span_of(cell: etree._Element, name: str, context: Context) -> int:
    written = cell.get(name, "1")
    bare = written.strip()
    if name == "rowspan" and bare == "0":
        # HTML: to the end of the row group, where it is cut.
        return _MOST_SPANNED
    if bare.isdecimal() and 0 < int(bare) <= _MOST_SPANNED:
        return int(bare)
    context.flag("jats-table-span", cell, repr(written), name)
    return 1


def _check_width(table: etree._Element, rows: list[Row], context: Context) -> None:
    """Flag a table whose rows, spans counted, are not equally wide: a span is wrong somewhere."""
    widths = Counter(_widths(rows))
    if len(widths) > 1:
        usual, _ = widths.most_common(1)[0]
        odd = sum(n for width, n in widths.items() if width != usual)
        got = f"{odd} of {len(rows)} rows with more or fewer"
        context.flag("jats-table-width", table, got, usual)


def _widths(rows: list[Row]) -> list[int]:
    """Return how many columns each row reaches, cells that span down from above included."""
    open_until: dict[int, int] = {}
    widths: list[int] = []
    for place, row in enumerate(rows):
        column = 0
        for cell in row:
            column = _next_free(column, open_until, place)
            if cell.rowspan > 1:
                spanned = range(column, column + cell.colspan)
                open_until.update(dict.fromkeys(spanned, place + cell.rowspan))
            column += cell.colspan
        widths.append(_next_free(column, open_until, place))
    return widths


def _mark_headers(table: etree._Element, rows: list[Row]) -> list[Row]:
    """Return the rows with their header rows stated, where a table tags none or all as header.

    Without ``thead`` a first row all in bold is the header. Where ``thead`` holds the whole table,
    only its first row is, and the rows that this one spans.
    """
    if not rows:
        return rows
    if all(cell.header for row in rows for cell in row) and len(rows) > 1:
        heads = max((cell.rowspan for cell in rows[0]), default=1)
        return rows[:heads] + [_with_header(row, False) for row in rows[heads:]]
    if child_of(table, "thead") is None and not any(cell.header for row in rows for cell in row):
        first = next(table.iter("tr"))
        cells = [c for c in first if tidy(words_of(c))]
        if cells and all(_is_bold(c) for c in cells):
            return [_with_header(rows[0], True), *rows[1:]]
    return rows


def _with_header(row: Row, header: bool) -> Row:
    return tuple(replace(cell, header=header) for cell in row)


def _is_bold(cell: etree._Element) -> bool:
    bold = "".join(words_of(b) for b in cell.iter("bold"))
    return tidy(bold) == tidy(words_of(cell))


def _change_to_html(table: etree._Element) -> None:
    """Change a CALS table (OASIS exchange model: named columns, ``morerows``) into one of HTML.

    A column that is jumped over gives an empty cell.
    """
    for group in table.findall("tgroup"):
        specs = enumerate(group.findall("colspec"))
        columns = {c.get("colname") or f"#{place}": place for place, c in specs}
        spans = {s.get("spanname", ""): s for s in group.findall("spanspec")}
        for part in group.findall("*"):
            taken: dict[int, int] = {}
            for place, row in enumerate(part.findall("row")):
                column, row.tag = 0, "tr"
                for entry in row.findall("entry"):
                    column, entry.tag = _next_free(column, taken, place), "td"
                    names = spans.get(entry.get("spanname", ""), entry)
                    first = columns.get(names.get("namest") or entry.get("colname") or "", column)
                    wide = max(1, columns.get(names.get("nameend") or "", first) - first + 1)
                    while column < first:
                        entry.addprevious(jumped := etree.Element("td"))
                        jumped.sourceline = entry.sourceline
                        column = _next_free(column + 1, taken, place)
                    more = entry.get("morerows", "0")
                    tall = min(int(more) + 1, _MOST_SPANNED) if more.isdecimal() else 1
                    entry.set("colspan", str(wide))
                    entry.set("rowspan", str(tall))
                    if tall > 1:
                        taken.update(dict.fromkeys(range(column, column + wide), place + tall))
                    column += wide
            if part.tag in _BODIES:
                group.addprevious(part)


def _next_free(column: int, taken: dict[int, int], place: int) -> int:
    while taken.get(column, 0) > place:
        column += 1
    return column
