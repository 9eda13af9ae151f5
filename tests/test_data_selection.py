"""Deduplication, decontamination, splits and merging: nothing leaks, nothing disappears without a reason, all is repeatable."""

import json
import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from songngu.data import selection
from songngu.data.core import Corpus, Segment
from songngu.data.decontamination import decontaminated
from songngu.data.deduplication import DeduplicationSettings, deduplicated
from songngu.data.errors import SongnguError, UsageError
from songngu.data.exporting import JOURNAL, REJECTED, ExportSettings, export
from songngu.data.merging import merge, turned
from songngu.data.selection import key, stream
from songngu.data.splits import SplitSettings, parse_shares, split


def run(stage, rows, *args, **options) -> list[str | None]:
    marked = stage(stream(Corpus("fr", "vi", rows)), *args, **options)
    first = [why for _, why in marked]
    assert [why for _, why in marked] == first  # a stream can be read again
    return first


COPIES = [
    Segment("Un chat.", "Một con mèo.", confidence=0.5),
    Segment("un chat", "Một con mèo!", confidence=0.9),
    Segment("Un chat.", "Con mèo.", confidence=0.7),
    Segment("Un chien.", "Con mèo.", confidence=0.7),
]


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ("pair", ["copy of segment 2", None, None, None]),
        ("source", ["copy of segment 2", None, "copy of segment 2", None]),
        ("target", ["copy of segment 2", None, None, "copy of segment 3"]),
        ("either", ["copy of segment 2", None, "copy of segment 2", None]),
    ],
)
def test_the_surest_copy_stays(sides, expected):
    assert run(deduplicated, COPIES, DeduplicationSettings(sides)) == expected


def test_near_copies():
    text = "Le ministre des Affaires étrangères a reçu mercredi à Hanoï une délégation de parlementaires venus de Séoul"
    rows = [
        Segment(text + ".", "x", confidence=0.5),
        Segment(text + " hier.", "x", confidence=0.6),
        Segment("Autre chose.", "y"),
    ]
    assert run(deduplicated, rows, DeduplicationSettings(near=0.8)) == ["nearly a copy of segment 2", None, None]
    assert run(deduplicated, rows) == [None] * 3


def test_an_unknown_side_is_an_error():
    with pytest.raises(UsageError, match="unknown side 'both'; choose from either, pair, source, target"):
        DeduplicationSettings("both")  # type: ignore[arg-type]


def test_decontamination_says_where(tmp_path):
    long = "un deux trois quatre cinq six sept huit neuf dix onze"
    (tmp_path / "t.fr").write_text(f"Bonjour à tous.\nAvant, {long}, après.\n", encoding="utf-8")
    (tmp_path / "t.tsv").write_text("fr\tvi\nOui.\tVâng ạ.\n", encoding="utf-8")
    rows = [
        Segment("bonjour à tous !", "Xin chào."),
        Segment(f"Alors {long}", "x"),
        Segment("Autre.", "vâng ạ"),
        Segment("Bonjour à vous tous.", "x"),
    ]
    assert run(decontaminated, rows, [tmp_path / "t.fr", tmp_path / "t.tsv"]) == [
        "source is in a test set (t.fr, line 1)",
        "source shares 10 words with a test set (t.fr, line 2)",
        "target is in a test set (t.tsv, line 2)",
        None,
    ]


def test_a_missing_test_set_is_an_error(tmp_path):
    with pytest.raises(SongnguError, match=r"cannot read .*nowhere\.fr"):
        run(decontaminated, COPIES, [tmp_path / "nowhere.fr"])


def events(seed: int, count: int = 40) -> list[Segment]:
    """Reports of events; some sentences recur in other events, some events have two reports a side."""
    rng = random.Random(seed)
    pool = [f"Cette phrase numéro {i} revient dans plusieurs articles de la même agence de presse." for i in range(5)]
    rows = []
    for event in range(count):
        for i in range(rng.randint(2, 12)):
            text = rng.choice(pool) if rng.random() < 0.03 else f"L'événement {event} a une phrase {i} {rng.random()}."
            ids = f"a{event}", f"b{event}{rng.choice('xy')}"
            rows.append(
                Segment(
                    text, f"Câu {event} {i} {rng.random()}.", *ids, (i,), (i,), confidence=rng.choice([0.5, 0.95, 1.0])
                )
            )
    return rows


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_no_document_and_no_copy_stands_in_two_splits(seed):
    rows = events(seed)
    found = list(selection.kept(split(stream(Corpus("fr", "vi", rows)), SplitSettings((0.6, 0.2, 0.2), seed))))
    owners = defaultdict(set)
    for s in found:
        for thing in (("a", s.source), ("b", s.target), key(s.source_text), key(s.target_text)):
            owners[thing].add(s.split)
    assert all(len(splits) == 1 for splits in owners.values())
    assert {s.split for s in found} == {"train", "validation", "test"}
    assert all((s.confidence or 0) >= 0.9 for s in found if s.split == "test")
    assert 0.05 < sum(s.split == "test" for s in found) / len(found) < 0.35


def test_splits_follow_from_the_seed():
    rows = events(1)
    one, two, other = (
        [s.split for s, _ in split(stream(Corpus("fr", "vi", rows)), SplitSettings(seed=n))] for n in (1, 1, 2)
    )
    assert one == two != other


def test_near_copies_are_one_event():
    text = (
        "Le Premier ministre a reçu mercredi à Hanoï une délégation de parlementaires venus de Séoul pour trois jours"
    )
    rows = [Segment(f"{text} {end}.", f"Câu {i} {end}", f"a{i}", f"b{i}") for i, end in enumerate(["hier", "aussi"])]
    rows += [Segment(f"Tout autre chose, {i}.", f"Khác {i}", f"c{i}", f"d{i}") for i in range(9)]
    for seed in range(10):
        found = list(split(stream(Corpus("fr", "vi", rows)), SplitSettings((0.4, 0.3, 0.3), seed)))
        assert found[0][0].split == found[1][0].split


@pytest.mark.parametrize("shares", ["0.9,0.1", "a,b,c", ""])
def test_bad_shares(shares):
    with pytest.raises(UsageError, match="three shares"):
        parse_shares(shares)
    with pytest.raises(UsageError, match="sum to 1"):
        SplitSettings((0.5, 0.2, 0.2))


def test_merging_keeps_where_a_segment_came_from_and_turns_directions():
    one = Corpus("fr", "vi", [Segment("Oui.", "Vâng.")], ("run1",), "v:1")
    two = Corpus("vi", "fr-CA", [Segment("Không.", "Non.", "b", "a", (1,), (2, 3))], ("old.tmx",), "v:2")
    found = merge([one, two])
    assert list(found) == [
        Segment("Oui.", "Vâng.", provenance="run1"),
        Segment("Non.", "Không.", "a", "b", (2, 3), (1,), provenance="old.tmx"),
    ]
    assert (found.provenance, found.signature) == (("run1", "old.tmx"), "v:1 + v:2")
    assert turned(turned(list(found)[1])) == list(found)[1]


def test_other_languages_cannot_be_merged():
    with pytest.raises(UsageError, match="b is de–vi, a is fr–vi; they cannot be merged"):
        merge([Corpus("fr", "vi", (), ("a",)), Corpus("de", "vi", (), ("b",))])


def test_export_loses_nothing_silently(tmp_path):
    rows = events(3) + COPIES
    chosen = ExportSettings(
        min_confidence=0.6, deduplicate=DeduplicationSettings(), split=SplitSettings((0.8, 0.1, 0.1))
    )
    result = export([Corpus("fr", "vi", rows)], tmp_path, "jsonl", chosen)
    rejected = [json.loads(line) for line in (tmp_path / REJECTED).open(encoding="utf-8")]
    assert result.segments + len(rejected) == len(rows)
    assert all(record["why"] for record in rejected)


def test_an_export_in_shards_goes_on_where_it_stopped(tmp_path):
    def broken():
        yield from events(1)[:25]
        raise SongnguError("power cut")

    chosen = ExportSettings(shard=10, resume=True)
    with pytest.raises(SongnguError, match="power cut"):
        export([Corpus("fr", "vi", broken())], tmp_path, "tsv", chosen)
    assert sorted(p.name for p in tmp_path.iterdir()) == [JOURNAL, "bitext-00000.tsv", "bitext-00001.tsv"]
    before = (tmp_path / "bitext-00000.tsv").stat().st_mtime_ns
    result = export([Corpus("fr", "vi", events(1)[:25])], tmp_path, "tsv", chosen)
    assert (result.skipped, len(result.paths)) == (2, 3)
    assert (tmp_path / "bitext-00000.tsv").stat().st_mtime_ns == before
    (tmp_path / "bitext-00001.tsv").write_text("damaged")
    assert export([Corpus("fr", "vi", events(1)[:25])], tmp_path, "tsv", chosen).skipped == 2
    assert export([Corpus("fr", "vi", events(1)[:25])], tmp_path, "tsv,jsonl", chosen).skipped == 0


def test_varieties_of_a_set_phrase_stand_in_one_split():
    """More events than make one event share nearly one sentence: it must not leak, nor join them all."""
    phrase = "Le taux de change du dollar américain est resté stable ce matin dans toutes les banques de Hanoï à "
    rows = []
    for i in range(40):
        rows.append(Segment(f"{phrase}{i} dongs.", f"Câu riêng số {i} của bản tin {i}.", f"a{i}", f"b{i}"))
        rows += [
            Segment(f"Événement {i}, {j} {i * j}.", f"Sự kiện {i} {j} {i + j}.", f"a{i}", f"b{i}") for j in range(3)
        ]
    found = [s for s, why in split(stream(Corpus("fr", "vi", rows)), SplitSettings((0.4, 0.3, 0.3))) if why is None]
    assert {s.split for s in found} == {"train", "validation", "test"}
    assert len({s.split for s in found if s.source_text.startswith(phrase)}) == 1


def test_many_segments_are_deduplicated_as_few_are():
    rng = random.Random(0)
    rows = [Segment(f"s{rng.randrange(300)}", f"t{rng.randrange(3)}", confidence=rng.random()) for _ in range(2000)]
    for sides in ("pair", "source", "target", "either"):
        kept: list[tuple[str, str]] = []
        for place in sorted(range(len(rows)), key=lambda i: (-(rows[i].confidence or 0), i)):
            one = rows[place].source_text, rows[place].target_text
            same = {
                "pair": lambda a, b: a == b,
                "source": lambda a, b: a[0] == b[0],
                "target": lambda a, b: a[1] == b[1],
                "either": lambda a, b: a[0] == b[0] or a[1] == b[1],
            }[sides]
            if not any(same(one, other) for other in kept):
                kept.append(one)
        found = selection.kept(deduplicated(stream(Corpus("fr", "vi", rows)), DeduplicationSettings(sides)))
        assert sorted((s.source_text, s.target_text) for s in found) == sorted(kept)


def test_a_similarity_that_is_none_is_an_error():
    for near in (0, 1.5, -1):
        with pytest.raises(UsageError, match="similarity over 0 and up to 1"):
            DeduplicationSettings(near=near)
