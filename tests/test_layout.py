"""The layout that DESIGN promises: packages, import direction, names, and what an import costs."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "data": {"data"},
    "models": {"models", "data"},
    "align": {"align", "data", "models"},
    "eval": {"eval", "data", "models"},
    "cli": {"cli", "data", "models", "align", "eval"},
}
MODULES = sorted(path for folder in MAY_IMPORT for path in (ROOT / folder).glob("*.py"))


def imports(path: Path) -> set[str]:
    """The folders of ours that a module imports from, at its top or inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            if node.level == 2:
                found.add((node.module or "").split(".")[0] or "root")
            elif node.level == 1:
                found.add(path.parent.name)
            elif (node.module or "").split(".")[0] == "songngu":
                found.add("absolute")
        elif isinstance(node, ast.Import):
            found |= {"absolute" for name in node.names if name.name.split(".")[0] == "songngu"}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_imports_follow_the_flow(path: Path) -> None:
    allowed = MAY_IMPORT[path.parent.name] | {"root"}  # the version stands there
    assert imports(path) <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_no_module_is_named_like_a_standard_one(path: Path) -> None:
    assert path.stem not in sys.stdlib_module_names


def test_every_folder_with_code_is_packaged() -> None:
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(["songngu", *(f"songngu.{folder}" for folder in MAY_IMPORT)])
    assert all((ROOT / folder / "__init__.py").is_file() for folder in MAY_IMPORT)


def test_no_stray_module_in_the_root() -> None:
    # setuptools puts every root module into the wheel
    assert sorted(path.name for path in ROOT.glob("*.py")) == ["__init__.py", "__main__.py"]


def test_folders_hold_no_folders_with_code() -> None:
    nested = [p for folder in MAY_IMPORT for p in (ROOT / folder).glob("*/**/*.py") if "__pycache__" not in p.parts]
    assert nested == []


def test_package_data_is_listed() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]
    for folder in MAY_IMPORT:
        listed = {p for pattern in patterns.get(f"songngu.{folder}", ()) for p in (ROOT / folder).glob(pattern)}
        present = {p for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")}
        present = {p for p in present if "__pycache__" not in p.parts}
        assert present <= listed, f"not in the wheel: {sorted(map(str, present - listed))[:5]}"


def run_python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_import_loads_nothing_heavy() -> None:
    heavy = ("torch", "transformers", "numpy", "numba", "scipy", "nltk", "datasets", "trafilatura", "lxml")
    loaded = run_python(
        f"import songngu, songngu.cli.main, sys; print([name for name in {heavy!r} if name in sys.modules])"
    )
    assert loaded.strip() == "[]"


def test_help_of_every_command_loads_no_model_library() -> None:
    code = (
        "import sys, contextlib, io\nfrom songngu.cli.main import main, COMMANDS\n"
        "with contextlib.redirect_stdout(io.StringIO()) as out:\n"
        "    codes = [main([name, '--help']) for name in COMMANDS]\n"
        "texts = out.getvalue()\n"
        "print(codes == [0] * len(COMMANDS), texts.count('example:') == len(COMMANDS), 'torch' in sys.modules)"
    )
    assert run_python(code).split() == ["True", "True", "False"]


def test_public_names_all_exist() -> None:
    code = "import songngu; print([name for name in songngu.__all__ if not hasattr(songngu, name)])"
    assert run_python(code).strip() == "[]"
