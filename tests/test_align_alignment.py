"""Sentence alignment: cases with known answers, on an honest fake encoder, and a few with the built-in one."""

import random
import re
import zlib

import numpy as np
import pytest
from songngu.align import alignment, lattice, regions
from songngu.align import problem as problems
from songngu.align.alignment import align
from songngu.data.core import Bead
from songngu.data.errors import SongnguError


class FakeEncoder:
    """Knows no language: a sentence is the sum of fixed random vectors of its words, so a "translation" shares the words.

    `t:` in front of a word is dropped, so that both sides may look different.
    """

    dimension = 384
    signature = "enc:fake"

    def __init__(self) -> None:
        self.strings = 0

    def encode(self, sentences, language=None):
        self.strings += len(sentences)
        rows = np.array([self._vector(text) for text in sentences], dtype=np.float32).reshape(-1, self.dimension)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def _vector(self, text):
        words = re.findall(r"\w+", text.replace("t:", "")) or ["nothing"]
        return sum(np.random.default_rng(zlib.crc32(w.encode())).normal(size=self.dimension) for w in words)


def sentences(count, seed=0, length=8):
    rng = random.Random(seed)
    return [" ".join(f"w{rng.randrange(10_000)}" for _ in range(length)) for _ in range(count)]


def translated(texts):
    return [" ".join(f"t:{word}" for word in text.split()) for text in texts]


def run(source, target, encoder=None, **options):
    return align(
        source, target, source_language="fr", target_language="vi", encoder=encoder or FakeEncoder(), **options
    )


def keys(beads):
    return [(b.source, b.target) for b in beads]


def one_to_one(count):
    return [((i,), (i,)) for i in range(count)]


def assert_complete(beads, n, m):
    assert sorted(i for b in beads for i in b.source) == list(range(n))
    assert sorted(j for b in beads for j in b.target) == list(range(m))


def test_empty_sides():
    assert run([], []) == []
    assert keys(run(["a b c"], [])) == [((0,), ())]
    assert keys(run([], ["a b c", "d"])) == [((), (0,)), ((), (1,))]


def test_one_sentence_each():
    assert keys(run(["alpha beta gamma delta"], ["t:alpha t:beta t:gamma t:delta"])) == [((0,), (0,))]
    assert keys(run(["alpha beta gamma delta"], ["one two three four"])) == [((0,), ()), ((), (0,))]


def test_identical_texts():
    texts = sentences(30)
    assert keys(run(texts, texts)) == one_to_one(30)


def test_unrelated_texts_are_all_null():
    beads = run(sentences(12, 1), translated(sentences(15, 2)))
    assert all(b.is_null for b in beads)
    assert_complete(beads, 12, 15)


@pytest.mark.parametrize("joined", [2, 3, 5])
def test_one_to_many(joined):
    texts = sentences(12)
    source = [*texts[:4], " ".join(texts[4 : 4 + joined]), *texts[4 + joined :]]
    expected = [((i,), (i,)) for i in range(4)] + [((4,), tuple(range(4, 4 + joined)))]
    expected += [((5 + k,), (4 + joined + k,)) for k in range(12 - 4 - joined)]
    assert keys(run(source, translated(texts))) == expected


def test_missing_sentences_are_not_swallowed():
    texts = sentences(20)
    target = translated(texts[:5] + texts[6:11] + texts[14:])
    found = keys(run(texts, target))
    assert [k for k in found if not k[1]] == [((i,), ()) for i in (5, 11, 12, 13)]
    assert len(found) == 20


def test_moved_passages_cross():
    texts = sentences(24)
    order = [*range(0, 6), *range(14, 18), *range(6, 14), *range(18, 24)]
    found = {b.source: b.target for b in run(texts, translated([texts[i] for i in order]))}
    assert found == {(i,): (order.index(i),) for i in range(24)}


def test_monotone_forbids_crossing():
    texts = sentences(24)
    order = [*range(12, 24), *range(0, 12)]
    beads = [b for b in run(texts, translated([texts[i] for i in order]), monotone=True) if not b.is_null]
    targets = [j for b in beads for j in b.target]
    assert targets == sorted(targets)
    assert len(beads) == 12


def test_repeated_lines_keep_their_order():
    verses, chorus = sentences(12), "we sing the same line again"
    song = [line for k in range(4) for line in [*verses[3 * k : 3 * k + 3], chorus]]
    assert keys(run(song, translated(song))) == one_to_one(16)


def test_the_same_sentence_many_times():
    beads = run(["alpha beta gamma"] * 9, ["t:alpha t:beta t:gamma"] * 9)
    assert keys(beads) == one_to_one(9)


def test_numbers_only_and_empty_lines():
    texts = ["12 345", "", "67 89", "2019 11", *sentences(6)]
    beads = run(texts, texts)
    assert_complete(beads, 10, 10)
    assert {((0,), (0,)), ((2,), (2,)), ((3,), (3,))} <= set(keys(beads))


@pytest.mark.parametrize("place", [0, 1, 3, 6])
@pytest.mark.parametrize("blank", ["", " ", "\u3000"])
def test_an_empty_line_is_alone(place, blank):
    texts = sentences(6, seed=4)
    source = [*texts[:place], blank, *texts[place:]]
    found = keys(run(source, translated(texts)))
    assert set(found) == {((place,), ()), *(((k + (k >= place),), (k,)) for k in range(6))}
    found = keys(run(translated(texts), source))
    assert set(found) == {((), (place,)), *(((k,), (k + (k >= place),)) for k in range(6))}


def test_confidence_is_a_probability_and_falls_where_nothing_fits():
    texts = sentences(16)
    good = run(texts, translated(texts))
    assert all(b.confidence is not None and 0 <= b.confidence <= 1 for b in good)
    assert min(b.confidence or 0 for b in good) > 0.9
    half = run(
        texts, translated([t if k % 2 else s for k, (t, s) in enumerate(zip(texts, sentences(16, 9), strict=True))])
    )
    paired = {(b.source, b.target): b.confidence or 0 for b in half if not b.is_null}
    true = {((i,), (i,)) for i in range(1, 16, 2)}
    assert true <= set(paired)
    assert all(confidence < 0.5 for key, confidence in paired.items() if key not in true)


def test_not_finite_vectors_are_refused_by_name():
    class Broken(FakeEncoder):
        signature = "enc:broken"

        def encode(self, sentences, language=None):
            rows = super().encode(sentences, language)
            rows[-1] = np.nan
            return rows

    with pytest.raises(SongnguError, match="enc:broken"):
        run(sentences(3), sentences(3), Broken())


def test_wrong_number_of_rows_is_refused():
    class Short(FakeEncoder):
        def encode(self, sentences, language=None):
            return super().encode(sentences, language)[:-1]

    with pytest.raises(SongnguError, match="enc:fake"):
        run(sentences(3), sentences(3), Short())


def test_same_result_on_every_run():
    texts = sentences(40)
    target = translated([*texts[:10], *texts[25:], *texts[12:25]])
    assert run(texts, target) == run(texts, target)


def test_norms_do_not_depend_on_where_arrays_lie_in_memory():
    count, size = 40, FakeEncoder.dimension
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(count, size)).astype(np.float32)
    weights = rng.uniform(20, 200, count).astype(np.float32)
    expected = lattice.block_norms(vectors, weights)
    memory = np.zeros((count + 10) * size, np.float32)
    memory[: count * size] = vectors.ravel()
    for behind in (0, 16, 3 * size, 8 * size):
        start = count * size + behind
        found = lattice.block_norms_with(
            memory[: count * size].reshape(count, size), weights, memory[start : start + size]
        )
        assert np.array_equal(found, expected)


def test_encodes_on_demand():
    texts = sentences(60)
    source = [*texts[:20], " ".join(texts[20:22]), *texts[22:]]
    encoder = FakeEncoder()
    run(source, translated(texts), encoder)
    reference = 40  # sentences in the two languages' reference tables, at most
    assert encoder.strings <= 1.3 * (len(source) + len(texts)) + reference


def test_long_text_gives_what_the_whole_lattice_gives(monkeypatch):
    texts = sentences(260)
    order = [*range(0, 80), *range(120, 200), *range(80, 110), *range(200, 260)]
    target = translated([texts[i] for i in order])
    looked_at_whole = run(texts, target)
    monkeypatch.setattr(problems, "WHOLE", 1000)
    assert keys(run(texts, target)) == keys(looked_at_whole)


def test_regions_of_long_text_grow_with_the_text():
    encoder = FakeEncoder()
    sizes = []
    for count in (500, 1000, 2000):
        rows = encoder.encode(sentences(count)) - np.float32(0)
        sizes.append(regions.regions(rows, rows).size)
    assert sizes[1] < 2.6 * sizes[0]
    assert sizes[2] < 2.6 * sizes[1]


def test_lattice_turned_twice_is_itself():
    rows = FakeEncoder().encode(sentences(300))
    found = regions.regions(rows, rows[::-1].copy())
    again = found.turned().turned()
    assert again.size == found.size
    for one, other in zip(found.arrays, again.arrays, strict=True):
        assert (one == other).all()


def test_whole_lattice_has_every_node():
    assert lattice.whole(3, 4).size == 20


def test_package_is_callable():
    import songngu

    assert songngu.align(["a"], [], source_language="fr", target_language="vi") == [Bead((0,), (), confidence=1.0)]
    assert alignment.align is align


FR = [
    "Le vice-ministre a pris la parole mardi à Séoul.",
    "Il a appelé les pays à unir leurs efforts contre les dangers du cyberespace.",
    "Le dialogue attire des experts de 56 pays.",
    "La pluie a inondé les rizières du delta.",
]
VI = [
    "Đối thoại thu hút chuyên gia từ 56 nước.",
    "Thứ trưởng đã phát biểu hôm thứ Ba tại Seoul.",
    "Ông kêu gọi các nước chung tay chống lại các mối nguy trên không gian mạng.",
    "Giá vàng tăng mạnh trong phiên sáng nay.",
]


def test_crossing_beads_with_the_built_in_encoder(builtin):
    found = {b.source: b for b in run(FR, VI, builtin) if not b.is_null}
    assert {s: b.target for s, b in found.items()} == {(0,): (1,), (1,): (2,), (2,): (0,)}


def test_very_long_sentence_with_the_built_in_encoder(builtin):
    source = [*FR, "Il a dit : " + " ".join(FR[:3] * 30)]
    target = [*VI, "Ông nói: " + " ".join([VI[1], VI[2], VI[0]] * 30)]
    assert ((4,), (4,)) in keys(run(source, target, builtin))


def test_batches_of_any_size_give_the_same_beads(builtin):
    class OneByOne:
        dimension = builtin.dimension
        signature = builtin.signature

        def encode(self, sentences, language=None):
            return np.concatenate([builtin.encode([text], language) for text in sentences])

    assert keys(run(FR, VI, OneByOne())) == keys(run(FR, VI, builtin))
