"""Translation scores equal sacrebleu's; what is odd in the input is named; comparisons are paired and repeatable."""

import random
import sys
import unicodedata
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER
from songngu.data.errors import SongnguError, UsageError
from songngu.eval import embedding as embedding_module
from songngu.eval.metrics import Average, edit_distance, metric
from songngu.eval.translation import LENGTHS, compare_translations, length_buckets, score_translation
from songngu.models import quality as quality_module

REFERENCES = [
    "Thứ trưởng Bộ Quốc phòng đã phát biểu tại Seoul hôm 3/9.",
    "Hai bên nhất trí tăng cường hợp tác an ninh mạng.",
    "Kim ngạch xuất khẩu đạt 1.234,5 tỷ đồng.",
    "Ông nói.",
]
HYPOTHESES = [
    "Thứ trưởng Quốc phòng phát biểu tại Seoul ngày 3/9.",
    "Hai bên đồng ý tăng cường hợp tác an ninh mạng.",
    "Xuất khẩu đạt 1.234,5 tỷ đồng.",
    "",
]
OTHER = ["Thứ trưởng đã nói tại Seoul.", *REFERENCES[1:]]
THEIRS = {"bleu": BLEU, "chrf": CHRF, "chrf++": lambda: CHRF(word_order=2), "ter": TER}


def lines(seed, count):
    rng = random.Random(seed)
    words = " ".join(REFERENCES).split()
    return [" ".join(rng.choices(words, k=rng.randint(0, 12))) for _ in range(count)]


@pytest.mark.parametrize("name", THEIRS)
@pytest.mark.parametrize(
    ("hypotheses", "references"),
    [
        (HYPOTHESES, [REFERENCES]),
        (HYPOTHESES, [REFERENCES, OTHER]),
        (lines(1, 40), [lines(2, 40), lines(3, 40)]),
        ([""], [[""]]),
        (["a"], [["b"]]),
    ],
    ids=["one reference", "two references", "random", "nothing", "no match"],
)
def test_corpus_score_and_signature_are_those_of_sacrebleu(name, hypotheses, references):
    theirs = THEIRS[name]()
    expected = theirs.corpus_score(hypotheses, references)
    mine = score_translation(hypotheses, references, metrics=[name], samples=0)[name]
    assert mine.score == pytest.approx(expected.score)
    assert mine.name == expected.name
    assert mine.signature == f"{expected.name}|{theirs.get_signature()}"


@pytest.mark.parametrize("name", THEIRS)
def test_segment_scores_are_those_of_sacrebleu(name):
    theirs = BLEU(effective_order=True) if name == "bleu" else THEIRS[name]()
    score = score_translation(HYPOTHESES, [REFERENCES, OTHER], metrics=[name], samples=0)[name]
    for mine, hypothesis, *references in zip(score.segments, HYPOTHESES, REFERENCES, OTHER, strict=True):
        assert mine == pytest.approx(theirs.sentence_score(hypothesis, references).score)


def test_one_reference_may_stand_alone():
    alone = score_translation(HYPOTHESES, REFERENCES, samples=10)
    assert alone.as_dict() == score_translation(HYPOTHESES, [REFERENCES], samples=10).as_dict()
    assert list(alone.metrics) == ["bleu", "chrf", "ter"]
    for score in alone.metrics.values():
        assert score.interval is not None
        assert score.interval[0] <= score.score <= score.interval[1]


@pytest.mark.parametrize(
    ("hypotheses", "references", "sources", "message"),
    [
        (["a"] * 12, ["a"] * 13, None, "hyp: 12 lines, ref: 13 lines"),
        (["a"], [["a"], ["a", "b"]], None, "hyp: 1 lines, ref 1: 1 lines, ref 2: 2 lines"),
        (["a"], ["a"], ["a", "b"], "source: 2 lines"),
        ([], [], None, "nothing to score"),
    ],
)
def test_unequal_lengths_are_named(hypotheses, references, sources, message):
    with pytest.raises(SongnguError) as error:
        score_translation(hypotheses, references, sources=sources)
    assert message in str(error.value)


def test_a_string_is_not_a_sequence_of_lines():
    with pytest.raises(UsageError, match="not one string"):
        score_translation("abc", ["a", "b", "c"])
    with pytest.raises(UsageError, match="not one string"):
        score_translation(["a", "b", "c"], "abc")


def test_empty_and_decomposed_lines_are_noted():
    decomposed = [unicodedata.normalize("NFD", REFERENCES[0]), *REFERENCES[1:]]
    notes = score_translation(HYPOTHESES, decomposed, samples=0).notes
    assert "hyp: line 4: 1 line of 4 empty; scored as empty" in notes
    assert any(note.startswith("ref: line 1: 1 line of 4 not in NFC") for note in notes)


def test_unknown_metrics_and_tokenizers_list_the_choices():
    with pytest.raises(UsageError, match="unknown metric 'bleux'; choose from bleu, chrf"):
        score_translation(["a"], ["a"], metrics=["bleux"])
    with pytest.raises(UsageError, match="nothing is fetched"):
        score_translation(["a"], ["a"], tokenizer="flores200")


def test_a_sentencepiece_file_is_a_tokenizer(tmp_path):
    import sentencepiece

    model = tmp_path / "tiny"
    sentencepiece.SentencePieceTrainer.Train(
        sentence_iterator=iter(REFERENCES * 20), model_prefix=str(model), vocab_size=60, minloglevel=2
    )
    path = tmp_path / "tiny.model"
    score = score_translation(HYPOTHESES, REFERENCES, metrics=["bleu"], tokenizer=str(path), samples=0)["bleu"]
    assert "tok:spm-" in score.signature
    assert score_translation(REFERENCES, REFERENCES, metrics=["bleu"], tokenizer=str(path))[
        "bleu"
    ].score == pytest.approx(100)
    (tmp_path / "bad.model").write_bytes(b"nothing")
    with pytest.raises(SongnguError, match="not a SentencePiece model"):
        metric("bleu", tokenizer=str(tmp_path / "bad.model"))


@pytest.mark.parametrize(
    ("a", "b", "distance"), [("", "", 0), ("a", "", 1), ("chat", "chats", 1), ("Hà Nội", "Hanoï", 5), ("abc", "cab", 2)]
)
def test_edit_distance(a, b, distance):
    assert edit_distance(a, b) == edit_distance(b, a) == distance


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_edit_distance_is_a_distance(a, b, c):
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)
    assert (edit_distance(a, b) == 0) == (a == b)


def test_string_metrics():
    score = score_translation(
        ["chat", "chien"], [["chats", "chien"], ["rat", "loup"]], metrics=["exact", "edit"], samples=0
    )
    assert score["exact"].score == 50
    # 4 of 5 and 5 of 5 characters left alone
    assert score["edit"].score == pytest.approx(90)
    assert score["edit"].segments == pytest.approx((80, 100))


def test_groups_sum_the_same_statistics():
    score = score_translation(HYPOTHESES, REFERENCES, samples=0)
    groups = score["chrf"].by(["a", "b", "a", "b"])
    assert groups["a"][1] == 2
    assert groups["a"][0] == pytest.approx(CHRF().corpus_score(HYPOTHESES[::2], [REFERENCES[::2]]).score)
    assert score["chrf"].by(["all"] * 4)["all"][0] == pytest.approx(score["chrf"].score)


def test_length_buckets():
    texts = ["", "a b c d e", "a b c d e f", " ".join("x" * 20), " ".join("x" * 41)]
    assert length_buckets(texts) == [LENGTHS[0], LENGTHS[0], LENGTHS[1], LENGTHS[2], LENGTHS[4]]


def test_a_metric_of_ones_own():
    ends = Average("dots", lambda hypotheses, *_: ((100.0 * h.endswith("."), 1.0) for h in hypotheses))
    score = score_translation(HYPOTHESES, REFERENCES, metrics=["bleu", ends], samples=0)
    assert score["dots"].score == 75
    assert "songngu:" in score["dots"].signature


def test_comparison_has_the_baseline_first_and_shows_examples():
    reference = lines(5, 80)
    worse = [" ".join(line.split()[1:]) for line in reference]
    result = compare_translations(
        {"worse": worse, "best": reference, "again": worse}, reference, trials=300, samples=200
    )
    assert result.differences["chrf"]["best"].difference > 0
    assert result.differences["chrf"]["best"].p_randomisation < 0.05
    assert result.differences["ter"]["best"].difference < 0
    assert result.differences["bleu"]["again"].p_bootstrap == 1
    assert result.wins["best"]
    assert not result.losses["best"]
    example = result.wins["best"][0]
    assert (example.hypothesis, example.baseline) == (reference[example.line - 1], worse[example.line - 1])
    assert not result.wins["again"]


def test_the_system_with_the_wrong_length_is_named():
    with pytest.raises(SongnguError, match="b: hyp: 1 lines, ref: 4 lines"):
        compare_translations({"a": HYPOTHESES, "b": ["x"]}, REFERENCES)


class Letters:
    """A stand-in encoder: a sub-word is a letter, its vector is one of the alphabet's axes."""

    dimension, signature = 64, "enc:letters"

    def encode(self, sentences, language=None):
        raise NotImplementedError

    def encode_words(self, sentences, layer=None):
        return [
            (np.zeros((len(s), 2), int), np.eye(64, dtype=np.float32)[[ord(c) % 64 for c in s]].reshape(-1, 64))
            for s in sentences
        ]


def test_embedding_similarity_matches_each_sub_word_with_its_nearest(monkeypatch):
    monkeypatch.setattr(embedding_module, "encoder", lambda _: Letters())
    score = score_translation(["abc", "ab", ""], ["abd", "ab", "x"], metrics=["embedding:letters"], samples=0)
    assert score["embedding:letters"].segments == pytest.approx((200 / 3, 100, 0))
    assert "enc:letters|layer:last" in score["embedding:letters"].signature
    rescaled = score_translation(["abc", "abc"], [["xyz", "abc"], ["abc", "xyz"]], metrics=["embedding"], samples=0)
    assert rescaled["embedding"].segments == pytest.approx((100, 100))
    monkeypatch.setattr(embedding_module, "encoder", lambda _: object())
    with pytest.raises(UsageError, match="no sub-word vectors"):
        metric("embedding")


def test_comet_needs_a_checkpoint_sources_and_its_package(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match="comet:FOLDER"):
        metric("comet")
    with pytest.raises(SongnguError, match="no such checkpoint"):
        metric(f"comet:{tmp_path}")
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / "model.ckpt").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "comet", None)
    with pytest.raises(SongnguError, match=r"pip install 'songngu\[comet\]'"):
        metric(f"comet:{tmp_path}")
    # a stand-in for the package, which judges by equality alone
    model = SimpleNamespace(
        predict=lambda rows, **_: SimpleNamespace(scores=[0.9 if row["mt"] == row["ref"] else 0.2 for row in rows])
    )
    package = SimpleNamespace(load_from_checkpoint=lambda path, **_: model)
    monkeypatch.setitem(sys.modules, "comet", package)
    name = f"comet:{tmp_path}"
    score = score_translation(["a", "b"], [["a", "c"], ["x", "y"]], sources=["s", "t"], metrics=[name], samples=0)[name]
    assert score.segments == pytest.approx((90, 20))
    with pytest.raises(UsageError, match="sources"):
        score_translation(["a"], ["a"], metrics=[name])


def test_without_references_only_metrics_that_need_none(monkeypatch):
    monkeypatch.setattr(
        quality_module,
        "estimate_quality",
        lambda sources, targets, **_: [float(len(s) == len(t)) for s, t in zip(sources, targets, strict=True)],
    )
    score = score_translation(["ab", "c"], None, sources=["xy", "zz"], metrics=["quality:fr-vi"], samples=0)
    assert score["quality:fr-vi"].segments == (100, 0)
    assert "quality|fr-vi|references:none" in score.signature
    compared = compare_translations(
        {"a": ["ab", "c"], "b": ["ab", "cd"]},
        None,
        sources=["xy", "zz"],
        metrics=["quality:fr-vi"],
        samples=20,
        trials=20,
    )
    assert compared.wins["b"][0].reference is None
    for name in ("bleu", "chrf", "ter", "exact", "edit"):
        with pytest.raises(UsageError, match="needs references"):
            score_translation(["a"], None, metrics=[name])
    with pytest.raises(UsageError, match="languages"):
        metric("quality")
    with pytest.raises(UsageError, match="sources"):
        score_translation(["a"], None, metrics=["quality:fr-vi"])
