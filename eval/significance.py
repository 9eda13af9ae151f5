"""Is a difference real?: intervals and paired tests on statistics that are computed once per unit and then only summed.

A unit is a segment, a document, or whatever can be drawn independently. The resampling is sacrebleu's (same generator,
same seed, same formulas), so that its command line gives the same p-values; any score that is a function of summed
statistics can use it. Papers: Koehn 2004 (paired bootstrap), Riezler and Maxwell 2005 (approximate randomisation).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    # array (samples, k) of summed statistics → array (samples,) of scores
    Scorer = Callable[[np.ndarray], np.ndarray]

SEED = 12345
SAMPLES = 1000
TRIALS = 10_000
# draws (units × samples) that are held in memory at once
_BATCH = 4_000_000
# differences below this are rounding
_NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Comparison:
    """One system against the baseline on one score: their difference, its 95 % interval, and two p-values.

    `difference` is system − baseline. `effect` is the mean of the units' own differences over their standard deviation
    (Cohen's d for pairs), or None where units have no score of their own.
    """

    difference: float
    interval: tuple[float, float]
    p_bootstrap: float
    p_randomisation: float
    effect: float | None = None


def bootstrap(statistics: np.ndarray, score: Scorer, *, samples: int = SAMPLES, seed: int = SEED) -> np.ndarray:
    """Scores (samples,) of resamples with replacement from the rows of `statistics` (units, k)."""
    import numpy as np

    return np.concatenate([score(_sums(statistics, rows)) for rows in _draws(len(statistics), samples, seed)])


def interval(scores: np.ndarray, *, level: float = 0.95) -> tuple[float, float]:
    """The percentile interval of resampled scores."""
    import numpy as np

    low, high = np.quantile(scores, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def compare(
    baseline: np.ndarray,
    system: np.ndarray,
    score: Scorer,
    *,
    samples: int = SAMPLES,
    trials: int = TRIALS,
    seed: int = SEED,
    unit_score: Scorer | None = None,
) -> Comparison:
    """The system against the baseline; both are statistics (units, k) of the same units in the same order."""
    import numpy as np

    if baseline.shape != system.shape:
        raise ValueError(f"both systems need the same units, not {baseline.shape} and {system.shape}")
    difference = float((score(system.sum(0)[None]) - score(baseline.sum(0)[None]))[0])
    resampled = bootstrap(system, score, samples=samples, seed=seed) - bootstrap(
        baseline, score, samples=samples, seed=seed
    )
    shifted = np.abs(resampled) - np.abs(resampled).mean()
    shuffled = np.abs(_randomised(baseline, system, score, trials, seed))
    return Comparison(
        difference=difference,
        interval=interval(resampled),
        p_bootstrap=_p_value(shifted, abs(difference)),
        p_randomisation=_p_value(shuffled, abs(difference)),
        effect=None if unit_score is None else effect_size(unit_score(system) - unit_score(baseline)),
    )


def effect_size(differences: np.ndarray) -> float:
    """Cohen's d of paired differences: mean over standard deviation; 0 where nothing differs."""
    deviation = float(differences.std(ddof=1)) if len(differences) > 1 else 0.0
    return float(differences.mean()) / deviation if deviation else 0.0


def _p_value(statistics: np.ndarray, real: float) -> float:
    if real < _NOISE:
        return 1.0  # sacrebleu says 1 / (trials + 1) here, as if a system could differ from itself
    # + 1: a p-value is never 0
    return float(((statistics > real + _NOISE).sum() + 1) / (len(statistics) + 1))


def _draws(units: int, samples: int, seed: int) -> Iterator[np.ndarray]:
    """Row numbers (batch, units) in batches that together are the one draw sacrebleu makes."""
    import numpy as np

    generator = np.random.default_rng(seed)
    step = max(1, _BATCH // max(units, 1))
    for start in range(0, samples, step):
        yield generator.choice(units, size=(min(step, samples - start), units), replace=True)


def _sums(statistics: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Summed statistics (batch, k) of drawn rows: how often each unit was drawn, times its statistics."""
    import numpy as np

    units = len(statistics)
    offsets = np.arange(len(rows))[:, None] * units
    times = np.bincount((rows + offsets).ravel(), minlength=len(rows) * units).reshape(len(rows), units)
    return times @ statistics


def _randomised(a: np.ndarray, b: np.ndarray, score: Scorer, trials: int, seed: int) -> np.ndarray:
    """Score differences (trials,) of two pseudo-systems that take each unit from either system by a coin."""
    import numpy as np

    generator = np.random.default_rng(seed)
    step, differences = max(1, _BATCH // max(len(a), 1)), []
    for start in range(0, trials, step):
        size = (min(step, trials - start), len(a))
        first = generator.integers(2, size=size, dtype=bool)
        total, mixed = a.sum(0) + b.sum(0), first.astype(float) @ a + (~first).astype(float) @ b
        differences.append(score(mixed) - score(total - mixed))
    return np.concatenate(differences)
