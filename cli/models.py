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

    rows = [("name", "kind", "languages", "size", "licence", "here", "good for")]
    rows += [("builtin", "encoder", "100 languages", "72 MB", "MIT", "yes", f"{HUB_ID}; comes with the package")]
    rows += [
        (m.name, m.kind, m.languages, _size(m.megabytes), m.licence, "yes" if _place(m.name) else "no", m.good_for)
        for m in KNOWN.values()
    ]
    widths = [max(len(row[k]) for row in rows) for k in range(6)]
    return "\n".join("  ".join([*(row[k].ljust(widths[k]) for k in range(6)), row[6]]) for row in rows)


def _size(megabytes: int) -> str:
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes} MB"


def _place(name: str) -> str:
    """The folder of a model that is on this machine, or nothing."""
    from ..data.errors import SongnguError
    from ..models import hub

    try:
        return str(hub.path(name))
    except SongnguError:
        return ""


def _info(name: str) -> str:
    from ..data.errors import UsageError
    from ..models.builtin import FOLDER, HUB_ID, cache_folder
    from ..models.hub import known

    if name == "builtin":
        return f"name: builtin\nhub id: {HUB_ID}\nkind: encoder\nlicence: MIT\nfolder: {cache_folder() / FOLDER}"
    record = known(name)
    if record is None:
        raise UsageError(f"nothing is known of {name!r}; `songngu models list` shows the short names")
    facts = {
        "name": record.name, "hub id": record.id, "kind": record.kind, "family": record.family, "languages": record.languages,
        "size": _size(record.megabytes),
        "licence": record.licence + (" (not for commercial use)" if record.non_commercial else ""),
        "good for": record.good_for,
        "folder": _place(name) or f"not on this machine (songngu models fetch {record.name})",
    }  # fmt: skip
    return "\n".join(f"{key}: {value}" for key, value in facts.items())


def _fetch(name: str) -> str:
    from ..models import builtin, hub

    return str(builtin.fetch_original() if name == "builtin" else hub.fetch(name))


def _path(name: str) -> str:
    from ..models import builtin, hub

    return str(builtin.builtin_folder() if name == "builtin" else hub.path(name))
