"""Lists the models that have short names here, tells about one, fetches one, or says where its files lie.

`fetch` is the only command of songngu that uses the network.
"""

from __future__ import annotations

import argparse

EXAMPLE = """\
  songngu models list
  songngu models fetch opus-mt-fr-vi
  songngu models path builtin
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add this command's arguments."""
    parser.add_argument("action", choices=("list", "info", "fetch", "path"))
    parser.add_argument("name", nargs="?", help="short name, hub id or folder (not with list)")


def run(args: argparse.Namespace) -> int:
    """Print what was asked for."""
    from ..data.errors import UsageError

    if (args.action == "list") == bool(args.name):
        raise UsageError(f"models {args.action} takes {'no name' if args.name else 'the name of a model'}")
    print({"list": _list, "info": _info, "fetch": _fetch, "path": _path}[args.action](args.name))
    return 0


def _list(_: None) -> str:
    from ..models.builtin import HUB_ID
    from ..models.hub import KNOWN

    rows = [("builtin", "encoder", "100 languages", "MIT", f"{HUB_ID}; comes with the package")]
    rows += [(m.name, m.kind, m.languages, m.licence, m.good_for) for m in KNOWN.values()]
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    return "\n".join("  ".join([*(row[k].ljust(widths[k]) for k in range(4)), row[4]]) for row in rows)


def _info(name: str) -> str:
    from dataclasses import asdict

    from ..data.errors import UsageError
    from ..models.builtin import FOLDER, HUB_ID, cache_folder
    from ..models.hub import known

    if name == "builtin":
        return f"name: builtin\nid: {HUB_ID}\nkind: encoder\nlicence: MIT\nplace: {cache_folder() / FOLDER}"
    record = known(name)
    if record is None:
        raise UsageError(f"nothing is known of {name!r}; `songngu models list` shows the short names")
    return "\n".join(f"{key}: {value}" for key, value in asdict(record).items())


def _fetch(name: str) -> str:
    from ..models import builtin, hub

    return str(builtin.fetch_original() if name == "builtin" else hub.fetch(name))


def _path(name: str) -> str:
    from ..models import builtin, hub

    return str(builtin.builtin_folder() if name == "builtin" else hub.path(name))
