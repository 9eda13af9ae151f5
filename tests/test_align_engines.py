"""Engines give the same results wherever a stage runs."""

import operator
from importlib.util import find_spec

import pytest
from songngu.align.engines import ENGINES, engine
from songngu.data.errors import UsageError


@pytest.mark.parametrize(("name", "workers"), [("local", 1), ("local", 2), ("ray", 1)])
@pytest.mark.parametrize("tasks", [[], [3], list(range(7))])
def test_every_engine_maps_every_task(name: str, workers: int, tasks: list[int]) -> None:
    if name == "ray" and find_spec("ray") is None:
        pytest.skip("Ray is an extra (songngu[ray])")
    assert sorted(engine(name, workers)(operator.neg, tasks)) == sorted(-t for t in tasks)


def test_an_unknown_engine_lists_the_choices() -> None:
    with pytest.raises(UsageError, match=", ".join(sorted(ENGINES))):
        engine("cloud")


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_ray_without_ray_says_what_to_install() -> None:
    with pytest.raises(UsageError, match=r"songngu\[ray\]"):
        engine("ray")
