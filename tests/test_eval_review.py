"""Review: what corrections make of beads, the log that only grows, and a server that answers to nobody else."""

import http.client
import json
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.cli.main import main
from songngu.data.core import Alignment, Bead, DocumentPair
from songngu.data.errors import SongnguError, UsageError
from songngu.eval.review_server import Review, serve
from songngu.eval.reviewing import Correction, apply, corrections, effective, figures, reviewed_records

BEADS = [
    Bead((0,), (0,), 2.0, 0.9),
    Bead((1, 2), (1, 2), 1.0, 0.6),
    Bead((3,), ()),
    Bead((), (3,)),
]


def made(action, source=(), target=()):
    return Correction("a", "b", action, tuple(source), tuple(target))


@pytest.mark.parametrize(
    ("log", "expected"),
    [
        ([], {"0:0": "", "1,2:1,2": "", "3:": "", ":3": ""}),
        ([made("confirm", [0], [0])], {"0:0": "confirmed", "1,2:1,2": "", "3:": "", ":3": ""}),
        ([made("unlink", [0], [0])], {"0:": "unlinked", ":0": "unlinked", "1,2:1,2": "", "3:": "", ":3": ""}),
        # a split: the part that is taken out, and the rest
        ([made("link", [1], [1])], {"0:0": "", "1:1": "linked", "2:2": "", "3:": "", ":3": ""}),
        # a join over three beads
        ([made("link", [0, 3], [0, 3])], {"0,3:0,3": "linked", "1,2:1,2": ""}),
        # what loses its partner stands alone
        ([made("link", [3], [0])], {"0:": "", "3:0": "linked", "1,2:1,2": "", ":3": ""}),
        ([made("unlink", [2])], {"0:0": "", "1:1,2": "", "2:": "unlinked", "3:": "", ":3": ""}),
        ([made("confirm", [0], [0]), made("undo")], {"0:0": "", "1,2:1,2": "", "3:": "", ":3": ""}),
        ([made("undo"), made("link", [3], [3])], {"0:0": "", "1,2:1,2": "", "3:3": "linked"}),
    ],
)
def test_corrections_make_the_beads(log, expected):
    found = {
        ":".join(",".join(map(str, side)) for side in (r.bead.source, r.bead.target)): r.verdict
        for r in apply(BEADS, log)
    }
    assert found == expected


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["confirm", "unlink", "link", "undo"]),
            st.sets(st.integers(0, 3), min_size=1),
            st.sets(st.integers(0, 3), min_size=1),
        ),
        max_size=8,
    )
)
def test_every_sentence_stays_in_exactly_one_bead(log):
    state = apply(BEADS, [made(action, sorted(i), sorted(j)) for action, i, j in log])
    Alignment(DocumentPair("a", "b", 0, 1), tuple(r.bead for r in state))  # refuses a sentence in two beads
    for side in ("source", "target"):
        assert sorted(i for r in state for i in getattr(r.bead, side)) == [0, 1, 2, 3]


def test_a_confirmed_bead_is_certain_and_keeps_its_score():
    first = apply(BEADS, [made("confirm", [0], [0])])[0].bead
    assert (first.confidence, first.score) == (1.0, 2.0)


def test_undo_takes_back_one_action_each():
    log = [made("confirm", [0], [0]), made("link", [3], [3]), made("undo"), made("undo"), made("undo")]
    assert effective(log) == []


@pytest.mark.parametrize("wrong", [("nonsense", [0], [0]), ("confirm", [0], []), ("link", [], [0]), ("unlink", [], [])])
def test_impossible_corrections_are_refused(wrong):
    with pytest.raises(UsageError):
        made(*wrong)


def write(folder, name, records):
    (folder / name).write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    documents = [
        {"id": name, "lang": lang, "title": "<b>", "sentences": [{"text": f"{name} {n} </script>"} for n in range(4)]}
        for name, lang in (("a", "fr"), ("b", "vi"), ("c", "fr"))
    ]
    write(tmp_path, "documents.jsonl", documents)
    write(tmp_path, "pairs.jsonl", [{"source": "a", "target": "b", "score": 1.0, "confidence": 0.9}] * 1)
    rows = [
        {"source": "a", "target": "b", "source_sentences": list(x.source), "target_sentences": list(x.target)}
        | {"source_text": "x", "target_text": "y", "shape": x.shape, "score": x.score, "confidence": x.confidence}
        for x in BEADS
    ]
    write(tmp_path, "beads.jsonl", rows)
    return tmp_path


def test_the_log_grows_and_the_beads_follow(folder, capsys):
    review = Review.open(folder)
    before = (folder / "beads.jsonl").read_bytes()
    state = review.correct(0, "link", [1], [1])
    assert [bead["verdict"] for bead in state["beads"]] == ["", "linked", ""]
    review.correct(0, "confirm", [0], [0])
    assert review.overview()["pairs"][0]["corrections"] == 2
    assert (folder / "beads.jsonl").read_bytes() == before
    assert Review.open(folder).pair(0) == review.pair(0)
    rows = list(reviewed_records(folder))
    assert [row.get("review", "") for row in rows] == ["confirmed", "linked", "", "", ""]
    assert rows[1]["source_text"] == "a 1 </script>"
    assert rows[2]["shape"] == "1-1"
    assert figures(folder) == {"link": 1, "confirm": 1, "pairs": 1}
    assert main(["review", str(folder), "--out", str(folder / "out.jsonl")]) == 0
    assert "5 beads written; 1 confirm, 1 link, 1 pairs" in capsys.readouterr().err
    assert len((folder / "out.jsonl").read_text(encoding="utf-8").splitlines()) == 5


@pytest.mark.parametrize("sides", [([9], [0]), ([-1], [0]), ("0", [0]), ([True, "x"], [0])])
def test_sentences_that_are_not_there_are_refused(folder, sides):
    with pytest.raises(UsageError, match="sentence numbers"):
        Review.open(folder).correct(0, "link", *sides)
    assert not (folder / "review.jsonl").exists()


def test_what_is_no_corpus_and_a_broken_log_are_named(tmp_path, folder):
    with pytest.raises(SongnguError, match=r"no documents\.jsonl"):
        Review.open(tmp_path / "none")
    assert main(["review", str(tmp_path / "none")]) == 1
    (folder / "review.jsonl").write_text('{"source": "a", "target": "b", "action": "fly"}\n', encoding="utf-8")
    with pytest.raises(SongnguError, match=r"review\.jsonl, line 1: no correction: unknown action"):
        corrections(folder)


@pytest.fixture
def server(folder):
    found = serve(Review.open(folder))
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    yield found
    found.shutdown()
    found.server_close()


def ask(server, method, path, body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    connection.request(method, path, body=body, headers={"Host": f"127.0.0.1:{server.server_port}", **headers})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), answer.headers


def test_the_page_is_served_with_its_policy_and_escaped(server):
    status, text, headers = ask(server, "GET", f"/?token={server.token}")
    assert status == 200
    assert "{{" not in text
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert server.server_address[0] == "127.0.0.1"


def test_pairs_are_shown_and_corrected(server, folder):
    status, text, _ = ask(server, "GET", f"/api/pairs?token={server.token}")
    assert (status, json.loads(text)["total"]) == (200, 1)
    status, text, _ = ask(server, "GET", f"/api/pair/0?token={server.token}")
    assert [len(document["glosses"]) for document in json.loads(text)["documents"]] == [4, 4]
    assert json.loads(text)["documents"][0]["sentences"][0] == "a 0 </script>"
    body = json.dumps({"action": "confirm", "source_sentences": [0], "target_sentences": [0]})
    headers = {"X-Token": server.token, "Content-Type": "application/json"}
    status, text, _ = ask(server, "POST", "/api/pair/0", body, **headers)
    assert (status, json.loads(text)["corrections"]) == (200, 1)
    assert len((folder / "review.jsonl").read_text(encoding="utf-8").splitlines()) == 1


BODY = json.dumps({"action": "confirm", "source_sentences": [0], "target_sentences": [0]})


@pytest.mark.parametrize(
    ("request_", "headers", "status"),
    [
        (("GET", "/", None), {}, 403),
        (("GET", "/?token=wrong", None), {}, 403),
        (("GET", "/api/pair/0", None), {}, 403),
        (("GET", "/?token=TOKEN", None), {"Host": "evil.example"}, 403),
        (("GET", "/../pairs.jsonl?token=TOKEN", None), {}, 404),
        (("GET", "/api/pair/7?token=TOKEN", None), {}, 400),
        (("GET", "/api/pair/x?token=TOKEN", None), {}, 400),
        (("POST", "/api/pair/0", BODY), {"Content-Type": "application/json"}, 403),
        (("POST", "/api/pair/0?token=TOKEN", BODY), {"Content-Type": "application/json"}, 403),
        (("POST", "/api/pair/0", BODY), {"X-Token": "TOKEN", "Content-Type": "text/plain"}, 400),
        (
            ("POST", "/api/pair/0", BODY),
            {"X-Token": "TOKEN", "Content-Type": "application/json", "Origin": "http://evil.example"},
            403,
        ),
        (("POST", "/api/pair/0", "{half"), {"X-Token": "TOKEN", "Content-Type": "application/json"}, 400),
        (("POST", "/api/pair/0", "[]"), {"X-Token": "TOKEN", "Content-Type": "application/json"}, 400),
        (("POST", "/api/pair/0", " " * (2 << 20)), {"X-Token": "TOKEN", "Content-Type": "application/json"}, 400),
    ],
)
def test_everything_else_is_refused_and_changes_nothing(server, folder, request_, headers, status):
    method, path, body = request_
    given = {name: value.replace("TOKEN", server.token) for name, value in headers.items()}
    try:
        answer = ask(server, method, path.replace("TOKEN", server.token), body, **given)
    except (BrokenPipeError, ConnectionResetError):  # it stopped reading a body that is too large
        assert len(body or "") > 1 << 20
    else:
        assert answer[0] == status
        assert "error" in json.loads(answer[1])
    assert not (folder / "review.jsonl").exists()


def test_a_port_that_is_taken_is_named(server, folder):
    with pytest.raises(SongnguError, match="choose another with --port"):
        serve(Review.open(folder), server.server_port)
