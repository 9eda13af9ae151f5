"""Songngu: from a heap of French and Vietnamese news reports to an aligned, scored, exportable parallel corpus."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .align.pairing import pair as pair
    from .align.splitting import split as split
    from .data.core import Corpus as Corpus
    from .data.core import Segment as Segment
    from .data.corpus import open_corpus as open_corpus
    from .data.formats import read_bitext as read_bitext
    from .data.formats import write as write
    from .models.encoders import Encoder as Encoder
    from .models.encoders import encoder as encoder

__version__ = "0.1.0"

# Where each public name lives; nothing is imported before it is used, so `import songngu` loads no torch.
_HOMES = {
    "pair": "align.pairing",
    "read_bitext": "data.formats",
    "write": "data.formats",
    "open_corpus": "data.corpus",
    "Segment": "data.core",
    "Corpus": "data.core",
    "split": "align.splitting",
    "Encoder": "models.encoders",
    "encoder": "models.encoders",
}
__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604 the names are the keys above  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'songngu' has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
