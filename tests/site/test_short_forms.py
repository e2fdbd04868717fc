"""Short forms at the word itself: what they mean where they stand, and what stays untouched."""

from dataclasses import replace

import pytest
from lxml import html
from render_sample import sample_library

from builder.models import Ambiguity, Term
from builder.site.links import Marker, ShortForms, Wording, find_short_forms
from builder.site.render import escape_text


def make_term(name: str, label: str, short: str, **ambiguity: list[str]) -> Term:
    unclear = [Ambiguity(text=short, **ambiguity)] if ambiguity else []
    return Term(id=name, label=label, kind="mechanism", abbreviation=short, ambiguous=unclear)


@pytest.fixture
def forms() -> ShortForms:
    terms = [
        make_term("oa", "Osteoarthritis", "OA"),
        make_term("mrna", "Messenger RNA", "mRNA"),
        make_term("nfkb", "NF-κB signaling", "NF-κB"),
        make_term("high-glucose", "High glucose", "HG", when=["glucose"]),
        make_term("hydrogel", "Hydrogel", "HG", when=["release", "modulus"]),
        make_term("schwann", "Schwann cell", "SC"),
        make_term("stem", "Stem cell", "SC"),
        make_term("quote", 'Cell "A" & co', "QC"),
    ]
    library = replace(sample_library(), terms={term.id: term for term in terms}, papers={})
    found = find_short_forms(library)
    found.papers["PD"] = {"one": "platelet-derived", "two": "Parkinson's disease"}
    found.papers["OA"] = {"two": "osteoarthritis"}
    found.anchors["PD"] = "short-pd"
    found.heads.add("PD")
    return found


def mark(forms: ShortForms, body: str, *papers: str) -> str:
    return Marker(Wording(forms, papers), "../glossary/", escape_text).mark(body)


def reported(marked: str) -> list[tuple[str, str]]:
    tree = html.fromstring(f"<div>{marked}</div>")
    return [(link.text, link.get("title")) for link in tree.xpath("//a[@class='short']")]


def test_a_form_is_a_link_into_the_glossary_with_its_meaning(forms):
    assert mark(forms, "<p>Knee OA.</p>") == (
        '<p>Knee <a class="short" href="../glossary/#short-oa" title="Osteoarthritis">OA</a>.</p>'
    )


def test_only_the_first_use_in_a_section_is_marked(forms):
    assert len(reported(mark(forms, "<p>OA and OA.</p><p>OA</p>"))) == 1
    assert len(reported(mark(forms, "<p>OA.</p>\n\n## More\n\n<p>OA</p>"))) == 2
    assert len(reported(mark(forms, "<tr><td>OA</td></tr><tr><td>OA</td></tr>"))) == 2


@pytest.mark.parametrize(
    "body",
    [
        "## OA { #oa }",
        "<h3>OA</h3>",
        '<p><a href="x">OA</a></p>',
        "<p><code>OA</code></p>",
        "<thead><tr><th>OA</th></tr></thead>",
        "<figure><svg><svg></svg><text>OA</text></svg><figcaption>OA</figcaption></figure>",
        '<span class="authors"><bdi>Li, OA; Wu, SC</bdi></span>',
        '<dl class="facts as-is"><dd>Li, OA</dd></dl>',
        '<p title="OA">no</p>',
        "<p>COAL, OAs1, ROA</p>",
    ],
)
def test_what_is_no_text_to_explain_stays_as_it_is(forms, body):
    assert mark(forms, body) == body


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("SCs grow", [("SCs", "may mean Schwann cell or Stem cell")]),
        ("the mRNA of", [("mRNA", "Messenger RNA")]),
        ("NF-κB, OA-like", [("NF-κB", "NF-κB signaling"), ("OA", "Osteoarthritis")]),
        ("knee/OA", [("OA", "Osteoarthritis")]),
        ("&#40;OA&#41;", [("OA", "Osteoarthritis")]),
        ("QC", [("QC", 'Cell "A" & co')]),
    ],
)
def test_words_are_read_as_the_field_writes_them(forms, words, found):
    assert reported(mark(forms, f"<p>{words}</p>")) == found


def test_an_ambiguous_form_is_read_by_its_context_or_left_open(forms):
    assert reported(mark(forms, "<p>HG raised glucose.</p>")) == [("HG", "High glucose")]
    assert reported(mark(forms, "<p>The modulus of HG.</p>")) == [("HG", "Hydrogel")]
    assert reported(mark(forms, "<p>HG was used.</p>")) == []
    assert reported(mark(forms, "<p>HG was used.</p><p>glucose</p>")) == []


def test_what_a_paper_defines_holds_for_its_words_alone(forms):
    assert reported(mark(forms, "<p>PD</p>")) == []
    assert reported(mark(forms, "<p>PD</p>", "one")) == [("PD", "platelet-derived")]
    both = reported(mark(forms, "<p>PD</p>", "one", "two"))
    assert both == [("PD", "may mean platelet-derived or Parkinson's disease")]


def test_meanings_that_differ_in_case_are_one(forms):
    assert reported(mark(forms, "<p>OA</p>", "one", "two")) == [("OA", "Osteoarthritis")]


def test_the_words_themselves_stay_verbatim(forms):
    body = "<blockquote><p><bdi>OA lowers mRNA of SCs in HG (NF-κB/OA)</bdi></p></blockquote>"
    marked = mark(forms, body)
    assert html.fromstring(marked).text_content() == html.fromstring(body).text_content()
