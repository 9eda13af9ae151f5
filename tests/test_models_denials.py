from dataclasses import replace

import numpy as np
import pytest
from songngu.data.negation import denials, hints
from songngu.eval.checks import check
from songngu.models.denials import FEATURES, READ, chance, evidence_of, weights
from songngu.models.gaps import Side

FR = "Le ministre ne viendra pas à la grande réunion de lundi avec les pêcheurs de la côte."
VI = "Bộ trưởng sẽ đến cuộc họp lớn hôm thứ Hai với các ngư dân ven biển."


def side(text: str, cosines: np.ndarray) -> Side:
    ends = [text.index(word, n) + len(word) for word, n in zip(text.split(), starts(text), strict=True)]
    return Side(text, np.array(list(zip(starts(text), ends, strict=True))), cosines)


def starts(text: str) -> list[int]:
    return [0, *(n + 1 for n, c in enumerate(text) if c == " ")]


def pair(source: str, target: str, *, denial: float, others: float = 0.6) -> tuple[Side, Side]:
    """Both sides, where every word of the source has a counterpart with cosine `others`, and the words that deny one with `denial`."""
    cosines = np.zeros((len(source.split()), len(target.split())), dtype=np.float32)
    for k, start in enumerate(starts(source)):
        cosines[k, k % cosines.shape[1]] = denial if any(a <= start < b for a, b in denials(source, "fr")) else others
    return side(source, cosines), side(target, cosines.T)


def test_a_denial_without_a_counterpart_is_likelier_an_error() -> None:
    lost, kept = (chance(*pair(FR, VI, denial=cosine), "fr", "vi") for cosine in (0.15, 0.6))
    assert lost is not None and kept is not None
    assert lost > 0.6 and kept < 0.4


def test_less_so_where_nothing_near_it_has_one_or_another_word_may_deny_there() -> None:
    close = chance(*pair(FR, VI, denial=0.15), "fr", "vi")
    free = chance(*pair(FR, VI, denial=0.15, others=0.2), "fr", "vi")
    hinted = chance(*pair(FR, VI.replace("sẽ", "tránh"), denial=0.15), "fr", "vi")
    assert close is not None and free is not None and hinted is not None
    assert free < close and hinted < close


def test_the_evidence_has_a_weight_each_and_may_be_missing() -> None:
    one, other = pair(FR, VI, denial=0.3)
    evidence = evidence_of(one, other, denials(FR, "fr"), hints(VI, "vi"))
    assert evidence is not None and tuple(evidence) == FEATURES
    assert set(weights()) == {*FEATURES, "bias"} and set(weights(read=True)) == {*READ, "bias"}
    assert evidence["covered"] == pytest.approx(0.3) and evidence["around"] == pytest.approx(0.6)
    assert chance(*pair("Le ministre viendra.", "Bộ trưởng sẽ đến.", denial=0.3), "fr", "vi") is None
    assert chance(*pair("Ne viens", "Đến", denial=0.3), "fr", "vi") is None


def test_it_matters_what_the_network_says_of_the_word() -> None:
    one, other = pair(FR, VI, denial=0.3)
    quiet, gone = np.full(len(one.spans), -4.0), np.full(len(other.spans) + 1, -4.0)
    odd = quiet.copy()
    odd[[k for k, (start, _) in enumerate(one.spans) if any(a <= start < b for a, b in denials(FR, "fr"))]] = 5.0
    kept, lost = (
        chance(replace(one, odd=odds, gone=quiet), replace(other, odd=gone[1:], gone=gone), "fr", "vi")
        for odds in (quiet, odd)
    )
    assert kept is not None and lost is not None and kept < 0.6 < lost and lost > kept + 0.3


def test_checks_are_bolder_with_words(builtin) -> None:
    source = (
        "Les agriculteurs de la région arrosent leurs champs depuis dimanche, et le ministre a rappelé lundi que le préfet "
        "viendra leur parler avant la fin de la semaine."
    )
    wrong = (
        "Nông dân trong vùng tưới ruộng từ Chủ nhật, và hôm thứ Hai bộ trưởng nhắc rằng tỉnh trưởng sẽ không đến nói chuyện "
        "với họ trước cuối tuần."
    )
    pairs = [
        (source, wrong.replace("không ", "")),
        (source, wrong),
        (source.replace("viendra", "refusera de venir"), wrong),
    ]
    options = {"source_language": "fr", "target_language": "vi", "kinds": ["negation"]}
    assert not list(check(pairs, **options))
    assert [finding.line for finding in check(pairs, **options, encoder=builtin)] == [2]
