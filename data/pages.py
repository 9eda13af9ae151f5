"""HTML pages: the blocks of a page, with what its markup says of them, and its title, date, address and language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import (
    etree,  # pyright: ignore[reportAttributeAccessIssue] a C extension without stubs
    html,
)

from .blocks import Block, is_closed, is_sentences
from .text import normalise, one_line

_SKIPPED = frozenset(
    "script style noscript template svg iframe head select option button input textarea object embed canvas audio video map math"
    " dialog".split()
)
_BREAKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3"
    " h4 h5 h6 header hr html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_INLINE = frozenset(["a", "span", "time", "b", "strong", "em", "i", "small", "label", "button", "img", "svg", "font"])
# Reasons that are guesses from where a block stands, and so may be wrong about a whole page.
_GUESSED = frozenset(["navigation", "teasers", "comments", "share", "date line", "tags", "copyright", "newsletter"])
_LIMITS = {"pull quote": 400, "date line": 250, "byline": 250, "caption": 600, "share": 600}
_KINDS = {**{f"h{n}": "heading" for n in range(1, 7)}, "li": "item", "figcaption": "caption", "blockquote": "quote"}
_TAGS = {"nav": "navigation", "footer": "copyright", "aside": "teasers", "figcaption": "caption", "form": "navigation"}
# What class names, ids and roles tell, whatever the language; the first that fits counts.
_NAMES = tuple(
    (why, re.compile(rf"(?:^|[\s_-])(?:{names})(?=$|[\s_-])"))
    for why, names in (
        ("pull quote", r"pull-?quotes?|pull|exergue|epigraph"),
        ("comments", r"comments?|comment\w*|disqus\w*|fb-comments|binh-?luan|y-?kien"),
        (
            "share",
            r"shar\w*|social\w*|fb-\w+|likes?|addthis\w*|sharethis|like-?box|toolbar|tools?|actions?|print\w*|partage\w*|chia-?se",
        ),
        ("newsletter", r"newsletter\w*|nl|subscri\w*|paywall|abonn\w*|signup|optin|dang-?ky"),
        (
            "caption",
            r"captions?|\w*caption|legende?|pcaption|photo-?credit|credits?|wp-caption-text|pic-?desc|image-?desc\w*|chu-?thich",
        ),
        ("tags", r"tags?|tag-?list|keywords?|tags-?\w+|article-?tags?|tu-?khoa"),
        (
            "date line",
            r"dates?|date-?time|datetime|time|published\w*|pub-?date|posted-?on|time-?stamp|ngay-?dang|post-?meta|entry-?meta|meta",
        ),
        ("byline", r"authors?|by-?line|auteurs?|signature|writer|tac-?gia"),
        (
            "teasers",
            r"related\w*|relate|read-?more|see-?more|more-?news|teasers?|recommend\w*|most-?\w+|popular|trending|latest|side-?bar\w*|aside"
            r"|lien-?quan|tin-?\w+|box-?tin|other-?news|others?|similar|also|voir-?plus|lire-?aussi|a-?lire|suggest\w*|next-?\w+|cards?|widget\w*|zone-?related|news-?relate\w*",
        ),
        ("copyright", r"footer\w*|copyright|legal|mentions"),
        (
            "navigation",
            r"bread-?crumbs?|nav|navbar|navigation|menu\w*|header-?top|top-?bar|masthead|paginat\w*|cookies?\w*|consent|gdpr|banner|ads?|advert\w*|pub|promo\w*|sponsor\w*|skip-?\w*|search\w*|login|sr-only|visually-hidden|popup|modal",
        ),
    )
)
_LEAD = re.compile(
    r"(?:^|[\s_-])(?:sapo|chapo|chapeau|lead|lede|standfirst|summary|intro|excerpt|description|desc)(?=$|[\s_-])"
)
_BODY = re.compile(
    r"(?:^|[\s_-])(?:article-?_?-?(?:body|content|text|detail)\w*|entry-content|post-content|detail-?_?-?content|content-?_?-?detail|cms-body|fck_detail|singular-content|story-?body|news-?content|main-?content-body|body-?content)(?=$|[\s_-])"
)
_SITE = re.compile(r"\s+[|–—-]\s+[^|–—]{2,40}$")


@dataclass(frozen=True, slots=True)
class Page:
    """A page's blocks from top to bottom, and what its head and markup say of it (None where they say nothing)."""

    blocks: tuple[Block, ...]
    title: str | None = None
    date: str | None = None
    url: str | None = None
    language: str | None = None


@dataclass(slots=True)
class _Piece:
    """A block under construction: where it stands, its text, and how much of it is links or slanted.

    `pictured` tells that nothing but pictures stands between it and the text before.
    """

    element: Any
    why: str | None
    lead: bool
    pictured: bool = False
    texts: list[str] = field(default_factory=list)
    linked: int = 0
    slanted: int = 0

    @property
    def text(self) -> str:
        return one_line("".join(self.texts))

    def add(self, text: str | None, *, link: bool, slant: bool) -> None:
        if text:
            self.texts.append(text)
            size = len(text.strip())
            self.linked += size if link else 0
            self.slanted += size if slant else 0


@dataclass(frozen=True, slots=True)
class _State:
    """What holds for everything inside an element."""

    why: str | None = None
    lead: bool = False
    link: bool = False
    slant: bool = False


def parse(source: str) -> Page:
    """The page that HTML source describes. Nothing is fetched, no entity is expanded, broken markup is repaired.

    Raises:
        ValueError: the source holds no element at all.
    """
    root = _tree(source)
    pieces = [piece for piece in _pieces(root) if piece.text]
    headline = _headline(root)
    blocks = _reconsidered(tuple(_judged(pieces, headline)), source)
    meta = _meta(root)
    return Page(
        blocks,
        title=headline or _meta_title(root, meta),
        date=_date(root, meta),
        url=_url(root, meta),
        language=root.get("lang")
        or root.get("{http://www.w3.org/XML/1998/namespace}lang")
        or meta.get("og:locale")
        or meta.get("content-language"),
    )


def _reconsidered(blocks: tuple[Block, ...], source: str) -> tuple[Block, ...]:
    """The blocks; where most of the page's sentences are ruled out, those stay that trafilatura takes for the text.

    It is a second opinion for pages whose markup misleads: it finds the text of nearly every page, with more around it.
    """
    told = {
        why: sum(len(b.text) for b in blocks if is_sentences(b.text) and bool(b.why) == why) for why in (False, True)
    }
    if told[False] >= told[True]:
        return blocks
    from trafilatura import extract

    second = one_line(extract(source, include_comments=False) or "")
    return tuple(
        replace(b, why=None) if b.why in _GUESSED and is_sentences(b.text) and b.text in second else b for b in blocks
    )


def _tree(source: str) -> Any:
    # The declaration would contradict the text, which is decoded already.
    source = re.sub(r"^\s*<\?xml[^>]*\?>", "", normalise(source), count=1)
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = html.document_fromstring(source, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ValueError("no HTML in it") from error
    return root


def _names(element: Any) -> str:
    return f"{element.get('class', '')} {element.get('id', '')} {element.get('role', '')}".casefold()


def _sizes(body: Any) -> dict[Any, int]:
    """The length of every element's text, in one pass."""
    sizes: dict[Any, int] = {}
    for element in reversed(list(body.iter(etree.Element))):
        own = len((element.text or "").strip()) if element.tag not in _SKIPPED else 0
        sizes[element] = own + sum(sizes.get(child, 0) + len((child.tail or "").strip()) for child in element)
    return sizes


@dataclass(frozen=True, slots=True)
class _Layout:
    """The page's measures: the length of each element's text, the elements around a headline, and the rows of small items."""

    sizes: dict[Any, int]
    around_headline: frozenset[Any]

    @classmethod
    def of(cls, body: Any) -> _Layout:
        return cls(_sizes(body), frozenset(a for h in body.iter("h1") for a in (h, *h.iterancestors())))

    def context(self, element: Any, inherited: str | None, total: int) -> str | None:
        """The reason for which everything in an element is out, as its tag and names tell it."""
        if inherited or element.tag in ("html", "body", "main") or element in self.around_headline:
            return inherited
        hidden = "display:none" in (element.get("style") or "").replace(" ", "") or element.get("hidden") is not None
        if hidden or (element.tag == "header" and not _within(element, "article")):
            return "navigation"
        if why := _TAGS.get(element.tag):
            return why if why != "copyright" or not _within(element, "article") else None
        return self._named(element, total)

    def _named(self, element: Any, total: int) -> str | None:
        names = _names(element)
        if not names.strip() or _BODY.search(names):
            return None
        for why, pattern in _NAMES:
            if pattern.search(names):
                # A wrapper named after one of its parts holds the report, too; dates, names and captions are short.
                limit = _LIMITS.get(why, max(0.4 * total, min(600, 0.6 * total)))
                return why if self.sizes[element] <= limit else None
        return None

    def is_row(self, element: Any) -> bool:
        """Whether an element is a row of small inline items: buttons, places in the site, a section's name beside a date."""
        items = list(element)
        if element.tag not in _BREAKS or element.tag == "p" or element.tag in _KINDS or len(items) < 2:
            return False
        between = [element.text or "", *(item.tail or "" for item in items)]
        return not any(re.search(r"\w", text) for text in between) and all(
            item.tag in _INLINE and self.sizes[item] <= 60 and not one_line(item.text_content()).endswith(".")
            for item in items
        )


def _within(element: Any, tag: str) -> bool:
    return next(element.iterancestors(tag), None) is not None


def _pieces(root: Any) -> Iterator[_Piece]:
    """The page's runs of text between two breaks, in order."""
    body = root.find("body")
    body = root if body is None else body
    layout = _Layout.of(body)
    total = layout.sizes[body]
    piece = _Piece(body, None, False)
    rows: set[Any] = set()
    # An explicit stack, since broken pages nest deeply: an element with the state around it, and whether it is being left
    # (True or False), with or without a break.
    stack: list[tuple[Any, _State, bool | None]] = [(body, _State(), None)]
    while stack:
        element, outer, breaks = stack.pop()
        if breaks is not None:
            if breaks:
                yield piece
                piece = _Piece(element.getparent(), outer.why, outer.lead, piece.pictured and not piece.text)
            piece.add(element.tail, link=outer.link, slant=outer.slant)
            continue
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            piece.add(element.tail, link=outer.link, slant=outer.slant)
            continue
        piece.pictured = piece.pictured or (element.tag == "img" and not piece.text)
        inner = _State(
            layout.context(element, outer.why, total),
            outer.lead or bool(_LEAD.search(_names(element))),
            outer.link or element.tag == "a",
            outer.slant or element.tag in ("em", "i"),
        )
        if layout.is_row(element):
            rows.add(element)
        breaks = element.tag in _BREAKS or element.tag == "br" or inner.why != outer.why or element.getparent() in rows
        if breaks:
            yield piece
            piece = _Piece(element, inner.why, inner.lead, piece.pictured and not piece.text)
        piece.add(element.text, link=inner.link, slant=inner.slant)
        stack.append((element, outer, breaks))
        stack.extend((child, inner, None) for child in reversed(element))
    yield piece


def _judged(pieces: list[_Piece], headline: str | None) -> Iterator[Block]:
    main = _main(pieces)
    inside = [main is None or main is p.element or main in p.element.iterancestors() for p in pieces]
    first = inside.index(True) if any(inside) else 0
    titled = next((i for i, p in enumerate(pieces) if p.element.tag == "h1"), None)
    for i, piece in enumerate(pieces):
        text = piece.text
        why = piece.why
        if not why and text != headline:
            why = _link_reason(piece, text, inside[i])
            above = titled is not None and titled < i < first
            why = why or _picture_reason(piece, text)
            if not why and not inside[i] and not (above and (piece.lead or len(text.split()) > 8)):
                why = "navigation"
        yield Block(text, _kind(piece.element), why)


def _kind(element: Any) -> str:
    around = element.getparent()
    return _KINDS.get(element.tag) or ("quote" if around is not None and around.tag == "blockquote" else "text")


def _link_reason(piece: _Piece, text: str, inside: bool) -> str | None:
    if piece.linked < 0.8 * len(text) or (is_closed(text) and len(text) > 100):
        return None
    return "related link" if inside else "navigation"


def _picture_reason(piece: _Piece, text: str) -> str | None:
    """A slanted, centred or tabled line right below a picture is its caption."""
    if not piece.pictured or len(text) > 300 or piece.element.tag in _KINDS:
        return None
    around = [piece.element, *list(piece.element.iterancestors())[:2]]
    styles = " ".join(f"{e.get('style', '')} {e.get('align', '')}" for e in around).casefold()
    set_apart = (
        piece.slanted >= 0.8 * len(text)
        or "center" in styles
        or any(e.tag in ("td", "figure", "center") for e in around)
    )
    return "caption" if set_apart else None


def _main(pieces: list[_Piece]) -> Any:
    """The element that holds the report: marked as such, or the one with the most sentences directly under it."""
    scores: dict[Any, float] = {}
    for piece in pieces:
        text = piece.text
        if piece.why or not is_closed(text) or len(text) < 60 or piece.linked > 0.5 * len(text):
            continue
        weight = 1.0
        for ancestor in piece.element.iterancestors():
            if ancestor.tag in ("body", "html"):
                break
            scores[ancestor] = scores.get(ancestor, 0.0) + weight * len(text)
            weight *= 0.6
        if piece.element.tag in ("div", "section", "article", "td"):
            scores[piece.element] = scores.get(piece.element, 0.0) + 1.2 * len(text)
    if not scores:
        return None
    best = max(scores, key=lambda e: scores[e])
    for element in (best, *best.iterancestors()):
        if element.tag == "article" or element.get("itemprop") == "articleBody" or _BODY.search(_names(element)):
            return element
    return best


def _headline(root: Any) -> str | None:
    found = [one_line(h.text_content()) for h in root.iter("h1")]
    found = [h for h in found if len(h.split()) > 2]
    return found[0] if found else None


def _meta(root: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in root.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")
        if name and tag.get("content"):
            found.setdefault(name.casefold(), one_line(tag.get("content")))
    return found


def _meta_title(root: Any, meta: Mapping[str, str]) -> str | None:
    if title := meta.get("og:title"):
        return title
    element = root.find(".//title")
    text = one_line(element.text_content()) if element is not None else ""
    return _SITE.sub("", text) or None


_DATE_NAMES = (  # in the order of trust
    "article:published_time",
    "og:published_time", "datepublished", "date", "dc.date", "dc.date.issued", "pubdate", "publishdate", "publish-date",
    "dcterms.created",
    "dcterms.date", "parsely-pub-date", "sailthru.date", "article:modified_time",
)  # fmt: skip


def _date(root: Any, meta: Mapping[str, str]) -> str | None:
    """The publication date as the page's markup gives it (ISO 8601 with time and zone, or as written), or None."""
    for name in _DATE_NAMES[:-1]:
        if name in meta:
            return meta[name]
    for record in _records(root):
        if isinstance(record.get("datePublished"), str):
            return record["datePublished"]
    for element in root.iter("time", "span", "p", "div"):
        if (element.tag == "time" or element.get("itemprop") == "datePublished") and (
            value := element.get("datetime") or element.get("content")
        ):
            return value
    return meta.get(_DATE_NAMES[-1])


def _records(root: Any) -> Iterator[dict[str, Any]]:
    """The JSON-LD records of the page."""
    for script in root.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            found = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue  # a page's own error; its other marks still count
        entries = found if isinstance(found, list) else found.get("@graph", [found]) if isinstance(found, dict) else []
        yield from (entry for entry in entries if isinstance(entry, dict))


def _url(root: Any, meta: Mapping[str, str]) -> str | None:
    for link in root.iter("link"):
        if link.get("rel") == "canonical" and str(link.get("href", "")).startswith("http"):
            return link.get("href")
    url = meta.get("og:url", "")
    return url if url.startswith("http") else None
