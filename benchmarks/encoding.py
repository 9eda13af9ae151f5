"""Speed and retrieval of sentence encoders on parallel sentences: how often the translation is the best neighbour.

    python -m benchmarks.encoding --shared ../shared [--encoder builtin] [--precision bf16,fp32]

Margin is the ratio to the mean of the four nearest neighbours on both sides (Artetxe and Schwenk 2019). One thread.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

import numpy as np
from songngu.models.builtin import builtin_folder
from songngu.models.hub import path as model_path
from songngu.models.transformer import TransformerEncoder, has_bf16


def main() -> None:
    """Print one Markdown row a precision and set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"))
    parser.add_argument("--encoder", default="builtin")
    parser.add_argument("--precision", default="bf16,fp32")
    args = parser.parse_args()
    folder = builtin_folder() if args.encoder == "builtin" else model_path(args.encoder)
    print(f"CPU with bf16 arithmetic: {'yes' if has_bf16() else 'no'}\n")
    print("| precision | set | pairs | cosine → / ← | margin → / ← | sentences per CPU-second |")
    print("|---|---|---|---|---|---|")
    for precision in args.precision.split(","):
        coder = TransformerEncoder.load(folder, name=args.encoder, precision=precision, threads=1)
        coder.encode(["warm up"] * 8)
        for name, source, target in sets(args.shared / "data" / "eval"):
            ours, theirs, speed = encoded(coder, source, target)
            cosine, margin = retrieval(ours @ theirs.T), retrieval(ratio(ours @ theirs.T))
            print(f"| {precision} | {name} | {len(source)} | {cosine} | {margin} | {speed:.0f} |", flush=True)


def sets(folder: Path) -> list[tuple[str, list[str], list[str]]]:
    """(name, source lines, target lines) of each parallel set."""
    documents = [json.loads(line) for line in (folder / "ntrex/ntrex-dev.jsonl").open(encoding="utf-8")]
    column = {side: [line for d in documents for line in d[side]] for side in ("fr", "vi", "en", "de", "es")}
    french, vietnamese = (
        (folder / f"flores/flores101-dev.{side}").read_text(encoding="utf-8").splitlines() for side in ("fr", "vi")
    )
    pairs = [
        (f"NTREX {a}–{b}", column[a], column[b]) for a, b in (("fr", "vi"), ("en", "vi"), ("de", "fr"), ("es", "vi"))
    ]
    return [*pairs, ("FLORES fr–vi", french, vietnamese)]


def encoded(coder: TransformerEncoder, source: list[str], target: list[str]) -> tuple[np.ndarray, np.ndarray, float]:
    """Vectors of both sides, and the median speed over three runs."""
    speeds, vectors = [], []
    for _ in range(3):
        start = time.process_time()
        vectors = [coder.encode(source), coder.encode(target)]
        speeds.append((len(source) + len(target)) / (time.process_time() - start))
    return vectors[0], vectors[1], statistics.median(speeds)


def ratio(similarity: np.ndarray, neighbours: int = 4) -> np.ndarray:
    """Ratio margins of all pairs."""
    rows = np.sort(similarity, axis=1)[:, -neighbours:].mean(1)
    columns = np.sort(similarity, axis=0)[-neighbours:].mean(0)
    return similarity / ((rows[:, None] + columns) / 2)


def retrieval(scores: np.ndarray) -> str:
    """Accuracy in per cent in both directions."""
    truth = np.arange(len(scores))
    return f"{100 * (scores.argmax(1) == truth).mean():.1f} / {100 * (scores.argmax(0) == truth).mean():.1f}"


if __name__ == "__main__":
    main()
