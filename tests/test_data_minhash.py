"""MinHash: estimates near the truth, equal texts in equal rows, groups found without comparing all."""

import random

import numpy as np
import pytest
from songngu.data.minhash import Index, groups, signatures, similarity

WORDS = [f"{a}{b}{c}" for a in "bcdfglmnrst" for b in "aeiou" for c in ("l", "nh", "re", "que")]


def text(seed: int, count: int = 200) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=count))


def jaccard(a: str, b: str, size: int = 7) -> float:
    first, second = ({t[i : i + size] for i in range(len(t) - size + 1)} for t in (a, b))
    return len(first & second) / len(first | second)


def changed(base: str, share: float, seed: int = 1) -> str:
    rng = random.Random(seed)
    return " ".join(rng.choice(WORDS) if rng.random() < share else w for w in base.split())


@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.3, 1.0])
def test_estimates_the_jaccard_similarity(share: float) -> None:
    a, b = text(1, 600), changed(text(1, 600), share)
    rows = signatures([a, b])
    assert abs(similarity(rows[0], rows[1]) - jaccard(a, b)) < 0.14


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Le Vietnam, hier.", "LE VIETNAM — hier"),
        ("Việt Nam hôm nay", "việt nam  hôm\nnay!"),
        ("a", "A"),
    ],
)
def test_case_and_punctuation_do_not_count(a: str, b: str) -> None:
    rows = signatures([a, b])
    assert (rows[0] == rows[1]).all()


def test_diacritics_count() -> None:
    rows = signatures(["má mà mả mã mạ ma má mà mả mã", "ma ma ma ma ma ma ma ma ma ma"])
    assert similarity(rows[0], rows[1]) < 0.5


def test_empty_input_and_empty_texts() -> None:
    assert signatures([]).shape == (0, 128)
    assert groups(signatures([])) == []
    assert (signatures(["", " …"]) == 2**32 - 1).all()


def test_rows_do_not_depend_on_the_company_they_keep() -> None:
    assert (signatures([text(1), text(2)])[1] == signatures([text(2)])[0]).all()


def test_groups_find_the_planted_near_duplicates_and_nothing_else() -> None:
    texts = [text(i) for i in range(300)]
    texts += [changed(texts[7], 0.01), changed(texts[7], 0.01, seed=2), changed(texts[100], 0.01)]
    assert groups(signatures(texts), 0.8) == [[7, 300, 301], [100, 302]]


def test_groups_do_not_depend_on_order() -> None:
    texts = [text(i) for i in range(50)] + [changed(text(i), 0.01) for i in range(10)]
    order = list(range(60))
    random.Random(3).shuffle(order)
    shuffled = groups(signatures([texts[i] for i in order]), 0.8)
    assert sorted(sorted(order[i] for i in group) for group in shuffled) == groups(signatures(texts), 0.8)


def test_ten_thousand_equal_texts_are_one_group_at_once() -> None:
    rows = np.repeat(signatures([text(1)]), 10_000, axis=0)
    assert groups(rows) == [list(range(10_000))]


def test_index_names_the_nearest_earlier_row() -> None:
    index = Index(0.6)
    for row in signatures([text(1), text(2), changed(text(2), 0.03)]):
        index.add(row)
    assert index.find(signatures([text(2)])[0]) == 1
    assert index.find(signatures([changed(text(2), 0.03)])[0]) == 2
    assert index.find(signatures([text(3)])[0]) is None


def test_signatures_in_a_file_give_the_same_groups():
    from songngu.data.minhash import signatures_on_disk

    texts = [f"{i % 7} {'mot ' * (i % 7)}phrase {i % 7} de la même dépêche d'agence" for i in range(60)] + [
        "",
        "tout autre chose",
    ]
    rows = signatures(texts)
    with signatures_on_disk(iter(texts)) as found:
        assert len(found) == len(texts)
        assert all((found[i] == rows[i]).all() for i in (0, 17, 61))
        assert (found.columns(5, 10) == rows[:, 5:10]).all()
        assert groups(found) == groups(rows) != []
    with signatures_on_disk(()) as found:
        assert groups(found) == []
