"""The command's front door: help, exit codes, and errors as one line."""

from argparse import Namespace
from types import ModuleType

import pytest
from songngu import __version__
from songngu.cli import main as front
from songngu.cli.main import COMMANDS, main
from songngu.data.errors import SongnguError, UsageError


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["help"]])
def test_help_begins_with_an_example_and_lists_every_command(
    arguments: list[str], capsys: pytest.CaptureFixture
) -> None:
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert text.startswith("example:")
    assert all(f"\n  {name} " in text for name in COMMANDS)


def test_help_of_a_command_begins_with_an_example(capsys: pytest.CaptureFixture) -> None:
    assert main(["split", "--help"]) == 0
    assert capsys.readouterr().out.startswith("example:\n  songngu split ")


def test_version(capsys: pytest.CaptureFixture) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"songngu {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([], 2, ""),
        (["bulid"], 2, "unknown command 'bulid'; choose from build"),
        (["models", "lsit"], 2, "invalid choice"),
        (["models", "path"], 2, "takes the name of a model"),
        (["split", "/nowhere/a.txt", "--lang", "fr"], 1, "/nowhere/a.txt: No such file or directory"),
    ],
)
def test_misuse_gives_a_message_and_a_code(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture
) -> None:
    assert main(arguments) == code
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (SongnguError("the disk is full"), 1, "songngu fake: the disk is full\n"),
        (UsageError("no such thing"), 2, "songngu fake: no such thing\n"),
        (KeyboardInterrupt(), 1, "interrupted"),
        (PermissionError(13, "Permission denied", "x.txt"), 1, "songngu fake: x.txt: Permission denied\n"),
        (MemoryError(), 1, "out of memory"),
    ],
)
def test_errors_are_one_line(
    error: BaseException, code: int, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    def fail(_: object) -> int:
        raise error

    module = ModuleType("fake")
    module.EXAMPLE, module.__doc__, module.run, module.add_arguments = "x", "y", fail, lambda _: None  # type: ignore[attr-defined]
    monkeypatch.setattr(front, "_module", lambda _: module)
    monkeypatch.setitem(COMMANDS, "fake", "for this test")
    assert main(["fake"]) == code
    assert message in capsys.readouterr().err


def test_every_command_has_a_module() -> None:
    for name in COMMANDS:
        module = front._module(name)
        assert module.EXAMPLE.strip().startswith("songngu")
        assert module.__doc__
        assert callable(module.add_arguments)
        assert callable(module.run)


def test_a_binary_file_is_named(tmp_path, capsys):
    (tmp_path / "b.tsv").write_bytes(b"\xff\xfe\x00 binary\n")
    assert main(["export", str(tmp_path / "b.tsv"), "--out", str(tmp_path / "b.tmx")]) == 1
    assert f"{tmp_path / 'b.tsv'} is not UTF-8 text" in capsys.readouterr().err
    assert not (tmp_path / "b.tmx").exists()


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("build", ["reports", "--out", "corpus"]),
        ("pair", ["reports"]),
        ("align", ["a.fr", "b.vi"]),
        ("filter", ["a.tsv", "--out", "b.tsv"]),
        ("export", ["a.tsv", "--out", "b.tmx"]),
        ("translate", ["a.fr"]),
        ("check", ["a.fr", "b.vi"]),
    ],
)
@pytest.mark.parametrize(("source", "target"), [("--source", "--target"), ("--from", "--to")])
def test_every_command_knows_both_ways_to_say_the_languages(
    name: str, files: list[str], source: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Namespace] = []
    monkeypatch.setattr(f"songngu.cli.{name}.run", lambda args: seen.append(args) or 0)
    assert main([name, *files, source, "fr", target, "vi"]) == 0
    assert {"fr", "vi"} <= {value for value in vars(seen[0]).values() if isinstance(value, str)}
