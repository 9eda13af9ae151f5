"""What goes into a bitext file comes out again, byte for byte the same each time, and never half."""

import gzip
import json
import random
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from songngu.data import formats
from songngu.data.core import Corpus, Segment
from songngu.data.corpus import open_corpus
from songngu.data.errors import SongnguError, UsageError
from songngu.data.markup import ILLEGAL
from songngu.data.moses import plain_line

NASTY = [
    "\t",
    "\\",
    "\\t",
    "\\u2028",
    '"',
    "'",
    "<&>",
    "]]>",
    "&amp;",
    "\u2028",
    "\x85",
    "\u200f",
    "🇻🇳",
    "đ\u0323",
    "\xa0",
    "=1+1",
]
RARE = ["\r", "\r\n", "\n", "\x0b", "\x0c", "\x1c", "\x00", "\x1b", "\x7f", "\ufffe", "\ufeff"]
pieces = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
texts = st.lists(pieces | st.sampled_from(RARE), max_size=6).map("".join)
indices = st.lists(st.integers(0, 99), unique=True, max_size=4).map(lambda found: tuple(sorted(found)))
known = texts.filter(bool) | st.none()
segments = st.builds(
    Segment,
    texts,
    texts,
    texts,
    texts,
    indices,
    indices,
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    st.none() | st.floats(0, 1),
    *[known] * 5,
    extra=st.dictionaries(texts.filter(bool), texts, max_size=2),
)
LOOSE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)


def corpus(*rows: Segment) -> Corpus:
    return Corpus("fr", "vi", rows)


def xml_clean(segment: Segment) -> Segment:
    clean = {
        name: ILLEGAL.sub("", value) or ("" if name in ("source", "target", "source_text", "target_text") else None)
        for name in Segment.__dataclass_fields__
        if isinstance(value := getattr(segment, name), str)
    }
    extra = {ILLEGAL.sub("", k): ILLEGAL.sub("", v) for k, v in segment.extra.items()}
    return replace(segment, **clean, extra=extra)


def moses_clean(segment: Segment) -> Segment:
    s = segment
    return Segment(
        plain_line(s.source_text), plain_line(s.target_text), s.source, s.target, s.source_sentences, s.target_sentences
    )


def xliff_clean(segment: Segment) -> Segment:
    return replace(
        xml_clean(segment), source_text=segment.source_text, target_text=segment.target_text, extra=segment.extra
    )


EXPECTED = {
    "tsv": lambda s: s,
    "jsonl": lambda s: s,
    "parquet": lambda s: s,
    "tmx": xml_clean,
    "xliff": xliff_clean,
    "xliff12": lambda s: replace(xml_clean(s), extra=s.extra),
    "moses": moses_clean,
}
SUFFIX = {"moses": ".fr", "xliff": ".xlf", "xliff12": ".1.2.xlf"}


@pytest.mark.parametrize(
    "name", ["tsv", "tsv.gz", "jsonl", "jsonl.zst", "tmx", "moses", "moses.zst", "xliff", "xliff12", "parquet"]
)
@LOOSE
@given(rows=st.lists(segments, max_size=4))
def test_read_gives_back_what_write_took(name, rows, tmp_path):
    form, _, end = name.partition(".")
    if form == "moses":
        rows = [replace(row, confidence=None) for row in rows]
    formats.write(corpus(*rows), tmp_path, name)
    path = tmp_path / f"bitext{SUFFIX.get(form, '.' + form)}{end and '.'}{end}"
    # languages are given, because an empty TMX or JSONL cannot tell them
    found = formats.read_bitext(path, source_language="fr", target_language="vi")
    assert list(found) == [EXPECTED[form](row) for row in rows]


def test_files_have_the_same_bytes_each_time(tmp_path):
    rows = [Segment(f"Un {i}.", f"Một {i}.", "a", "b", (i,), (i,), 0.5, 0.25, split="train") for i in range(2500)]
    every = [
        name + end
        for name in formats.names()
        for end in ("", ".gz", ".zst")
        if formats.get(name).compressible or not end
    ]
    one = formats.write(corpus(*rows), tmp_path / "1", every)
    two = formats.write(corpus(*rows), tmp_path / "2", every)
    assert [p.name for p in one] == [p.name for p in two]
    contents = [
        {p.relative_to(folder): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
        for folder in (tmp_path / "1", tmp_path / "2")
    ]
    assert contents[0] == contents[1]


def test_splits_have_files_of_their_own(tmp_path):
    rows = [Segment(str(i), str(i), split=formats.SPLITS[i % 3]) for i in range(7)]
    paths = formats.write(corpus(*rows), tmp_path, ["tsv"])
    assert [p.name for p in paths] == ["bitext.train.tsv", "bitext.validation.tsv", "bitext.test.tsv"]
    assert [s.source_text for s in formats.read_bitext(paths[0])] == ["0", "3", "6"]


def test_an_empty_corpus_gives_empty_files(tmp_path):
    for path in formats.write(corpus(), tmp_path, "tsv,jsonl,tmx,moses"):
        assert path.is_file()
    assert list(formats.read_bitext(tmp_path / "bitext.tsv")) == []


def test_languages_come_from_the_file(tmp_path):
    formats.write(corpus(Segment("Oui.", "Vâng.")), tmp_path, "tsv,jsonl,tmx,moses")
    for suffix in (".tsv", ".jsonl", ".tmx", ".fr"):
        found = formats.read_bitext(tmp_path / f"bitext{suffix}")
        assert (found.source_language, found.target_language) == ("fr", "vi"), suffix


@pytest.mark.parametrize(
    ("wanted", "message"),
    [("tsw", "unknown format 'tsw'; choose from"), ("", "no format given"), ("tsv.bz2", "unknown format 'tsv.bz2'")],
)
def test_unknown_formats_are_named(wanted, message, tmp_path):
    with pytest.raises(UsageError, match=message):
        formats.write(corpus(), tmp_path, wanted)


def test_a_failure_in_the_middle_leaves_what_was_there(tmp_path):
    (tmp_path / "bitext.tsv").write_text("before")

    def broken():
        yield from islice((Segment("a", "b") for _ in iter(int, 1)), 3000)
        raise SongnguError("source gone")

    with pytest.raises(SongnguError, match="source gone"):
        formats.write(Corpus("fr", "vi", broken()), tmp_path, formats.names())
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("bitext.tsv", "before")]


def test_a_full_disk_is_a_message_and_leaves_nothing(tmp_path):
    # the device that is always full; opening works, writing does not
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    from songngu.data import files

    with (
        pytest.raises(SongnguError, match=r"cannot write .*No space left"),
        files.atomic(tmp_path / "bitext.tsv"),
        full.open("w") as stream,
    ):
        stream.write("x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", formats.names())
def test_no_space_in_the_middle_leaves_nothing(name, tmp_path):
    """A real limit of the system on file sizes, met after some batches, in every format."""
    resource = pytest.importorskip("resource", reason="this system has no limits on file sizes")
    rng = random.Random(0)  # so that it cannot be compressed away
    rows = [Segment(f"{rng.random()} {rng.random()} {rng.random()}", f"{rng.random()}") for _ in range(25_000)]
    (tmp_path / "bitext.tsv").write_text("before")
    formats.get(name).files(formats.Target(tmp_path, "bitext", "fr", "vi"))  # imports what writing needs
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        with pytest.raises(SongnguError, match=r"cannot write .*nothing was changed there"):
            formats.write(corpus(*rows), tmp_path, name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("bitext.tsv", "before")]


@pytest.mark.parametrize(
    ("name", "content", "expected", "reasons"),
    [
        ("a.tsv", "Oui.\tVâng.\nNon.\nPeut-être.\tCó thể.\tx\n", ["Oui.", "Peut-être."], ["line 2: 1 columns"]),
        ("a.tsv", "fr\tvi\tconfidence\nOui.\tVâng.\t1.5\nNon.\tKhông.\t\n", ["Non."], ["line 2: .*probability"]),
        ("a.jsonl", '{"fr": "Oui.", "vi": "Vâng."}\n{"fr": \n[]\n', ["Oui."], ["line 2", "line 3: not a JSON object"]),
        ("a.jsonl", '{"translation": {"fr": "Oui.", "vi": "Vâng."}}\n', ["Oui."], []),
    ],
)
def test_bad_rows_are_rejected_by_line(name, content, expected, reasons, tmp_path):
    import re

    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    told = []
    found = formats.read_bitext(path, source_language="fr", target_language="vi", rejected=told.append)
    assert [s.source_text for s in found] == expected
    assert len(told) == len(reasons)
    assert all(re.search(reason, r.why) and r.path == str(path) for reason, r in zip(reasons, told, strict=True))
    if reasons:
        with pytest.raises(SongnguError, match=r"line \d"):
            list(formats.read_bitext(path, source_language="fr", target_language="vi"))


def test_unequal_moses_files_are_named(tmp_path):
    (tmp_path / "b.fr").write_text("Oui.\nNon.\n", encoding="utf-8")
    (tmp_path / "b.vi").write_text("Vâng.\n", encoding="utf-8")
    with pytest.raises(SongnguError, match=r"b.fr: 2 lines, b.vi: 1 lines; parallel files need one line each"):
        list(formats.read_bitext(tmp_path / "b.fr"))


def test_a_build_folder_streams_with_dates(tmp_path):
    documents = [
        {"id": "a", "lang": "fr", "date": "2019-09-04", "sentences": [], "dropped": []},
        {"id": "b", "lang": "vi", "date": None, "url": "https://vi.example/1", "sentences": [], "dropped": []},
    ]
    bead = {"source": "a", "target": "b", "source_sentences": [0, 1], "target_sentences": [3], "shape": "2-1"}
    beads = [
        bead | {"source_text": "Un. Deux.", "target_text": "Một hai.", "score": 0.5, "confidence": 0.75},
        bead | {"source_text": "Seul.", "target_text": "", "score": 0.0, "confidence": 0.5, "target_sentences": []},
    ]
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt", encoding="utf-8") as stream:
        stream.writelines(json.dumps(d) + "\n" for d in documents)
    (tmp_path / "beads.jsonl").write_text("".join(json.dumps(b) + "\n" for b in beads), encoding="utf-8")
    found = open_corpus(tmp_path)
    assert (found.source_language, found.target_language) == ("fr", "vi")
    for _ in range(2):  # a streamed corpus can be read again
        assert list(found) == [
            Segment(
                "Un. Deux.",
                "Một hai.",
                "a",
                "b",
                (0, 1),
                (3,),
                0.5,
                0.75,
                "2019-09-04",
                target_url="https://vi.example/1",
            )
        ]


def test_an_exported_folder_is_read_with_all_its_splits(tmp_path):
    rows = [Segment(str(i), str(i), split=formats.SPLITS[i % 3]) for i in range(7)]
    formats.write(corpus(*rows), tmp_path, "chat,jsonl,tsv")
    (tmp_path / "rejected.jsonl").write_text("{}\n")
    found = open_corpus(tmp_path)
    for _ in range(2):
        assert sorted(found, key=lambda s: s.source_text) == rows


def test_a_folder_without_a_corpus_says_so(tmp_path):
    with pytest.raises(SongnguError, match=r"is no corpus: it has neither beads\.jsonl nor a bitext file"):
        open_corpus(tmp_path)
