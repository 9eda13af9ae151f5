"""Progress on standard error: a bar on a terminal, silence elsewhere. Library calls are silent unless `show(True)`."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
_shown = False


def show(on: bool) -> None:
    """Turn progress bars on (the commands do, unless `--quiet`) or off."""
    global _shown  # noqa: PLW0603 one switch for the process, as logging has
    _shown = on


def track(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """The items, with a progress bar while they are taken."""
    with Progress(label, total if total is not None else _length(items)) as progress:
        for item in items:
            yield item
            progress.advance()


class Progress:
    """A bar that is advanced by hand: `with Progress("encode", 1000) as bar: bar.advance(64)`."""

    def __init__(self, label: str, total: int | None = None, unit: str = "") -> None:
        self._label, self._total, self._unit, self._bar = label, total, unit, None

    def __enter__(self) -> "Progress":
        if _shown:
            from tqdm import tqdm

            # disable=None: only where standard error is a terminal
            self._bar = tqdm(desc=self._label, total=self._total, disable=None, leave=False, unit=self._unit or "it")
        return self

    def advance(self, count: int = 1) -> None:
        """Move on by `count` items."""
        if self._bar is not None:
            self._bar.update(count)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _length(items: Iterable[object]) -> int | None:
    return len(items) if hasattr(items, "__len__") else None  # type: ignore[arg-type]
