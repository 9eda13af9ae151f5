"""Translating an aligned corpus: baselines always stand in the table, and what wrong beads take from a score is
found."""

import random

import pytest
from songngu.data.core import Corpus, Segment
from songngu.data.errors import SongnguError
from songngu.eval.corpus_translation import score_corpus_translation
from songngu.models.precomputed import Precomputed

WORDS = "một hai ba bốn năm sáu bảy tám chín mười trăm nghìn triệu tỷ".split()


def corpus(wrong=0.2, count=300):
    """Beads of which a known share is wrong, and confidences that say which."""
    rng = random.Random(8)
    targets = [" ".join(rng.choices(WORDS, k=rng.randint(4, 30))) for _ in range(count)]
    segments, right = [], {}
    for n, target in enumerate(targets):
        source = f"phrase {n} " + " ".join(["mot"] * len(target.split()))
        right[source] = target
        bad = rng.random() < wrong
        shown = targets[rng.randrange(count)] if bad else target
        segments.append(Segment(source, shown, confidence=rng.uniform(0.1, 0.6) if bad else rng.uniform(0.95, 1)))
    return Corpus("fr", "vi", tuple(segments)), right


def test_baselines_come_first_and_thresholds_raise_the_score():
    text, right = corpus()
    result = score_corpus_translation(text, {"perfect": Precomputed("perfect", right)}, metrics=["chrf"], samples=0)
    assert list(result.systems) == ["copy", "gloss", "perfect"]
    assert result.count == 300
    perfect = result.systems["perfect"]
    scores = [t.scores["chrf"] for t in perfect.thresholds]
    assert scores == sorted(scores)
    assert scores[-1] == pytest.approx(100)
    assert [t.count for t in perfect.thresholds] == sorted((t.count for t in perfect.thresholds), reverse=True)
    assert result.systems["copy"].scores["chrf"].score < scores[0]


def test_what_misalignment_takes_is_what_it_really_takes():
    text, right = corpus()
    result = score_corpus_translation(text, {"perfect": Precomputed("perfect", right)}, metrics=["chrf"], samples=0)
    lost = result.systems["perfect"].misalignment["chrf"]
    truth = 100 - result.systems["perfect"].scores["chrf"].score
    assert lost.lost == pytest.approx(truth, abs=0.5)
    assert lost.interval[0] < truth < lost.interval[1]
    # where nothing is misaligned, nothing is taken: all beads are sure
    clean, right = corpus(wrong=0)
    assert not score_corpus_translation(clean, {}, metrics=["chrf"], samples=0).systems["copy"].misalignment


def test_beads_without_a_translation_are_left_out_for_all_and_noted():
    text, right = corpus(count=40)
    some = dict(list(right.items())[:30])
    result = score_corpus_translation(text, {"some": Precomputed("some", some)}, metrics=["chrf"], samples=0)
    assert result.count == 30
    assert all(system.scores.count == 30 for system in result.systems.values())
    assert "some has no translation of 10 of 40 beads" in result.notes[0]
    with pytest.raises(SongnguError, match="translated by every system"):
        score_corpus_translation(text, {"none": Precomputed("none", {})}, metrics=["chrf"])


def test_either_direction_and_a_limit():
    text, _ = corpus(count=40)
    result = score_corpus_translation(text, {}, reverse=True, limit=7, metrics=["chrf"], samples=0)
    assert (result.source_language, result.target_language, result.count) == ("vi", "fr", 7)
    assert result.as_dict()["systems"]["copy"]["signature"] == "copy"
    groups = result.systems["copy"].scores["chrf"].by(result.labels["length"])
    assert sum(count for _, count in groups.values()) == 7


def test_an_empty_corpus_is_named_and_languages_without_a_lexicon_have_no_gloss():
    with pytest.raises(SongnguError, match="no aligned text"):
        score_corpus_translation(Corpus("fr", "vi", ()), {})
    result = score_corpus_translation(Corpus("sw", "yo", (Segment("a b", "c d"),)), {}, metrics=["chrf"], samples=0)
    assert list(result.systems) == ["copy"]
