"""NTREX dev read by networks that were not learned from it, so that no figure rests on texts known by heart.

`models/reader.safetensors` was learned from all of NTREX dev. For measuring on its documents and for fitting there are two more
networks, each learned without every second document, made in the same way:

    python -m benchmarks.train_reader learn --folder /tmp/units --without 0 --out benchmarks/reader0.safetensors
    python -m benchmarks.train_reader learn --folder /tmp/units --without 1 --out benchmarks/reader1.safetensors
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from songngu.align.reading import BeadReader, Said, fitted
from songngu.models import joint
from songngu.models.calibration import Logistic

FOLDER = Path(__file__).parent
_START = 24  # characters that tell where a line comes from


class Networks:
    """Both networks, and which document of NTREX dev a line is from."""

    def __init__(self, shared: Path, folder: Path = FOLDER) -> None:
        self.numbers = [joint.numbers((folder / f"reader{half}.safetensors").read_bytes()) for half in (0, 1)]
        lines = (shared / "data/eval/ntrex/ntrex-dev.jsonl").read_text(encoding="utf-8").splitlines()
        self._half = {
            segment[:_START]: number % 2
            for number, row in enumerate(map(json.loads, lines))
            for segments in row.values()
            if isinstance(segments, list)
            for segment in segments
        }

    def half(self, lines: Sequence[str]) -> int | None:
        """0 or 1 by the document that the first known line is from; None where it is not of NTREX dev."""
        return next((self._half[line[:_START]] for line in lines if line[:_START] in self._half), None)


class CrossReader:
    """Reads beads of NTREX dev with the network that has not seen the document of their source, others with the one that ships."""

    def __init__(
        self, networks: Networks, encoder: Any, languages: tuple[str, str], worth: Logistic | None = None
    ) -> None:
        self.worth = fitted() if worth is None else worth
        self._networks = networks
        self._readers = {
            half: BeadReader(encoder, languages, numbers, self.worth)
            for half, numbers in ((0, networks.numbers[0]), (1, networks.numbers[1]), (None, None))
        }

    def __call__(self, beads: Sequence[tuple[Sequence[str], Sequence[str]]]) -> list[Said | None]:
        """What the networks say of each bead."""
        halves = [self._networks.half(source) for source, _ in beads]
        found: list[Said | None] = [None] * len(beads)
        for half, reader in self._readers.items():
            own = [k for k, other in enumerate(halves) if other == half]
            for k, said in zip(own, reader([beads[k] for k in own]) if own else [], strict=True):
                found[k] = said
        return found
