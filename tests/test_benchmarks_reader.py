"""What trains the network that reads: it computes what the product computes, and learns from the aligner's mistakes."""

import argparse
import random

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from songngu.data.text import normalise
from songngu.models import adapters, joint
from songngu.models.adapters import START
from songngu.models.joint import LAYERS

from benchmarks.texts import Text
from benchmarks.train_reader import Groups, Library, Network, average, mistakes, units

FRENCH = [
    "Le ministre est arrivé lundi à Hanoï pour une visite de trois jours.",
    "Il a rencontré son homologue vietnamien dans la matinée.",
    "Un accord sur les transports a été signé.",
    "Les deux pays fêteront l'an prochain leurs relations diplomatiques.",
]
VIETNAMESE = [
    "Bộ trưởng đã đến Hà Nội hôm thứ Hai trong chuyến thăm ba ngày.",
    "Sáng cùng ngày, ông gặp người đồng cấp Việt Nam.",
    "Một thỏa thuận về giao thông đã được ký kết.",
    "Năm tới hai nước sẽ kỷ niệm quan hệ ngoại giao.",
]
WRONG = [(("fr", (0,)), ("vi", (0, 1))), (("fr", (2, 3)), ("vi", (2,))), (("fr", (1,)), ("vi", (3,)))]


def library(builtin, runs, wrong) -> Library:
    known = units(7, Text({"fr": FRENCH, "vi": VIETNAMESE}, runs))
    read = builtin.read([normalise(text) for text in known.values()], (START, LAYERS[-1]))
    record = {key: (torch.tensor(one.ids), one.states[0]) for key, one in zip(known, read, strict=True)}
    means = {key: one.states[1].float().mean(0) for key, one in zip(known, read, strict=True) if key[3:] == (1, 0)}
    return Library([(7, "retold", record, means, runs, wrong)])


def test_many_beads_at_once_are_judged_as_the_product_judges_each(builtin):
    known = library(builtin, [], WRONG)
    groups = [group for _, group in zip(range(4), iter(Groups(known, 1)), strict=False)]
    numbers = joint.built_in(joint.BEADS)
    half = {name: value.bfloat16() for name, value in numbers.items()}
    layers = builtin.layer_weights(START, LAYERS[-1])
    rows = [e for group in groups for e in group]
    network = Network(layers, numbers, known)
    with torch.no_grad():
        logits, tags = network(rows, half)
        merged = adapters.merged([{k: v.bfloat16() for k, v in layer.items()} for layer in layers], half)
        for row, e in enumerate(rows):
            sides = []
            for side in e.sides:
                parts = []
                for key in side:
                    ids, states = known.units[key]
                    passed = joint.passed_on([states], merged)[0]
                    parts.append(joint.Apart(ids, joint.projected(passed, key[1], numbers)))
                sides.append(joint.one_text(parts))
            own, own_tags = joint.read_together([(sides[0], sides[1])], half)
            assert logits[row].numpy() == pytest.approx(own[0].numpy(), abs=0.15)
            size = sum(e.sizes)
            assert np.abs(tags[row, :size, 0].numpy() - own_tags[0, :size, 0].numpy()).max() < 0.5


@pytest.mark.parametrize("runs", [[], [((i, 1), (i, 1)) for i in range(4)]])
def test_groups_show_the_mistakes_of_the_true_beads_lines(builtin, runs):
    known = library(builtin, runs, WRONG)
    shown = set()
    for _, group in zip(range(60), iter(Groups(known, 2)), strict=False):
        assert group[0].same == 1 and not any(e.same for e in group[1:])
        for e in group:
            assert len(e.lost) == sum(e.sizes)
            sides = sorted(
                (side[0][1], tuple(key[2] for key in side)) for side in e.sides if all(k[3:] == (1, 0) for k in side)
            )
            shown.update(k for k, (one, other) in enumerate(WRONG) if sides == [one, other])
    assert shown == {0, 1, 2}


def test_words_that_a_mistake_has_too_many_are_marked_in_translations(builtin):
    known = library(builtin, [], WRONG)
    for _, group in zip(range(80), iter(Groups(known, 3)), strict=False):
        for e in group:
            lines = [[key[2] for key in side] for side in e.sides]
            if sorted(lines) == [[0], [0, 1]] and all(key[3:] == (1, 0) for side in e.sides for key in side):
                k = lines.index([0, 1])
                second = sum(e.sizes) - known.size(e.sides[1][-1]) if k else known.size(e.sides[0][0])
                end = sum(e.sizes) if k else e.sizes[0]
                assert e.lost[second:end].all() and e.lost.sum() == end - second
                return
    pytest.fail("the mistake was not shown")


def test_mistakes_are_no_beads(builtin):
    document = Text(
        {"fr": FRENCH, "vi": VIETNAMESE}, [((0, 1), (0, 1)), ((1, 1), (1, 1)), ((2, 1), (2, 1))], [((3, 1), (3, 1))]
    )
    found = mistakes(document, builtin, random.Random(1))
    assert all(one[0] == "fr" and other[0] == "vi" for one, other in found)
    assert not {(s, t) for (_, s), (_, t) in found} & {((i,), (i,)) for i in range(4)}
    parallel = mistakes(Text({"fr": FRENCH * 3, "vi": VIETNAMESE * 3}), builtin, random.Random(1))
    assert all(one[1] != other[1] for one, other in parallel)


def test_the_mean_of_networks_counts_unchanged_layers_as_no_change(tmp_path):
    save_file(
        {"a": torch.tensor([2.0]), "3.x.up": torch.tensor([4.0]), "3.x.down": torch.tensor([6.0])}, tmp_path / "1"
    )
    save_file({"a": torch.tensor([4.0])}, tmp_path / "2")
    out = tmp_path / "mean"
    average(argparse.Namespace(networks=[tmp_path / "1", tmp_path / "2"], out=out))
    assert {k: float(v) for k, v in load_file(out).items()} == {"a": 3.0, "3.x.up": 2.0, "3.x.down": 6.0}
