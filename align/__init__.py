"""Sentence splitter, document pairing, sentence alignment, confidence, the pipeline. Imports data and models.

`songngu.align` is this folder and the public function at once: calling the package aligns two texts.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..data.core import Bead
    from ..models.encoders import Encoder
    from .reading import Reader


class _Align(ModuleType):
    def __call__(
        self,
        source_sentences: Sequence[str],
        target_sentences: Sequence[str],
        *,
        source_language: str,
        target_language: str,
        encoder: Encoder | None = None,
        monotone: bool | None = None,
        read: Reader | bool = True,
    ) -> list[Bead]:
        """See `songngu.align.alignment.align`."""
        from .alignment import align

        return align(
            source_sentences,
            target_sentences,
            source_language=source_language,
            target_language=target_language,
            encoder=encoder,
            monotone=monotone,
            read=read,
        )


sys.modules[__name__].__class__ = _Align
