"""Telling cheaply that a text holds none of some phrases."""

import pytest
from songngu.data.phrases import Spotted, words


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("La Moitié du pays", True),
        ("à MIDI pile", True),
        ("nửa đêm qua", True),
        ("đêm qua", False),
        ("après-midi", True),
        ("la moiti\u00e9s", False),
        ("", False),
    ],
)
def test_spotted_phrases(text, within):
    assert Spotted(["la moitié", "midi", "nửa đêm"]).within(words(text)) == within


def test_nothing_to_spot():
    assert not Spotted(()).within(words("un deux"))
