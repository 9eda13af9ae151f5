"""The resampling is sacrebleu's: the same p-values and intervals from statistics that were computed once."""

import random
from typing import Any

import numpy as np
import pytest
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.significance import PairedTest
from songngu.eval import significance
from songngu.eval.significance import bootstrap, compare, effect_size, interval

WORDS = "le ministre a déclaré que la visite du président à Hanoï sera une étape importante".split()


def systems(seed, lines=60):
    rng = random.Random(seed)
    references = [" ".join(rng.choices(WORDS, k=rng.randint(4, 16))) for _ in range(lines)]

    def damaged(rate):
        return [" ".join(w if rng.random() > rate else rng.choice(WORDS) for w in line.split()) for line in references]

    return references, damaged(0.3), damaged(0.26)


@pytest.mark.parametrize("metric", [BLEU, CHRF], ids=["BLEU", "chrF"])
@pytest.mark.parametrize("seed", [1, 2])
def test_p_values_are_those_of_sacrebleu(metric, seed):
    references, first, second = systems(seed)
    scorer = metric()
    statistics = [np.array(scorer._extract_corpus_statistics(h, [references]), dtype=float) for h in (first, second)]

    def score(sums):
        return np.array([scorer._compute_score_from_stats(list(row)).score for row in sums])

    mine = compare(statistics[0], statistics[1], score, samples=300, trials=300)
    for kind, p in (("bs", mine.p_bootstrap), ("ar", mine.p_randomisation)):
        _, scores = PairedTest([("a", first), ("b", second)], {"m": metric()}, [references], kind, n_samples=300)()
        theirs: Any = next(results[1] for name, results in scores.items() if name != "System")
        # sacrebleu sums in single precision, so one resample may fall on the other side
        assert p == pytest.approx(theirs.p_value, abs=2 / 301)


def test_batches_are_one_draw(monkeypatch):
    statistics = np.random.default_rng(0).integers(0, 9, size=(50, 4)).astype(float)
    other = np.random.default_rng(1).integers(0, 9, size=(50, 4)).astype(float)

    def score(sums):
        return sums[:, 0] / sums[:, 1]

    whole, paired = bootstrap(statistics, score, samples=100), compare(statistics, other, score, samples=99, trials=101)
    monkeypatch.setattr(significance, "_BATCH", 350)
    assert np.allclose(bootstrap(statistics, score, samples=100), whole)
    assert compare(statistics, other, score, samples=99, trials=101).p_bootstrap == paired.p_bootstrap


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(7)
    inside = 0
    for _ in range(200):
        right = (rng.random(200) < 0.8).astype(float)
        statistics = np.stack([right, np.ones(200)], axis=1)
        low, high = interval(bootstrap(statistics, lambda s: s[:, 0] / s[:, 1], samples=300))
        inside += low <= 0.8 <= high
    assert 0.9 <= inside / 200 <= 0.99


def test_p_values_of_no_difference_are_spread_evenly():
    rng = np.random.default_rng(11)
    small = 0
    for _ in range(100):
        a, b = (np.stack([(rng.random(100) < 0.7).astype(float), np.ones(100)], axis=1) for _ in range(2))
        small += compare(a, b, lambda s: s[:, 0] / s[:, 1], samples=200, trials=200).p_randomisation < 0.05
    assert small <= 12


def test_a_system_does_not_differ_from_itself_and_unequal_units_are_refused():
    statistics = np.ones((5, 2))
    same = compare(statistics, statistics, lambda s: s[:, 0], samples=10, trials=10, unit_score=lambda s: s[:, 0])
    assert (same.difference, same.p_bootstrap, same.p_randomisation, same.effect) == (0, 1, 1, 0)
    with pytest.raises(ValueError, match="same units"):
        compare(statistics, np.ones((6, 2)), lambda s: s[:, 0])


def test_effect_size_is_mean_over_deviation():
    assert effect_size(np.array([1.0, 3.0])) == pytest.approx(2 / np.sqrt(2))
    assert effect_size(np.array([2.0])) == 0
