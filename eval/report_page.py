"""The HTML of a corpus report, piece by piece: everything that comes from a corpus is escaped here, and nothing is
fetched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any

from .charts import band, bar_table, confidence_histogram, lines, number, steps
from .report_pairs import count, example, pair, percent
from .report_pairs import shape as shape_of
from .survey import BINS, LENGTH_STEP, Group, Reason, Survey

_SCALE = ("below 50 %", "50–70 %", "70–85 %", "85–95 %", "95 % and more")


def page(survey: Survey, *, made: str) -> Iterator[str]:
    """The page in pieces, in order; `made` says by what."""
    names = [language_name(tag) for tag in (survey.source_language, survey.target_language)]
    yield _head(f"{survey.name}: {names[0]} – {names[1]} corpus")
    yield _top(survey, names)
    yield _nav()
    yield '<main class="wrap">'
    yield _overview(survey)
    yield from _pairs(survey)
    yield _left_out(survey)
    yield _figures(survey)
    yield _run(survey.about)
    yield f'</main><footer class="wrap"><p>{escape(made)}</p></footer>'
    yield f"<script>{asset('ribbons.js')}{asset('report.js')}</script></body></html>\n"


def language_name(tag: str) -> str:
    """The language's English name, or the tag where it has none."""
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(tag, sep="-").get_display_name("en") or tag
    except (UnknownLocaleError, ValueError, TypeError):
        return tag or "unknown language"


def asset(name: str) -> str:
    """A style sheet or script of the pages."""
    return (resources.files(__package__ or "songngu.eval") / "page" / name).read_text(encoding="utf-8")


def _head(title: str) -> str:
    # the policy lets nothing in or out of the page, whatever a corpus holds
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(title)}</title><style>{asset('report.css')}</style></head><body>"
        '<a class="skip" href="#pairs">Skip to the pairs</a>'
    )


def _top(survey: Survey, names: Sequence[str]) -> str:
    figures = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{value}<small>{escape(more)}</small></dd></div>"
        for what, value, more in _key_figures(survey)
    )
    return (
        f'<header class="top wrap"><p class="eyebrow">Songngu corpus report · {escape(survey.name)}</p>'
        f"<h1>{escape(names[0])} – {escape(names[1])}, sentence by sentence</h1>"
        f'<p class="lead">{_lead(survey)}</p><dl class="figures">{figures}</dl></header>'
    )


def _lead(survey: Survey) -> str:
    if not survey.of_reports:
        origin = (
            f"from {count(survey.pairs, 'pair', 'pairs')} of reports"
            if survey.pairs
            else "without word of their reports"
        )
        return f"{count(survey.beads, 'row', 'rows')} of text in both languages, {origin}."
    if not survey.documents:
        return "No report could be used; what was left out, and why, is listed below."
    if not survey.pairs:
        return "No two reports tell the same event in both languages, so nothing was aligned."
    sure = sum(survey.bead_confidence[BINS // 2 :])
    text = (
        f"{number(survey.documents)} reports hold {count(survey.pairs, 'pair', 'pairs')} that tell the same event. "
        f"{count(survey.beads, 'aligned bead', 'aligned beads')} came out of {'it' if survey.pairs == 1 else 'them'}; "
        f"{number(sure)} are more likely right than wrong."
    )
    if survey.moved_beads:
        text += f" {count(survey.moved_beads, 'bead tells', 'beads tell')} things in another order."
    return text


def _key_figures(survey: Survey) -> Iterator[tuple[str, str, str]]:
    if not survey.of_reports:
        yield "Rows", number(survey.beads), "of text in both languages"
        yield "Mean confidence", _mean(survey), "a calibrated probability" if survey.months else "the rows have none"
        for language in survey.languages:
            yield (
                f"{language_name(language.tag)} tokens",
                number(language.tokens),
                f"{number(language.types)} different",
            )
        return
    tags = ", ".join(f"{number(language.documents)} {language.tag}" for language in survey.languages)
    yield "Reports", number(survey.documents), tags
    yield "Pairs", number(survey.pairs), f"{number(2 * survey.pairs)} of {number(survey.documents)} reports"
    yield (
        "Aligned beads",
        number(survey.beads),
        f"{count(survey.lone_sentences, 'sentence', 'sentences')} without a partner",
    )
    yield "Mean confidence", _mean(survey), "a calibrated probability"
    yield "In another order", number(survey.moved_beads), "beads that cross"
    left = sum(reason.count for reason in survey.rejected)
    yield "Left out", number(left), "inputs, each with a reason"


def _mean(survey: Survey) -> str:
    count = sum(group.count for group in survey.months)
    return f"{100 * sum(g.count * g.confidence for g in survey.months) / count:.0f} %" if count else "–"


def _nav() -> str:
    links = (("overview", "Overview"), ("pairs", "Pairs"), ("left", "Left out"), ("figures", "Figures"), ("run", "Run"))
    items = "".join(f'<a href="#{anchor}">{name}</a>' for anchor, name in links)
    return (
        f'<nav class="bar" aria-label="Sections"><div class="wrap">{items}'
        '<button id="theme" type="button" aria-label="Light or dark">◐</button></div></nav>'
    )


def _figure(title: str, text: str, body: str) -> str:
    return f"<figure><figcaption><h3>{escape(title)}</h3><p>{escape(text)}</p></figcaption>{body}</figure>"


def _overview(survey: Survey) -> str:
    beads = _figure(
        "Confidence of the beads",
        "How likely each aligned bead is right. Choose a bar to see its beads.",
        confidence_histogram(survey.bead_confidence, "Histogram of the beads' confidence", chooses=True),
    )
    total = sum(survey.shapes.values())
    shapes = bar_table(
        ("sentences", "", "beads", "share"),
        [
            (
                shape_of(shape),
                count / max(total, 1),
                (number(count), f"{100 * count / max(total, 1):.1f} %"),
                _shape_class(shape),
            )
            for shape, count in list(survey.shapes.items())[:9]
        ],
    )
    shape_figure = _figure(
        "Shapes",
        "Sentences on each side of a bead, source first; 0 is text that the other report does not have.",
        shapes,
    )
    return f'<section id="overview"><h2>Overview</h2><div class="grid2">{beads}{shape_figure}</div></section>'


def _shape_class(shape: str) -> str:
    return "cx" if "0" in shape.split("-") else "c4"


def _pairs(survey: Survey) -> Iterator[str]:
    yield f'<section id="pairs"><h2>{"Pairs" if survey.of_reports else "Rows"}, side by side</h2>'
    if not survey.sample:
        yield '<p class="empty">There are no pairs to show.</p></section>'
        return
    shown, total, unit = len(survey.sample), survey.pairs, "pairs"
    if not survey.of_reports:
        shown, total, unit = sum(len(view.beads) for view in survey.sample), survey.beads, "rows"
    what = f"All {unit} are" if shown == total else f"{number(shown)} of {number(total)} {unit}, drawn evenly, are"
    yield (
        f'<p class="note">{what} shown. Ribbons link sentences that say the same; dashed ones stand in another order. Text '
        "without a partner stays grey. With the keyboard: up and down go along one report, left and right to the other.</p>"
    )
    key = "".join(f'<span class="c{n}">{text}</span>' for n, text in enumerate(_SCALE))
    yield f'<p class="key squares" aria-label="Colours of confidence">{key}</p>'
    yield _TOOLS
    yield '<div id="list">'
    for n, view in enumerate(survey.sample):
        yield pair(n, view)
    yield "</div></section>"


_TOOLS = (
    '<div class="tools" role="group" aria-label="Filter">'
    '<label>from <input id="low" type="range" min="0" max="1" step="0.05" value="0"><output>0 %</output></label>'
    '<label>to <input id="high" type="range" min="0" max="1" step="0.05" value="1"><output>100 %</output></label>'
    '<input id="words" type="search" placeholder="Find text" aria-label="Find text">'
    '<label>order <select id="order"><option value="file">as built</option><option value="doubtful">doubtful first</option>'
    '<option value="sure">sure first</option></select></label>'
    '<button id="all" type="button">Open all</button><span class="said" id="said" role="status"></span></div>'
)


def _left_out(survey: Survey) -> str:
    rejected = _reasons(survey.rejected, "Every input was used.")
    dropped = _reasons(survey.dropped, "No text was removed.")
    return (
        '<section id="left"><h2>Left out</h2><p class="note">Nothing disappears silently: these inputs were not used, and '
        'this text was taken out of reports before they were compared.</p><div class="grid2">'
        f"<div><h3>Inputs not used</h3>{rejected}</div><div><h3>Text removed from reports</h3>{dropped}</div></div></section>"
    )


def _reasons(reasons: Sequence[Reason], nothing: str) -> str:
    if not reasons:
        return f'<p class="empty">{nothing}</p>'
    return f'<div class="left">{"".join(_reason(n, reason) for n, reason in enumerate(reasons))}</div>'


def _reason(n: int, reason: Reason) -> str:
    more = f", {number(reason.characters)} characters" if reason.characters else ""
    examples = [example(where, text) for where, text in reason.examples]
    rest = reason.count - len(reason.examples)
    examples += [f"<li><span>and {number(rest)} more</span></li>"] if rest > 0 else []
    return (
        f"<details{' open' if n == 0 else ''}><summary><b>{escape(reason.why)}</b> <span>{number(reason.count)}{more}</span></summary>"
        f"<ul>{''.join(examples)}</ul></details>"
    )


def _figures(survey: Survey) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(language_name(x.tag))}</th><td>{number(x.documents)}</td><td>{number(x.sentences)}</td>'
        f"<td>{number(x.tokens)}</td><td>{number(x.types)}{'' if x.counted else ' (first part)'}</td>"
        f"<td>{x.tokens / max(x.sentences, 1):.1f}</td></tr>"
        for x in survey.languages
    )
    texts = (
        '<table class="bars"><thead><tr><th scope="col">language</th><th scope="col">reports</th><th scope="col">sentences</th>'
        '<th scope="col">tokens</th><th scope="col">different</th><th scope="col">per sentence</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )
    names = [language_name(x.tag) for x in survey.languages[:4]]
    lengths = steps(
        [(name, x.lengths) for name, x in zip(names, survey.languages, strict=False)], LENGTH_STEP, "Sentence lengths"
    )
    growth = lines([(name, x.growth) for name, x in zip(names, survey.languages, strict=False)], "Vocabulary growth")
    parts = [
        _figure(
            "Texts",
            "Tokens are words and numbers as spaces and punctuation part them; in Vietnamese, syllables.",
            texts,
        ),
        _figure("Sentence lengths", "Share of sentences by their number of tokens.", lengths),
        _figure("Vocabulary growth", "Different tokens against tokens read.", growth),
        _figure(
            "Confidence of the pairs",
            "How likely two reports tell the same event.",
            confidence_histogram(survey.pair_confidence, "Histogram of the pairs' confidence"),
        ),
        _figure("By month", "Mean confidence of the beads by the source report's month.", _group_table(survey.months)),
        _figure("By source", "Mean confidence of the beads by the two sites.", _group_table(survey.sites)),
    ]
    return f'<section id="figures"><h2>Figures</h2><div class="grid2">{"".join(parts)}</div></section>'


def _group_table(groups: Sequence[Group]) -> str:
    rows = [(g.name, g.confidence, (percent(g.confidence), number(g.count)), band(g.confidence)) for g in groups[-24:]]
    return bar_table(("", "", "confidence", "beads"), rows) if rows else '<p class="empty">Nothing was aligned.</p>'


def _run(about: Mapping[str, Any]) -> str:
    timings = {k: v for k, v in (about.get("timings") or {}).items() if isinstance(v, (int, float))}
    total = sum(timings.values())
    seconds = bar_table(
        ("stage", "", "seconds"), [(k, v / max(total, 1e-9), (f"{v:.1f}",), "c4") for k, v in timings.items()]
    )
    tables = [
        _figure(title, text, _settings(values))
        for title, text, values in (
            ("Settings", "What the corpus was built with.", about.get("settings")),
            ("Versions", "Of what did the work.", about.get("versions")),
        )
        if isinstance(values, Mapping)
    ]
    signature = (
        f'<p class="note">Signature: <code>{escape(str(about.get("signature")))}</code></p>'
        if about.get("signature")
        else ""
    )
    time = _figure("Timings", f"{total:.1f} seconds in all.", seconds) if timings else ""
    nothing = "" if about else '<p class="empty">There is no manifest.json beside the corpus.</p>'
    return (
        f'<section id="run"><h2>Run</h2>{signature}{nothing}<div class="grid2">{time}{"".join(tables)}</div></section>'
    )


def _settings(values: Mapping[str, Any]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td><code>{escape(value)}</code></td></tr>'
        for name, value in _flat(values)
    )
    return f"<table><tbody>{rows}</tbody></table>"


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
