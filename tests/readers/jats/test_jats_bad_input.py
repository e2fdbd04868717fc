"""Bad input: one clear error or a flagged record each, never a traceback, nothing fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builder.errors import ProblemError
from builder.models.document import Document
from builder.readers import read_seed
from builder.readers.jats import read as read_source
from builder.readers.source import Source

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
FRONT = (
    "<front><article-meta><title-group><article-title>Knees &#233; α</article-title></title-group>"
    "<contrib-group><contrib contrib-type='author'><name><surname>Théry</surname></name></contrib>"
    "</contrib-group></article-meta></front>"
)
ARTICLE = f"<article>{FRONT}<body><p>Text.</p></body></article>"


def read_bytes(data: bytes) -> Document:
    return read_source(Source("seeds/x.xml", data, ()))


def read_text(text: str) -> Document:
    return read_bytes(text.encode())


def rules(document: Document) -> set[str]:
    return {p.rule for p in document.problems}


def refused(data: bytes, tmp_path: Path) -> str:
    """Read a file that must be refused; return the one problem as stated."""
    path = tmp_path / "x.xml"
    path.write_bytes(data)
    with pytest.raises(ProblemError) as caught:
        read_seed(path, tmp_path)
    assert len(caught.value.problems) == 1
    return str(caught.value.problems[0])


def test_truncated_xml_is_one_error_with_its_line(tmp_path: Path) -> None:
    text = (HEAD + ARTICLE.replace("<body>", "\n<body>")).encode()
    reported = refused(text[: text.index(b"Text.")], tmp_path)
    assert reported.startswith(
        "x.xml:3: error: expected" if "expected" in reported[:40] else "x.xml:3: error:"
    )
    assert "[jats-not-xml]" in reported


@pytest.mark.parametrize(
    "before", ["From: a colleague", "How to cite this article", "Downloaded on 1 May\n\nReferences"]
)
def test_text_before_the_markup_is_one_error_and_no_prose(before: str, tmp_path: Path) -> None:
    text = f"{before}\n<article><front><article-meta/></front></article>"
    reported = refused(text.encode(), tmp_path)
    assert "text before the first tag" in reported
    assert "[jats-not-xml]" in reported


@pytest.mark.parametrize("cut", range(20, 300, 7))
def test_every_cut_is_one_error(cut: int, tmp_path: Path) -> None:
    assert "[jats-" in refused((HEAD + ARTICLE).encode()[:cut], tmp_path)


def test_entities_of_the_file_are_never_expanded() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE article [<!ENTITY l0 "ha">{laughs}]>' + ARTICLE.replace("Text.", "a &l9; b")
    document = read_text(text)
    assert document.blocks[0].text == "a &l9; b"
    assert rules(document) >= {"jats-entity"}


def test_external_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    text = (
        f'<!DOCTYPE article SYSTEM "{secret}" [<!ENTITY x SYSTEM "file://{secret}">'
        f'<!ENTITY % p SYSTEM "file://{secret}"> %p;]>'
    ) + ARTICLE.replace("Text.", "a &x; b")
    document = read_text(text)
    assert document.blocks[0].text == "a &x; b"
    assert "SECRET" not in repr(document)
    assert rules(document) >= {"jats-entity"}


def test_named_characters_need_no_dtd() -> None:
    document = read_text(
        ARTICLE.replace("Text.", "&alpha;&nbsp;&le; 5 &micro;g &Zcaron; &half; &lt;b&gt;")
    )
    assert document.blocks[0].text == "α ≤ 5 µg Ž ½ <b>"


def test_greek_letters_of_iso_need_no_dtd() -> None:
    document = read_text(ARTICLE.replace("Text.", "&agr;&THgr;&sfgr;&thetas;&b.beta; &nosuch;"))
    assert document.blocks[0].text == "αΘςθβ &nosuch;"
    assert [p.got for p in document.problems if p.rule == "jats-entity"] == ["&nosuch;"]


def test_named_characters_in_sections_and_comments_are_plain_text() -> None:
    text = "<![CDATA[&alpha; &odd;]]> &beta;<!-- &odder; --><?x &oddest;?>"
    document = read_text(ARTICLE.replace("Text.", text))
    assert document.blocks[0].text == "&alpha; &odd; β"
    assert "jats-entity" not in rules(document)


@pytest.mark.parametrize(
    ("declared", "used", "flagged"),
    [
        ("UTF-8", "iso-8859-1", True),
        ("UTF-8", "cp1252", True),
        ("ISO-8859-1", "utf-8", True),
        ("US-ASCII", "utf-8", True),
        ("no-such-encoding", "utf-8", True),
        ("UTF-16", "utf-8", True),
        ("ISO-8859-1", "iso-8859-1", False),
        ("windows-1252", "cp1252", False),
        ("UTF-8", "utf-8-sig", False),
        ("UTF-16", "utf-16", False),
    ],
)
def test_encoding_is_taken_from_the_bytes(declared: str, used: str, flagged: bool) -> None:
    article = ARTICLE.replace(" α", "")
    text = f'<?xml version="1.0" encoding="{declared}"?>\n{article}'
    document = read_bytes(text.encode(used))
    assert document.front.work.authors[0].family == "Théry"
    assert ("jats-encoding" in rules(document)) is flagged


def test_prefixes_do_not_matter() -> None:
    spaced = ARTICLE.replace("<", "<j:").replace("<j:/", "</j:")
    document = read_text(spaced.replace("<j:article>", '<j:article xmlns:j="urn:x">'))
    assert document.front.work.title == "Knees é α"
    assert document.blocks[0].text == "Text."


def test_an_undeclared_prefix_is_mended_and_noted() -> None:
    linked = 'see <ext-link xlink:href="https://example.org/a"/>.'
    document = read_text(ARTICLE.replace("Text.", linked))
    assert document.blocks[0].text == "see https://example.org/a."
    assert "jats-namespace" in rules(document)


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html>\n<html><head><title>A</title><meta charset=utf-8></head><br></html>",
        "<html xmlns='http://www.w3.org/1999/xhtml'><body><article><p>x</p></article></body></html>",
        "<!doctype HTML>\n<HTML><BODY><P>one<P>two</BODY></HTML>",
        "<!-- saved -->\n<html><body>&nbsp;</body></html>",
    ],
)
def test_html_is_named_as_such(page: str, tmp_path: Path) -> None:
    reported = refused(page.encode(), tmp_path)
    assert "an HTML page" in reported
    assert "[jats-html]" in reported


@pytest.mark.parametrize(
    "empty", [b"<article/>", b"<article></article>", b"<article><back/></article>"]
)
def test_an_empty_article_is_an_error(empty: bytes, tmp_path: Path) -> None:
    assert "[jats-empty]" in refused(empty, tmp_path)


def test_several_articles_are_an_error(tmp_path: Path) -> None:
    both = f"<pmc-articleset>{ARTICLE}\n{ARTICLE}</pmc-articleset>"
    reported = refused(both.encode(), tmp_path)
    assert reported.startswith("x.xml:2: error:")
    assert "[jats-several-articles]" in reported


@pytest.mark.parametrize(
    ("bad", "reported"),
    [
        (
            ARTICLE + "\n" + ARTICLE,
            "got more behind the end. Save each article as a file of its own.",
        ),
        (ARTICLE.replace("Text.", "\nR & D"), "got an '&' that begins no character."),
        (ARTICLE.replace("Text.", "\na\0b"), "Invalid character"),
    ],
)
def test_what_is_wrong_is_reported_in_one_line(bad: str, reported: str, tmp_path: Path) -> None:
    problem = refused(bad.encode(), tmp_path)
    assert problem.startswith("x.xml:2: error: well-formed XML, got")
    assert reported in problem
    assert "\n" not in problem


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "head", ['<?xml version="1.0" encoding="UTF-16"?>', "<!DOCTYPE article>", ""]
)
def test_utf_16_needs_no_mark(order: str, head: str, tmp_path: Path) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes((head + ARTICLE).encode(order))
    assert read_seed(path, tmp_path).front.work.title == "Knees é α"


def test_one_article_in_a_set_is_taken() -> None:
    document = read_text(f"<pmc-articleset><!-- x -->{ARTICLE}</pmc-articleset>")
    assert document.front.work.title == "Knees é α"


def test_an_article_without_title_or_body_is_flagged() -> None:
    document = read_text("<article><front><article-meta/></front></article>")
    assert rules(document) == {"jats-title", "jats-no-body", "jats-no-references"}


def test_deep_nesting_is_one_error_or_text(tmp_path: Path) -> None:
    for depth in (50, 240, 5000):
        path = tmp_path / "deep.xml"
        path.write_text(ARTICLE.replace("Text.", "<sup>" * depth + "x" + "</sup>" * depth))
        try:
            assert read_seed(path, tmp_path).blocks[0].text == "ˣ"
        except ProblemError as error:
            assert len(error.problems) == 1  # noqa: PT017 (either outcome is right)


def test_deep_sections_are_one_error_or_headings() -> None:
    depth = 240
    text = ARTICLE.replace("<p>Text.</p>", "<sec><title>t</title>" * depth + "</sec>" * depth)
    try:
        assert read_text(text).headings[-1].level == depth + 1
    except ProblemError as error:
        assert len(error.problems) == 1  # noqa: PT017 (either outcome is right)


def test_a_line_number_is_the_seeds() -> None:
    text = (
        '<?xml version="1.0"\n encoding="UTF-8"?>\n<!DOCTYPE article [\n<!ELEMENT a ANY>\n]>\n'
        + ARTICLE.replace("<body>", "<!-- \n\n -->\n<body>")
    )
    document = read_text(text)
    assert text.split("\n")[document.blocks[0].line - 1].startswith("<body>")


def test_lists_that_begin_anew_are_counted_through() -> None:
    part = "<ref-list>{}</ref-list>"
    entry = '<ref id="{0}{1}"><label>{1}</label><mixed-citation>{0}{1}.</mixed-citation></ref>'
    lists = "".join(part.format("".join(entry.format(x, n) for n in (1, 2))) for x in "ab")
    text = ARTICLE.replace("Text.", '[<xref ref-type="bibr" rid="b1">1</xref>]')
    document = read_text(text.replace("</body>", f"</body><back>{lists}</back>"))
    assert [(c.number, c.printed) for c in document.citations] == [
        (1, "a1."),
        (2, "a2."),
        (3, "1 b1."),
        (4, "2 b2."),
    ]
    assert document.blocks[0].citations == (3,)
    assert "jats-ref-numbers" in rules(document)


def test_eight_hundred_references_are_read_exactly() -> None:
    entry = (
        '<ref id="B{0}"><label>{0}</label><element-citation publication-type="journal">'
        "<person-group><name><surname>Author{0}</surname><given-names>A</given-names></name>"
        "<name><surname>Second</surname><given-names>B</given-names></name></person-group>"
        "<article-title>Vesicles, part {0}</article-title><source>Journal of Long Names</source>"
        "<year>{1}</year><volume>{0}</volume><fpage>1</fpage><lpage>9</lpage>"
        '<pub-id pub-id-type="doi">10.5555/j.{0}</pub-id></element-citation></ref>'
    )
    refs = "".join(entry.format(n, 1900 + n % 100) for n in range(1, 801))
    words = "Vesicles of stem cells protect the cartilage of the knee in rabbits and in mice. "
    cite = '[<xref ref-type="bibr" rid="B{}">{}</xref>–<xref ref-type="bibr" rid="B{}">{}</xref>]'
    body = "".join(f"<p>{words * 7}{cite.format(n, n, n + 3, n + 3)}</p>" for n in range(1, 798))
    text = ARTICLE.replace("<p>Text.</p>", body)
    text = text.replace("</body>", f"</body><back><ref-list>{refs}</ref-list></back>")
    assert len(text) > 900_000
    document = read_text(text)
    assert len(document.citations) == 800
    for number, citation in enumerate(document.citations, 1):
        work = citation.fields
        assert work is not None
        assert work.title == f"Vesicles, part {number}"
        assert work.authors[0].family == f"Author{number}"
        assert work.issued == (1900 + number % 100,)
        assert work.doi == f"10.5555/j.{number}"
    assert [b.citations for b in document.blocks] == [
        (n, n + 1, n + 2, n + 3) for n in range(1, 798)
    ]
    assert document.problems == ()


def test_bad_spans_are_flagged() -> None:
    table = (
        '<table-wrap><table><tr><td colspan="x">a</td><td rowspan="-1">b</td>'
        '<td colspan="99999999">c</td></tr></table></table-wrap>'
    )
    document = read_text(ARTICLE.replace("<p>Text.</p>", table))
    assert [(c.text, c.colspan, c.rowspan) for c in document.tables[0].rows[0]] == [
        ("a", 1, 1),
        ("b", 1, 1),
        ("c", 1, 1),
    ]
    assert rules(document) >= {"jats-table-span"}


def test_an_empty_table_is_flagged() -> None:
    document = read_text(
        ARTICLE.replace("<p>Text.</p>", "<table-wrap><label>T</label></table-wrap>")
    )
    assert document.tables[0].rows == ()
    assert rules(document) >= {"jats-table-empty"}


def test_a_retracted_paper_is_flagged() -> None:
    document = read_text(ARTICLE.replace("Knees", "RETRACTED: Knees"))
    assert rules(document) >= {"jats-retraction"}


_TAGS = st.sampled_from(
    [
        "sec",
        "title",
        "p",
        "xref",
        "sup",
        "sub",
        "table-wrap",
        "table",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "fig",
        "caption",
        "list",
        "list-item",
        "ref-list",
        "ref",
        "mixed-citation",
        "element-citation",
        "person-group",
        "name",
        "surname",
        "year",
        "math",
        "mfrac",
        "msup",
        "mover",
        "mmultiscripts",
        "fn",
        "label",
        "def-list",
        "def-item",
        "term",
        "abstract",
        "contrib",
        "aff",
        "license",
        "date",
    ]
)
_TREES = st.recursive(
    st.sampled_from(["", "x", "1", "[1–3]", "et al.", "&#8211;", "&alpha;"]),
    lambda inner: st.builds(
        lambda tag, rid, parts: (
            f'<{tag} rid="{rid}" id="{rid}" ref-type="bibr">{"".join(parts)}</{tag}>'
        ),
        _TAGS,
        st.sampled_from(["a", "b", "a b", ""]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@settings(max_examples=150, deadline=None)
@given(front=_TREES, body=_TREES, back=_TREES)
def test_no_tree_of_known_elements_breaks_the_reader(front: str, body: str, back: str) -> None:
    text = (
        f"<article><front><journal-meta/><article-meta>{front}</article-meta></front>"
        f"<body>{body}</body><back>{back}</back></article>"
    )
    document = read_text(text)
    again = read_text(text)
    assert document == again
    for block in document.blocks:
        assert "\x00" not in block.text
        assert "\x01" not in block.text
        assert all(0 <= at <= len(block.text) for at, _ in block.marks)


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        ("<tr><td>A</td><td>B</td></tr><tr>loose words</tr>", [["A", "B"], ["loose words"]]),
        ("<tr><td>A</td></tr><block><tr><td>hidden</td></tr></block>", [["A"], ["hidden"]]),
        ("<tbody><x><tr><td>deep</td></tr></x></tbody>", [["deep"]]),
        ("<tr><p>in a paragraph</p><td>B</td></tr>", [["in a paragraph", "B"]]),
    ],
)
def test_no_row_of_a_table_is_lost(rows: str, texts: list[list[str]]) -> None:
    wrap = f"<table-wrap><table>{rows}</table></table-wrap>"
    article = f"<article><front><article-meta/></front><body>{wrap}</body></article>"
    document = read_source(Source("x.xml", article.encode(), ()))
    assert [[c.text for c in row] for row in document.tables[0].rows] == texts
    assert document.coverage.reported == 0


def test_text_that_no_part_takes_is_reported() -> None:
    article = (
        "<article><front><article-meta/></front>stray words<body><p>Prose.</p></body></article>"
    )
    document = read_source(Source("x.xml", article.encode(), ()))
    assert [p.rule for p in document.problems if "stray" in p.got] == ["jats-unread"]
    assert document.coverage.reported == 1


def _front(meta: str, attributes: str = "") -> Document:
    article = (
        f"<article {attributes} xmlns:xlink='http://www.w3.org/1999/xlink'><front><article-meta>"
        f"{meta}</article-meta></front></article>"
    )
    return read_source(Source("x.xml", article.encode(), ()))


def _people(*contribs: str, attributes: str = "") -> list[tuple[str, str, str]]:
    inner = "".join(f"<contrib contrib-type='author'>{c}</contrib>" for c in contribs)
    work = _front(f"<contrib-group>{inner}</contrib-group>", attributes).front.work
    return [(p.literal or p.family, p.given, p.suffix) for p in work.authors]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("<string-name>Doe J.A., Jr.</string-name>", ("Doe", "J.A.", "Jr.")),
        ("<string-name>Müller É</string-name>", ("Müller", "É", "")),
        ("<string-name>’t Hooft, G.</string-name>", ("’t Hooft", "G.", "")),
        ("<string-name>Łukasz Ż. Ü.</string-name>", ("Łukasz", "Ż. Ü.", "")),
        ("<string-name>van der Berg, Jan Pieter</string-name>", ("van der Berg", "Jan Pieter", "")),
        (
            "<name><surname>Doe<xref ref-type='fn'>†</xref></surname>"
            "<given-names>Jane<sup>1,*</sup></given-names></name>",
            ("Doe", "Jane", ""),
        ),
        ("<name><surname>Roe†</surname><given-names>Ann*</given-names></name>", ("Roe", "Ann", "")),
        (
            "<collab>OARSI Group<contrib-group><contrib><name><surname>Poe</surname></name>"
            "</contrib></contrib-group></collab>",
            ("OARSI Group", "", ""),
        ),
    ],
)
def test_names(name: str, wanted: tuple[str, str, str]) -> None:
    assert _people(name) == [wanted]


def test_an_author_beside_the_byline_is_none() -> None:
    meta = (
        "<contrib-group><contrib contrib-type='author'><name><surname>Doe</surname></name>"
        "</contrib><contrib contrib-type='author non-byline'><name><surname>Poe</surname></name>"
        "</contrib></contrib-group>"
    )
    assert [p.family for p in _front(meta).front.work.authors] == ["Doe"]


@pytest.mark.parametrize(("language", "family"), [("en", "Wang"), ("zh", "王"), ("", "王")])
def test_the_form_of_a_name_in_the_article_s_language_comes_first(
    language: str, family: str
) -> None:
    forms = (
        "<name-alternatives><name name-style='eastern'><surname>王</surname>"
        "<given-names>丽</given-names></name><name name-style='western'><surname>Wang</surname>"
        "<given-names>Li</given-names></name></name-alternatives>"
    )
    attributes = f"xml:lang='{language}'" if language else ""
    assert [name for name, _, _ in _people(forms, attributes=attributes)] == [family]
    inner = f"<contrib-group><contrib>{forms}</contrib></contrib-group>"
    assert len(_front(inner, attributes).front.work.authors[0].others) == 1


@pytest.mark.parametrize(
    ("licences", "url"),
    [
        (
            "<license specific-use='text-mining' xlink:href='https://x.org/tdm'/>"
            "<license xlink:href='https://creativecommons.org/licenses/by/4.0/'/>",
            "https://creativecommons.org/licenses/by/4.0/",
        ),
        (
            "<license xlink:href='https://x.org/licence'/>"
            "<license license-type='open-access' xlink:href='https://x.org/open-licence'/>",
            "https://x.org/open-licence",
        ),
        (
            "<license xlink:href='https://www.elsevier.com/tdm/userlicense/1.0/'/>"
            "<license xlink:href='http://creativecommons.org/licenses/by-nc/4.0/'/>",
            "http://creativecommons.org/licenses/by-nc/4.0/",
        ),
    ],
)
def test_the_public_licence_is_preferred(licences: str, url: str) -> None:
    assert _front(f"<permissions>{licences}</permissions>").front.licence_url == url


@pytest.mark.parametrize(
    ("date", "issued", "rules"),
    [
        ("<day>31</day><month>February</month><year>2019</year>", (2019, 2), ["jats-ref-date"]),
        ("<month>Mar-Apr</month><year>2019</year>", (2019, 3), []),
        ("<string-date>2019 Mar 5</string-date>", (2019, 3, 5), []),
        ("<string-date>5 March 2019</string-date>", (2019, 3, 5), []),
    ],
)
def test_dates_of_works(date: str, issued: tuple[int, ...], rules: list[str]) -> None:
    article = (
        "<article><front><article-meta/></front><back><ref-list><ref><element-citation>"
        f"<article-title>Things</article-title>{date}</element-citation></ref></ref-list></back>"
        "</article>"
    )
    document = read_source(Source("x.xml", article.encode(), ()))
    assert document.citations[0].fields is not None
    assert document.citations[0].fields.issued == issued
    assert [p.rule for p in document.problems if p.rule.startswith("jats-ref")] == rules


@pytest.mark.parametrize(
    ("kind", "inner", "wanted"),
    [
        (
            "data",
            "<data-title>RNA</data-title><source>GEO</source>"
            "<pub-id pub-id-type='accession' xlink:href='https://x.org/GSE12345'>GSE12345</pub-id>",
            {"type": "dataset", "container": "GEO", "number": "GSE12345",
             "url": "https://x.org/GSE12345"},
        ),
        (
            "thesis",
            "<article-title>On EVs</article-title> PhD thesis <institution>Uni Bonn</institution>",
            {"type": "thesis", "publisher": "Uni Bonn", "genre": "PhD thesis"},
        ),
        (
            "report",
            "<source>On EVs</source><institution>WHO</institution>",
            {"type": "report", "title": "On EVs", "publisher": "WHO"},
        ),
        (
            "software",
            "<data-title>EVtool</data-title><version>1.2</version>",
            {"type": "software", "title": "EVtool", "edition": "1.2"},
        ),
        (
            "preprint",
            "<article-title>EVs</article-title><source>bioRxiv</source>",
            {"type": "article", "container": "bioRxiv"},
        ),
    ],
)  # fmt: skip
def test_kinds_of_works(kind: str, inner: str, wanted: dict[str, str]) -> None:
    article = (
        "<article xmlns:xlink='http://www.w3.org/1999/xlink'><front><article-meta/></front><back>"
        f"<ref-list><ref><mixed-citation publication-type='{kind}'>{inner}</mixed-citation></ref>"
        "</ref-list></back></article>"
    )
    work = read_source(Source("x.xml", article.encode(), ())).citations[0].fields
    assert {name: getattr(work, name) for name in wanted} == wanted


@pytest.mark.parametrize(
    ("data", "looks"),
    [
        (b"<rss><channel/></rss>", "got <rss>, what looks like a news feed"),
        (b"<xml><records><record/></records></xml>", "an EndNote export"),
        (b"<PubmedArticleSet><PubmedArticle/></PubmedArticleSet>", "abstracts of PubMed as XML"),
        (b'<TEI xmlns="http://www.tei-c.org/ns/1.0"><text/></TEI>', "a converted PDF (TEI)"),
    ],
)
def test_other_xml_is_named_with_what_to_do(data: bytes, looks: str, tmp_path: Path) -> None:
    reported = refused(data, tmp_path)
    assert looks in reported
    assert "XML (JATS)" in reported
