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
    "facebook twitter x zalo linkedin whatsapp telegram email e-mail mail messenger pinterest youtube instagram tiktok"
    " rss google google+ viber reddit threads bluesky mastodon print share tweet skype flipboard line".split()
)
_COUNT = re.compile(r"^\d+\s+|[\s(:–-]*\d[\d.,:]*\)?$")
_SEPARATORS = re.compile(r"\s*[>|/•·»›→\\,;–—]\s*|\s+-\s+|\s{2,}")
_ARROW = re.compile(r"\s*(?:>>+|»|→|▶|►|➤|☛|👉)\s*\w")
_HASHTAGS = re.compile(r"\s*(?:#[\w-]+(?:\s+[\w-]+){0,3}[\s,;]*){2,}")
_RIGHTS = re.compile(r"\W*(?:(?:©|\(c\)\s).{0,60}(?:19|20)\d\d|copyright\b)", re.I)
_NAME = r"(?:[^.:;!?()\[\]|]|\.(?=\S)){1,60}"
_UPPER = "A-ZÀ-ÖØ-ÞĂĐĨŨƠƯẠ-Ỹ"
_ACRONYM = r"[A-ZĐ][A-ZĐ0-9]{1,7}\+?(?:/[\w+.]{2,16})?"
_DESK = r"[a-z]{2,6}(?:-[a-z]{2,6})*(?:/[a-z]{2,6}(?:-[a-z]{2,6})*)+"
_DASH = r"\s*[-–—:]+\s*"


@dataclass(frozen=True, slots=True)
class Habits:
    """The patterns of one language (with the labels of all others, since agencies' sites mix them).

    `labels` gives the reason for whole lines; `openers` are beginnings of lines; `opening` and `ending` are cut from
    paragraphs; the `…_line` patterns and `byline` match whole lines.
    """

    labels: Mapping[str, str]
    openers: tuple[tuple[str, re.Pattern[str]], ...]
    phrases: re.Pattern[str] | None
    rights: re.Pattern[str]
    credit_signs: tuple[str, ...]
    credit: re.Pattern[str]
    source_credit: re.Pattern[str]
    counter: re.Pattern[str] | None
    scene: re.Pattern[str] | None
    opening: re.Pattern[str]
    ending: re.Pattern[str]
    byline: re.Pattern[str]
    name_line: re.Pattern[str]
    agency_line: re.Pattern[str]
    date_label: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Words:
    """The tables' words as alternatives: a language's own, or all languages' with its own first."""

    code: str

    def own(self, field: str) -> list[str]:
        known = tables("cleaning")
        return list(known[self.code].get(field, ())) if self.code in known else self.all(field)

    def all(self, field: str) -> list[str]:
        return [w for table in tables("cleaning").values() for w in table.get(field, ())]


def key(text: str) -> str:
    """A label without case, decoration, count or typographic apostrophe: `» VOIR PLUS (3)` → `voir plus`."""
    text = _trimmed(text.replace("’", "'").casefold())
    return _trimmed(_COUNT.sub("", text)) if text[-1:].isdigit() or text[:1].isdigit() else text


def _trimmed(text: str) -> str:
    start, end = 0, len(text)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not text[end - 1].isalnum():
        end -= 1
    return text[start:end]


def _either(words: Iterable[str]) -> str:
    # the longest first; any white space and both apostrophes
    ordered = sorted(set(words), key=lambda w: (-len(w), w))
    return (
        "(?:" + "|".join(re.escape(w).replace(r"\ ", r"\s+").replace("'", "['’]") for w in ordered) + ")"
        if ordered
        else r"(?!)"
    )


def _within(words: list[str]) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w){_either(words)}(?!\w)", re.I) if words else None


@cache
def habits(language: str) -> Habits:
    """The habits of a language's sites; of all languages' if the language is unknown or has no table."""
    words = _Words(base(language) if language else "")
    photo, agency = _either(words.all("photo")), _either(words.all("agencies"))
    source, with_ = _either(words.own("source")), _either([*words.own("with"), *words.own("source")])
    particle = _either(words.all("particles"))
    counters = words.all("counter")
    return Habits(
        labels={key(w): why for why in reversed(LABELS) for w in words.all(why)},
        openers=tuple(_openers(words)),
        phrases=_within(words.all("phrases")),
        rights=_RIGHTS,
        credit_signs=tuple({"©", "/", *(w.casefold() for w in words.all("photo"))}),
        credit=_credit(photo, agency, _either(words.all("credit_tail")), particle),
        source_credit=re.compile(rf"[(\[]\s*(?i:{source})\s*[:：]?\s*{_NAME}[)\]]\s*\.?$"),
        counter=re.compile(rf"\s(?i:{_either(counters)})\s\d{{1,2}}(?=[^\s\d]|$)") if counters else None,
        scene=_within(words.all("scene")),
        opening=_opening(agency, particle, _either(words.own("day_prefix"))),
        ending=_ending(agency, with_),
        byline=_byline(words, agency, particle),
        name_line=_name_line(agency, particle),
        agency_line=re.compile(
            rf"\W*(?:(?:(?i:{with_})\s*:?\s*)?(?i:{agency})(?:\s*[/,+–-]\s*(?:(?i:{agency})|{_ACRONYM}))*|{_DESK})\W*"
        ),
        date_label=re.compile(rf"(?<!\w){_either(words.all('date_line'))}(?!\w)", re.I),
    )


# ---- whole lines -----------------------------------------------------------------------------------------------------


def _openers(words: _Words) -> Iterable[tuple[str, re.Pattern[str]]]:
    """Beginnings of lines: with a mark behind them, or, where they have several words, with anything behind them."""
    related, mark = words.own("related"), r"\s*(?:\(\d+\)\s*)?[:：|>»–—]"
    longer = _either(w for w in related if " " in w)
    yield "related link", re.compile(rf"\W*(?i:{_either(related)}){mark}|\W*(?i:{longer})\s+[{_UPPER}«“\"‘0-9]")
    yield "tags", re.compile(rf"\W*(?i:{_either(words.own('tags'))}){mark}")
    for why in ("copyright", "comments", "newsletter", "share"):
        marked = _either(words.own(why)) if why == "copyright" else r"(?!)"
        longer = _either(w for w in words.own(why) if w.count(" ") >= 2)
        yield why, re.compile(rf"\W*(?:(?i:{marked})\s*[:：]|(?i:{longer})(?!\w))")


def opened_by(text: str, found: Habits) -> str | None:
    """The reason for which a line's beginning rules it out: `Lire aussi : …`, `>> …`, `#a #b`, `Bản quyền thuộc …`."""
    if len(text) > 120 and text.rstrip(" »”\"’')]").endswith("."):
        return None
    if _ARROW.match(text) and not text.rstrip().endswith("."):
        return "related link"
    if _HASHTAGS.fullmatch(text):
        return "tags"
    return next((why for why, pattern in found.openers if pattern.match(text)), None)


def labelled(text: str, found: Habits) -> str | None:
    """The reason for which a line that holds labels only is no report: a single label, or a row of them."""
    whole = key(text)
    if whole in found.labels:
        return found.labels[whole]
    parts = [key(part) for part in _SEPARATORS.split(text) if re.search(r"[^\W\d_]", part)]
    if len(parts) > 1:
        reasons = ["share" if part in _SERVICES else found.labels.get(part) for part in parts]
        known = [r for r in reasons if r]
        if all(reasons) or ("|" in text and len(parts) > 3 and len(known) > len(parts) / 2):
            return max(known, key=known.count)
    return _row_reason(whole.split(), found)


def _row_reason(words: list[str], found: Habits) -> str | None:
    """The reason of a row of labels without marks between them: `facebook twitter copier le lien`."""
    reasons: list[str] = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + 5), start, -1):
            label = " ".join(words[start:end])
            if why := "share" if label in _SERVICES else found.labels.get(label):
                reasons.append(why)
                start = end
                break
        else:
            return None
    return max(reasons, key=reasons.count) if reasons else None


def _person(particle: str) -> str:
    word = rf"(?:[{_UPPER}][\w'’-]*(?:\.[{_UPPER}][\w'’-]*)*\.?)"
    return rf"{word}(?:\s+(?:{particle}\s+)?{word}){{0,5}}"


def _name_line(agency: str, particle: str) -> re.Pattern[str]:
    """A line with names alone: `Minh Anh`, `H.PHÚC`, `Sơn Trà - Văn Lĩnh`, `Phạm Hà/VOV.VN (biên dịch)`, `RMI`."""
    who = rf"(?:(?i:{agency})|{_person(particle)})"
    # a single word in lower case is a label rather than a name
    return re.compile(
        rf"(?=.{{2,80}}$)(?!\w[^\W\d_A-Z]+$)[\s*–—-]*{who}(?:\s*[-–—,/&]\s*{who}){{0,3}}(?:\s*\([^()]{{2,60}}\))?[\s*–—-]*"
    )


def _byline(words: _Words, agency: str, particle: str) -> re.Pattern[str]:
    """A line that says who wrote or sent the report: `Par Jean Dupont`, `Texte et photo : X/CVN`, `La rédaction avec AFP`."""
    openers, alone = _either(words.own("byline")), _either(words.own("desk"))
    joint = _either([*words.own("with"), *words.own("and")])
    who = rf"(?:(?i:{agency})|(?i:{alone})|{_person(particle)})"
    several = rf"{who}(?:(?:\s*[,/&(–—-]\s*|\s+(?i:{joint})\s+)(?:(?i:{joint})\s+)?{who}\)?){{0,4}}"
    dated = r"(?:\s*[,|•·–—-]\s*[^.!?]{0,40}\d[^.!?]{0,30})?"
    forms = (
        rf"(?i:{openers})\s*[:：]\s*[^!?]{{2,90}}",
        rf"(?i:{openers})\s+{several}{dated}",
        rf"(?i:{alone})(?:\s+(?i:{joint})\s+{who}|\s*/\s*{who})?{dated}",
        rf"(?i:{alone})\s+(?i:{_either(words.own('places'))})\s+{_person(particle)}",
        rf"(?i:{alone})(?:\s+\w+)?\s+{_person(particle)}",
        rf"(?i:{openers})\s+{_person(particle)}\s*/\s*[^.!?/]{{2,30}}",
        rf"{_person(particle)}\s*[/(]\s*(?i:{agency})\)?(?:\s*\([^()]{{2,40}}\))?",
    )
    return re.compile(rf"[\W_]*(?:{'|'.join(forms)})[^\w?!]*")


# ---- parts of lines --------------------------------------------------------------------------------------------------


def _credit(photo: str, agency: str, tail: str, particle: str) -> re.Pattern[str]:
    """What a caption ends with: `Photo : VNA`, `(Ảnh: Minh Anh/TTXVN)`, `Photo AFP`, `© AFP`, `X / AFP`."""
    name = rf"(?:{_NAME}(?:\s{tail})?)"
    forms = (
        # "une photo : celle de sa mère." is a sentence: before a full stop only a name is a credit
        rf"(?i:{photo})\s*[:：]\s*(?:(?=[{_UPPER}\d@(])|(?!.*\.\W*$)){name}",
        rf"(?i:{photo})\s*\(\s*(?:\w+\s*:\s*)?{_NAME}\)",
        rf"(?i:{photo})\s*[-–—/]?\s*(?:(?i:{agency})|[{_UPPER}]{{2,}})(?:/[\w .]{{2,30}})?",
        rf"[-–—|]\s*(?i:{photo})\s+[{_UPPER}]{_NAME}",
        rf"(?<=[.!?…»”]\s)(?=[{_UPPER}])(?i:{photo})\s+[{_UPPER}]{_NAME}",
        rf"©\s*{_NAME}",
        rf"(?i:{agency})\s+(?i:{photo})(?:\s*/\s*{_NAME})?",
        rf"{_person(particle)}\s?/\s?(?i:{agency})",
    )
    return re.compile(rf"(?:^|(?<=[\s.,;:!?»”\"')(\[|/-]))[\s(\[|*–—-]*(?:{'|'.join(forms)})[\s)\].|*]*$")


def _opening(agency: str, particle: str, day: str) -> re.Pattern[str]:
    """What a report opens with: `Séoul (VNA) -`, `(VOV5) -`, `New York, 21 décembre (VNA) –`, `PARIS, 3 sept. (AFP) —`, `TTO -`."""
    name = rf"[{_UPPER}][\w.'’-]*"
    place = rf"{name}(?:[ /-](?:{name}|{particle}|\d[\w./-]*)){{0,5}}(?:\s*\([^()]{{2,30}}\))?"
    when = rf"(?:\s*,\s*(?:{day}\s+)?(?:\d{{1,2}}\w{{0,2}}\.?\s+\w{{3,10}}\.?(?:\s+\d{{4}})?|\d[\d/.-]*))"
    tag = rf"\(\s*(?:(?i:{agency})|{_ACRONYM})(?:\s*[,/-]?\s*[^()]{{1,24}})?\)"
    forms = (
        rf"{place}{when}?\s*,?\s*{tag}(?:{_DASH}|\.\s+)",
        rf"{tag}{_DASH}",
        rf"\(\s*(?:(?i:{agency})|[{_UPPER}][\w.+]{{2,14}})\s*\)\s*(?=[{_UPPER}«“\"])",
        rf"(?i:{agency})(?:\s*\([^()]{{1,24}}\))?\s*(?:[-–—]|:\s)\s*(?=\S)",
        rf"[{_UPPER}]{{2}}[{_UPPER} '’.-]{{1,28}}{when}?\s*[-–—]\s+(?=\S)",
        rf"{place}{when}\s*[-–—]\s+(?=\S)",
    )
    return re.compile("|".join(forms))


def _ending(agency: str, with_: str) -> re.Pattern[str]:
    """What a report ends with: `. -VNA`, `.- VNA`, `./.`, `(TTXVN)`, `(Theo TTXVN)`, `(avec AFP)`."""
    named = rf"(?i:{agency})(?:\s*[/,+-]\s*(?:(?i:{agency})|[\w .]{{2,24}}))?"
    after = r"(?<=[.!?…»”\")])\s*"
    forms = (
        rf"\s*\.?/\.\s*(?:[-–—(]?\s*(?:{named}|{_ACRONYM})\)?)?",
        rf"{after}[-–—/]\s?(?:{named}|{_ACRONYM})\.?",
        rf"\s+[-–—]\s?{named}\.?",
        rf"\s*\((?:(?i:{with_})\s*:?\s*)?{named}\)\s*\.?",
        rf"{after}(?i:{with_})\s*:?\s*{named}\.?",
    )
    return re.compile(rf"(?:{'|'.join(forms)})$")
