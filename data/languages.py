"""Languages as data: BCP-47 tags and the tables that hold everything the code knows of one language.

A language's knowledge stands in `data/tables/<code>/<subject>.toml` (splitting, dates, numbers, cleaning, …); code never names a
language. A new language is a new folder there.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from .errors import UsageError

_TABLES = resources.files(__package__ or "songngu.data") / "tables"


@cache
def canonical(tag: str) -> str:
    """The canonical BCP-47 form of a tag: `FR` → `fr`, `fra` → `fr`, `vie-Latn-VN` → `vi-VN`, `pt_br` → `pt-BR`.

    Raises:
        UsageError: the tag is not well-formed or names no language.
    """
    import langcodes

    try:
        language = langcodes.Language.get(langcodes.standardize_tag(tag.strip().replace("_", "-")))
    except ValueError:  # langcodes' own error is one
        language = None
    if language is None or not language.language or not language.is_valid():
        raise UsageError(f"{tag!r} is not a language tag; use BCP-47, e.g. fr, vi, pt-BR")
    return language.simplify_script().to_tag()


@cache
def base(tag: str) -> str:
    """The language subtag alone: `fr-CA` → `fr`."""
    return canonical(tag).split("-")[0]


@cache
def table(tag: str, subject: str) -> Mapping[str, Any] | None:
    """What is known of a language on one subject, or None: `table("fr-CA", "splitting")` reads `tables/fr/splitting.toml`."""
    path = _TABLES / base(tag) / f"{subject}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


@cache
def tables(subject: str) -> Mapping[str, Mapping[str, Any]]:
    """Every language's table on one subject, by code, in alphabetical order."""
    found = {folder.name: table(folder.name, subject) for folder in _TABLES.iterdir() if folder.is_dir()}
    return {code: found[code] for code in sorted(found) if found[code] is not None}  # type: ignore[misc]
