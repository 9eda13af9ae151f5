"""Where a stage's batches run: in this process, in several, or on a Ray cluster. A stage is a plain function of one task."""

from __future__ import annotations

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


def _ray(workers: int) -> Engine:
    if find_spec("ray") is None:
        raise UsageError("--engine ray needs Ray; run `pip install 'songngu[ray]'`, or leave --engine away")

    def run(function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        import ray

        def one(row: dict) -> dict:
            return {"item": function(row["item"])}

        data = ray.data.from_items([{"item": task} for task in tasks])
        for row in data.map(one, concurrency=workers if workers > 1 else None).iter_rows():
            yield row["item"]

    return run


ENGINES: dict[str, Callable[[int], Engine]] = {"local": _local, "ray": _ray}
