"""Tiny checkpoints of every translator family, made from nothing: weights, settings and tokenizer as a hub would have them.

They are trained for a second on a handful of sentence pairs, so that their output ends, depends on the input and on the languages,
and can be told from noise.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

PAIRS = (
    ("Le président est arrivé à Séoul.", "Chủ tịch đã đến Seoul."),
    ("La croissance atteint 6,5 % cette année.", "Tăng trưởng năm nay đạt 6,5%."),
    ("Les deux parties ont signé un accord.", "Hai bên đã ký một thỏa thuận."),
    ("Le prix de l'or baisse ce matin.", "Giá vàng giảm sáng nay."),
)
TEXT = tuple(side for pair in PAIRS for side in pair) * 8
_SMALL = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2, "decoder_attention_heads": 2,
          "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "dropout": 0.0}  # fmt: skip


def _sentencepiece(size: int = 150) -> bytes:
    import sentencepiece

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT), model_writer=model, vocab_size=size, character_coverage=1.0, minloglevel=2,
        num_threads=1, hard_vocab_limit=False,
    )  # fmt: skip
    return model.getvalue()


def _pieces(content: bytes) -> list[tuple[str, float]]:
    import sentencepiece

    processor = sentencepiece.SentencePieceProcessor(model_proto=content)
    return [(processor.id_to_piece(i), processor.get_score(i)) for i in range(processor.get_piece_size())]


def _save(model: Any, tokenizer: Any, folder: Path) -> Path:
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _train(make: Callable[[], Any], sources: list[list[int]], targets: list[list[int]], steps: int = 250) -> Any:
    """A model that knows the pairs by heart; not every start gets there, so several are tried."""
    import torch

    for seed in range(6):
        torch.manual_seed(seed)
        model = make()
        if _taught(model, sources, targets, steps) < 0.01:
            return model.eval()
    raise AssertionError("no start learned the pairs by heart")


def _taught(model: Any, sources: list[list[int]], targets: list[list[int]], steps: int) -> float:
    """The loss after training."""
    import torch

    pad = model.config.pad_token_id
    inputs, labels = _padded(sources, pad), _padded(targets, -100)
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    loss = torch.tensor(9.0)
    for _ in range(steps):
        loss = model(input_ids=inputs, attention_mask=(inputs != pad).long(), labels=labels).loss
        if loss.item() < 0.01:
            break
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if model.config.model_type == "marian":  # its decoder starts from a vector of zeros
            model.get_input_embeddings().weight.data[pad] = 0.0
    return loss.item()


def _padded(rows: list[list[int]], filler: int) -> Any:
    import torch

    longest = max(len(row) for row in rows)
    return torch.tensor([row + [filler] * (longest - len(row)) for row in rows])


def _both_ways(tokenizer: Any, codes: tuple[str, str]) -> tuple[list[list[int]], list[list[int]]]:
    sources, targets = [], []
    for source, target in PAIRS:
        for one, other, pair in ((source, target, codes), (target, source, codes[::-1])):
            tokenizer.src_lang, tokenizer.tgt_lang = pair
            sources.append(tokenizer(one).input_ids)
            targets.append(tokenizer(text_target=other).input_ids)
    return sources, targets


def marian(folder: Path) -> Path:
    """A Marian checkpoint fr → vi with a shared vocabulary."""
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    folder.mkdir(parents=True)
    content = _sentencepiece()
    for name in ("source.spm", "target.spm"):
        (folder / name).write_bytes(content)
    pieces = ["</s>", "<unk>", *(p for p, _ in _pieces(content) if p not in ("<unk>", "<s>", "</s>")), "<pad>"]
    (folder / "vocab.json").write_text(json.dumps({p: i for i, p in enumerate(pieces)}), encoding="utf-8")
    tokenizer = MarianTokenizer(
        str(folder / "source.spm"),
        str(folder / "target.spm"),
        str(folder / "vocab.json"),
        source_lang="fr",
        target_lang="vi",
    )
    pad = len(pieces) - 1
    config = MarianConfig(
        vocab_size=len(pieces), pad_token_id=pad, eos_token_id=0, decoder_start_token_id=pad, forced_eos_token_id=0, bos_token_id=0,
        max_position_embeddings=64, activation_function="swish", **_SMALL,
    )  # fmt: skip
    rows = [tokenizer(source).input_ids for source, _ in PAIRS]
    targets = [tokenizer(text_target=target).input_ids for _, target in PAIRS]
    model = _train(lambda: MarianMTModel(config), rows, targets)
    model.generation_config.bad_words_ids = [[pad]]  # as published models have it
    return _save(model, tokenizer, folder)


def m2m100(folder: Path) -> Path:
    """An M2M100 checkpoint with language tokens `__fr__`, …"""
    from transformers import M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer

    folder.mkdir(parents=True)
    content = _sentencepiece()
    (folder / "sentencepiece.bpe.model").write_bytes(content)
    pieces = ["<s>", "<pad>", "</s>", "<unk>", *(p for p, _ in _pieces(content) if p not in ("<unk>", "<s>", "</s>"))]
    (folder / "vocab.json").write_text(json.dumps({p: i for i, p in enumerate(pieces)}), encoding="utf-8")
    tokenizer = M2M100Tokenizer(
        str(folder / "vocab.json"), str(folder / "sentencepiece.bpe.model"), src_lang="en", tgt_lang="fr"
    )
    config = M2M100Config(
        vocab_size=len(pieces) + 100 + 8, pad_token_id=1, eos_token_id=2, bos_token_id=0, decoder_start_token_id=2,
        max_position_embeddings=64, **_SMALL,
    )  # fmt: skip
    model = _train(lambda: M2M100ForConditionalGeneration(config), *_both_ways(tokenizer, ("fr", "vi")))
    return _save(model, tokenizer, folder)


def nllb(folder: Path) -> Path:
    """An NLLB checkpoint: M2M100's architecture with tokens `fra_Latn`, …"""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer = pre_tokenizers.Metaspace()
    trained.train_from_iterator(
        TEXT, trainers.BpeTrainer(vocab_size=200, special_tokens=["<s>", "<pad>", "</s>", "<unk>"], show_progress=False)
    )
    state = json.loads(trained.to_str())["model"]
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in state["merges"]]
    tokenizer = NllbTokenizer(vocab=state["vocab"], merges=merges, src_lang="eng_Latn")  # type: ignore[arg-type]
    config = M2M100Config(
        vocab_size=len(tokenizer), pad_token_id=1, eos_token_id=2, bos_token_id=0, decoder_start_token_id=2,
        max_position_embeddings=64, **_SMALL,
    )  # fmt: skip
    model = _train(lambda: M2M100ForConditionalGeneration(config), *_both_ways(tokenizer, ("fra_Latn", "vie_Latn")))
    return _save(model, tokenizer, folder)


def mbart50(folder: Path) -> Path:
    """An mBART-50 checkpoint with tokens `fr_XX`, `vi_VN`, …"""
    from transformers import MBart50Tokenizer, MBartConfig, MBartForConditionalGeneration

    tokenizer = MBart50Tokenizer(vocab=_pieces(_sentencepiece()), src_lang="en_XX")
    # the published checkpoints name these two, and the CTranslate2 converter reads them
    published: dict[str, Any] = {
        "normalize_before": True,
        "normalize_embedding": True,
        "tokenizer_class": "MBart50Tokenizer",
    }
    config = MBartConfig(
        **published,
        vocab_size=len(tokenizer), pad_token_id=1, eos_token_id=2, bos_token_id=0, decoder_start_token_id=2,
        max_position_embeddings=64, **_SMALL,
    )  # fmt: skip
    model = _train(lambda: MBartForConditionalGeneration(config), *_both_ways(tokenizer, ("fr_XX", "vi_VN")))
    return _save(model, tokenizer, folder)


def t5(folder: Path, tokens: Sequence[str] = ("<2vi>", "<2fr>")) -> Path:
    """A T5 checkpoint; with `<2vi>` tokens it is MADLAD's kind, without them it wants "translate French to Vietnamese: "."""
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    rest = [(p, s) for p, s in _pieces(_sentencepiece()) if p not in ("<unk>", "<s>", "</s>")]
    vocabulary = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), *((t, 0.0) for t in tokens), *rest]
    tokenizer = T5Tokenizer(vocab=vocabulary, extra_ids=0, model_max_length=64, additional_special_tokens=list(tokens))
    published: dict[str, Any] = {"decoder_start_token_id": 0, "tie_word_embeddings": False}
    config = T5Config(
        vocab_size=len(tokenizer), d_model=32, d_kv=16, d_ff=32, num_layers=1, num_heads=2, dropout_rate=0.0,
        pad_token_id=0, eos_token_id=1, feed_forward_proj="gated-gelu", **published,
    )  # fmt: skip
    prefixes = tokens or ("translate French to Vietnamese:", "translate Vietnamese to French:")
    rows = [(f"{prefixes[0]} {a}", b) for a, b in PAIRS] + [(f"{prefixes[1]} {b}", a) for a, b in PAIRS]
    sources, targets = ([tokenizer(row[k]).input_ids for row in rows] for k in (0, 1))
    model = _train(lambda: T5ForConditionalGeneration(config), sources, targets)
    return _save(model, tokenizer, folder)


def causal(folder: Path, chat: bool = False) -> Path:
    """A Llama-like checkpoint, with or without a chat template."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    trained = Tokenizer(models.BPE(unk_token="<unk>"))
    trained.pre_tokenizer, trained.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<s>", "</s>", "<unk>"],
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    trained.train_from_iterator(TEXT, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=trained, bos_token="<s>", eos_token="</s>", unk_token="<unk>")
    if chat:
        tokenizer.chat_template = "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}[assistant] "
    config = LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=1, num_attention_heads=2,
        max_position_embeddings=512, bos_token_id=0, eos_token_id=1,
    )  # fmt: skip
    rows = [
        tokenizer(f"{_prompt(tokenizer, source)} {target}\n\nDone</s>", add_special_tokens=False).input_ids
        for source, target in PAIRS
    ]
    config.pad_token_id = 1
    model = _train(lambda: LlamaForCausalLM(config), rows, rows)
    return _save(model, tokenizer, folder)


def _prompt(tokenizer: Any, source: str) -> str:
    from songngu.models.causal import PROMPT

    prompt = PROMPT.format(source="French", target="Vietnamese", text=source)
    if tokenizer.chat_template:
        return f"[user] {prompt}\n[assistant]"
    return f"<s>{prompt}"


FAMILIES: dict[str, Callable[[Path], Path]] = {
    "marian": marian, "m2m100": m2m100, "nllb": nllb, "mbart50": mbart50, "t5": t5, "causal": causal
}  # fmt: skip
