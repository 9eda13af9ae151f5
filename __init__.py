"""Songngu: from a heap of French and Vietnamese news reports to an aligned, scored, exportable parallel corpus."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .align.alignment import align as align
    from .align.pairing import events as events
    from .align.pairing import pair as pair
    from .align.splitting import split as split
    from .cli.build import build as build
    from .data.core import Alignment as Alignment
    from .data.core import Bead as Bead
    from .data.core import Corpus as Corpus
    from .data.core import Document as Document
    from .data.core import DocumentPair as DocumentPair
    from .data.core import Segment as Segment
    from .data.core import Sentence as Sentence
    from .data.corpus import open_corpus as open_corpus
    from .data.exporting import export as export
    from .data.figures import figures as figures
    from .data.filters import judge as judge
    from .data.formats import read_bitext as read_bitext
    from .data.formats import write as write
    from .data.merging import merge as merge
    from .data.reading import read as read
    from .eval.alignment import compare_alignments as compare_alignments
    from .eval.alignment import score_alignment as score_alignment
    from .eval.checks import check as check
    from .eval.corpus_translation import score_corpus_translation as score_corpus_translation
    from .eval.findings import Finding as Finding
    from .eval.pairing import score_pairs as score_pairs
    from .eval.report import write_report as write_report
    from .eval.splitting import score_split as score_split
    from .eval.translation import compare_translations as compare_translations
    from .eval.translation import score_translation as score_translation
    from .eval.words import score_words as score_words
    from .models.encoders import Encoder as Encoder
    from .models.encoders import encoder as encoder
    from .models.quality import estimate_quality as estimate_quality
    from .models.translating import translate as translate
    from .models.translators import Translator as Translator
    from .models.translators import translator as translator

__version__ = "0.1.0"

# Where each public name lives; nothing is imported before it is used, so `import songngu` loads no torch.
_HOMES = {
    "align": "align.alignment",
    "pair": "align.pairing",
    "events": "align.pairing",
    "read": "data.reading",
    "read_bitext": "data.formats",
    "write": "data.formats",
    "merge": "data.merging",
    "figures": "data.figures",
    "judge": "data.filters",
    "export": "data.exporting",
    "write_report": "eval.report",
    "open_corpus": "data.corpus",
    "Alignment": "data.core",
    "Bead": "data.core",
    "Document": "data.core",
    "DocumentPair": "data.core",
    "Sentence": "data.core",
    "Segment": "data.core",
    "Corpus": "data.core",
    "compare_alignments": "eval.alignment",
    "compare_translations": "eval.translation",
    "score_alignment": "eval.alignment",
    "score_corpus_translation": "eval.corpus_translation",
    "score_pairs": "eval.pairing",
    "score_split": "eval.splitting",
    "score_translation": "eval.translation",
    "score_words": "eval.words",
    "split": "align.splitting",
    "Encoder": "models.encoders",
    "encoder": "models.encoders",
    "build": "cli.build",
    "Translator": "models.translators",
    "check": "eval.checks",
    "Finding": "eval.findings",
    "estimate_quality": "models.quality",
    "translate": "models.translating",
    "translator": "models.translators",
}
__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604 the names are the keys above  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'songngu' has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
