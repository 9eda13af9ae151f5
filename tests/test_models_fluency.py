import random
from typing import Any

import numpy as np
import pytest
import torch
from songngu.models import adapters, fluency, joint
from songngu.models.encoders import encoder
from songngu.models.once import ReadOnce

from benchmarks.train_fluency import MAKERS, Version, groups, tags, usable

WHOLE = {
    "fr": "Le président a rencontré les ministres hier à Paris pour signer un accord.",
    "vi": "Tổng thống đã gặp các bộ trưởng tại Paris hôm qua để ký một thỏa thuận.",
    "en": "The president met the ministers in Paris yesterday to sign an agreement.",
}
LIMPING = {
    "fr": [
        "Le a rencontré les ministres hier à Paris pour signer un accord.",
        "Le président a rencontré les ministres hier à pour signer un accord.",
    ],
    "vi": [
        "Tổng thống đã gặp các bộ trưởng tại Paris hôm để ký một thỏa thuận.",
        "Tổng đã gặp các bộ trưởng tại Paris hôm qua để ký một thỏa thuận.",
    ],
    "en": [
        "The president met the in Paris yesterday to sign an agreement.",
        "The president met the ministers in Paris yesterday to an agreement.",
    ],
}
WORDS = ["Il", "ne", "pleut", "pas", "souvent", "ici,", "dit-on."]


def _unchanged() -> dict[str, torch.Tensor]:
    torch.manual_seed(1)
    return {
        name: torch.zeros(shape) if name.endswith(".up") else torch.randn(shape) * 0.1
        for name, shape in fluency.shapes().items()
    }


@pytest.mark.parametrize("language", sorted(WHOLE))
def test_a_text_without_a_word_is_less_whole(language: str) -> None:
    once = ReadOnce(encoder())  # type: ignore[arg-type]
    once.hold([WHOLE[language], *LIMPING[language]])
    whole, *limping = (logit for logit, _ in once.alone([WHOLE[language], *LIMPING[language]]))
    assert all(logit < whole for logit in limping)


def test_texts_are_judged_alike_in_any_company() -> None:
    once = ReadOnce(encoder())  # type: ignore[arg-type]
    texts = [*WHOLE.values(), "Oui.", " ".join(WHOLE.values()) * 6]
    once.hold(texts)
    together = [logit for logit, _ in once.alone([*texts, texts[0]])]
    alone = [once.alone([text])[0][0] for text in texts]
    # bf16 rounds otherwise in another batch
    assert together[:-1] == pytest.approx(alone, abs=0.15)
    assert together[-1] == together[0]


def test_padding_is_not_seen() -> None:
    coder: Any = encoder()
    layers = [{name: value.float() for name, value in layer.items()} for layer in coder.layer_weights(3, 7)]
    numbers = _unchanged()
    states = [torch.randn(n, adapters.SIZE) for n in (3, 20)]
    logits, found = fluency.read_alone(states, layers, numbers)
    alone, places = fluency.read_alone(states[:1], layers, numbers)
    assert logits[0].item() == pytest.approx(alone[0].item(), abs=1e-4)
    assert found.shape == (2, 24, 2)
    assert torch.allclose(found[0, :3], places[0, :3], atol=1e-4)


def test_without_changes_the_layers_are_the_encoders() -> None:
    coder: Any = encoder()
    reads = coder.read([WHOLE["fr"], WHOLE["vi"]], (adapters.START, *joint.LAYERS))
    layers = coder.layer_weights(adapters.START, joint.LAYERS[-1])
    numbers = {
        name: (torch.zeros if name.endswith(".up") else torch.randn)(shape).to(reads[0].states[0].dtype)
        for name, shape in adapters.shapes(joint.LAYERS[-1]).items()
    }
    found = joint.passed_on([read.states[0] for read in reads], adapters.merged(layers, numbers))
    for read, states in zip(reads, found, strict=True):
        for own, wanted in zip(states, read.states[1:], strict=True):
            assert own.shape == wanted.shape
            assert torch.nn.functional.cosine_similarity(own.float(), wanted.float(), dim=1).min() > 0.99


def test_the_numbers_that_ship_are_those_of_this_network() -> None:
    assert {name: tuple(value.shape) for name, value in fluency.built_in().items()} == fluency.shapes()
    assert set(fluency.LANGUAGES) == set(joint.languages())


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_training_damage_says_where_it_is(kind: str) -> None:
    pool = ["Nous mangeons une pomme.", "Tu cours."]
    made = [MAKERS[kind][0](WORDS, random.Random(seed), pool) for seed in range(20)]
    assert made == [MAKERS[kind][0](WORDS, random.Random(seed), pool) for seed in range(20)]
    some = [version for version in made if version]
    assert some and all(version.wrong or version.missing for version in some)
    assert all(0 <= k < len(version.words) for version in some for k in version.wrong)
    if kind == "dropped":
        assert all(len(version.words) < len(WORDS) for version in some)


def test_places_are_told_by_sub_word() -> None:
    version = Version(("Il", "pleuvait", "ici."), wrong=frozenset({1}), missing=frozenset({2}))
    offsets = np.array([(0, 0), (0, 2), (3, 7), (7, 11), (12, 15), (15, 16), (0, 0)])
    assert tags(version, offsets)[:, 0].tolist() == [False, False, True, True, False, False, False]
    assert np.flatnonzero(tags(version, offsets)[:, 1]).tolist() == [4]
    end = Version(("Il", "pleuvait", "ici."), missing=frozenset({3}))
    assert np.flatnonzero(tags(end, offsets)[:, 1]).tolist() == [6]


def test_a_group_is_a_text_and_damaged_versions_of_it() -> None:
    found = {code: {"news": [WHOLE.get(code, WHOLE["en"]), " ".join(WORDS)]} for code in ("fr", "vi", "en", "de", "es")}
    stream = groups(found, 1)
    for _ in range(20):
        _, (whole, *wrong) = next(stream)
        assert wrong and not whole.wrong and not whole.missing
        assert all(version.words != whole.words for version in wrong)
    assert usable(" ".join(WORDS)) and not usable("Il pleut.") and not usable("Le {0} est dans le dossier %s.")
