"""The cue lexicon: words that tell role and direction, kept as data in content/cues.yml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from builder import store

CueKind = Literal["verb", "noun", "neutral", "aim", "denial", "hypothesis", "break"]
CUES_FILE = Path(__file__).resolve().parents[3] / "content" / "cues.yml"
ROLES = ("source", "partner", "loaded", "native", "culture")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cue word does: its kind, and the direction that it gives."""

    kind: CueKind
    effect: str = ""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A named pattern of the words before or behind a mention."""

    rule: str
    regex: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class RolePatterns:
    """The patterns of one role, for the text before and behind a mention."""

    before: tuple[Pattern, ...]
    after: tuple[Pattern, ...]


@dataclass(frozen=True)
class Cues:
    """The whole lexicon, compiled once."""

    finder: re.Pattern[str]
    exact: Mapping[str, Meaning]
    stems: tuple[tuple[str, Meaning], ...]
    vesicle: re.Pattern[str]
    roles: Mapping[str, RolePatterns]
    never_source: re.Pattern[str]
    columns: tuple[tuple[str, re.Pattern[str]], ...]
    evidence: tuple[tuple[str, re.Pattern[str]], ...]
    about_itself: re.Pattern[str]
    heads: re.Pattern[str]
    unchanged: re.Pattern[str]
    turning: re.Pattern[str]
    mending: tuple[str, ...]
    harmful: frozenset[str]
    comparing: re.Pattern[str]
    contrasting: re.Pattern[str]
    not_carrier_whole: re.Pattern[str]
    not_carrier_after: re.Pattern[str]
    effect_of_vesicles: re.Pattern[str]
    measures: re.Pattern[str]
    shown: frozenset[str]
    keeps_in: frozenset[str]
    keeps_as: frozenset[str]
    measured: frozenset[str]
    reaching: tuple[str, ...]
    intransitive: frozenset[str]

    def names_vesicles(self, text: str) -> bool:
        """Tell whether a text is about vesicles; "exosome-depleted serum" alone is not."""
        return any(not self.never_source.match(text, m.end()) for m in self.vesicle.finditer(text))

    def meaning(self, words: str) -> Meaning:
        """Return the meaning of words that ``finder`` matched."""
        plain = " ".join(words.lower().split())
        if plain in self.exact:
            return self.exact[plain]
        return next(meaning for stem, meaning in self.stems if plain.startswith(stem))


def _meanings(effects: Mapping[str, Any]) -> dict[str, Meaning]:
    """Return the meaning of every cue as written, stars included."""
    found: dict[str, Meaning] = {}
    plain: list[tuple[str, CueKind]] = [
        ("neutral", "neutral"), ("aims", "aim"), ("denials", "denial"), ("breaks", "break"),
        ("hypotheses", "hypothesis"),
    ]  # fmt: skip
    for effect, words in effects["verbs"].items():
        found.update({w: Meaning("verb", effect) for w in words})
    for effect, words in effects["nouns"].items():
        found.update({w: Meaning("noun", effect) for w in words})
    for key, kind in plain:
        found.update({w: Meaning(kind) for w in effects[key]})
    return found


def _cue_regex(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")


def _any(words: list[str]) -> str:
    ordered = sorted(words, key=lambda w: (-len(w), w))
    return "|".join(_cue_regex(w) for w in ordered)


def _fill(pattern: str, words: Mapping[str, str], stop: str) -> str:
    """Return a pattern with ``{vesicle}``, ``{derived}`` and ``{words:N}`` written out."""
    # A short form may stand behind the vesicles: "exosomes (Exos) of".
    named = rf"(?:{words['vesicle']})\b(?:\s*\([^)]{{1,30}}\))?"
    pattern = pattern.replace(r"{vesicle}\b\s", named + r"\s")
    for name in ("vesicle", "derived"):
        pattern = pattern.replace("{" + name + "}", words[name])
    made = (
        r"\w+(?:gen|net|chem|chan|tr)ically\s+\w+ed\s+|[^\s,;:.]+[\s-](?:stimulated|treated|primed|"
        r"pre-?treated|pre-?conditioned|induced|conditioned|transfected|activated|exposed)\s+"
    )
    token = rf"(?:{made}|(?!(?:{stop})\b)[^\s,;:.]+(?:,?\s+|-))"
    return re.sub(r"\{words:(\d)\}", lambda m: f"{token}{{0,{m[1]}}}", pattern)


def _roles(data: Mapping[str, Any], stop: str) -> dict[str, RolePatterns]:
    def compiled(items: list[Mapping[str, str]], template: str) -> tuple[Pattern, ...]:
        return tuple(
            Pattern(
                i["rule"],
                re.compile(template % _fill(i["pattern"], data["words"], stop), re.IGNORECASE),
            )
            for i in items
        )

    return {
        role: RolePatterns(
            compiled(data[role].get("before", []), r"(?:^|(?<=\W))(?:%s)$"),
            compiled(data[role].get("after", []), r"^(?:%s)"),
        )
        for role in ROLES
    }


def _verb_stems(meanings: Mapping[str, Meaning]) -> str:
    """Return one short pattern for all verbs, so that the patterns made of it compile fast."""
    verbs = [w for w, m in meanings.items() if m.kind == "verb" and " " not in w]
    stems = {re.sub(r"(?:e[sd]?|ing|s|\*)$", "", w) for w in verbs}
    return rf"(?:{'|'.join(sorted(map(re.escape, stems)))})(?:e[sd]?|ing|s|\w*ory)?|" + "|".join(
        sorted(re.escape(w.rstrip("*")) + r"\w*" for w in verbs if w.endswith("*"))
    )


def parse_cues(data: Mapping[str, Any]) -> Cues:
    """Return the compiled lexicon of the data of content/cues.yml."""
    effects = data["effects"]
    meanings = _meanings(effects)
    words = {k: re.sub(r"\s*\n\s*", "", v).replace("\\ ", r"\s+") for k, v in data["words"].items()}
    words = {k: re.sub(r"\| +", "|", v) for k, v in words.items()}
    stop = f"{words['stop']}|{_verb_stems(meanings)}"
    data = {**data, "words": words}
    never = data["source"]["never_after"]
    return Cues(
        finder=re.compile(rf"(?<![\w-])(?:{_any(list(meanings))})(?![\w-])", re.IGNORECASE),
        exact={w: m for w, m in meanings.items() if "*" not in w},
        stems=tuple(
            (w.split("*")[0], m)
            for w, m in sorted(meanings.items(), key=lambda item: -len(item[0]))
            if "*" in w
        ),
        vesicle=re.compile(rf"(?<![A-Za-z])(?:{words['vesicle']})(?![A-Za-z])", re.IGNORECASE),
        roles=_roles(data, stop),
        never_source=re.compile(never, re.IGNORECASE),
        columns=tuple(
            (c["role"], re.compile(c["pattern"], re.IGNORECASE)) for c in data["columns"]
        ),
        evidence=tuple(
            (e["level"], re.compile(e["pattern"], re.IGNORECASE)) for e in data["evidence"]
        ),
        about_itself=re.compile(data["about_itself"], re.IGNORECASE),
        heads=re.compile(rf"^\s+(?:{_any(effects['heads'])})\b", re.IGNORECASE),
        unchanged=re.compile(
            rf"\b(?:remain(?:s|ed)?|kept|stayed|was|were|is|are)\s+(?:\w+ly\s+)?"
            rf"(?:{_any(effects['unchanged'])})\b",
            re.IGNORECASE,
        ),
        turning=re.compile(rf"(?:^\s*|\s)(?:{_any(effects['turning'])})\b", re.IGNORECASE),
        mending=tuple(effects["mending"]),
        harmful=frozenset(effects["harmful"]),
        contrasting=re.compile(rf"\b(?:{_any(effects['breaks'])})\b", re.IGNORECASE),
        comparing=re.compile(data["comparing"], re.IGNORECASE),
        not_carrier_whole=re.compile(rf"\b(?:{data['not_carrier']['whole']})$", re.IGNORECASE),
        not_carrier_after=re.compile(rf"^(?:{data['not_carrier']['after']})", re.IGNORECASE),
        effect_of_vesicles=re.compile(
            r"^[^.;,]{0,60}?\b(?:effects?|influence|benefits?|actions?|ability|abilities|capacity|potential)\s+of\s+(?:[\w/-]+[\s-]+){0,5}"
            + words["vesicle"]
            + r"\b",
            re.IGNORECASE,
        ),
        measures=re.compile(rf"^(?:\s+(?:{_any(effects['measures'])})\b)*", re.IGNORECASE),
        shown=frozenset(effects["shown"]),
        keeps_in=frozenset(effects["keeps_in"]),
        keeps_as=frozenset(effects["keeps_as"]),
        reaching=tuple(effects["reaching"]),
        intransitive=frozenset(effects["intransitive"]),
        measured=frozenset(effects["measures"]) | {"genes", "gene", "proteins", "factors"},
    )


@lru_cache(maxsize=4)
def read_cues(path: Path = CUES_FILE) -> Cues:
    """Return the lexicon of a file. Raises ProblemError where it can't be read."""
    return parse_cues(store.read_yaml(path, path.parents[1]))
