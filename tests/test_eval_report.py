"""The corpus report: right figures, everything escaped, nothing fetched, the same bytes again, bounded for large
corpora."""

import json
import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from songngu.cli.main import main
from songngu.data.errors import SongnguError
from songngu.eval.charts import band, number, ticks
from songngu.eval.report import write_report
from songngu.eval.survey import moved, survey

HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


def write(folder, name, records):
    (folder / name).write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


def document(name, language, texts, **more):
    sentences, at = [], 0
    for text in texts:
        sentences.append({"start": at, "end": at + len(text), "paragraph": 0, "text": text})
        at += len(text) + 1
    return {"id": name, "path": f"{name}.txt", "lang": language, "date": "2019-09-04", "title": None, "url": None} | {
        "site": None,
        "sentences": sentences,
        "dropped": [],
        **more,
    }


def bead(source, target, i, j, confidence: float | None = 0.9):
    texts = {"source_text": "a", "target_text": "b", "shape": f"{len(i)}-{len(j)}", "score": 1.0}
    return {
        "source": source,
        "target": target,
        "source_sentences": i,
        "target_sentences": j,
        **texts,
        "confidence": confidence,
    }


def corpus(folder, pairs=3, text="Il a parlé à Séoul."):
    """A small corpus: in every pair two crossing beads and one sentence alone on each side."""
    documents, links, beads = [], [], []
    for n in range(pairs):
        a, b = f"a{n}", f"b{n}"
        documents.append(
            document(a, "fr", [text, "Deux mots.", "Seul."], dropped=[{"text": "Photo : VNA", "why": "caption"}])
        )
        documents.append(
            document(b, "vi", ["Hai từ.", "Ông đã phát biểu.", "Một mình."], url="https://www.site.example/x")
        )
        links.append({"source": a, "target": b, "score": 1.5, "confidence": 0.97, "why": ["same date"]})
        beads += [bead(a, b, [0], [1]), bead(a, b, [1], [0], 0.42), bead(a, b, [2], []), bead(a, b, [], [2])]
    write(folder, "documents.jsonl", documents)
    write(folder, "pairs.jsonl", links)
    write(folder, "beads.jsonl", beads)
    write(folder, "rejected.jsonl", [{"path": "x.bin", "why": "binary file"}])
    about = {
        "signature": "songngu:0",
        "source_language": "fr",
        "target_language": "vi",
        "settings": {"pair": {"window": 3}},
    }
    (folder / "manifest.json").write_text(json.dumps({**about, "timings": {"read": 1.5, "align": 0.5}}))
    return folder


def test_figures(tmp_path):
    found = survey(corpus(tmp_path))
    assert (found.documents, found.pairs, found.beads, found.null_beads, found.lone_sentences) == (6, 3, 6, 6, 6)
    assert found.moved_beads == 3
    assert found.shapes == {"1-1": 6, "1-0": 3, "0-1": 3}
    assert (found.bead_confidence[18], found.bead_confidence[8], sum(found.bead_confidence)) == (3, 3, 6)
    assert found.pair_confidence[19] == 3
    french, vietnamese = found.languages
    assert (french.tag, french.documents, french.sentences, french.tokens) == ("fr", 3, 9, 24)
    assert vietnamese.types == 8
    assert found.sites[0].name == "unknown – site.example"
    assert (found.months[0].name, found.months[0].count) == ("2019-09", 6)
    assert found.months[0].confidence == pytest.approx(0.66)
    assert (found.rejected[0].why, found.rejected[0].count) == ("binary file", 1)
    assert (found.dropped[0].why, found.dropped[0].count, found.dropped[0].characters) == ("caption", 3, 33)


def test_the_page_has_everything_and_fetches_nothing(tmp_path):
    text = write_report(corpus(tmp_path)).read_text(encoding="utf-8")
    page = html.fromstring(text)
    assert len(page.xpath("//details[@class='pair']")) == 3
    assert len(page.xpath("//li[contains(@class, 'alone')]")) == 6
    assert len(page.xpath("//li[@data-bead and contains(@class, 'moved')]")) == 6
    for shown in ("Photo : VNA", "caption", "binary file", "same date", "pair.window", "songngu:0"):
        assert shown in page.text_content()
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("string(/html/@lang)") == "en"
    assert not page.xpath("//@src | //link | //iframe | //object | //@*[starts-with(name(), 'on')]")
    assert all(target.startswith("#") and target[1:] in ids for target in page.xpath("//@href"))
    assert not re.search(r"url\(|@import", text)
    assert "default-src 'none'" in text


def test_everything_is_escaped(tmp_path):
    folder = corpus(tmp_path, text=HOSTILE)
    write(folder, "rejected.jsonl", [{"path": HOSTILE, "why": HOSTILE}])
    documents = [json.loads(line) for line in (folder / "documents.jsonl").read_text(encoding="utf-8").splitlines()]
    for record in documents:
        record |= {"title": HOSTILE, "lang": record["lang"] + HOSTILE, "site": HOSTILE, "date": HOSTILE}
        record["dropped"] = [{"text": HOSTILE, "why": HOSTILE}]
    write(folder, "documents.jsonl", documents)
    write(folder, "pairs.jsonl", [{"source": "a0", "target": "b0", "score": 1, "confidence": 0.5, "why": [HOSTILE]}])
    about = {
        "signature": HOSTILE,
        "settings": {HOSTILE: HOSTILE},
        "versions": {HOSTILE: HOSTILE},
        "timings": {HOSTILE: 1},
    }
    (folder / "manifest.json").write_text(json.dumps(about | {"source_language": HOSTILE}))
    text = write_report(folder).read_text(encoding="utf-8")
    page = html.fromstring(text)
    assert len(page.xpath("//script")) == 1
    assert not page.xpath("//img | //@onerror")
    assert text.count("<script>") == 1
    assert page.text_content().count(HOSTILE) > 10


def test_the_same_corpus_gives_the_same_bytes(tmp_path):
    first = write_report(corpus(tmp_path, pairs=9), sample=4).read_bytes()
    assert write_report(tmp_path, tmp_path / "again.html", sample=4).read_bytes() == first


def test_a_large_corpus_shows_an_even_sample_and_says_so(tmp_path):
    found = survey(corpus(tmp_path, pairs=400), sample=50)
    places = [int(view.pair["source"][1:]) for view in found.sample]
    assert len(places) == 50
    assert places == sorted(places)
    assert min(places) < 60
    assert max(places) > 340
    assert found.beads == 800
    assert "50 of 400 pairs, drawn evenly, are shown" in write_report(tmp_path, sample=50).read_text(encoding="utf-8")


def test_a_long_pair_is_cut_and_says_so(tmp_path):
    texts = [f"Phrase {n}." for n in range(350)]
    write(tmp_path, "documents.jsonl", [document("a", "fr", texts), document("b", "vi", texts)])
    write(tmp_path, "pairs.jsonl", [{"source": "a", "target": "b", "score": 1, "confidence": 1}])
    write(tmp_path, "beads.jsonl", [bead("a", "b", [n], [n], None) for n in range(350)])
    text = write_report(tmp_path).read_text(encoding="utf-8")
    assert text.count("50 more sentences are not shown") == 2
    assert "There is no manifest.json" in text


@pytest.mark.parametrize("documents", [[], [document("a", "fr", ["Un."])]])
def test_a_corpus_without_pairs_is_a_page_too(tmp_path, documents):
    write(tmp_path, "documents.jsonl", documents)
    write(tmp_path, "pairs.jsonl", [])
    write(tmp_path, "beads.jsonl", [])
    assert "There are no pairs to show" in write_report(tmp_path).read_text(encoding="utf-8")


def test_what_is_no_corpus_is_named(tmp_path):
    with pytest.raises(SongnguError, match="is no corpus"):
        write_report(tmp_path)
    with pytest.raises(SongnguError, match="no such folder"):
        write_report(tmp_path / "none")
    write(tmp_path, "beads.jsonl", [])
    with pytest.raises(SongnguError, match=r"no documents\.jsonl, pairs\.jsonl in it"):
        write_report(tmp_path)
    (corpus(tmp_path) / "beads.jsonl").write_text('{"source": "a", ', encoding="utf-8")
    with pytest.raises(SongnguError, match=r"beads\.jsonl, line 1: not JSON"):
        write_report(tmp_path)
    assert not (tmp_path / "report.html").exists()


def test_a_bitext_file_has_a_report_of_its_rows(tmp_path):
    rows = [f"Phrase {n} {HOSTILE}\tCâu {n}\n" for n in range(2000)]
    path = tmp_path / "a.fr-vi.tsv"
    path.write_text("fr\tvi\n" + "".join(rows), encoding="utf-8")
    found = survey(path, sample=3)
    assert (found.beads, found.documents, found.shapes) == (2000, 0, {"1-1": 2000})
    assert [language.sentences for language in found.languages] == [2000, 2000]
    assert sum(len(view.beads) for view in found.sample) == 36
    page = html.fromstring(write_report(path, sample=3).read_text(encoding="utf-8"))
    assert "the rows have none" in page.text_content()
    assert "36 of 2\u202f000 rows, drawn evenly, are shown" in page.text_content()
    assert len(page.xpath("//script")) == 1
    assert (tmp_path / "a.fr-vi.tsv.report.html").is_file()


def test_the_command_writes_the_page_or_prints_the_figures(tmp_path, capsys):
    corpus(tmp_path)
    assert main(["report", str(tmp_path)]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "report.html")
    assert main(["report", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["beads"] == 6
    assert main(["report", str(tmp_path), "--out", "-"]) == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")
    assert main(["report", str(tmp_path), "--pairs", "-1"]) == 2
    assert main(["report", str(tmp_path / "none")]) == 1


def in_order(places):
    return all(a < b for a, b in pairwise(places))


@given(st.permutations(range(7)))
def test_moved_beads_leave_the_longest_run_in_order(places):
    beads = [{"source_sentences": [n], "target_sentences": [place]} for n, place in enumerate(places)]
    out = moved(beads)
    assert in_order([place for n, place in enumerate(places) if n not in out])
    longest = max(size for size in range(1, 8) if any(in_order(some) for some in combinations(places, size)))
    assert len(places) - len(out) == longest


@given(st.integers(0, 10**9))
def test_ticks_reach_the_most_in_few_round_steps(most):
    values = ticks(most)
    assert values[0] == 0
    assert values[-1] >= most
    assert len(values) <= 6


@pytest.mark.parametrize(
    ("confidence", "name"),
    [(None, "cx"), (0.0, "c0"), (0.5, "c1"), (0.7, "c2"), (0.85, "c3"), (0.95, "c4"), (1.0, "c4")],
)
def test_bands(confidence, name):
    assert band(confidence) == name


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "0"), (1234567, "1\u202f234\u202f567"), (0.5, "0.5"), (2.0, "2"), (1.239, "1.24")]
)
def test_numbers(value, shown):
    assert number(value) == shown
