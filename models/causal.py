"""Translation by causal language models: a prompt, and guards for where the answer ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, cast

from ..data.progress import Progress
from ..data.text import one_line
from .batching import batches
from .codes import english_name
from .translators import Decoding, token_lengths

# The customary zero-shot form; a model with a chat template gets it as the user's turn.
PROMPT = "Translate this from {source} to {target}. Answer with the translation alone.\n{source}: {text}\n{target}:"
_DEFAULT_LIMIT = 2048
_QUOTED = re.compile(r"""^(["“«])\s*(.*?)\s*(["”»])$""")


class Causal:
    """A decoder-only model that is asked for a translation in words."""

    def __init__(self, name: str, model: Any, tokenizer: Any, decoding: Decoding) -> None:
        self.name, self.decoding = name, decoding
        self._model, self._tokenizer = model, tokenizer
        tokenizer.padding_side = "left"  # a causal model goes on from the right end
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token

    @property
    def signature(self) -> str:
        """Model, engine and beam."""
        return f"mt:{self.name}/transformers/prompt/beam{self.decoding.beam}"

    @property
    def limit(self) -> int:
        """The longest sentence in tokens: a quarter of the context, which also holds the prompt and the answer."""
        return (getattr(self._model.config, "max_position_embeddings", None) or _DEFAULT_LIMIT) // 4

    def lengths(self, sentences: Sequence[str]) -> list[int]:
        """The sentences' lengths in tokens, without the prompt."""
        return token_lengths(self._tokenizer, sentences)

    def careful(self) -> Causal:
        """The same weights with penalties on repetition and a beam that is not the first one's."""
        return Causal(self.name, self._model, self._tokenizer, self.decoding.careful())

    def translate(self, sentences: Sequence[str], *, source_language: str, target_language: str) -> list[str]:
        """The first line of each answer, without the quotes that a model may put around it."""
        names = english_name(source_language), english_name(target_language)
        prompts = [
            self._tokenizer(self._prompt(text, *names), add_special_tokens=False).input_ids for text in sentences
        ]
        lengths = self.lengths(sentences)
        found = [""] * len(sentences)
        with Progress("translate", len(sentences)) as bar:
            for batch in batches([len(ids) for ids in prompts], self.decoding.batch_tokens):
                answers = self._generate([prompts[i] for i in batch], max(lengths[i] for i in batch))
                for i, answer in zip(batch, answers, strict=True):
                    found[i] = first_line(answer, sentences[i])
                bar.advance(len(batch))
        return found

    def _prompt(self, text: str, source: str, target: str) -> str:
        prompt = (self.decoding.prompt or PROMPT).format(source=source, target=target, text=one_line(text))
        if not getattr(self._tokenizer, "chat_template", None):
            return (self._tokenizer.bos_token or "") + prompt
        turns = [{"role": "user", "content": prompt}]
        return self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)

    def _generate(self, batch: Sequence[Sequence[int]], source_tokens: int) -> list[str]:
        import torch

        inputs = self._tokenizer.pad({"input_ids": [list(ids) for ids in batch]}, return_tensors="pt").to(
            self._model.device
        )
        with torch.inference_mode():
            output = cast(Any, self._model.generate(**inputs, **self._options(source_tokens)))
        return self._tokenizer.batch_decode(output[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)

    def _options(self, source_tokens: int) -> dict[str, Any]:
        return {
            "num_beams": self.decoding.beam,
            "do_sample": False,
            "max_new_tokens": min(self.decoding.bound(source_tokens), 2 * self.limit),
            "repetition_penalty": self.decoding.repetition_penalty,
            "no_repeat_ngram_size": self.decoding.no_repeat,
            "pad_token_id": self._tokenizer.pad_token_id,
            "stop_strings": ["\n\n"],
            "tokenizer": self._tokenizer,
        }


def first_line(answer: str, source: str) -> str:
    """The answer's first line that says something; quotes around it are dropped unless the source has them too."""
    line = next((line.strip() for line in answer.splitlines() if line.strip()), "")
    quoted = _QUOTED.match(line)
    return quoted.group(2) if quoted and not _QUOTED.match(source.strip()) else line
