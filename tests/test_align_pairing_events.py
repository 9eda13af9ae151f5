"""Events: clusters by the mean of their pairs."""

from songngu.align.pairing_events import events


def ids(odds: dict[tuple[str, str], float]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(e.source, e.target) for e in events(odds)]


def test_two_agencies_and_one_report_are_one_event():
    odds = {("f1", "v1"): 4.0, ("f2", "v1"): 3.0, ("f3", "v1"): -4.0, ("f3", "v2"): 2.0}
    assert ids(odds) == [(("f1", "f2"), ("v1",)), (("f3",), ("v2",))]


def test_a_round_up_does_not_tie_its_events_together():
    odds = {(f"f{n}", f"v{n}"): 5.0 for n in range(4)} | {("roundup", f"v{n}"): 0.5 for n in range(4)}
    found = ids(odds)
    assert all(len(target) == 1 for _, target in found)
    assert {target[0] for _, target in found} == {"v0", "v1", "v2", "v3"}


def test_order_does_not_matter_and_nothing_gives_nothing():
    odds = {("f1", "v1"): 4.0, ("f2", "v1"): 3.0, ("f2", "v2"): 3.0, ("f1", "v2"): 2.0}
    assert events(odds) == events(dict(reversed(odds.items())))
    assert events({}) == []
    assert events({("f", "v"): -1.0}) == []


def test_confidence_is_the_mean_probability_of_the_pairs():
    (found,) = events({("f1", "v1"): 50.0, ("f2", "v1"): 0.1})
    assert 0.75 < found.confidence < 0.77
