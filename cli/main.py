"""The `songngu` command: finds the subcommand's module, runs it, and turns errors into messages and exit codes."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from pathlib import Path
from typing import Any

from .. import __version__
from ..data import files, progress
from ..data.errors import SongnguError

# Only the chosen command's module is imported, so that `songngu --help` answers at once.
COMMANDS = {
    "build": "reports in, aligned and scored bitext out",
    "split": "one sentence a line",
    "pair": "which reports tell the same event",
    "align": "align the sentences of two texts",
    "filter": "keep the good segments of a corpus",
    "export": "write a corpus in other formats, with splits",
    "translate": "translate a file line by line",
    "score": "score splits, pairs, alignments and translations",
    "check": "find concrete errors in a translation",
    "report": "one HTML page about a corpus",
    "review": "look at a corpus and correct it in the browser",
    "models": "list, fetch and locate models",
}
EXAMPLE = """\
example:
  songngu build reports/ --out corpus        # reads, cleans, splits, pairs, aligns, writes bitext.* and report.html
  songngu align a.fr b.vi --source fr --target vi
"""


def _module(name: str) -> Any:
    # "check" → cli/check.py; a command's module offers EXAMPLE, add_arguments(parser) and run(args) -> int
    return importlib.import_module(f".{name}", __package__)


def _overview() -> str:
    rows = "\n".join(f"  {name:<10} {summary}" for name, summary in COMMANDS.items())
    return (
        f"{EXAMPLE}\nusage: songngu COMMAND [options]\n\ncommands (songngu COMMAND --help says more):\n{rows}\n\n"
        "options:\n  --version  show the version\n  --help     show this\n"
    )


class _Parser(argparse.ArgumentParser):
    """A parser whose help starts with an example."""

    def format_help(self) -> str:
        """The example, then what argparse says."""
        return f"example:\n{self.example}\n\n{super().format_help()}"

    example = ""


def _parser(name: str) -> argparse.ArgumentParser:
    module = _module(name)
    parser = _Parser(
        prog=f"songngu {name}", description=module.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.example = module.EXAMPLE.rstrip()
    module.add_arguments(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar, even on a terminal")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command and return its exit code: 0, 1 for failed work, 2 for misuse."""
    arguments = sys.argv[1:] if argv is None else argv
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(_overview(), end="")
        return 0 if arguments else 2
    if arguments[0] == "--version":
        print(f"songngu {__version__}")
        return 0
    name = arguments[0]
    if name not in COMMANDS:
        print(f"songngu: unknown command {name!r}; choose from {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    return _run(name, arguments[1:])


def _undecodable(argument: str) -> bool:
    """Whether an argument names a file that is not UTF-8 text; asked after reading has failed, as the error does not say where."""
    try:
        with files.open_text(Path(argument)) as stream:
            return any(False for _ in stream)
    except UnicodeDecodeError:
        return True
    except (OSError, EOFError, SongnguError):
        return False


def _run(name: str, arguments: list[str]) -> int:
    debug = "--debug" in arguments
    try:
        args = _parser(name).parse_args(arguments)
        progress.show(not args.quiet)
        code = _module(name).run(args)
        sys.stdout.flush()
        return code
    except SystemExit as stop:  # argparse: 0 after --help, 2 for misuse
        return stop.code if isinstance(stop.code, int) else 2
    except SongnguError as error:
        if debug:
            raise
        print(f"songngu {name}: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # the reader of our pipe has gone (songngu … | head); not an error of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print(f"\nsongngu {name}: interrupted; finished files are whole", file=sys.stderr)
        return 1
    except OSError as error:
        if debug:
            raise
        where = f"{error.filename}: " if error.filename else ""
        print(f"songngu {name}: {where}{error.strerror or error}", file=sys.stderr)
        return 1
    except UnicodeDecodeError as error:
        if debug:
            raise
        where = next(filter(_undecodable, arguments), "an input file")
        print(f"songngu {name}: {where} is not UTF-8 text ({error.reason} at byte {error.start})", file=sys.stderr)
        return 1
    except MemoryError:
        print(f"songngu {name}: out of memory", file=sys.stderr)
        return 1
