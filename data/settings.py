"""Settings: one frozen dataclass a stage, filled from defaults, a TOML file and keyword arguments, in that order."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

from .errors import SongnguError, UsageError

S = TypeVar("S")
STAGES = ("build", "pair", "filter", "export")  # the tables that a settings file may have; a command reads its own


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file: one a stage, e.g. `[align]`.

    Raises:
        SongnguError: the file cannot be read or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SongnguError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SongnguError(f"{path} is not valid TOML: {error}") from error


def read_stages(path: Path) -> dict[str, dict[str, Any]]:
    """The tables of a settings file, by stage; one file may serve all commands.

    Raises:
        UsageError: a table of another name, or a value outside a table. SongnguError: no TOML.
    """
    found = read_toml(path)
    for name, values in found.items():
        if name not in STAGES or not isinstance(values, dict):
            raise UsageError(f"{path}: unknown table [{name}]; choose from {', '.join(f'[{s}]' for s in STAGES)}")
    return found


def settings(kind: type[S], values: Mapping[str, Any], *, where: str) -> S:
    """The settings of one stage from a mapping; `where` names its origin in errors.

    Raises:
        UsageError: a key that is no setting (a typo must not silently change a corpus), or a value of another type.
    """
    assert is_dataclass(kind)
    known = {f.name: f for f in fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise UsageError(f"{where}: unknown setting {key!r}; choose from {', '.join(sorted(known))}")
        default = known[key].default
        if default is None and not isinstance(value, _kinds(str(known[key].type))):
            raise UsageError(f"{where}: {key} must be {known[key].type}, not {value!r}")
        if isinstance(default, bool) != isinstance(value, bool) or (
            isinstance(default, (int, float)) and not isinstance(value, (int, float))
        ):
            raise UsageError(f"{where}: {key} must be {type(default).__name__}, not {value!r}")
    return kind(**values)


def _kinds(annotation: str) -> tuple[type, ...]:
    """What a value may be whose default is None: `float | None` → float or int; anything where the annotation is no plain one."""
    names = {name.strip() for name in annotation.split("|")} - {"None"}
    plain: dict[str, tuple[type, ...]] = {"float": (float, int), "int": (int,), "str": (str,)}
    return tuple(kind for name in names for kind in plain.get(name, (object,)))
