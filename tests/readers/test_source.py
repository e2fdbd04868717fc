"""Bytes of seeds that are not plain UTF-8 text: each is read and flagged, or refused clearly."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from builder.errors import Problem, ProblemError
from builder.readers import READERS, read_seed
from builder.readers import source as source_module
from builder.readers.source import read_source

TEXT = """# Rôle of exosomes in the knee’s cartilage

**Authors:** Zoë Müller, Jan Ås

PMC · DOI: 10.1000/abc · 2024-01-02

## Abstract

Exosomes help.
"""


def _seed(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "seeds" / "paper.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def _refusal(tmp_path: Path, data: bytes) -> Problem:
    with pytest.raises(ProblemError) as caught:
        read_seed(_seed(tmp_path, data), tmp_path)
    (problem,) = caught.value.problems
    assert problem.level == "error"
    assert problem.file == "seeds/paper.txt"
    return problem


@pytest.mark.parametrize("data", [b"", b"  \n\n\t", codecs.BOM_UTF8, b"\x00\x00"])
def test_empty_file_is_refused(tmp_path: Path, data: bytes) -> None:
    assert _refusal(tmp_path, data).rule == "seed-empty"


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3",
        b"PK\x03\x04" + bytes(range(200)),
        bytes(range(256)) * 50,
        b"\x7fELF\x02\x01\x01" + b"\x00\x01\x02" * 100,
    ],
)
def test_binary_file_is_refused(tmp_path: Path, data: bytes) -> None:
    assert _refusal(tmp_path, data).rule == "seed-binary"


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="seed-unreadable"):
        read_seed(tmp_path / "none.txt", tmp_path)


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="seed-unreadable"):
        read_seed(tmp_path, tmp_path)


def test_line_of_50_megabytes_is_refused(tmp_path: Path) -> None:
    problem = _refusal(tmp_path, b"# title\n" + b"x" * 50_000_000)
    assert problem.rule == "seed-size"
    assert "50 MB" in problem.got


def test_unknown_layout_names_the_known_ones_and_what_was_looked_for(tmp_path: Path) -> None:
    problem = _refusal(tmp_path, b"Dear all,\n\nplease find the paper enclosed.\n")
    assert problem.rule == "seed-layout"
    assert "Dear all," in problem.got
    for reader in READERS:
        assert reader.NAME in problem.hint
        assert reader.LOOKS_FOR in problem.hint


@pytest.mark.parametrize(
    ("data", "rules"),
    [
        (TEXT.encode(), []),
        (codecs.BOM_UTF8 + TEXT.encode(), []),
        (TEXT.replace("\n", "\r\n").encode(), []),
        (TEXT.replace("\n", "\r").encode(), []),
        (TEXT.encode("cp1252"), ["seed-encoding"]),
        (TEXT.encode("utf-16"), ["seed-encoding"]),
        (TEXT.encode("utf-16-le"), ["seed-encoding"]),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), ["seed-encoding"]),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), ["seed-encoding"]),
    ],
    ids=["utf8", "bom", "crlf", "cr", "cp1252", "utf16", "utf16-silent", "utf16-be", "utf32"],
)
def test_encodings_give_the_same_document(tmp_path: Path, data: bytes, rules: list[str]) -> None:
    document = read_seed(_seed(tmp_path, data), tmp_path)
    assert document.front.work.title == "Rôle of exosomes in the knee’s cartilage"
    assert [p.family for p in document.front.work.authors] == ["Müller", "Ås"]
    assert [(b.kind, b.text, b.line) for b in document.blocks] == [
        ("abstract", "Exosomes help.", 9)
    ]
    assert [p.rule for p in document.problems] == rules


def test_cp1252_is_reported_with_the_first_line_that_shows_it(tmp_path: Path) -> None:
    data = b"# Plain title\n\n## Abstract\n\nIt costs \x80 5.\n\n## TL;DR\n\nShort.\n"
    document = read_seed(_seed(tmp_path, data), tmp_path)
    problem = next(p for p in document.problems if p.rule == "seed-encoding")
    assert problem.line == 5
    assert "Windows-1252" in problem.got
    assert document.blocks[0].text == "It costs € 5."


def test_damaged_utf8_is_marked_and_the_rest_kept(tmp_path: Path) -> None:
    data = TEXT.encode().replace(b"help.", b"help \xff.")
    document = read_seed(_seed(tmp_path, data), tmp_path)
    assert document.front.work.title == "Rôle of exosomes in the knee’s cartilage"
    assert document.blocks[0].text == "Exosomes help \ufffd."
    problem = next(p for p in document.problems if p.rule == "seed-encoding")
    assert (problem.line, problem.level) == (9, "warning")


def test_decomposed_letters_are_composed(tmp_path: Path) -> None:
    data = TEXT.replace("ô", "o\u0302").encode()
    document = read_seed(_seed(tmp_path, data), tmp_path)
    assert document.front.work.title.startswith("Rôle")


def test_a_stray_nul_is_shown_and_flagged(tmp_path: Path) -> None:
    filler = "Exosomes help a lot. " * 100
    data = TEXT.replace("Exosomes help.", filler + "Ex\x00osomes").encode()
    document = read_seed(_seed(tmp_path, data), tmp_path)
    assert document.blocks[0].text.endswith("Ex\ufffdosomes")
    assert ("seed-control", 9) in [(p.rule, p.line) for p in document.problems]


def test_right_to_left_marks_stay_as_text(tmp_path: Path) -> None:
    data = TEXT.replace("Exosomes help.", "Exosomes \u202ehelp\u202c.").encode()
    document = read_seed(_seed(tmp_path, data), tmp_path)
    assert document.blocks[0].text == "Exosomes \u202ehelp\u202c."


def test_other_line_separators_do_not_shift_line_numbers(tmp_path: Path) -> None:
    data = TEXT.replace("Zoë", "Zoë\u2028").encode()
    document = read_seed(_seed(tmp_path, data), tmp_path)
    assert [b.line for b in document.blocks] == [9]


def test_the_digest_is_of_the_bytes_as_received(tmp_path: Path) -> None:
    # sha256 of the three bytes "a\r\n", from sha256sum.
    read = read_source(_seed(tmp_path, b"a\r\n"), tmp_path)
    assert read.sha256 == "8e4621379786ef42a4fec155cd525c291dd7db3c1fde3478522f4f61c03fd1bd"
    assert read.lines == ("a", "")


def test_size_limit_counts_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_module, "MAX_BYTES", 10)
    assert read_source(_seed(tmp_path, b"x" * 10), tmp_path).text == "x" * 10
    assert _refusal(tmp_path, b"x" * 11).rule == "seed-size"


@pytest.mark.parametrize(
    ("copied", "shown"),
    [
        ("p &lt; 0.05 and p&nbsp;&gt;&nbsp;0.1", "p < 0.05 and p\u00a0>\u00a00.1"),
        ("TNF-&#x3b1;, TGF-&#946;1, IL-1&beta;", "TNF-α, TGF-β1, IL-1β"),
        ("so <i>in <b>vivo</b></i>, <em class='x'>ex vivo</em>", "so in vivo, ex vivo"),
        ("10<sup>9</sup> of 5 cm<sup>2</sup> and H<sub>2</sub>O", "10⁹ of 5 cm² and H₂O"),
        # What only looks like it stays.
        ("R&D of AT&T; p<0.05, a < b", "R&D of AT&T; p<0.05, a < b"),
        ("https://example.org/?a=1&copy=2&lt=3", "https://example.org/?a=1&copy=2&lt=3"),
        ("no <script>alert(1)</script> &unknown;", "no <script>alert(1)</script> &unknown;"),
    ],
)
def test_what_was_copied_from_a_pages_source_reads_as_shown(
    tmp_path: Path, copied: str, shown: str
) -> None:
    assert read_source(_seed(tmp_path, copied.encode()), tmp_path).lines == (shown,)
