"""Reports that retell the same event: the files are well formed, and what is learned from is not what is measured on."""

from itertools import chain

import pytest

from benchmarks.alignment_sets import Case, retold, retold_test
from benchmarks.train_reader import retellings


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return [*retold(), *retold(fit=True), *retold_test(), *retold_test(held_out=True)]


def test_beads_are_runs_of_lines_and_sure_ones_share_none(cases: list[Case]) -> None:
    for case in cases:
        for side, lines in enumerate((case.source, case.target)):
            for key in chain(case.gold, case.possible):
                assert list(key[side]) == [*range(key[side][0], key[side][-1] + 1)] if key[side] else key[1 - side]
                assert all(i < len(lines) for i in key[side])
            sure = [i for key in case.gold for i in key[side]]
            assert len(sure) == len({*sure}), case.name
            # a line is in a bead, possibly in one, or alone
            assert {*range(len(lines))} == {*sure} | {i for key in case.possible for i in key[side]}


def test_what_is_measured_on_is_not_learned_from(cases: list[Case]) -> None:
    learned, fitted = [*retold()], [*retold(fit=True)]
    held_out = [*retold_test(), *retold_test(held_out=True)]
    assert len({case.name for case in cases}) == len(learned) + len(fitted) + len(held_out)
    assert len(fitted) < len(learned) < 2 * len(fitted)
    lines = [{line for case in some for line in (*case.source, *case.target)} for some in (learned, fitted, held_out)]
    assert not lines[2] & (lines[0] | lines[1]) and not lines[0] & lines[1]


def test_networks_learn_sure_beads_only() -> None:
    texts = [*retellings()]
    assert sum(len(text.runs) for text in texts) == sum(bool(s and t) for case in retold() for s, t in case.gold)
    first, case = texts[0], next(retold())
    (i, n), (j, m) = first.runs[0]
    assert (tuple(range(i, i + n)), tuple(range(j, j + m))) in case.gold
    assert [*first.sides] == [*case.languages]
