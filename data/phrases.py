"""Looking up entries of several words in running text, quickly: by their first word, the longest entry first."""

from __future__ import annotations

import re
from collections.abc import Iterable

SPACE = "[ \u00a0\u202f]"


def alternatives(names: Iterable[str]) -> str:
    """A regular expression for any of the names, the longest first; it matches nothing where there are none.

    A space stands for any kind of space or hyphen, an apostrophe for both its forms.
    """
    ordered = sorted(set(names), key=lambda name: (-len(name), name))
    return "|".join(_flexible(name) for name in ordered) or "(?!)"


def _flexible(name: str) -> str:
    return re.sub(r"['’]", "['’]", re.escape(name)).replace(r"\ ", f"(?:{SPACE}|[-‑])")


def by_first_word(entries: Iterable[str], word: re.Pattern[str], *, ignore_case: bool) -> dict[str, re.Pattern[str]]:
    """For every first word (as `word` finds it) a pattern of the entries that begin with it.

    With `ignore_case` the keys are case-folded.
    """
    grouped: dict[str, list[str]] = {}
    for entry in entries:
        found = word.match(entry)
        if found is not None:
            first = found.group()
            grouped.setdefault(first.casefold() if ignore_case else first, []).append(entry)
    flags = re.IGNORECASE if ignore_case else 0
    return {first: re.compile(rf"(?:{alternatives(found)})(?!\w)", flags) for first, found in grouped.items()}
