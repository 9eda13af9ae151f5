"""The review application: a small web server on the loopback interface that shows pairs and takes corrections.

It answers only to this machine, only under its own name (so that no other site can reach it through DNS), and only to
who has the token that stands in the address it prints. It serves no files but its own page.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ..data.corpus import BEADS, DOCUMENTS
from ..data.errors import SongnguError, UsageError
from .report_page import asset, language_name
from .reviewing import Correction, Ids, append, apply, bead_of, corrections, effective

_MOST_BYTES = 1 << 20
_PAGE = 200  # pairs a list shows
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)


@dataclass(slots=True)
class Review:
    """A corpus folder opened for review: where each document and each pair's beads begin, and the corrections so far.

    Texts stay on the disk; memory holds ids and offsets. All methods may be called from several threads.
    """

    folder: Path
    pairs: list[dict[str, Any]] = field(default_factory=list)
    _documents: dict[str, int] = field(default_factory=dict)
    _beads: dict[Ids, tuple[int, int]] = field(default_factory=dict)
    _made: dict[Ids, list[Correction]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, folder: Path) -> Review:
        """The review of a folder that `build` wrote.

        Raises:
            SongnguError: it is none, or a file of it cannot be read.
        """
        missing = [name for name in (DOCUMENTS, "pairs.jsonl", BEADS) if not (folder / name).is_file()]
        if missing:
            raise SongnguError(
                f"{folder}: no {', '.join(missing)} in it; review is for a folder that songngu build wrote"
            )
        review = cls(folder)
        review.pairs = [record for _, record in _lines(folder / "pairs.jsonl")]
        review._documents = {str(record["id"]): at for at, record in _lines(folder / DOCUMENTS)}
        for at, record in _lines(folder / BEADS):
            ids = str(record["source"]), str(record["target"])
            first, count = review._beads.get(ids, (at, 0))
            review._beads[ids] = first, count + 1
        review._made = corrections(folder)
        return review

    def ids(self, number: int) -> Ids:
        """The document ids of a pair.

        Raises:
            UsageError: there is no such pair.
        """
        if not 0 <= number < len(self.pairs):
            raise UsageError(f"there is no pair {number}; there are {len(self.pairs)}")
        return str(self.pairs[number]["source"]), str(self.pairs[number]["target"])

    def overview(self, at: int = 0) -> dict[str, Any]:
        """A page of the pairs from number `at`, each with how many corrections it has."""
        rows = [
            {
                "number": n,
                "source": self.pairs[n]["source"],
                "target": self.pairs[n]["target"],
                "confidence": self.pairs[n].get("confidence"),
                "corrections": len(effective(self._made.get(self.ids(n), ()))),
            }
            for n in range(max(at, 0), min(max(at, 0) + _PAGE, len(self.pairs)))
        ]
        return {"name": self.folder.resolve().name, "total": len(self.pairs), "pairs": rows}

    def pair(self, number: int) -> dict[str, Any]:
        """Everything that is shown of a pair: both documents' sentences and the beads with their verdicts."""
        ids = self.ids(number)
        state = apply(self._original(ids), self._made.get(ids, ()))
        beads = [
            asdict(r.bead) | {"shape": r.bead.shape, "verdict": r.verdict}
            for r in state
            if not r.bead.is_null or r.verdict
        ]
        made = len(effective(self._made.get(ids, ())))
        documents = [self._document(name) for name in ids]
        for document, other in zip(documents, documents[::-1], strict=True):
            document["glosses"] = _glosses(document["sentences"], document["lang"], other["lang"])
        return {
            "number": number,
            "pair": self.pairs[number],
            "documents": documents,
            "beads": beads,
            "corrections": made,
        }

    def correct(self, number: int, action: str, source: object, target: object) -> dict[str, Any]:
        """Log a correction and return the pair as it is then.

        Raises:
            UsageError: an action or sentence numbers that cannot be.
        """
        ids = self.ids(number)
        documents = [self._document(name) for name in ids]
        sides = [_numbers(side, len(d["sentences"])) for side, d in zip((source, target), documents, strict=True)]
        now = datetime.now(UTC).isoformat(timespec="seconds")
        correction = Correction(*ids, action, *sides, time=now)
        with self._lock:
            if action != "undo" or effective(self._made.get(ids, ())):
                append(self.folder, correction)
                self._made.setdefault(ids, []).append(correction)
        return self.pair(number)

    def _original(self, ids: Ids) -> list[Any]:
        start, left = self._beads.get(ids, (0, 0))
        found = []
        with (self.folder / BEADS).open("rb") as stream:
            stream.seek(start)
            while left:
                record = json.loads(stream.readline())
                if (str(record["source"]), str(record["target"])) == ids:
                    found.append(bead_of(record))
                    left -= 1
        return found

    def _document(self, name: str) -> dict[str, Any]:
        if name not in self._documents:
            raise SongnguError(f"document {name} is not in {DOCUMENTS}")
        with (self.folder / DOCUMENTS).open("rb") as stream:
            stream.seek(self._documents[name])
            record = json.loads(stream.readline())
        language = str(record.get("lang") or "")
        return {
            "id": name,
            "lang": language,
            "language": language_name(language),
            "title": record.get("title"),
            "date": record.get("date"),
            "sentences": [s["text"] for s in record.get("sentences", ())],
        }


def _glosses(sentences: Sequence[str], language: str, other: str) -> list[str]:
    """Word-for-word hints for who reads one language better; none where there is no lexicon."""
    from ..models.gloss import gloss, lexicon

    try:
        words = lexicon(language, other)
    except UsageError:  # a language that is not known
        words = None
    return [gloss(sentence, words) for sentence in sentences] if words is not None else []


def _lines(path: Path):
    # (byte offset, record): offsets let a text be read again without holding it
    at = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            try:
                yield at, json.loads(line)
            except ValueError as error:
                raise SongnguError(f"{path}, line {number}: not JSON ({error})") from error
            at += len(line)


def _numbers(side: object, count: int) -> tuple[int, ...]:
    if not isinstance(side, list) or not all(isinstance(i, int) and 0 <= i < count for i in side):
        raise UsageError(f"sentence numbers must be a list of numbers below {count}")
    return tuple(sorted(set(side)))


class Server(ThreadingHTTPServer):
    """The server of one review; `address` is where a browser finds it, token included."""

    daemon_threads = True

    def __init__(self, review: Review, port: int = 0) -> None:
        self.review, self.token = review, secrets.token_urlsafe(24)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def address(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self.server_port}/?token={self.token}"


class _Handler(BaseHTTPRequestHandler):
    server: Server  # pyright: ignore[reportIncompatibleVariableOverride] it is what Server passes
    server_version, sys_version, protocol_version = "songngu", "", "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        if not self._allowed(query.get("token", [""])[0]):
            return
        if url.path == "/":
            self._send(HTTPStatus.OK, _page(self.server.review, self.server.token), "text/html")
        elif url.path == "/api/pairs":
            self._answer(lambda: self.server.review.overview(int(query.get("at", ["0"])[0])))
        elif url.path.startswith("/api/pair/"):
            self._answer(lambda: self.server.review.pair(int(url.path.rsplit("/", 1)[-1])))
        else:
            self._fail(HTTPStatus.NOT_FOUND, "no such page")

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        content = self.rfile.read(int(length)) if length.isdecimal() and int(length) <= _MOST_BYTES else b""
        # the token comes in a header that no form of another site can set, and JSON is no form's type
        if not self._allowed(self.headers.get("X-Token", "")):
            return
        path = urlsplit(self.path).path
        if not path.startswith("/api/pair/") or self.headers.get("Content-Type") != "application/json" or not content:
            self._fail(HTTPStatus.BAD_REQUEST, "expected a JSON correction of at most 1 MiB")
            return
        self._answer(lambda: self._correct(int(path.rsplit("/", 1)[-1]), json.loads(content)))

    def _correct(self, number: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
        sides = (wanted.get("source_sentences", []), wanted.get("target_sentences", []))
        return self.server.review.correct(number, str(wanted.get("action")), *sides)

    def _allowed(self, token: str) -> bool:
        own = {f"127.0.0.1:{self.server.server_port}", f"localhost:{self.server.server_port}"}
        origin = self.headers.get("Origin")
        if self.headers.get("Host") not in own or (origin is not None and urlsplit(origin).netloc not in own):
            self._fail(HTTPStatus.FORBIDDEN, "this server answers only under its own address")
        elif not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._fail(HTTPStatus.FORBIDDEN, "open the address that songngu review printed; it has a token")
        else:
            return True
        return False

    def _answer(self, work: Any) -> None:
        try:
            self._send(HTTPStatus.OK, json.dumps(work(), ensure_ascii=False), "application/json")
        except (SongnguError, ValueError, TypeError, AttributeError) as error:
            self._fail(HTTPStatus.BAD_REQUEST, str(error))
        except OSError as error:
            self._fail(HTTPStatus.INTERNAL_SERVER_ERROR, f"the correction was not saved: {error}")

    def _fail(self, status: HTTPStatus, message: str) -> None:
        self.close_connection = True
        self._send(status, json.dumps({"error": message}, ensure_ascii=False), "application/json")

    def _send(self, status: HTTPStatus, text: str, kind: str) -> None:
        content = text.encode()
        self.send_response(status)
        headers = {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(content)),
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: requests are no news."""


def _page(review: Review, token: str) -> str:
    from html import escape

    folder = resources.files(__package__ or "songngu.eval") / "review"
    parts = {
        "title": escape(review.folder.resolve().name),
        "token": escape(token),
        "style": asset("report.css") + (folder / "review.css").read_text(encoding="utf-8"),
        "script": asset("ribbons.js") + (folder / "review.js").read_text(encoding="utf-8"),
    }
    page = (folder / "review.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace(f"{{{{{name}}}}}", text)
    return page


def serve(review: Review, port: int = 0) -> Server:
    """A server that is bound to the loopback interface and ready for `serve_forever`.

    Raises:
        SongnguError: the port is taken.
    """
    try:
        return Server(review, port)
    except OSError as error:
        raise SongnguError(
            f"cannot listen on port {port}: {error.strerror or error}; choose another with --port"
        ) from error
