"""Fitted maps: they recover a known one, and come back from their file."""

import numpy as np
import pytest
from songngu.models import calibration


def test_fit_recovers_a_known_map():
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(20_000, 2))
    right = rng.random(20_000) < 1 / (1 + np.exp(-(1.5 * rows[:, 0] - 0.5 * rows[:, 1] + 0.3)))
    found = calibration.fit(["a", "b"], rows, right)
    assert found.weights["a"] == pytest.approx(1.5, abs=0.1)
    assert found.weights["b"] == pytest.approx(-0.5, abs=0.1)
    assert found.bias == pytest.approx(0.3, abs=0.1)


def test_maps_survive_their_file(tmp_path):
    maps = {"beads": calibration.Logistic({"x": 1.25}, -0.5)}
    calibration.save(tmp_path / "map.json", maps)
    assert calibration.load(tmp_path / "map.json") == maps


def test_probabilities_are_bounded():
    p = calibration.Logistic({"x": 1e6}).probabilities(np.array([[-1e6], [0.0], [1e6]]))
    assert p[1] == 0.5
    assert 0 <= p[0] < 1e-9 < 1 - 1e-9 < p[2] <= 1
