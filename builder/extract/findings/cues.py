"""The cue lexicon: words that say role and direction, kept as data in content/cues.yml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from builder import store
from builder.project import CONTENT, find_data
from builder.text import spelling

CueKind = Literal["verb", "noun", "neutral", "aim", "denial", "hypothesis", "break"]
MENTION = "\ue000"  # stands for a mention in the patterns around it
RULES_FILE = CONTENT / "rules.yml"
OPPOSING = frozenset(["down", "inhibits"])
FLIPPED = {"up": "down", "down": "up", "activates": "inhibits", "inhibits": "activates"}
ROLES = ("source", "partner", "loaded", "native", "culture")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cue word does: its kind, and the direction that it gives."""

    kind: CueKind
    effect: str = ""


@dataclass(frozen=True)
class Pattern:
    """A named pattern of the words before or behind a mention.

    ``rough`` fits wherever ``exact`` does, and some places more. It is short: the exact one, which
    names each verb of the lexicon, is compiled only where a text comes near it.
    """

    rule: str
    exact: str
    rough: str

    def match(self, text: str) -> re.Match[str] | None:
        """Return what the pattern fits at the text's beginning."""
        return self._exact.match(text) if self._rough.match(text) else None

    def search(self, text: str) -> re.Match[str] | None:
        """Return what the pattern fits first in the text."""
        return self._exact.search(text) if self._rough.search(text) else None

    @cached_property
    def _rough(self) -> re.Pattern[str]:
        return re.compile(self.rough, re.IGNORECASE)

    @cached_property
    def _exact(self) -> re.Pattern[str]:
        return re.compile(self.exact, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RolePatterns:
    """The patterns of one role, for the text before, behind and around a mention."""

    before: tuple[Pattern, ...]
    after: tuple[Pattern, ...]
    around: tuple[Pattern, ...]  # of a text in which MENTION stands for the name


@dataclass(frozen=True)
class Cues:
    """The whole lexicon, compiled once."""

    finder: re.Pattern[str]
    exact: Mapping[str, Meaning]
    stems: tuple[tuple[str, Meaning], ...]
    vesicle: re.Pattern[str]
    roles: Mapping[str, RolePatterns]
    adjectives: Mapping[str, str]
    adjective_endings: Mapping[str, str]
    columns: tuple[tuple[str, re.Pattern[str]], ...]
    patterns: Mapping[str, re.Pattern[str]]  # of `patterns`, by their name in the file
    lists: Mapping[str, tuple[str, ...]]  # plain lists of words, by their name in the file
    judging: Mapping[str, str]
    forms: Mapping[str, str]  # the terms of plain words for the form of a carrier

    def search(self, name: str, text: str, *span: int) -> re.Match[str] | None:
        """Return what the pattern of a name fits first in a text, or in a span of it."""
        return self.patterns[name].search(text, *span)

    def match(self, name: str, text: str, *span: int) -> re.Match[str] | None:
        """Return what the pattern of a name fits at the beginning of a text or span."""
        return self.patterns[name].match(text, *span)

    def fullmatch(self, name: str, text: str) -> re.Match[str] | None:
        """Return what the pattern of a name makes of a whole text."""
        return self.patterns[name].fullmatch(text)

    def noun_of(self, adjective: str) -> str:
        """Return the cell, tissue or fluid that an adjective names, or an empty string."""
        word = adjective.lower()
        if word in self.adjectives:
            return self.adjectives[word]
        ends = ((e, noun) for e, noun in self.adjective_endings.items() if word.endswith(e))
        return next((word.removesuffix(e) + noun for e, noun in ends), "")

    def is_participle(self, word: str) -> bool:
        """Return whether a cue may be a past participle: reduced, driven, cut, held back."""
        return not word.endswith(" to") and (  # "polarized to M2" has an object
            word.endswith("ed")
            or word.split(maxsplit=1)[0].endswith("ed")
            or word in self.lists["participles"]
        )

    def over_noun(self, verb: str, outer: str, inner: str) -> str:
        """Return the direction of a verb over a noun of action: a rescued loss is a rise.

        A restored activation is one; a reversed or corrected one is undone.
        """
        restores = verb.startswith(self.lists["restoring"])
        turns = inner in OPPOSING or verb.startswith(self.lists["reversing"])
        return compose("inhibits" if restores and turns else outer, inner)

    def reports_of_field(self, sentence: str) -> bool:
        """Return whether a sentence says something known, and not about its own paper."""
        sentence = spelling.clean(sentence)
        return not any(self.patterns[p].search(sentence) for p in ("about_itself", "unknown"))

    def names_vesicles(self, text: str) -> bool:
        """Return whether a text is about vesicles; "exosome-depleted serum" alone is not."""
        text = spelling.clean(text)
        never = self.patterns["never_source"]
        return any(not never.match(text, m.end()) for m in self.vesicle.finditer(text))

    def meaning(self, words: str) -> Meaning:
        """Return the meaning of words that ``finder`` matched."""
        plain = " ".join(words.lower().split())
        if plain in self.exact:
            return self.exact[plain]
        return next(meaning for stem, meaning in self.stems if plain.startswith(stem))


def compose(outer: str, inner: str) -> str:
    """Return the direction of a verb over a noun of action: down over down is up."""
    if inner == "modulates":
        return outer if outer == "none" else inner
    if outer in OPPOSING:
        return FLIPPED.get(inner, outer)
    if outer in ("none", "modulates"):
        return outer
    return inner


def inflect(verb: str) -> list[str]:
    """Return the regular forms of an English verb; ``-ize`` verbs in ``-ise`` as well.

    ``curb`` gives curb, curbs, curbed, curbing; ``spur`` doubles its r, ``fortify`` changes its y.
    """
    if verb.endswith("ize"):
        return [form for stem in (verb, verb[:-3] + "ise") for form in _forms(stem)]
    return _forms(verb)


def _forms(verb: str) -> list[str]:
    if verb.endswith("e"):
        return [verb, f"{verb}s", f"{verb}d", f"{verb[:-1]}ing"]
    if re.search(r"[^aeiou]y$", verb):
        return [verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"]
    short = re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb)
    stem = verb + verb[-1] if short else verb
    plural = "es" if re.search(r"(?:s|x|z|ch|sh)$", verb) else "s"
    return [verb, f"{verb}{plural}", f"{stem}ed", f"{stem}ing"]


def _spell_out(words: Iterable[str]) -> Iterator[str]:
    """Yield cues with each ``verb~`` replaced by its forms."""
    for word in words:
        yield from inflect(word[:-1]) if word.endswith("~") else [word]


def _meanings(effects: Mapping[str, Any]) -> dict[str, Meaning]:
    """Return the meaning of every cue, verbs in all their forms, stars as written."""
    found: dict[str, Meaning] = {}
    plain: list[tuple[str, CueKind]] = [
        ("neutral", "neutral"), ("aims", "aim"), ("denials", "denial"), ("breaks", "break"),
        ("hypotheses", "hypothesis"),
    ]  # fmt: skip
    for effect, words in effects["verbs"].items():
        found.update({w: Meaning("verb", effect) for w in _spell_out(words)})
    for effect, words in effects["nouns"].items():
        found.update({w: Meaning("noun", effect) for w in _with_plurals(words)})
    for key, kind in plain:
        found.update({w: Meaning(kind) for w in effects[key]})
    return found


def _with_plurals(nouns: Iterable[str]) -> list[str]:
    """Return nouns of action with their plurals, but for those that are verbs too: "rises"."""
    return [f for w in nouns for f in ((w, f"{w}s") if w.endswith(("ion", "ment")) else (w,))]


def _cue_regex(word: str) -> str:
    return re.escape(word).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")


def _any(words: Iterable[str]) -> str:
    """Return a pattern for any of some cues, the longest first; shared beginnings stand once."""
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for atom in re.findall(r"\\?.", _cue_regex(word).replace(r"\w*", "*").replace(r"\s+", " ")):
            node = node.setdefault(atom, {})
        node[""] = {}
    return _branch(tree)


def _branch(tree: Mapping[str, Any]) -> str:
    ordered = sorted(tree, key=lambda a: (a == "", a == "*", a))  # the open ends last
    made = [{"*": r"\w*", " ": r"\s+"}.get(a, a) + _branch(tree[a]) for a in ordered if a]
    if not made:
        return ""
    if "" in tree:
        return f"(?:{'|'.join(made)})?"
    return made[0] if len(made) == 1 else f"(?:{'|'.join(made)})"


def _fill(pattern: str, words: Mapping[str, str], stop: str) -> str:
    """Return a pattern with ``{vesicle}``, ``{holds}`` and the like, and ``{words:N}`` written out.

    ``stop`` fits the words that are none of the describing ones; empty: any word describes.
    """
    # A short form may stand behind the vesicles: "exosomes (Exos) of".
    named = rf"(?:{words['vesicle']})\b(?:\s*\([^)]{{1,30}}\))?"
    pattern = pattern.replace(r"{vesicle}\b\s", named + r"\s")
    for _ in range(3):  # a word may be made of others
        pattern = re.sub(r"\{([a-z_]{2,})\}", lambda m: words[m[1]], pattern)
    made = (
        r"\w+(?:gen|net|chem|chan|tr)ically\s+\w+ed\s+|(?:[^\s,;:.]+-\s+(?:or|and)\s+)?[^\s,;:.]+(?:-(?:induced|activated)|"
        r"[\s-](?:stimulated|treated|primed|pre-?treated|pre-?conditioned|conditioned|transfected|exposed))\s+"
    )
    made += rf"|(?:{words['describing']})\s+"
    bar = rf"(?!(?:{stop or 'whereas|while|although|but'})\b)"
    token = rf"(?:{made}|{bar}[^\s,;:.]+(?:,?\s+|-))"
    pattern = pattern.replace("{x}", MENTION)
    return re.sub(r"\{words:(\d)\}", lambda m: f"{token}{{0,{m[1]}}}", pattern)


def _roles(data: Mapping[str, Any], stop: str) -> dict[str, RolePatterns]:
    def made(items: list[Mapping[str, str]], template: str) -> tuple[Pattern, ...]:
        return tuple(
            Pattern(
                i["rule"], *(template % _fill(i["pattern"], data["words"], s) for s in (stop, ""))
            )
            for i in items
        )

    return {
        role: RolePatterns(
            made(data[role].get("before", []), r"(?:^|(?<=\W))(?:%s)$"),
            made(data[role].get("after", []), r"^(?:%s)"),
            made(data[role].get("around", []), "%s"),
        )
        for role in ROLES
    }


def _verb_stems(meanings: Mapping[str, Meaning]) -> str:
    """Return one short pattern for all verbs, so that the patterns made of it compile fast."""
    verbs = [w for w, m in meanings.items() if m.kind == "verb" and " " not in w]
    stems = {re.sub(r"(?:e[sd]?|ing|s|\*)$", "", w) for w in verbs}
    stars = sorted(w for w in verbs if w.endswith("*"))
    return rf"{_any(sorted(stems))}(?:e[sd]?|ing|s|\w*ory)?|{_any(stars)}"


def parse_cues(data: Mapping[str, Any]) -> Cues:
    """Return the compiled lexicon of the data of content/cues.yml."""
    effects = data["effects"]
    meanings = _meanings(effects)
    words = {
        k: f"(?:{_any(_spell_out(v))})" if isinstance(v, list) else v.replace("\\ ", r"\s+")
        for k, v in data["words"].items()
    }
    words = {k: re.sub(r"\| +", "|", v) for k, v in words.items()}
    stop = f"{words['stop']}|{_verb_stems(meanings)}"
    judging = {w: effect for effect, ws in effects["judging"].items() for w in ws}
    parts = (effects, data["relief"], data["carriers"], data["cargo"])
    lists = {n: tuple(ws) for part in parts for n, ws in part.items() if isinstance(ws, list)}
    named = {n: f"(?:{_any(ws)})" for n, ws in lists.items()}
    named |= {
        "judging": f"(?:{_any(judging)})",
        "plain_forms": f"(?:{_any(data['carriers']['words'])})",
    }
    words = {**named, **words}
    nouns = (w for ws in effects["nouns"].values() for w in _with_plurals(ws))

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(_fill(pattern, words, stop), re.IGNORECASE)

    return Cues(
        finder=compiled(rf"(?<![\w-])(?:{_any(list(meanings))})(?![\w-])"),
        exact={w: m for w, m in meanings.items() if "*" not in w},
        stems=tuple(
            (w.split("*")[0], m)
            for w, m in sorted(meanings.items(), key=lambda item: -len(item[0]))
            if "*" in w
        ),
        vesicle=compiled("(?<![A-Za-z]){vesicle}(?![A-Za-z])"),
        roles=_roles({**data, "words": words}, stop),
        adjectives=data["source"]["adjectives"],
        adjective_endings=data["source"]["adjective_endings"],
        columns=tuple((c["role"], compiled(c["pattern"])) for c in data["columns"]),
        patterns={n: compiled(p) for n, p in data["patterns"].items()},
        lists={**lists, "keeps_in": (*effects["keeps_in"], *nouns)},
        judging=judging,
        forms=data["carriers"]["words"],
    )


@lru_cache(maxsize=4)
def read_cues(content: Path = CONTENT) -> Cues:
    """Return the lexicon of a project. Raises ProblemError where it can't be read."""
    path = find_data("cues.yml", content)
    return store.read_settings(path, path.parents[1], parse_cues)


@dataclass(frozen=True)
class Rule:
    """A rule of role or direction, for a curator: what it does, and a sentence that shows it.

    ``reads`` is the field, the term and, where there is one, the effect or role that the rule
    makes of the example; ``column`` is the heading that the example is a cell under.
    """

    rule: str
    does: str
    example: str
    reads: tuple[str, ...]
    column: str = ""


@lru_cache(maxsize=4)
def read_rules(path: Path = RULES_FILE) -> Mapping[str, Rule]:
    """Return the rules by their name. Raises ProblemError where the file can't be read."""
    return store.read_settings(path, path.parents[1], parse_rules)


def parse_rules(data: Iterable[Mapping[str, Any]]) -> Mapping[str, Rule]:
    """Return the rules of the data of content/rules.yml by their name."""
    return {r["rule"]: Rule(**{**r, "reads": tuple(r["reads"])}) for r in data}
