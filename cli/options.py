"""Options that several commands have."""

from __future__ import annotations

import argparse

_SIDES = ("--source", "--target"), ("--from", "--to")


def add_languages(
    parser: argparse.ArgumentParser,
    source_help: str,
    target_help: str,
    *,
    metavar: str | None = None,
    dests: tuple[str, str] = ("source", "target"),
    from_first: bool = False,
    required: bool = False,
) -> None:
    """Declare the two languages, with both ways to say them; `from_first` where --from and --to are the ones that help shows first."""
    ways = _SIDES[::-1] if from_first else _SIDES
    for flags, dest, text in zip(zip(*ways, strict=True), dests, (source_help, target_help), strict=True):
        parser.add_argument(*flags, dest=dest, metavar=metavar, required=required, help=text)
