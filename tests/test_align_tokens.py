"""Facts that two sentences share, whatever the notation and the language."""

import numpy as np
import pytest
from songngu.align.tokens import shared_tokens

# Two other sentences on each side, so that what a pair shares is not shared by all.
OTHERS = ["il pleut encore", "rien ne bouge"], ["trời vẫn mưa", "không có gì thay đổi"]


def worth(source, target):
    """What the first sentences share, and what stands in one of them alone, of all that both texts have."""
    starts, tokens, other_starts, other_tokens, worth = shared_tokens(
        [source, *OTHERS[0]], [target, *OTHERS[1]], ("fr", "vi")
    )
    one, other = set(tokens[: starts[1]].tolist()), set(other_tokens[: other_starts[1]].tolist())
    return sum(worth[t] for t in one & other), sum(worth[t] for t in one ^ other)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("du 3 au 9 septembre", "từ ngày 3 đến 9/9"),
        ("mardi 19 août", "ngày 19/8"),
        ("en 2024", "năm 2024"),
        ("12 400 maisons", "12.400 ngôi nhà"),
        ("quatorze maisons", "14 ngôi nhà"),
        ("6,98 milliards de dollars", "6,98 tỷ USD"),
        ("en Espagne", "tại Tây Ban Nha"),
        ("à Quang Ngai", "tại Quảng Ngãi"),
        ("la revue Zootaxa", "tạp chí Zootaxa"),
    ],
)
def test_what_is_the_same_in_both_languages_is_shared(source, target):
    shared, alone = worth(source, target)
    assert shared > 0
    assert alone == 0


@pytest.mark.parametrize(
    ("source", "target"),
    [("du 3 au 9 septembre", "ngày 4/10"), ("12 400 maisons", "1.240 ngôi nhà"), ("en Espagne", "tại Bồ Đào Nha")],
)
def test_what_differs_is_not_shared(source, target):
    assert worth(source, target) == (0, 0)


def test_texts_without_sentences_or_facts():
    for source, target in (([], []), (["", " "], ["a"]), (["rien"], [])):
        starts, tokens, other_starts, other_tokens, worth = shared_tokens(source, target, ("fr", "vi"))
        assert (len(starts), len(other_starts)) == (len(source) + 1, len(target) + 1)
        assert not (len(tokens) or len(other_tokens) or len(worth))
        assert np.all(starts == 0)
