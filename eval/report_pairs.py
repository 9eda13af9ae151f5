"""One pair in a corpus report: both texts side by side, their links, and what was removed. All text is escaped here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from .charts import band, number
from .survey import PairView, moved

# Sentences of one side that a pair shows; the rest is said, not shown.
MOST_SENTENCES = 300
_MOST_REMOVED = 30
_SHOWN = 240  # characters of an example of dropped text


def count(number_: int, one: str, many: str) -> str:
    """A number with its noun: 1 pair, 12 pairs."""
    return f"{number(number_)} {one if number_ == 1 else many}"


def shape(name: str) -> str:
    """A bead's shape as it is shown: 2 : 1."""
    return name.replace("-", " : ")


def example(where: str, text: str) -> str:
    """A list item: where something stood, and the beginning of its text."""
    return (
        f"<li><span>{escape(where)}</span> <q>{escape(_short(text))}</q></li>" if text else f"<li>{escape(where)}</li>"
    )


def percent(confidence: float | None) -> str:
    """A confidence as people read it: 93 %, or – where there is none. Not certain is never shown as 100 %."""
    if confidence is None:
        return "–"
    return "> 99 %" if 0.995 <= confidence < 1 else f"{100 * confidence:.0f} %"


def pair(n: int, view: PairView) -> str:
    """The n-th pair, folded but for the first: title, evidence, both reports with their links, and what was removed."""
    beads = [bead for bead in view.beads if bead.get("source_sentences") and bead.get("target_sentences")]
    crossing = moved(beads)
    confidence = view.pair.get("confidence")
    opened = " open" if n == 0 else ""
    about = [" – ".join(filter(None, map(_where, (view.source, view.target)))), count(len(beads), "bead", "beads")]
    about += [f"{len(crossing)} in another order"] if crossing else []
    sides = "".join(
        _side(name, document, beads, crossing, other)
        for name, document, other in (("source", view.source, view.target), ("target", view.target, view.source))
    )
    return (
        f'<details class="pair" data-n="{n}" data-c="{confidence or 0}"{opened}><summary>'
        f'<span class="chip {band(confidence)}"><span class="sr">Confidence of the pair: </span>{percent(confidence)}</span>'
        f'<span class="titles">{_title(view.source)}<i>↔</i>{_title(view.target)}</span>'
        f'<span class="meta">{escape(" · ".join(about))}</span></summary><div class="inside">{_why(view.pair)}'
        f'<div class="view">{sides}<svg class="links" aria-hidden="true"></svg></div><ol class="stack"></ol>'
        f"{_removed(view)}</div></details>"
    )


def _where(document: Mapping[str, Any]) -> str:
    return " ".join(str(part) for part in (document.get("id"), document.get("date")) if part)


def _title(document: Mapping[str, Any]) -> str:
    first = next((s["text"] for s in document.get("sentences", ())), "")
    text = str(document.get("title") or "") or (first if len(first) <= 110 else first[:110].rsplit(" ", 1)[0] + " …")
    return f'<span lang="{_lang(document)}">{escape(text)}</span>'


def _why(pair: Mapping[str, Any]) -> str:
    why = [str(reason) for reason in pair.get("why") or ()]
    return f'<p class="why">Why a pair: {escape("; ".join(why))}.</p>' if why else ""


def _side(
    name: str,
    document: Mapping[str, Any],
    beads: Sequence[Mapping[str, Any]],
    crossing: set[int],
    other: Mapping[str, Any],
) -> str:
    owner = {i: n for n, bead in enumerate(beads) for i in bead[f"{name}_sentences"]}
    sentences = document.get("sentences", ())
    rows = []
    for i, sentence in enumerate(sentences[:MOST_SENTENCES]):
        text, n = f'<span class="t">{escape(sentence["text"])}</span>', owner.get(i)
        if n is None:
            rows.append(f'<li class="s alone">{text}</li>')
            continue
        # the figures stand once, after the bead's last sentence of this side
        last = i == beads[n][f"{name}_sentences"][-1]
        tag = _tag(beads[n], "target" if name == "source" else "source", other) if last else ""
        rows.append(f"<li {_attributes(n, beads[n], n in crossing)}>{text}{tag}</li>")
    if len(sentences) > MOST_SENTENCES:
        rows.append(f'<li class="name">… {number(len(sentences) - MOST_SENTENCES)} more sentences are not shown</li>')
    return f'<ol class="side {name}" lang="{_lang(document)}">{"".join(rows)}</ol>'


def _attributes(n: int, bead: Mapping[str, Any], crosses: bool) -> str:
    confidence = bead.get("confidence")
    about = f"{shape(str(bead.get('shape')))} · {percent(confidence)}{' · in another order' if crosses else ''}"
    known = f' data-c="{confidence}"' if confidence is not None else ""
    classes = f"s {band(confidence)}{' moved' if crosses else ''}"
    return f'class="{classes}" data-bead="{n}"{known} data-about="{escape(about)}" title="{escape(about)}"'


def _tag(bead: Mapping[str, Any], side: str, other: Mapping[str, Any]) -> str:
    """Which sentences of the other report, counted from 1, and how sure."""
    numbers = ", ".join(str(j + 1) for j in bead[f"{side}_sentences"])
    shown = f"→ {numbers} · {percent(bead.get('confidence'))}"
    return f'<span class="tag"><span class="sr">linked with {_lang(other)} </span>{shown}</span>'


def _lang(document: Mapping[str, Any]) -> str:
    return escape(str(document.get("lang") or ""))


def _removed(view: PairView) -> str:
    removed = [d for document in (view.source, view.target) for d in document.get("dropped", ())]
    if not removed:
        return ""
    items = "".join(
        f"<dt>{escape(str(d.get('why')))}</dt><dd><q>{escape(_short(str(d.get('text', ''))))}</q></dd>"
        for d in removed[:20]
    )
    return (
        f'<details class="sub left"><summary>{count(len(removed), "piece", "pieces")} of text removed before aligning'
        f"</summary><ul>{items}</ul></details>"
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + " …"
