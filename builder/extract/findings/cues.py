"""The cue lexicon: words that say role and direction, kept as data in content/cues.yml."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

from builder import store
from builder.project import CONTENT, find_data
from builder.text import spelling

CueKind = Literal["verb", "noun", "neutral", "aim", "denial", "hypothesis", "break"]
_DASHES = re.escape(spelling.DASHES)
RULES_FILE = CONTENT / "rules.yml"
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
    """The patterns of one role, for the text before and behind a mention."""

    before: tuple[Pattern, ...]
    after: tuple[Pattern, ...]


@dataclass(frozen=True)
class CarrierWords:
    """The words inside the name of a vehicle, from ``carriers`` of content/cues.yml.

    ``link``, ``slash``, ``listed`` and ``made_of`` fit all that stands between two parts of a name,
    ``form`` and ``plain`` a word of form behind it; ``words`` gives the term of a plain one.
    """

    link: re.Pattern[str]
    slash: re.Pattern[str]
    listed: re.Pattern[str]
    listed_link: re.Pattern[str]
    made_of: re.Pattern[str]
    form: re.Pattern[str]
    plain: re.Pattern[str]
    put_on: re.Pattern[str]
    words: Mapping[str, str]
    weak: frozenset[str]


def _parse_carriers(data: Mapping[str, Any], vesicle: str) -> CarrierWords:
    """Return the words of ``carriers`` in content/cues.yml, compiled."""

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    soft = rf"[\s/+{_DASHES}]"
    loaded = rf"(?:{vesicle})(?:{soft}+(?:loaded|laden|functionali[sz]ed))?"
    words = rf"(?:{_any(data['links'])}|(?:\w+[{_DASHES}\s])?{loaded})"
    plain = "|".join(map(re.escape, data["words"]))
    forms = rf"{_any(data['forms'])}|{plain}"
    return CarrierWords(
        link=compiled(rf"s?\)?{soft}*(?:{words}{soft}+){{0,3}}\(?"),
        slash=compiled(r"\s*[/+]\s*"),
        listed=compiled(r",?\s+(?:and|or)\s+|,\s+"),
        listed_link=compiled(rf"(?:,?\s+(?:and|or)\s+|,\s+)(?:{words}{soft}+){{0,3}}"),
        made_of=compiled(rf"s?\s+(?:{_any(data['made_of'])})\s+(?:[a-z-]+\s+)?"),
        form=compiled(rf"[\s{_DASHES}]+(?:(?:{words})\s+)?(?:{forms})s?\b"),
        plain=compiled(
            rf"\)?[\s{_DASHES}]+(?:(?:{words})\s+)?((?:{plain})s?)\b(?!{soft}*(?:electroph|permeat|filtrat))"
        ),
        put_on=compiled(
            rf"(?:{vesicle}){soft}+(?:{_any(data['links'])}|decorated|releasing){soft}+(?:[\w-]+\s+){{0,3}}$|(?:{vesicle})(?:\s*\([^)]*\))?\s+(?:(?:was|were|is|are|be|been)\s+)*(?:\w+ly\s+)?seeded\s+(?:[\w-]+\s+){{0,4}}$"
        ),
        words=data["words"],
        weak=frozenset(data["weak"]),
    )


_ARTICLES = r"(?:the|an?|all)"
# Before a finite verb stands no article or preposition: "in repaired defects" repairs nothing.
_NOT_FINITE = ("in", "of", "the", "with", "for", "to", "a", "an", "by", "were", "was")


@dataclass(frozen=True, slots=True)
class ReliefWords:
    """Patterns around a condition.

    ``healing_before`` and ``sized`` end where the condition starts, ``healing_behind``, ``course``
    and ``ends`` start where it ends; ``healed`` and ``unable`` end where its adjectives start;
    ``between`` fits all that may stand between a verb and its object.
    """

    healing_before: re.Pattern[str]
    healing_behind: re.Pattern[str]
    course: re.Pattern[str]
    sized: re.Pattern[str]
    made: re.Pattern[str]
    ends: re.Pattern[str]
    healed: re.Pattern[str]
    unable: re.Pattern[str]
    between: re.Pattern[str]
    worsening: re.Pattern[str]
    unsure: re.Pattern[str]
    lacking: re.Pattern[str]
    denied: re.Pattern[str]


def _one_of(words: Sequence[str]) -> str:
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words)


def parse_relief(data: Mapping[str, Sequence[str]], vesicle: str) -> ReliefWords:
    """Return the compiled words of ``relief`` in content/cues.yml."""

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(pattern, re.IGNORECASE)

    healing, sizes = _one_of(data["healing"]), _one_of(data["sizes"])
    adjectives = rf"(?:(?:{_ARTICLES}|{sizes})\s+)*"
    stems = _one_of(data["healed"])
    finite = "".join(rf"(?<!\b{word})" for word in _NOT_FINITE)
    return ReliefWords(
        healing_before=compiled(rf"\b(?:{healing})\s+(?:of|in)\s+{adjectives}$"),
        healing_behind=compiled(rf"\s+(?:{healing})\b"),
        course=compiled(rf"\s+(?:{_one_of(data['course'])})\b"),
        sized=compiled(rf"(?:\s+(?:{_ARTICLES}|{sizes}))*\s*$"),
        made=compiled(r"\b\w+ly[\s-](?:induced|created|evoked)\s+$"),
        ends=compiled(
            r"\s*(?:$|[.,;:)(\[\]↑↓⬆⬇]|(?:in|of|by|via|through|and|or|nor|with|after|at|was|were|is|are|has|had|"
            r"have|compared|when|while|following|without|to|on|from|than|during|as|but|whereas|over|"
            r"within|under|upon|using|thereby|caused|induced|accompanied|complicated|associated|combined|"
            r"remain\w*|did|does|do|could)(?![\w-]))"
        ),
        healed=compiled(
            rf"(?:^|{finite}\s)(?:\w+ly\s+)?(?:{stems})(?:ed|e?s)$|\w{{3}}s\s+(?:{stems})e?$"
        ),
        unable=compiled(rf"\b(?:fail\w*|unable|not\s+able)\s+to\s+(?:{stems})e?$"),
        between=compiled(
            rf"(?:[\s,]|\b(?:{_one_of(data['between'])}|{_one_of(data['course'])}|{sizes}|\w+ly|\w+[\s-]induced)\b)*"
        ),
        worsening=compiled(rf"\b(?:{_one_of(data['worsening'])})\b"),
        unsure=compiled(rf"\b(?:{_one_of(data['unsure'])})\b"),
        lacking=compiled(rf"\b(?:{_one_of(data['lacking'])})\b[^.;]{{0,60}}?(?:{vesicle})"),
        denied=compiled(r"\b(?:not|never|no|neither|nor|without|fail\w*|unable)\b"),
    )


@dataclass(frozen=True)
class Cues:
    """The whole lexicon, compiled once."""

    finder: re.Pattern[str]
    exact: Mapping[str, Meaning]
    stems: tuple[tuple[str, Meaning], ...]
    vesicle: re.Pattern[str]
    roles: Mapping[str, RolePatterns]
    never_source: re.Pattern[str]
    opposed_source: re.Pattern[str]
    absent_cargo: re.Pattern[str]
    as_source: re.Pattern[str]
    that_x_release: re.Pattern[str]
    acts_by_vesicles: re.Pattern[str]
    in_fluid: re.Pattern[str]
    adjective_vesicles: re.Pattern[str]
    uptake: re.Pattern[str]
    adjectives: Mapping[str, str]
    adjective_endings: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, re.Pattern[str]], ...]
    about_itself: re.Pattern[str]
    unknown: re.Pattern[str]
    heads: re.Pattern[str]
    unchanged: re.Pattern[str]
    turning: re.Pattern[str]
    relief: ReliefWords
    patterns: Mapping[str, re.Pattern[str]]  # of `patterns`, by their name in the file
    lists: Mapping[str, tuple[str, ...]]  # plain lists of words, by their name in the file
    comparing: re.Pattern[str]
    contrasting: re.Pattern[str]
    denies_all: re.Pattern[str]
    carriers: CarrierWords
    not_carrier_whole: re.Pattern[str]
    not_carrier_after: re.Pattern[str]
    effect_of_vesicles: re.Pattern[str]
    taken_away: re.Pattern[str]
    measures: re.Pattern[str]
    judging: Mapping[str, str]
    judged: re.Pattern[str]
    lowering: re.Pattern[str]
    stimulated: re.Pattern[str]

    def noun_of(self, adjective: str) -> str:
        """Return the cell, tissue or fluid that an adjective names, or an empty string."""
        word = adjective.lower()
        if word in self.adjectives:
            return self.adjectives[word]
        ends = ((e, noun) for e, noun in self.adjective_endings if word.endswith(e))
        return next((word.removesuffix(e) + noun for e, noun in ends), "")

    def is_participle(self, word: str) -> bool:
        """Return whether a cue may be a past participle: reduced, driven, cut, held back."""
        return (
            word.endswith("ed")
            or word.split(maxsplit=1)[0].endswith("ed")
            or word in self.lists["participles"]
        )

    def reports_of_field(self, sentence: str) -> bool:
        """Return whether a sentence says something known, and not about its own paper."""
        sentence = spelling.clean(sentence)
        return not self.about_itself.search(sentence) and not self.unknown.search(sentence)

    def names_vesicles(self, text: str) -> bool:
        """Return whether a text is about vesicles; "exosome-depleted serum" alone is not."""
        text = spelling.clean(text)
        return any(not self.never_source.match(text, m.end()) for m in self.vesicle.finditer(text))

    def meaning(self, words: str) -> Meaning:
        """Return the meaning of words that ``finder`` matched."""
        plain = " ".join(words.lower().split())
        if plain in self.exact:
            return self.exact[plain]
        return next(meaning for stem, meaning in self.stems if plain.startswith(stem))


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
        found.update({w: Meaning("noun", effect) for w in words})
    for key, kind in plain:
        found.update({w: Meaning(kind) for w in effects[key]})
    return found


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
    pattern = pattern.replace(r"[\s-]", rf"[\s{_DASHES}]")  # "cell–derived"
    for name in ("vesicle", "derived", "holds", "passes", "brings", "assay", "amount"):
        pattern = pattern.replace("{" + name + "}", words[name])
    made = (
        r"\w+(?:gen|net|chem|chan|tr)ically\s+\w+ed\s+|[^\s,;:.]+[\s-](?:stimulated|treated|primed|"
        r"pre-?treated|pre-?conditioned|induced|conditioned|transfected|activated|exposed)\s+"
    )
    made += rf"|(?:{words['describing']})\s+"
    bar = rf"(?!(?:{stop or 'whereas|while|although|but'})\b)"
    token = rf"(?:{made}|{bar}[^\s,;:.]+(?:,?\s+|-))"
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
        opposed_source=re.compile(rf"(?:{data['source']['never_before']})$", re.IGNORECASE),
        absent_cargo=re.compile(rf"(?:{data['native']['never_before']})$", re.IGNORECASE),
        as_source=re.compile(_fill(data["source"]["as_source"], words, stop), re.IGNORECASE),
        that_x_release=re.compile(
            _fill(data["source"]["that_x_release"], words, stop), re.IGNORECASE
        ),
        acts_by_vesicles=re.compile(_fill(data["source"]["acts_by"], words, stop), re.IGNORECASE),
        in_fluid=re.compile(_fill(data["source"]["in_fluid"], words, stop), re.IGNORECASE),
        adjective_vesicles=re.compile(
            r"(?<![\w-])(?P<adjective>[A-Za-z]+(?:ic|al|ar|ous|ary|ian))(?:-derived)?\s+"
            rf"(?:{words['vesicle']})\b",
            re.IGNORECASE,
        ),
        uptake=re.compile(data["source"]["uptake"], re.IGNORECASE),
        adjectives=data["source"]["adjectives"],
        adjective_endings=tuple(data["source"]["adjective_endings"].items()),
        columns=tuple(
            (c["role"], re.compile(c["pattern"], re.IGNORECASE)) for c in data["columns"]
        ),
        about_itself=re.compile(data["about_itself"], re.IGNORECASE),
        unknown=re.compile(data["unknown"], re.IGNORECASE),
        heads=re.compile(rf"^\s+(?:{_any(effects['heads'])})\b", re.IGNORECASE),
        unchanged=re.compile(
            rf"\b(?:remain(?:s|ed)?|kept|stayed|was|were|is|are)\s+(?:\w+ly\s+)?"
            rf"(?:{_any(effects['unchanged'])})\b",
            re.IGNORECASE,
        ),
        turning=re.compile(rf"(?:^\s*|\s)(?:{_any(effects['turning'])})\b", re.IGNORECASE),
        relief=parse_relief(data["relief"], words["vesicle"]),
        patterns={n: re.compile(p, re.IGNORECASE) for n, p in data["patterns"].items()},
        lists={
            **{name: tuple(ws) for name, ws in effects.items() if isinstance(ws, list)},
            "keeps_in": (*effects["keeps_in"], *(w for n in effects["nouns"].values() for w in n)),
        },
        contrasting=re.compile(rf"\b(?:{_any(effects['breaks'])})\b", re.IGNORECASE),
        denies_all=re.compile(rf"(?:{data['denies_all']})\s*[.;)]*\s*$", re.IGNORECASE),
        comparing=re.compile(data["comparing"], re.IGNORECASE),
        carriers=_parse_carriers(data["carriers"], words["vesicle"]),
        not_carrier_whole=re.compile(rf"\b(?:{data['not_carrier']['whole']})$", re.IGNORECASE),
        not_carrier_after=re.compile(rf"^(?:{data['not_carrier']['after']})", re.IGNORECASE),
        effect_of_vesicles=re.compile(
            r"^[^.;,]{0,60}?\b(?:effects?|influence|benefits?|actions?|ability|abilities|capacity|"
            rf"potential)\s+of\s+(?:[\w/-]+[\s-]+){{0,5}}{words['vesicle']}\b|"
            rf"^\s+(?:the\s+)?{words['vesicle']}-(?:induced|mediated|driven|elicited|enhanced|"
            r"promoted|dependent|triggered|stimulated)\s|"
            r"^\s+(?:their|its|the)\s+(?:[\w-]+\s+){0,2}"
            r"(?:effects?|ability|capacity|actions?|potential)\s+(?:to|on|in)\b",
            re.IGNORECASE,
        ),
        taken_away=re.compile(
            rf"\s*(?:(?:the|in\s+contrast,?|\w+ly,?)\s+)*(?:GW\s?4869\b|(?:{_one_of(data['relief']['lacking'])})\b"
            rf"(?:(?!\b(?:in|from|within|inside)\b)[^.;]){{0,60}}?(?:{words['vesicle']})\b)",
            re.IGNORECASE,
        ),
        measures=re.compile(rf"^(?:\s+(?:{_any(effects['measures'])})\b)*", re.IGNORECASE),
        judging={w: effect for effect, words in effects["judging"].items() for w in words},
        judged=re.compile(
            rf"\b(?:{_any(w for ws in effects['judging'].values() for w in ws)})"
            r"(?=\s+(?:effects?|impacts?|influences?)\s+(?:of|on|in)\b)",
            re.IGNORECASE,
        ),
        lowering=re.compile(
            rf"^(?:anti|(?:{_any(effects['lowering'])})\s+of\b)|(?:{_any(effects['lowering'])})$",
            re.IGNORECASE,
        ),
        stimulated=re.compile(rf"^[\s-]+(?:{_any(effects['stimulated'])})\b", re.IGNORECASE),
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
