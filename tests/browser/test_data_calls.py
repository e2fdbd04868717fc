"""The example calls of the page about the data do what they say, exactly as they are printed."""

from __future__ import annotations

import csv
import gzip
import json
import os
import shutil
import stat
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from served import Served

# Stand-ins, for a machine that lacks the programs: as much of them as the examples use.
STANDINS = {
    "curl": """
import sys, urllib.request
words = sys.argv[1:]
address = next(w for w in words if w.startswith("http"))
data = urllib.request.urlopen(address).read()
if "-o" in words:
    open(words[words.index("-o") + 1], "wb").write(data)
elif "O" in words[0]:
    open(address.rpartition("/")[2], "wb").write(data)
else:
    sys.stdout.buffer.write(data)
""",
    "sqlite3": """
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2]):
    print("|".join(map(str, row)))
""",
}


@pytest.fixture
def calls(placed: Served) -> dict[str, str]:
    """The code below each heading, with the address of this server for that of the site."""
    page = html.parse(str(placed.folder / "data/index.html")).getroot()
    index = json.loads((placed.folder / "api/v1/index.json").read_text())
    home = index["collections"][0]["url"].partition("api/v1/")[0]
    found = {}
    for code in page.iterfind(".//pre/code"):
        heading = code.getparent().getprevious()
        found[heading.get("id")] = code.text_content().replace(home, placed.url)
    return found


def run(code: str, folder: Path) -> str:
    """Run lines as a shell does, in a folder, and return what they print."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    for name, text in STANDINS.items():
        if shutil.which(name) is None:
            path = programs / name
            path.write_text(f"#!{sys.executable}\n{text}")
            path.chmod(path.stat().st_mode | stat.S_IXUSR)
    paths = os.pathsep.join([os.environ["PATH"], str(programs)])
    return finish(["bash", "-euo", "pipefail", "-c", code], folder, PATH=paths)


def finish(words: list[str], folder: Path, **environment: str) -> str:
    ran = subprocess.run(
        words, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    return ran.stdout


def read(placed: Served, name: str) -> Any:
    return json.loads((placed.folder / name).read_text(encoding="utf-8"))


def test_each_way_to_call_has_its_example(calls: dict[str, str]) -> None:
    assert list(calls) == ["curl", "one-line", "pandas", "sql", "full-text"]


def test_curl_gets_what_there_is_and_all_findings(
    placed: Served, calls: dict[str, str], tmp_path: Path
) -> None:
    assert json.loads(run(calls["curl"], tmp_path)) == read(placed, "api/v1/index.json")
    findings = json.loads((tmp_path / "findings.json").read_text(encoding="utf-8"))
    assert findings == read(placed, "api/v1/findings.json")


def test_pandas_counts_mechanisms_in_animals_by_effect(
    placed: Served, calls: dict[str, str], tmp_path: Path
) -> None:
    code = (
        calls["pandas"] + '\nanimal.groupby(["mechanism", "effect"]).size().to_csv("counts.csv")\n'
    )
    assert finish([sys.executable, "-W", "error", "-c", code], tmp_path).startswith("mechanism ")
    with (tmp_path / "counts.csv").open(encoding="utf-8", newline="") as handle:
        counted = {(term, effect): int(n) for term, effect, n in list(csv.reader(handle))[1:]}
    reported = Counter(
        (m["id"], m["effect"])
        for finding in read(placed, "api/v1/findings.json")
        if finding["design"]["level"] == "in-vivo"
        for m in finding.get("mechanisms", [])
    )
    assert counted == dict(reported)
    assert counted


def test_sql_lists_what_goes_down_with_the_works_cited(
    placed: Served, calls: dict[str, str], tmp_path: Path
) -> None:
    rows = [line.split("|", 2) for line in run(calls["sql"], tmp_path).splitlines()]
    assert len(rows) == 5
    findings = {f["id"]: f for f in read(placed, "api/v1/findings.json")}
    for name, term, citation in rows:
        effects = [m["effect"] for m in findings[name]["mechanisms"] if m["id"] == term]
        assert "down" in effects
        assert len(citation) > 20


def test_full_text_finds_both_words(placed: Served, calls: dict[str, str], tmp_path: Path) -> None:
    packed = placed.folder / "data/exosome-atlas.sqlite.gz"
    (tmp_path / "exosome-atlas.sqlite").write_bytes(gzip.decompress(packed.read_bytes()))
    rows = run(calls["full-text"], tmp_path).splitlines()
    assert 1 <= len(rows) <= 5
    for row in rows:
        assert "[cartilage]" in row.lower() or "[hydrogel" in row.lower()
