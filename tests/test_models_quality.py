import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from songngu.data.errors import SongnguError
from songngu.eval.damage import KINDS, Pairs, damaged
from songngu.models import adapters, joint
from songngu.models.calibration import sigmoid
from songngu.models.coverage import Coverage, coverages
from songngu.models.encoders import encoder
from songngu.models.once import ReadOnce
from songngu.models.quality import (
    AT_ONCE,
    FEATURES,
    Evidence,
    Head,
    Logits,
    Model,
    _worst,
    assess,
    estimate_quality,
    length_z,
    model,
    qualities,
)

from benchmarks.quality_damage import MAKERS, Case, some_damaged

FR = [
    "Le président a rencontré 25 ministres à Paris, puis il a signé un accord avec la Chine.",
    "Il n'a pas plu hier, dit Anna Karenina.",
    "Le Japon a invité Marie Curie.",
]
VI = [
    "Tổng thống đã gặp 25 bộ trưởng tại Paris, sau đó ông ký một thỏa thuận với Trung Quốc.",
    "Hôm qua trời không mưa, Anna Karenina nói.",
    "Nhật Bản đã mời Marie Curie.",
]
PAIRS = Pairs(FR, VI, "fr", "vi")
OPTIONS: dict[str, Any] = {"source_language": "fr", "target_language": "vi"}


class Letters:
    """A stand-in encoder: a word's vector counts its letters, a sentence's is the sum; equal words are translations of each other."""

    dimension, signature, layers = 26, "enc:letters", 4

    def _vector(self, text: str) -> np.ndarray:
        counts = np.array([text.casefold().count(chr(97 + k)) for k in range(26)], dtype=np.float32) + 1e-3
        return counts / np.linalg.norm(counts)

    def encode(self, sentences: Sequence[str], language: str | None = None) -> np.ndarray:
        return np.stack([self._vector(s) for s in sentences])

    def encode_words(self, sentences: Sequence[str], layer: int | None = None) -> list[tuple[np.ndarray, np.ndarray]]:
        found = []
        for sentence in sentences:
            words, at = [], 0
            for word in sentence.split():
                start = sentence.index(word, at)
                at = start + len(word)
                words.append((start, at, self._vector(word)))
            spans = np.array([(a, b) for a, b, _ in words], dtype=np.int64).reshape(-1, 2)
            found.append((spans, np.array([v for *_, v in words], dtype=np.float32).reshape(-1, 26)))
        return found


def test_words_without_counterpart_are_a_gap() -> None:
    source = "alpha bravo charlie delta echo"
    ((one, other),) = coverages(Letters(), [source], ["alpha bravo echo"], source_language="fr", target_language="fr")
    assert len(one.values) == 5 and len(other.values) == 3
    depth, start, end = one.gap(0.9)
    assert depth > 0 and source[start:end] == "charlie delta"
    assert other.gap(0.9)[0] == 0.0
    assert one.values[[0, 1, 4]] == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize(("source", "target"), [("", ""), ("a b", ""), ("…", "a"), ("", "a b c")])
def test_empty_sides_have_no_gap_to_fall_over(source: str, target: str) -> None:
    ((one, other),) = coverages(Letters(), [source], [target], **OPTIONS)
    assert len(one.values) == len(one.spans) and len(other.values) == len(other.spans)
    assert assess([source], [target], encoder=Letters(), **OPTIONS)[0].evidence


def test_a_gap_is_the_deepest_run() -> None:
    spans = np.array([(2 * k, 2 * k + 1) for k in range(6)])
    coverage = Coverage(spans, np.array([0.9, 0.1, 0.9, 0.2, 0.1, 0.9]))
    depth, start, end = coverage.gap(0.5)
    assert (depth, start, end) == (pytest.approx(0.7), 6, 9)


def test_evidence_knows_what_is_wrong() -> None:
    wrong = [
        "Tổng thống đã gặp 52 bộ trưởng tại Paris, sau đó ông ký một thỏa thuận với Đức.",
        "Hôm qua trời mưa, Anna Karenina nói.",
        VI[2],
    ]
    good, bad = (assess(FR, targets, encoder=Letters(), **OPTIONS) for targets in (VI, wrong))
    assert (good[0].evidence.numbers_changed, bad[0].evidence.numbers_changed) == (0.0, 1.0)
    assert (good[0].evidence.names_changed, bad[0].evidence.names_changed) == (0.0, 1.0)
    assert (good[1].evidence.negation, bad[1].evidence.negation) == (0.0, 1.0)
    assert good[1].evidence.source_denial_gap == 0.0 < bad[1].evidence.source_denial_gap
    assert bad[1].evidence.target_denial_gap == 0.0
    copy = assess(FR[:1], FR[:1], encoder=Letters(), **OPTIONS)[0].evidence
    assert copy.copied > 0.9 > good[0].evidence.copied and copy.language > 0.5
    loop = assess(["Le président parle."], ["ông nói ông nói ông nói ông nói"], encoder=Letters(), **OPTIONS)[
        0
    ].evidence
    assert loop.loop == 1.0


def test_the_built_in_model_prefers_better_evidence() -> None:
    estimator = model()
    usual = dict.fromkeys(FEATURES, 0.0) | {"similarity": 0.7, "similarity_squared": 0.49, "source_coverage": 0.65, "target_coverage": 0.65,
        "source_least": 0.4, "target_least": 0.4, "log_length": 4.8}  # fmt: skip
    good = Evidence(**usual)
    assert 0.5 < estimator.chance(good) <= 1.0
    for worse in ({"numbers_changed": 1.0}, {"names_changed": 1.0}, {"negation": 1.0}, {"loop": 1.0}, {"language": 1.0},
                  {"similarity": 0.1, "similarity_squared": 0.01}, {"too_short": 5.0, "too_short_squared": 25.0}):  # fmt: skip
        assert estimator.chance(replace(good, **worse)) < estimator.chance(good)
    assert "builtin-e5-small" in estimator.signature


def test_an_estimator_of_ones_own_can_be_read(tmp_path: Path) -> None:
    place = tmp_path / "q.json"
    place.write_text(
        '{"heads": {"h": {"weights": {"loop": 5.0}, "bias": -3.0}}, "scale": 1.0, "bias": 2.0, "signature": "x"}',
        "utf-8",
    )
    estimator = model(place)
    assert estimator.heads["h"] == Head({"loop": 5.0}, -3.0)
    chances = estimate_quality(
        ["Il parle."] * 2, ["Ông nói.", "la la la la la la"], encoder=Letters(), estimator=estimator, **OPTIONS
    )
    assert chances[0] > 0.8 > chances[1]


def test_an_empty_translation_is_never_acceptable() -> None:
    estimator = Model({}, 1.0, 5.0, "x")
    found = estimate_quality(["Il parle.", ""], ["", ""], encoder=Letters(), estimator=estimator, **OPTIONS)
    assert found[0] == 0.0 and found[1] > 0.9
    assert estimate_quality([], [], encoder=Letters(), estimator=estimator, **OPTIONS) == []


def test_unequal_sides_are_refused() -> None:
    with pytest.raises(SongnguError, match="2 sources but 1 translations"):
        estimate_quality(["a", "b"], ["c"], encoder=Letters(), **OPTIONS)


def test_lengths_are_judged_by_the_languages_tables() -> None:
    assert abs(length_z("a" * 118, "b" * 110, "fr", "vi")) < 0.1
    assert length_z("a" * 118, "b" * 50, "fr", "vi") < -2 and length_z("a" * 50, "b" * 110, "fr", "vi") > 2
    assert sigmoid(-1e9) == pytest.approx(0.0) and sigmoid(1e9) == pytest.approx(1.0)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_damage_is_damage_and_repeatable(kind: str) -> None:
    rows = damaged(PAIRS, kind)
    assert rows and rows == damaged(PAIRS, kind)
    for i, text in rows:
        assert text != VI[i]
    assert damaged(PAIRS, kind, seed=2) is not None


def test_damage_does_what_it_says() -> None:
    assert damaged(PAIRS, "untranslated") == list(enumerate(FR))
    assert damaged(PAIRS, "negation dropped") == [(1, "Hôm qua trời mưa, Anna Karenina nói.")]
    ((_, number),) = damaged(PAIRS, "number changed")
    assert sum(a != b for a, b in zip(number, VI[0], strict=True)) == 1
    assert all(len(text) < len(VI[i]) for i, text in damaged(PAIRS, "clause dropped"))
    assert all("không" in text for _, text in damaged(PAIRS, "negation added"))


def test_the_margin_is_the_cosine_above_what_any_sentence_has() -> None:
    good, other = (e.evidence for e in assess(FR[:2], [VI[0], VI[0]], encoder=encoder(), **OPTIONS))  # type: ignore[arg-type]
    assert good.margin > other.margin
    alone = assess(FR[:1], VI[:1], encoder=encoder(), **OPTIONS)[0].evidence  # type: ignore[arg-type]
    assert alone.margin == pytest.approx(good.margin, abs=0.01)


WRONG = {
    "clause dropped": "Tổng thống đã gặp 25 bộ trưởng tại Paris.",
    "number": VI[0].replace("25", "52"),
    "name": VI[0].replace("Trung Quốc", "Nhật Bản"),
    "negation": VI[0].replace("đã gặp", "không gặp"),
    "other sentence": VI[1],
    "untranslated": FR[0],
    "looped": VI[0] + " thỏa thuận với Trung Quốc" * 5,
    "two sentences": VI[0] + " " + VI[1],
}


@pytest.mark.parametrize("kind", sorted(WRONG))
def test_a_damaged_translation_has_a_lower_chance(kind: str) -> None:
    good, bad = estimate_quality([FR[0]] * 2, [VI[0], WRONG[kind]], **OPTIONS)
    assert good > 0.8 and bad < good - 0.2
    good, bad = estimate_quality([VI[0], WRONG[kind]], [FR[0]] * 2, source_language="vi", target_language="fr")
    assert good > bad


def test_a_pair_is_judged_alike_in_any_company_and_again() -> None:
    sources, targets = [*FR, FR[0]], [*VI, WRONG["number"]]
    whole = estimate_quality(sources, targets, **OPTIONS)
    assert whole == estimate_quality(sources, targets, **OPTIONS)
    turned_round = estimate_quality(sources[::-1], targets[::-1], **OPTIONS)[::-1]
    alone = [estimate_quality([a], [b], **OPTIONS)[0] for a, b in zip(sources, targets, strict=True)]
    # bf16 rounds otherwise in another batch
    assert np.allclose(whole, turned_round, atol=0.05) and np.allclose(whole, alone, atol=0.05)


def test_a_stream_is_read_no_further_than_needed() -> None:
    read = 0

    def pairs() -> Iterator[tuple[str, str]]:
        nonlocal read
        while True:
            read += 1
            yield "Il parle.", "Ông nói."

    estimator = Model({}, 1.0, 0.0, "x")
    found = qualities(pairs(), encoder=Letters(), estimator=estimator, **OPTIONS)
    assert [next(found) for _ in range(3)] == [0.5] * 3
    assert read == AT_ONCE


def test_where_the_network_does_not_fit_the_evidence_must_do_and_this_is_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="songngu"):
        assert estimate_quality(FR, VI, encoder=Letters(), **OPTIONS)
        assert estimate_quality(FR[:1], VI[:1], source_language="it", target_language="vi")[0] > 0.2
    assert "do not fit enc:letters" in caplog.text and "were not trained on it" in caplog.text


def test_the_logit_is_weighed_with_the_evidence() -> None:
    estimator = Model({}, 1.0, 0.0, "x", Model({"h": Head({"joint": -1.0, "loop": 5.0}, 0.0)}, 1.0, 2.0, "y"))
    evidence = Evidence(**dict.fromkeys(FEATURES, 0.0))
    assert estimator.chance(evidence) == 0.5
    low, middle, high = (Logits(logit) for logit in (-3.0, 0.0, 3.0))
    assert estimator.chance(evidence, low) < estimator.chance(evidence, middle) < estimator.chance(evidence, high)
    assert estimator.chance(replace(evidence, loop=1.0), high) < estimator.chance(evidence, high)


def test_the_joint_network_does_not_see_padding() -> None:
    import torch

    numbers = joint.built_in()
    size = numbers["basis"].shape[2]
    torch.manual_seed(1)
    texts = [joint.Apart(torch.randint(5, 900, (n,)), torch.randn(n, 2, size).half()) for n in (3, 9, 40, 70)]
    pairs = [(texts[0], texts[1]), (texts[2], texts[3])]
    alone = [joint.judged([pair], numbers)[0] for pair in pairs]
    logits, tags = joint.read_together(pairs, numbers)
    assert logits.tolist() == pytest.approx([float(logit) for logit, _ in alone], abs=1e-3)
    assert tags.shape[:2] == (2, 112)
    assert [[len(side) for side in sides] for _, sides in alone] == [[3, 9], [40, 70]]
    assert torch.allclose(tags[0, 3:12], alone[0][1][1], atol=1e-3)


def test_places_count_where_both_networks_object() -> None:
    import torch

    quiet = torch.full((6, 2), -5.0)
    here, there = quiet.clone(), quiet.clone()
    here[2, 1] = there[4, 1] = 4.0
    wrong, missing = _worst(here, here)
    assert wrong == pytest.approx(_worst(quiet, quiet)[0]) and missing == pytest.approx(8.0, abs=0.01)
    assert _worst(here, there)[1] < 1.0


def test_reading_once_gives_what_the_encoder_gives() -> None:
    inner: Any = encoder()
    once = ReadOnce(inner)
    once.hold([*FR, *VI])
    assert (once.encode(FR) * inner.encode(FR)).sum(1) == pytest.approx(1.0, abs=0.01)
    for (spans, rows), (own_spans, own_rows) in zip(once.encode_words(VI, 9), inner.encode_words(VI, 9), strict=True):
        assert spans.tolist() == own_spans.tolist()
        assert (rows * own_rows).sum(1) == pytest.approx(1.0, abs=0.02)
    assert once.encode(["chưa đọc"]).shape == (1, 384)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_training_damage_is_damage_and_repeatable(kind: str) -> None:
    makers = [
        Case(target, "vi", source, "fr", [t for t in VI if t != target], VI)
        for source, target in zip(FR, VI, strict=True)
    ]
    for case in makers:
        found = [MAKERS[kind][0](case, random.Random(seed)) for seed in range(8)]
        assert found == [MAKERS[kind][0](case, random.Random(seed)) for seed in range(8)]
    assert any(
        MAKERS[kind][0](case, random.Random(seed)) not in (None, case.text) for case in makers for seed in range(8)
    )


def test_a_groups_damages_are_of_different_kinds() -> None:
    case = Case(VI[0], "vi", FR[0], "fr", VI[1:], VI)
    found = some_damaged(case, random.Random(1), 6)
    assert len({kind for kind, _ in found}) == len(found) == 6
    assert VI[0] not in [text for _, text in found]


def test_the_numbers_that_ship_are_those_of_the_networks() -> None:
    fixed = {"means", "basis", *(f"means.{code}" for code in joint.languages())}
    shapes = {name: tuple(value.shape) for name, value in joint.built_in().items() if name not in fixed}
    assert shapes == joint.shapes(160, 96, 64) | adapters.shapes(joint.LAYERS[-1])
    shapes = {name: tuple(value.shape) for name, value in joint.built_in(joint.BEADS).items() if name not in fixed}
    assert shapes == joint.shapes(160, 96, 64, judgements=2, tags=1) | adapters.shapes(joint.LAYERS[-1])


def test_texts_are_read_alike_in_any_company(builtin) -> None:
    import torch

    texts = ["Il pleut.", "Le ministre a signé hier l'accord à Hanoï.", "Le soir, la ville dort. " * 8]
    once = ReadOnce(builtin, words=True)
    once.hold(texts)
    together, alone = once.apart(texts, "fr"), [once.apart([text], "fr")[0] for text in texts]
    for one, other in zip(together, alone, strict=True):
        assert torch.equal(one.ids, other.ids)
        cosines = torch.nn.functional.cosine_similarity(one.states.float(), other.states.float(), dim=2)
        assert cosines.min() > 0.98  # bf16 rounds otherwise in another batch
