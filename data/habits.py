"""What news sites put around a report, as patterns made from the language tables (`tables/<language>/cleaning.toml`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from .languages import base, tables

# Reasons in the order in which a label that stands in several lists is read.
LABELS = ("teasers", "share", "comments", "newsletter", "tags", "copyright", "navigation")
_SERVICES = frozenset(
    [
        "facebook",
        "twitter",
        "x",
        "zalo",
        "linkedin",
        "whatsapp",
        "telegram",
        "email",
        "e-mail",
        "mail",
        "messenger",
        "pinterest",
        "youtube",
        "instagram",
        "tiktok",
        "rss",
        "google",
        "google+",
        "viber",
        "reddit",
        "threads",
        "bluesky",
        "mastodon",
        "print",
        "share",
        "tweet",
        "skype",
        "flipboard",
        "lotus",
        "line",
    ]
)
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_COUNT = re.compile(r"[\s(:]*\d+\)?$")
_SEPARATORS = re.compile(r"\s*[>|/•·»›→\\,;–—]\s*|\s+-\s+|\s{2,}")
_NAME = r"(?:[^.:;!?()\[\]|]|\.(?=\S)){1,60}"
_UPPER = "A-ZÀ-ÖØ-ÞĂĐĨŨƠƯẠ-Ỹ"
_ACRONYM = r"[A-ZĐ][A-ZĐ0-9]{1,7}\+?(?:/[\w+.]{2,16})?"


@dataclass(frozen=True, slots=True)
class Habits:
    """The patterns of one language (with the labels of all others, since agencies' sites mix them)."""

    labels: Mapping[str, str]
    openers: tuple[tuple[str, re.Pattern[str]], ...]
    phrases: re.Pattern[str] | None
    credit: re.Pattern[str]
    source_credit: re.Pattern[str]
    counter: re.Pattern[str] | None
    agency: re.Pattern[str]
    opening: re.Pattern[str]
    ending: re.Pattern[str]
    byline: re.Pattern[str]
    date_label: re.Pattern[str]
    scene: re.Pattern[str] | None


def key(text: str) -> str:
    """A label without case, decoration, count or typographic apostrophe: `» VOIR PLUS (3)` → `voir plus`."""
    text = text.replace("’", "'").casefold()
    return _EDGES.sub("", _COUNT.sub("", _EDGES.sub("", text)))


def _alternatives(words: Iterable[str]) -> str:
    # longest first, any white space, both apostrophes
    parts = [
        re.escape(w).replace(r"\ ", r"\s+").replace("'", "['’]") for w in sorted(set(words), key=lambda w: (-len(w), w))
    ]
    return "(?:" + "|".join(parts) + ")" if parts else r"(?!)"


def _words(code: str, field: str) -> list[str]:
    return list(tables("cleaning").get(code, {}).get(field, ()))


def _all_words(code: str, field: str) -> list[str]:
    others = [w for other in tables("cleaning") if other != code for w in _words(other, field)]
    return _words(code, field) + others


@cache
def habits(language: str) -> Habits:
    """The habits of a language's sites; of all languages' if the language is unknown or has no table."""
    code = base(language) if language else ""
    own = _words if code in tables("cleaning") else _all_words
    photo, source = _alternatives(_all_words(code, "photo")), _alternatives(own(code, "source"))
    agency = _alternatives(_all_words(code, "agencies"))
    tail = _alternatives(_all_words(code, "credit_tail"))
    counters, scenes, phrases = (_all_words(code, f) for f in ("counter", "scene", "phrases"))
    return Habits(
        labels={key(w): why for why in reversed(LABELS) for w in _all_words(code, why)},
        openers=tuple(
            (why, re.compile(rf"\W*{_alternatives(own(code, field))}\s*(?:\(\d+\)\s*)?[:：>»]", re.I))
            for why, field in (("related link", "related"), ("tags", "tags"), ("copyright", "copyright"))
        ),
        phrases=re.compile(rf"(?<!\w){_alternatives(phrases)}(?!\w)", re.I) if phrases else None,
        credit=_credit(photo, agency, tail),
        source_credit=re.compile(rf"[(\[]\s*(?i:{source})\s*[:：]?\s*{_NAME}[)\]]\s*\.?$"),
        counter=re.compile(rf"\s(?i:{_alternatives(counters)})\s\d{{1,2}}(?=[^\s\d])") if counters else None,
        agency=re.compile(rf"(?i:{agency})"),
        opening=_opening(agency),
        ending=_ending(agency, source),
        byline=_byline(_alternatives(own(code, "byline")), agency),
        date_label=re.compile(rf"(?<!\w){_alternatives(_all_words(code, 'date_line'))}(?!\w)", re.I),
        scene=re.compile(rf"(?<!\w){_alternatives(scenes)}(?!\w)", re.I) if scenes else None,
    )


def _credit(photo: str, agency: str, tail: str) -> re.Pattern[str]:
    """What a caption ends with: `Photo : VNA`, `(Ảnh: Minh Anh/TTXVN)`, `Photo AFP`, `© AFP`, `X / AFP`."""
    name = rf"{_NAME}(?:\s{tail})?"
    forms = (
        rf"(?i:{photo})\s*[:：]\s*{name}",
        rf"(?i:{photo})\s*\(\s*(?:\w+\s*:\s*)?{_NAME}\)",
        rf"(?:(?i:{photo})|[-–—|])\s+(?i:{photo})",
        rf"(?i:{photo})\s*[-–—/]?\s*(?:(?i:{agency})|[{_UPPER}]{{2,}})(?:/[\w .]{{2,30}})?",
        rf"(?:©|\(c\))\s*{_NAME}",
        rf"(?i:{agency})\s+(?i:{photo})(?:\s*/\s*{_NAME})?",
        rf"[{_UPPER}][\w.'’ -]{{1,40}}/\s?(?:AFP|AP|REUTERS|Reuters|EPA|SIPA|MAXPPP|Getty Images|(?-i:{agency}))",
    )
    return re.compile(rf"(?:^|(?<=[\s.,;:!?»”\"')(\[|/-]))[\s(\[|*–—-]*(?:{'|'.join(forms)})[\s)\].|*]*$")


def _opening(agency: str) -> re.Pattern[str]:
    """What a report opens with: `Séoul (VNA) -`, `(VOV5) -`, `New York, 21 décembre (VNA) –`, `PARIS, 3 sept. (AFP) —`, `TTO -`."""
    word = rf"(?:[{_UPPER}][\w.'’-]*|de|du|des|la|le|les|sur|et|en|d['’]\w+|ngày|tháng|năm|the|of|am|den|im|und|\d[\w./-]*)"
    month = r"(?:\d{1,2}(?:er)?\.?\s+\w{3,10}\.?(?:\s+\d{4})?|ngày\s+\d[\d/.-]*|\d[\d/.-]*)"
    place = rf"[{_UPPER}][\w.'’-]*(?:[ /-]{word}){{0,5}}"
    when = rf"(?:\s*,\s*(?:le\s+|ngày\s+)?{month})"
    dash = r"\s*[-–—:]+\s*"
    tag = rf"\(\s*(?:(?i:{agency})|{_ACRONYM})(?:\s*[,/-]?\s*[^()]{{1,24}})?\)"
    forms = (
        rf"(?P<place>{place}{when}?\s*,?\s*){tag}(?:{dash}|\.\s+)",
        rf"{tag}{dash}",
        rf"\(\s*(?i:{agency})\s*\)\s*",
        rf"(?i:{agency})(?:\s*\([^()]{{1,24}}\))?\s*(?:[-–—]|:\s)\s*(?=\S)",
        rf"(?P<place2>[{_UPPER}]{{2}}[{_UPPER} '’.-]{{1,28}}{when}?)\s*[-–—]\s+(?=\S)",
        rf"(?P<place3>{place}{when})\s*[-–—]\s+(?=\S)",
    )
    return re.compile("|".join(forms))


def _ending(agency: str, source: str) -> re.Pattern[str]:
    """What a report ends with: `. -VNA`, `.- VNA`, `./.`, `(TTXVN)`, `(Theo TTXVN)`, `(avec AFP)`."""
    named = rf"(?:(?i:{agency}))(?:\s*[/,+-]\s*(?:{agency}|[\w .]{{2,24}}))?"
    forms = (
        rf"\s*\.?/\.\s*(?:[-–—(]?\s*(?:{named}|{_ACRONYM})\)?)?",
        rf"\s*[-–—/]\s?{named}\.?",
        rf"(?<=[.!?…»”\"])\s*[-–—]\s?{_ACRONYM}\.?",
        rf"\s*\((?:(?i:{source}|avec|with|mit|theo)\s*:?\s*)?{named}\)\s*\.?",
        rf"(?<=[.!?…»”\"])\s*(?i:{source}|avec)\s*:?\s*{named}\.?",
    )
    return re.compile(rf"(?:{'|'.join(forms)})$")


def _byline(openers: str, agency: str) -> re.Pattern[str]:
    """A whole line that names who wrote or sent the report: `Par Jean Dupont`, `Theo TTXVN`, `Minh Anh (TTXVN)`."""
    person = rf"[{_UPPER}][\w.'’-]*(?:\s+(?:[{_UPPER}][\w.'’-]*|de|van|von|le|la)){{0,5}}"
    who = rf"(?:(?i:{agency})|{person}|{_ACRONYM})"
    several = rf"{who}(?:\s*(?:[,/&–—-]|\bet\b|\bvà\b|\band\b|\bavec\b|\()\s*{who}\)?)*"
    forms = (
        rf"(?i:{openers})\s*[:：]\s*[^.!?]{{2,90}}",
        rf"(?i:{openers})\s+{several}",
        rf"{person}\s*[(/–—-]+\s*(?i:{agency})\)?",
        rf"\(?(?i:{agency})(?:\s*[/,–—-]\s*{who})*\)?",
    )
    return re.compile(rf"[\W_]*(?:{'|'.join(forms)})\W*")


def labelled(text: str, found: Habits) -> str | None:
    """The reason for which a line that holds labels only is no report: a single label, or a row of them."""
    whole = key(text)
    if whole in found.labels:
        return found.labels[whole]
    parts = [key(part) for part in _SEPARATORS.split(text) if key(part)]
    if len(parts) > 1 and len(text) < 400:
        reasons = ["share" if part in _SERVICES else found.labels.get(part) for part in parts]
        if all(reasons) or ("|" in text and len(parts) > 3 and sum(map(bool, reasons)) > len(parts) / 2):
            known = [r for r in reasons if r]
            return max(known, key=known.count)
    words = whole.split()
    if words and all(w in _SERVICES or w in found.labels for w in words):
        return "share"
    return None
