"""Sums of chances in logs, from a table."""

import numpy as np
import pytest
from songngu.align.paths import NONE, _add


@pytest.mark.parametrize("x", [0.0, -3.5, 1e4, -1e4])
def test_sums_of_chances(x):
    apart = np.concatenate([np.linspace(-45, 45, 4_001), [0.0, 1e-12, -1e-12, 39.999_999, 40.0]])
    found = np.array([_add(x, x + d) for d in apart])
    assert np.abs(found - np.logaddexp(x, x + apart)).max() < 1e-14 * max(1.0, abs(x))


def test_no_weight_adds_nothing():
    assert _add(-7.0, NONE) == _add(NONE, -7.0) == -7.0
    assert _add(NONE, NONE) == NONE
