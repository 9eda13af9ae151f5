"""Where a stage's batches run: in this process, in several, or on a Ray cluster. A stage is a plain function of one task."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from typing import TypeVar

from ..data.errors import UsageError, choose

Task = TypeVar("Task")
Result = TypeVar("Result")
# An engine maps a picklable function over tasks, and yields results as they come, in any order.
Engine = Callable[[Callable[[Task], Result], Iterable[Task]], Iterator[Result]]


def engine(name: str, workers: int = 1) -> Engine:
    """The engine of that name: `local`, with so many processes, or `ray`."""
    if name not in ENGINES:
        raise choose("engine", name, tuple(ENGINES))
    return ENGINES[name](workers)


def _local(workers: int) -> Engine:
    def run(function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        if workers < 2:
            yield from map(function, tasks)
            return
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        # spawn: a fork of a process that runs torch's threads may hang
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield from pool.map(function, tasks)

    return run


def _ray(_: int) -> Engine:
    if find_spec("ray") is None:
        raise UsageError("--engine ray needs Ray; run `pip install 'songngu[ray]'`, or leave --engine away")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray reports its use to its makers unless told not to

    def run(function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        import ray.data  # pyright: ignore[reportMissingImports] an extra

        def one(row: dict[str, bytes]) -> dict[str, bytes]:
            return {"item": pickle.dumps(function(pickle.loads(row["item"])))}  # noqa: S301 made below, by ourselves

        ray.data.DataContext.get_current().enable_progress_bars = False
        # a task is one row of bytes: Ray would otherwise try to make columns of our records
        rows = [{"item": pickle.dumps(task)} for task in tasks]
        if rows:
            data = ray.data.from_items(rows, override_num_blocks=len(rows)).map(one)
            yield from (pickle.loads(row["item"]) for row in data.iter_rows())  # noqa: S301

    return run


ENGINES: dict[str, Callable[[int], Engine]] = {"local": _local, "ray": _ray}
