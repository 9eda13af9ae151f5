"""How model families write languages: one table from BCP-47 to their codes (`codes.toml`)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from ..data.errors import UsageError
from ..data.languages import canonical


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    path = resources.files(__package__ or "songngu.models") / "codes.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def code(family: str, tag: str) -> str:
    """A family's code for a language: `code("nllb", "fr-CA")` is `fra_Latn`; the exact tag wins over script, script over language.

    Raises:
        UsageError: the family does not know the language.
    """
    for candidate in _candidates(canonical(tag)):
        found = _table().get(candidate, {}).get(family)
        if found is not None:
            return found
    raise UsageError(f"{family} has no code for the language {tag!r}; choose from {', '.join(languages(family))}")


def languages(family: str) -> tuple[str, ...]:
    """The BCP-47 tags that a family knows, in alphabetical order."""
    return tuple(sorted(tag for tag, row in _table().items() if family in row))


def english_name(tag: str) -> str:
    """What a language is called in English, for prompts: `fr-CA` → `French (Canada)`."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(canonical(tag), sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _candidates(tag: str) -> tuple[str, ...]:
    from langcodes import Language

    language = Language.get(tag)
    return tag, f"{language.language}-{language.maximize().script}", str(language.language)
