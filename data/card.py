"""The dataset card: a README.md in Hugging Face form, with figures, origins, limits and a plot beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import files
from .chat import language_name
from .core import Corpus
from .figures import BINS, UNKNOWN, Figures
from .formats import SPLITS
from .plots import bars

PLOT = "confidence.svg"
ABOUT = {"rejected.jsonl": ": what was left out, each with its reason; no part of the dataset"}
# the hub's ids of licences that texts have
HUB_LICENCES = frozenset(
    "apache-2.0 mit bsd-2-clause bsd-3-clause mpl-2.0 gpl-2.0 gpl-3.0 lgpl-2.1 lgpl-3.0 agpl-3.0 cc0-1.0 cc-by-2.0 cc-by-3.0 cc-by-4.0 "
    "cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-4.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 "
    "odbl odc-by pddl etalab-2.0 gfdl unlicense".split()
)
_SIZES = (
    (1000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
)


@dataclass(frozen=True, slots=True)
class CardSettings:
    """What only the user can say of a dataset: title, licences, citation, and notes on its limits."""

    title: str = ""
    licences: tuple[str, ...] = ()
    citation: str = ""
    limits: tuple[str, ...] = ()
    steps: Mapping[str, object] = field(default_factory=dict)
    review: Mapping[str, float] = field(default_factory=dict)


def write_card(
    folder: Path, corpus: Corpus, found: Figures, paths: Sequence[Path], settings: CardSettings
) -> list[Path]:
    """Write `README.md` and its plot into the folder; their paths."""
    readme, plot = folder / "README.md", folder / PLOT
    with files.writing(plot) as stream:
        stream.write(confidence_plot(found))
    with files.writing(readme) as stream:
        stream.write(card(corpus, found, [path.name for path in paths], settings))
    return [readme, plot]


def confidence_plot(found: Figures) -> str:
    """The histogram of confidences as SVG."""
    return bars(
        "Segments by confidence",
        {f".{i}–{(i + 1) / BINS:.1g}".replace("0.", "."): n for i, n in enumerate(found.confidence)},
    )


def card(corpus: Corpus, found: Figures, names: Sequence[str], settings: CardSettings) -> str:
    """The card's text; `names` are the files that stand beside it."""
    title = settings.title or f"{corpus.source_language}–{corpus.target_language} bitext"
    parts = [
        _front(corpus, found, names, settings, title),
        f"# {title}",
        _summary(corpus, found),
        "## Size\n\n" + _sizes(found),
        _splits(found),
        "## Sources and licences\n\n" + _sources(corpus, found, settings),
        "## How it was made\n\n" + _making(corpus, settings),
        "## Quality\n\n" + _quality(found, settings),
        "## Files\n\n" + "\n".join(f"* `{name}`{ABOUT.get(name, '')}" for name in names),
        "## Limits\n\n" + _limits(settings),
        "## Citation\n\n" + (settings.citation or "No citation was given."),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _front(corpus: Corpus, found: Figures, names: Sequence[str], settings: CardSettings, title: str) -> str:
    size = next((label for most, label in _SIZES if found.segments < most), "n>10M")
    lines = [
        "---",
        "language:",
        f"- {corpus.source_language}",
        f"- {corpus.target_language}",
        "multilinguality: translation",
    ]
    lines += _licence(settings.licences)
    lines += [
        "task_categories:",
        "- translation",
        "size_categories:",
        f"- {size}",
        f"pretty_name: {json.dumps(title, ensure_ascii=False)}",
    ]
    lines += _configs(names)
    return "\n".join([*lines, "---"])


def _licence(licences: Sequence[str]) -> list[str]:
    """The licences as the hub's ids; what is none of these must be called other, with a name."""
    ids = [name.lower() for name in licences]
    if not ids:
        return []
    if set(ids) <= HUB_LICENCES:
        return [f"license: {ids[0]}"] if len(ids) == 1 else ["license:", *(f"- {name}" for name in ids)]
    return ["license: other", f"license_name: {json.dumps(', '.join(licences), ensure_ascii=False)}"]


def _configs(names: Sequence[str]) -> list[str]:
    """Which files `datasets.load_dataset` shall read: one form only, or it would read each segment several times."""
    for suffix in (".parquet", ".jsonl", ".jsonl.gz", ".jsonl.zst"):
        data = [name for name in names if name.endswith(suffix) and ".chat." not in name and name != "rejected.jsonl"]
        if data:
            lines = ["configs:", "- config_name: default", "  data_files:"]
            splits: dict[str, list[str]] = {}
            for name in data:
                split = next((s for s in SPLITS if f".{s}." in name), SPLITS[0])
                splits.setdefault(split, []).append(name)
            for split, members in sorted(splits.items(), key=lambda item: SPLITS.index(item[0])):
                lines += [f"  - split: {split}", "    path:", *(f"    - {json.dumps(name)}" for name in members)]
            return lines
    return []


def _summary(corpus: Corpus, found: Figures) -> str:
    source, target = (language_name(tag, "en") for tag in (corpus.source_language, corpus.target_language))
    lines = f"{found.segments:,} pairs of segments in {source} and {target}"
    if not found.source.documents:
        return f"{lines}. A segment may have several sentences on a side."
    return (
        f"{lines}, aligned across {found.source.documents:,} and {found.target.documents:,} documents that tell the same events. The "
        "sides are translations or close paraphrases; a segment may have several sentences on a side."
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    cells = ([_cell(value) for value in row] for row in rows)
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in cells)])


def _cell(value: object) -> str:
    if value is None:
        return ""
    shown = f"{value:,}" if isinstance(value, int) else f"{value:.3f}" if isinstance(value, float) else str(value)
    return shown.replace("|", "\\|")


def _sizes(found: Figures) -> str:
    head = ["", "documents", "tokens", "types", "characters", "tokens a segment"]
    sides = (found.source, found.target)
    rows = [
        (s.language, s.documents or "unknown", s.tokens, s.types, s.characters, f"{s.mean_tokens:.1f}") for s in sides
    ]
    shapes = ", ".join(f"{shape}: {n:,}" for shape, n in list(found.shapes.items())[:6])
    return table(head, rows) + f"\n\nShapes (sentences on each side): {shapes or 'none'}."


def _splits(found: Figures) -> str:
    if not found.splits:
        return ""
    known = [(name, found.splits[name]) for name in SPLITS if name in found.splits]
    note = "Splits are by event: no document, and no copy of a segment, stands in two of them. Test holds confident segments only."
    return "## Splits\n\n" + table(["split", "segments"], known) + f"\n\n{note}"


def _sources(corpus: Corpus, found: Figures, settings: CardSettings) -> str:
    head = ["source", "segments", "mean confidence"]
    here = ", ".join(Path(name).name for name in corpus.provenance) or UNKNOWN
    groups = list(found.origins.items())[:30]
    body = table(head, [(here if name == UNKNOWN else name, g.segments, g.confidence) for name, g in groups])
    licences = (
        ", ".join(settings.licences) or "**None was given.** Ask the owners of the sources before you share this."
    )
    return f"{body}\n\nLicences: {licences}"


def _making(corpus: Corpus, settings: CardSettings) -> str:
    from .. import __version__

    steps = {"software": f"songngu {__version__}", "signature": corpus.signature or "none", **settings.steps}
    return table(["setting", "value"], [(name, f"`{value}`") for name, value in steps.items()])


def _quality(found: Figures, settings: CardSettings) -> str:
    parts = [f"![Segments by confidence]({PLOT})"]
    if found.correct is not None:
        parts.append(
            f"The mean confidence is {found.correct:.3f}. Confidence is calibrated, so that about {100 * found.correct:.1f} % of the "
            "segments are expected to be right."
        )
    else:
        parts.append("No confidence is known.")
    if settings.review:
        parts.append("Review of a sample:\n\n" + table(["", ""], settings.review.items()))
    return "\n\n".join(parts)


def _limits(settings: CardSettings) -> str:
    known = (
        "Texts are news: their topics, names and style are those of their agencies and of their time.",
        "Reports of one event are comparable, not parallel: a side may say a little more than the other.",
        "Alignment is automatic; confidence tells how sure it is, not how good the wording is.",
    )
    return "\n".join(f"* {limit}" for limit in (*known, *settings.limits))
