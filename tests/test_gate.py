"""The quality gate: figures on gold of our own must reach their pinned floors, and neither gold nor floors change
unnoticed."""

import importlib.util
import sys
from pathlib import Path

import pytest
from songngu.data.errors import SongnguError

ROOT = Path(__file__).parent.parent


def load_gate():
    """`benchmarks/gate.py`, which is no part of the installed package."""
    specification = importlib.util.spec_from_file_location("songngu_gate", ROOT / "benchmarks" / "gate.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["songngu_gate"] = module  # dataclasses look their module up
    specification.loader.exec_module(module)
    return module


gate = load_gate()


def encoder_is_here():
    """Whether the built-in encoder can be loaded without the network (its wheel is for Linux on x86-64)."""
    from songngu.models.builtin import builtin_folder

    try:
        builtin_folder()
    except SongnguError:
        return False
    return True


@pytest.mark.parametrize("name", gate.GATES)
def test_quality_is_not_below_its_floor(name):
    if name not in ("split", "cleaning") and not encoder_is_here():
        pytest.skip("the built-in encoder is not on this machine")
    floor = gate.load()[name]
    gate.check_gold(name, gate.GATES[name], floor)
    figures = gate.GATES[name].measure()
    below = {
        figure: (figures.get(figure), least)
        for figure, least in floor.floors.items()
        if figures.get(figure, -1) < least
    }
    assert not below


def test_every_gate_has_floors_that_mean_something():
    floors = gate.load()
    assert set(floors) == set(gate.GATES)
    assert all(value > 0.3 for floor in floors.values() for value in floor.floors.values())


def test_gold_that_changed_is_refused(tmp_path):
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "a.txt").write_text("a")
    tested = gate.Gate(("gold",), dict)
    floor = gate.Floor(gate.digest(("gold",), tmp_path), {})
    gate.check_gold("x", tested, floor, tmp_path)
    (tmp_path / "gold" / "a.txt").write_text("b")
    with pytest.raises(gate.GateError, match="--accept-gold"):
        gate.check_gold("x", tested, floor, tmp_path)
    (tmp_path / "gold" / "a.txt").write_text("a")
    (tmp_path / "gold" / "b.txt").write_text("")
    with pytest.raises(gate.GateError, match="the gold has changed"):
        gate.check_gold("x", tested, floor, tmp_path)


def test_floors_edited_by_hand_are_refused(tmp_path):
    path = tmp_path / "floors.toml"
    floors = {"x": gate.Floor("abc", {"f1": 0.9, "recall": 0.8})}
    gate.save(floors, path)
    assert gate.load(path) == floors
    path.write_text(path.read_text().replace("0.9", "0.1"))
    with pytest.raises(gate.GateError, match="edited by hand"):
        gate.load(path)


OLD = gate.Floor("abc", {"f1": 0.9})


@pytest.mark.parametrize(
    ("value", "now", "flags", "floor"),
    [
        (0.95, "abc", {}, 0.94),  # better: raised
        (0.905, "abc", {}, 0.9),  # within the margin: kept
        (0.8, "abc", {}, None),  # worse: refused
        (0.8, "abc", {"allow_lower": True}, 0.79),
        (0.95, "xyz", {}, None),  # other gold: refused
        (0.95, "xyz", {"accept_gold": True}, 0.94),
        (0.8, "xyz", {"accept_gold": True}, None),
    ],
)
def test_lowering_a_floor_and_changing_gold_need_their_flags(value, now, flags, floor):
    settings = {"allow_lower": False, "accept_gold": False} | flags
    if floor is None:
        with pytest.raises(gate.GateError):
            gate.updated("x", OLD, {"f1": value}, now, **settings)
    else:
        assert gate.updated("x", OLD, {"f1": value}, now, **settings).floors["f1"] == pytest.approx(floor)


def test_a_figure_cannot_vanish():
    with pytest.raises(gate.GateError, match="f1 fell"):
        gate.updated("x", OLD, {"recall": 1.0}, "abc", allow_lower=False, accept_gold=False)
