"""The unfinished work of a build: where its shards lie, whether they may be used again, and who may write."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data import files
from ..data.corpus import MANIFEST, manifest
from ..data.errors import SongnguError, UsageError

WORK = ".work"
_STATE = "state.json"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder inside the corpus folder that holds finished shards until the corpus is complete."""

    out: Path

    @property
    def folder(self) -> Path:
        """The folder of the shards."""
        return self.out / WORK

    def shard(self, stage: str, number: int) -> Path:
        """The file of one shard; it exists only when the shard is complete."""
        return self.folder / f"{stage}-{number:05d}.jsonl"

    def remove(self) -> None:
        """Delete the unfinished work."""
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def opened(out: Path, state: Mapping[str, Any], *, resume: bool, force: bool) -> Iterator[Workspace]:
    """The workspace of `out`, locked against a second build. `state` is what shards depend on: inputs and settings.

    Raises:
        UsageError: the folder holds something that neither `resume` nor `force` allows to touch.
        SongnguError: the folder cannot be written, or another build is at work there.
    """
    from filelock import FileLock, Timeout

    _check(out, resume=resume, force=force)
    space = Workspace(out)
    try:
        space.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / ".lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise SongnguError(f"another build is writing to {out}; wait for it or choose another folder") from None
    except OSError as error:
        raise SongnguError(f"cannot write to {out}: {error.strerror or error}") from error
    try:
        _prepare(space, digest_of(state), resume=resume)
        yield space
    finally:
        lock.release()
        (out / ".lock").unlink(missing_ok=True)


def _check(out: Path, *, resume: bool, force: bool) -> None:
    if not out.exists():
        return
    if not out.is_dir():
        raise UsageError(f"{out} is a file; --out needs a folder")
    ours = (out / MANIFEST).is_file() or (out / WORK).is_dir()
    if any(out.iterdir()) and not ours:
        raise UsageError(f"{out} is not empty and holds no corpus of songngu; choose another folder")
    if ours and not (resume or force):
        what = "unfinished work" if (out / WORK).is_dir() else "a corpus"
        raise UsageError(f"{out} holds {what} already; --resume goes on with it, --force replaces it")


def _prepare(space: Workspace, digest: str, *, resume: bool) -> None:
    state = space.folder / _STATE
    if not resume:
        space.remove()
        space.folder.mkdir(parents=True)
        _remove_outputs(space.out)
    elif state.is_file() and json.loads(state.read_text(encoding="utf-8"))["digest"] != digest:
        raise UsageError(f"the inputs or settings are not those of the work in {space.out}; start anew with --force")
    elif (space.out / MANIFEST).is_file() and manifest(space.out).get("state") not in (digest, None):
        raise UsageError(f"the inputs or settings are not those of the corpus in {space.out}; start anew with --force")
    with files.writing(state) as stream:
        json.dump({"digest": digest}, stream)


def _remove_outputs(out: Path) -> None:
    """Take away what an earlier build listed as its own, so that no old export stands beside new ones."""
    for name in manifest(out).get("files", ()) if (out / MANIFEST).is_file() else ():
        path = out / Path(name).name  # never outside the folder, whatever the manifest says
        if path.is_file():
            path.unlink()
    (out / MANIFEST).unlink(missing_ok=True)


def state_of(inputs: Sequence[Path], settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the shards depend on: the inputs' names, sizes and times, and the settings."""
    stats = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in inputs if path.exists()]
    return {"inputs": stats, "settings": dict(settings)}


def digest_of(state: Mapping[str, Any]) -> str:
    """The digest that tells two states apart."""
    return hashlib.sha256(json.dumps(state, sort_keys=True, default=str).encode()).hexdigest()
