"""Dates: the one door for finding them in text and for telling when a report was published.

Values are EDTF (ISO 8601-2): `2019-09-03`, `2019-09`, `2019`, and `XXXX-12-21` where the year is not said. What a language
calls its months and days comes from CLDR, how it puts dates together from `tables/<language>/dates.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from .dategrammar import YEAR, Grammar, any_date, grammar, impossible, plain
from .languages import base, tables

_OPEN = "XXXX"
_NEIGHBOUR = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text: offsets, its EDTF value, and the last day's where it is a span of days."""

    start: int
    end: int
    value: str
    end_value: str | None = None


def mentions(text: str, language: str, *, reference: str | None = None) -> list[DateMention]:
    """The dates that a text mentions, in order and without overlap.

    Args:
        text: any text; offsets refer to it.
        language: whose notations to read; an unknown language, or one without a table, has ISO dates only.
        reference: when the text was written (`2019-09-03`, also `2019-09` or `2019`). It gives a year to dates without one
            (the nearest, or the one that fits a weekday beside it) and a day to "hier", "thứ Hai"; without it the former
            stay open (`XXXX-09-03`) and the latter are left out.
    """
    notation = grammar(base(language) if language else "")
    written = _day(reference)
    found: list[DateMention] = []
    for match in notation.pattern.finditer(text):
        mention = _mention(match, notation, reference, written)
        if mention is None:
            continue
        joined = _joined(found[-1], mention, text, notation) if found else None
        if joined:
            found[-1] = joined
        else:
            found.append(mention)
    return found


def slips(text: str, language: str) -> list[tuple[int, int]]:
    """Where dates stand that cannot be: offsets of tháng 14, 30/59/2019 (not of 9/30/2019, which is September in American order)."""
    swapped = re.compile(r"(?:0?[1-9]|1[0-2])/(?:[12]\d|3[01])/")
    found = impossible(base(language) if language else "").finditer(text)
    return [match.span() for match in found if not swapped.match(match.group())]


def without_dates(text: str) -> str:
    """The text with a space for every date and every name of a month or weekday, in any language there is a table for."""
    return any_date().sub(" ", text)


# ---- values ----------------------------------------------------------------------------------------------------------


def _mention(
    match: re.Match[str], notation: Grammar, reference: str | None, written: date | None
) -> DateMention | None:
    said = {kind.rstrip("0123456789"): value for kind, value in match.groupdict().items() if value}
    if "iso" in said:
        return DateMention(match.start(), match.end(), said["iso"]) if _exists(said["iso"]) else None
    if "r" in said or set(said) <= {"w", "lb", "nb", "la", "na"}:
        day = _relative(said, notation, written)
        return DateMention(match.start(), match.end(), day.isoformat()) if day else None
    month = int(said["n"]) if "n" in said else notation.months.get(plain(said["m"])) if "m" in said else None
    value = _edtf(_century(said.get("y")), month, said.get("d"))
    if not _exists(value):
        return None
    weekday = notation.weekdays.get(plain(said["w"])) if "w" in said else None
    value = _dated(value, reference, weekday)
    if "a" not in said:
        return DateMention(match.start(), match.end(), value)
    opening = value[:-2] + f"{int(said['a']):02d}"
    if not _exists(opening) or opening >= value:
        return DateMention(match.start(), match.end(), value)
    return DateMention(match.start(), match.end(), opening, value)


def _century(year: str | None) -> str | None:
    # a year of two digits is of this century: reports are newer than that
    return f"20{year}" if year and len(year) == 2 else year


def _edtf(year: str | None, month: int | None, day: str | None) -> str:
    return (year or _OPEN) + (f"-{month:02d}" if month else "") + (f"-{int(day):02d}" if day else "")


def _exists(value: str) -> bool:
    parts = value.replace(_OPEN, "2000").split("-")  # a leap year: 29 February may exist
    try:
        date(*(int(p) for p in parts), *([1] * (3 - len(parts))))
    except ValueError:
        return False
    return value != _OPEN


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value and len(value) == 10 else None
    except ValueError:
        return None


def _relative(said: Mapping[str, str], notation: Grammar, written: date | None) -> date | None:
    if written is None:
        return None
    if "r" in said:
        return written + timedelta(days=notation.relative[plain(said["r"])])
    back = (written.weekday() - notation.weekdays[plain(said["w"])]) % 7
    if "na" in said or "nb" in said:
        return written + timedelta(days=7 - back)
    # "last Monday" said on a Monday is a week ago; a bare weekday is the latest one, since news tells what has been
    return written - timedelta(days=7 if back == 0 and ("la" in said or "lb" in said) else back)


def _dated(value: str, reference: str | None, weekday: int | None = None) -> str:
    """The value with the year that a reference suggests: the nearest in which the day exists and falls on the weekday."""
    if not value.startswith(_OPEN) or not reference or reference.startswith(_OPEN):
        return value
    year = int(reference[:4])
    if len(reference) == 4:
        return f"{year}{value[4:]}"
    middle = date.fromisoformat((reference + "-15")[:10])
    candidates = [d for y in (year, year - 1, year + 1) if (d := _complete(value, y))]
    nearest = min(candidates, key=lambda d: abs(d - middle), default=None)
    if nearest and weekday is not None and len(value) == 10 and abs(nearest - middle) > _NEIGHBOUR:
        # too far from the reference for a slip in the weekday
        nearest = next((d for d in candidates if d.weekday() == weekday), nearest)
    return f"{nearest.year}{value[4:]}" if nearest else value


def _complete(value: str, year: int) -> date | None:
    try:
        return date.fromisoformat(f"{year}{value[4:]}" if len(value) == 10 else f"{year}{value[4:]}-15")
    except ValueError:
        return None


def _joined(before: DateMention, after: DateMention, text: str, notation: Grammar) -> DateMention | None:
    """Two dates with nothing but "to" between them as one span; the first takes the second's year where it has none."""
    if before.end_value or len(before.value) != 10 or len(after.value) != 10 or after.start - before.end > 20:
        return None
    if not notation.between.fullmatch(text, before.end, after.start):
        return None
    last = after.end_value or after.value
    first = before.value
    if first.startswith(_OPEN) and not last.startswith(_OPEN):
        first = last[:4] + first[4:] if first[4:] <= last[4:] else f"{int(last[:4]) - 1}{first[4:]}"
    return replace(before, end=after.end, value=first, end_value=last)


# ---- publication -----------------------------------------------------------------------------------------------------

_URL_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?:[/_-](0[1-9]|1[0-2])(?:[/_-](0[1-9]|[12]\d|3[01]))?(?!\d)"
    r"|(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=\d{0,9}(?!\d)))"
)


def publication(
    text: str,
    language: str,
    *,
    record: str | None = None,
    url: str | None = None,
    stamps: Sequence[str] = (),
    zone: str | None = None,
) -> str | None:
    """When a report was published, as precisely as it is known (EDTF), or None.

    A record's or page's own date counts first, then the address, then lines that tell dates (date lines, datelines). A
    dateline without a year takes the year of what else is known, of a nearby date in the text, or stays open (`XXXX-12-21`).

    Args:
        text: the report, for nearby dates with a year.
        language: the notation that stamps are in.
        record: the date that a record or a page's head gives, in any notation.
        url: the page's address.
        stamps: lines of the page that tell dates.
        zone: the newsroom's time zone (IANA, e.g. `Asia/Ho_Chi_Minh`): time stamps with another offset are converted to it
            before the day is taken; without it the day is the one that the stamp itself says.
    """
    known = [day for day in (parse(record or "", language, zone=zone), _in_url(url)) if day]
    for stamp in stamps:
        known += [m.value for m in mentions(stamp, language)[:1]]
    best = known[0] if known else None
    for other in known[1:]:
        best = _refined(best or other, other)
    if best and best.startswith(_OPEN):
        best = _by_neighbours(best, text, language)
    return best


def parse(written: str, language: str = "", *, zone: str | None = None) -> str | None:
    """The date that a field holds (ISO 8601 with or without time, or as people write it), or None if it holds none."""
    written = written.strip()
    if not written:
        return None
    if moment := _moment(written):
        if zone and moment.tzinfo:
            from zoneinfo import ZoneInfo

            with suppress(OverflowError):  # the first or last day that there is
                moment = moment.astimezone(ZoneInfo(zone))
        return moment.date().isoformat()
    if re.fullmatch(rf"{YEAR}|XXXX-\d\d(?:-\d\d)?", written):
        return written if _exists(written) else None
    for code in dict.fromkeys((language, *tables("dates"))):
        if found := [m.value for m in mentions(written, code) if len(m.value) >= 7]:
            return found[0]
    return _elsewhere(written, language)


def _moment(written: str) -> datetime | None:
    from email.utils import parsedate_to_datetime

    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            return read(written)
        except (ValueError, TypeError, IndexError):
            continue
    return None


def _elsewhere(written: str, language: str) -> str | None:
    """What dateparser makes of a field in a language without a table here; only a whole date counts."""
    if not re.search(r"\d", written) or len(written) > 60:
        return None
    import dateparser

    try:
        found = dateparser.parse(
            written, languages=[base(language)] if language else None, settings={"STRICT_PARSING": True}
        )
    except ValueError:  # a language it does not know
        found = None
    return found.date().isoformat() if found else None


def _in_url(url: str | None) -> str | None:
    for match in _URL_DATE.finditer(url or ""):
        value = "-".join(part for part in match.groups() if part)
        if _exists(value) and int(value[:4]) <= date.today().year + 1:
            return value
    return None


def _refined(known: str, other: str) -> str:
    """The more precise of two dates that agree; the first if they contradict."""
    if known.startswith(_OPEN) and not other.startswith(_OPEN):
        return _dated(known, other) if len(other) > 4 else other[:4] + known[4:]
    if len(other) > len(known) and other[4 : len(known)] == known[4:] and other[:4] in (known[:4], _OPEN):
        return known[:4] + other[4:]
    return known


def _by_neighbours(value: str, text: str, language: str) -> str:
    """The value with the one year that the text's full dates around that day agree on; as it is if none or several do."""
    years: set[str] = set()
    for mention in mentions(text, language):
        day = _day(mention.value)
        if day and (near := _day(_dated(value, mention.value))) and abs(near - day) <= _NEIGHBOUR:
            years.add(f"{near.year}")
    return years.pop() + value[4:] if len(years) == 1 else value
