"""Checks of the surface: repetition, punctuation, brackets, spacing, placeholders, addresses, Unicode."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..data.protected import protected
from ..data.repetition import loops, repetitions
from ..data.text import normalise
from ..models.gloss import lexicon
from .findings import Case, Finding

_ENDS = {"?": "question mark", "!": "exclamation mark", "…": "ellipsis", ":": "colon", ".": "full stop", ",": "comma"}
_ASIAN = str.maketrans("。？！：，", ".?!:,")
_CLOSERS = " \u00a0\u202f\"'”’»›)]}"
_OPENING = {"(": ")", "[": "]", "{": "}"}
_DOUBLED_MARKS = re.compile(
    r"([,;:!?])(?:\s*\1)+|(?<!\.)\.\.(?!\.)|[,;:]\s*\.(?!\.)|(?:[!?]|(?<=[^\W\d_A-Z]{4})\.)\s*[,;](?!\))"
)
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_VOWELS = "aeiouy"


def repetition(case: Case) -> Iterator[Finding]:
    """Words that stand twice in a row and loops, where the source has none."""
    if loops(case.target) and not any(r.times > 2 for r in repetitions(case.source)) and not loops(case.source):
        yield case.finding("repetition", "error", "target", "the translation goes round in circles", 0.95)
        return
    rules = case.knowledge("target").get("repetition", {})
    allowed = set(rules.get("doubled", ()))
    if repetitions(case.source) and not all(_is_allowed(case, r, allowed) for r in repetitions(case.source)):
        return
    for found in repetitions(case.target):
        text = case.target[found.start : found.end]
        if re.search(r"[^\w\s'’-]", text) or text[0].isdigit() or not re.search(r"\s", text):
            continue  # a comma between the two makes it a figure of speech
        if found.unit == 1 and text.split()[0].casefold() in allowed:
            continue
        if found.unit == 1 and text.split()[0][0].isupper() and text.split()[-1][0].isupper():
            continue  # a name
        span, sure = (found.start, found.end), 0.9
        if found.unit == 1 and rules.get("syllables") and text.split()[0].casefold() not in rules.get("function", ()):
            # where words are written in syllables one may end as the next begins: hợp đồng đồng ý
            sure = 0.5 if _meet(case, found.start, found.end) else 0.7
        yield case.finding("repetition", "error", "target", f"repeated words: “{text}”", sure, span=span)


def _meet(case: Case, start: int, end: int) -> bool:
    """Whether two equal syllables may belong to two words, by the lexicon; unknown where there is none."""
    known = lexicon(case.languages["target"], case.languages["source"])
    if known is None:
        return True
    syllable = case.target[start:end].split()[0].casefold()
    before = re.search(r"([^\W\d_]+)\W*$", case.target[:start].casefold())
    after = re.match(r"\W*([^\W\d_]+)", case.target[end:].casefold())
    words = [f"{before[1]} {syllable}" if before else "", f"{syllable} {after[1]}" if after else ""]
    return any(word in known.entries for word in words)


def _is_allowed(case: Case, found: Any, allowed: set[str]) -> bool:
    return found.unit == 1 and case.source[found.start : found.end].split()[0].casefold() in allowed


def punctuation(case: Case) -> Iterator[Finding]:
    """Another final mark than the source's, and doubled marks."""
    source, target = (_end(case.text(side)) for side in ("source", "target"))
    if source != target:
        yield from _final(case, source, target)
    if not _DOUBLED_MARKS.search(case.source):
        for match in _DOUBLED_MARKS.finditer(case.target):
            message = f"doubled punctuation: “{match.group()}”"
            yield case.finding("punctuation", "warning", "target", message, 0.85, span=match.span())


def _end(text: str) -> str:
    text = text.translate(_ASIAN).rstrip(_CLOSERS)
    text = re.sub(r"\.\.\.+$", "…", text)
    return text[-1] if text and text[-1] in _ENDS else ""


def _final(case: Case, source: str, target: str) -> Iterator[Finding]:
    said = f"the source ends with {_named(source)}, the translation with {_named(target)}"
    if "?" in (source, target):
        other = case.source if target == "?" else case.target
        if "?" not in other.translate(_ASIAN):
            yield case.finding("punctuation", "error", "both", said, 0.85)
    elif source == "." and not target and len(case.source.split()) >= 4 and _same_quoting(case):
        yield case.finding("punctuation", "warning", "target", said, 0.55)
    elif {source, target} <= {"!", ".", "", ":", "…"} and {source, target} & {"!", ":"}:
        yield case.finding("punctuation", "warning", "target", said, 0.65)
    else:
        yield case.finding("punctuation", "warning", "target", said, 0.4)


def _same_quoting(case: Case) -> bool:
    # a closing quote may swallow the full stop, or stand before it
    return not any(case.text(side)[-1:] in _CLOSERS for side in ("source", "target"))


def _named(mark: str) -> str:
    return f"a {_ENDS[mark]}".replace("a e", "an e") if mark else "no mark"


def brackets(case: Case) -> Iterator[Finding]:
    """Brackets or quotes that do not close, where the source's do, and brackets that only one side has."""
    for opening, closing in _OPENING.items():
        there, here = _balance(case.source, opening, closing), _balance(case.target, opening, closing)
        if here[0] != here[1] and there[0] == there[1]:
            message = f"{here[0]} “{opening}” but {here[1]} “{closing}”"
            yield case.finding("brackets", "error", "target", message, 0.9)
        elif here[0] == here[1] and there[0] == there[1] and here[0] != there[0] and opening != "{":
            message = f"{there[0]} pairs of “{opening}{closing}” in the source, {here[0]} in the translation"
            yield case.finding("brackets", "warning", "both", message, 0.4)
    yield from _quotes(case)


def _balance(text: str, opening: str, closing: str) -> tuple[int, int]:
    """How many open and close; a), 1) and faces are none, but "(UTC + 1)" is one."""
    text = re.sub(r"[:;]-?[()]", "", text)
    opened = closed = 0
    for match in re.finditer(rf"[{re.escape(opening + closing)}]", text):
        if match.group() == opening:
            opened += 1
        elif closed < opened or not re.search(r"(?:^|\s)\w{1,2}$", text[: match.start()]):
            closed += 1
    return opened, closed


def _quotes(case: Case) -> Iterator[Finding]:
    there, here = (_open_quotes(case.text(side)) for side in ("source", "target"))
    if here and not there:
        # a quotation of several sentences opens in one line and closes in another
        spans = (not _quoted(case.source) and _at_edge(case.target, here)) or any(map(_open_quotes, case.around))
        mixed = '"' in case.target and any(mark in case.target for mark in "“”")  # two kinds that close each other
        confidence = 0.35 if spans or mixed else 0.8 if _quoted(case.source) else 0.45
        yield case.finding("brackets", "error", "target", f"a quotation does not close or open: “{here}”", confidence)
    elif (
        not here
        and not there
        and min(_quoted(case.source), _quoted(case.target)) == 0 < max(_quoted(case.source), _quoted(case.target))
    ):
        yield case.finding("brackets", "warning", "both", "quotation marks on one side only", 0.4)


def _open_quotes(text: str) -> str:
    if text.count('"') % 2:
        return '"'
    for opening, closing in ("«»", "“”"):
        if text.count(opening) != text.count(closing) and not (opening == "“" and "„" in text):
            return opening if text.count(opening) > text.count(closing) else closing
    return ""


def _at_edge(text: str, mark: str) -> bool:
    return text.lstrip("-–— ").startswith(mark) or text.rstrip(".,;:!?… ").endswith(mark)


def _quoted(text: str) -> int:
    return text.count('"') // 2 + text.count("«") + text.count("“")


def spacing(case: Case) -> Iterator[Finding]:
    """Spaces that the target's typography does not have, or misses; placeholders and addresses are left alone."""
    raw = case.raw["target"]
    rules = case.knowledge("target").get("spacing", {})
    spans = [(p.start, p.end) for p in protected(raw)]
    for pattern, message, confidence in _rules(rules):
        for match in pattern.finditer(raw):
            if not any(start < match.end() and match.start() < end for start, end in spans):
                yield case.finding("spacing", "warning", "target", message, confidence, span=match.span())
                break  # one of a kind is enough to look at the line


def _rules(rules: Mapping[str, Any]) -> Iterator[tuple[re.Pattern[str], str, float]]:
    before, after = "".join(map(re.escape, rules.get("before", ()))), "".join(map(re.escape, rules.get("after", ())))
    yield re.compile(r"(?<=\S)[ \t]{2,}(?=\S)"), "two spaces in a row", 0.9
    yield (
        re.compile(r"(?<=\w)[ \t\u00a0\u202f]+(?:[,.](?=\s|$)|,(?=[^\W\d_]))"),
        "a space before a comma or full stop",
        0.9,
    )
    yield re.compile(r'(?:^|(?<=\s))"\s[^"]+\s"(?!\w)'), "spaces inside quotation marks", 0.8
    yield re.compile(r"(?<=[^\W\d_]{2})[,;](?=[^\W\d_])"), "no space after a comma or semicolon", 0.85
    yield (
        re.compile(r"(?<=[^\W\d_]{2})[.!?](?=[A-ZÀ-ÝĐ]\w{0,30}[^\W\d_A-Z](?!\w))"),
        "no space after a sentence's end",
        0.85,
    )
    yield re.compile(r"[(\[]\s+|(?<=\w)\s+[)\]]"), "a space inside brackets", 0.8
    plain = "".join(mark for mark in "?!;:%»" if mark not in rules.get("before", ()))
    if rules:
        marks = plain.replace("%", "").replace("»", "")
        if marks:
            yield (
                re.compile(rf"(?<=\w)[ \t\u00a0\u202f]+[{re.escape(marks)}](?=\s|$)"),
                "a space before a mark that takes none",
                0.85,
            )
    if before:
        yield re.compile(rf"(?<=[\w)])[{before}](?=[\s.,]|$)"), "no space before a mark that takes one", 0.85
    if after:
        yield re.compile(rf"[{after}](?=\w)"), "no space after an opening quote", 0.85
    if before and rules.get("no_break"):
        yield re.compile(rf"(?<=\w) [{before}](?=\s|$)"), "an ordinary space where a no-break one belongs", 0.3


def placeholder(case: Case) -> Iterator[Finding]:
    """Placeholders and tags that are not the same on both sides."""
    yield from _carried(case, ("placeholder", "tag"), "placeholder")


def url(case: Case) -> Iterator[Finding]:
    """Addresses that are not the same on both sides."""
    yield from _carried(case, ("url", "email"), "url")


def _carried(case: Case, kinds: tuple[str, ...], kind: str) -> Iterator[Finding]:
    sides = {
        side: Counter(p.text for p in protected(case.text(side)) if p.kind in kinds) for side in ("source", "target")
    }
    for text in sides["source"] - sides["target"]:
        if kind == "url" and text.casefold() in case.target.casefold():
            continue
        yield case.finding(kind, "error", "target", f"“{text}” is missing", 0.95)
    for text in sides["target"] - sides["source"]:
        if kind == "url" and text.casefold() in case.source.casefold():
            continue
        yield case.finding(kind, "error", "target", f"“{text}” is not in the source", 0.9)


def unicode(case: Case) -> Iterator[Finding]:
    """Text that is not NFC, invisible or foreign look-alike characters, and text whose encoding was broken."""
    raw = case.raw["target"]
    if unicodedata.normalize("NFC", raw) != raw:
        yield case.finding("unicode", "warning", "target", "decomposed characters (not NFC)", 0.95)
    if "\ufffd" in raw:
        yield case.finding("unicode", "error", "target", "replacement characters: the encoding was broken once", 0.98)
    elif _mojibake(raw):
        yield case.finding("unicode", "error", "target", "UTF-8 that was read as another encoding", 0.9)
    if hidden := sorted({c for c in raw if _is_hidden(c)}):
        listed = ", ".join(f"U+{ord(c):04X}" for c in hidden)
        # behind a space a place to break the line is one already
        harmless = re.search("[^\\s\u200b]\u200b", raw) is None and listed == "U+200B"
        yield case.finding("unicode", "warning", "target", f"invisible characters: {listed}", 0.5 if harmless else 0.7)
    for wrong, right in case.knowledge("target").get("lookalikes", {}).items():
        if wrong in case.target:
            message = f"“{wrong}” (U+{ord(wrong):04X}) where “{right}” belongs"
            yield case.finding("unicode", "error", "target", message, 0.95)
    for match in re.finditer(r"[^\W\d_]+", case.target):
        if len({_script(c) for c in match.group()} & {"LATIN", "CYRILLIC", "GREEK"}) > 1:
            message = f"letters of two scripts in one word: “{match.group()}”"
            yield case.finding("unicode", "error", "target", message, 0.95, span=match.span())


def _is_hidden(character: str) -> bool:
    hidden = character not in "\r\n\t" and unicodedata.category(character) in ("Cc", "Cf")
    return hidden and character != normalise(character)


def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ", maxsplit=1)[0]


def _mojibake(text: str) -> bool:
    # how the bytes of é, ấ or đ look in Windows-1252
    return (
        re.search(
            r"[ÃÂ][\u00a0-\u00bf]|á[º»][\u00a0-\u00bf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œ]|Ä[‘ƒ‚]|Æ[°¡]|â€[™œ\u009d¦“”]", text
        )
        is not None
    )


def tone_placement(case: Case) -> Iterator[Finding]:
    """Tone marks on a vowel where no spelling of the target's language puts them."""
    rules = case.knowledge("target").get("tones")
    if not rules:
        return
    styles = _styles(case, rules)
    if len(styles) > 1:
        message = f"two ways of placing the tone mark: “{styles[0]}” and “{styles[1]}”"
        yield case.finding("tone_placement", "warning", "target", message, 0.7)
    for match in re.finditer(r"[^\W\d_]+", case.target):
        if misplaced_tone(match.group(), rules):
            message = f"the tone mark stands on the wrong vowel: “{match.group()}”"
            yield case.finding("tone_placement", "warning", "target", message, 0.9, span=match.span())


def _styles(case: Case, rules: Mapping[str, Any]) -> dict[int, str]:
    """For each of the two accepted spellings (mark on the first or on the second vowel: hòa, hoà) a word that has
    it."""
    found: dict[int, str] = {}
    for word in re.findall(r"[^\W\d_]+", case.target):
        letters, tone = _without_tone(word.casefold())
        rhyme = re.search(r"(?<!q)(?:oa|oe|uy)$", "".join(letters))
        if tone is not None and rhyme and tone >= rhyme.start():
            found.setdefault(tone - rhyme.start(), word)
    return found if set(rules.get("open", {}).get("oa", ())) == {0, 1} else {}


def misplaced_tone(syllable: str, rules: Mapping[str, Any]) -> bool:
    """Whether a syllable's tone mark stands where no spelling allows it; words that are no syllables of the language
    are left alone."""
    letters, tone = _without_tone(syllable.casefold())
    if tone is None:
        return False
    start = next((i for i, c in enumerate(letters) if _is_vowel(c)), len(letters))
    for onset in rules.get("onsets", ()):
        if "".join(letters).startswith(onset) and len(letters) > len(onset) and _is_vowel(letters[len(onset)]):
            start = len(onset)
    end = start
    while end < len(letters) and _is_vowel(letters[end]):
        end += 1
    rhyme, closed = "".join(letters[start:end]), end < len(letters)
    if any(_is_vowel(c) for c in letters[end:]) or len(letters) - end > 2:
        return False  # not one syllable: a foreign name
    if closed:
        return tone < start or (len(rhyme) == 2 and tone != end - 1)
    allowed = rules.get("open", {}).get(rhyme)
    return tone < start or (allowed is not None and tone - start not in allowed)


def _without_tone(word: str) -> tuple[list[str], int | None]:
    letters: list[str] = []
    tone = None
    for character in unicodedata.normalize("NFD", word):
        if character in _TONES:
            tone = len(letters) - 1
        elif unicodedata.combining(character) and letters:
            letters[-1] = unicodedata.normalize("NFC", letters[-1] + character)
        else:
            letters.append(character)
    return letters, tone


def _is_vowel(letter: str) -> bool:
    return unicodedata.normalize("NFD", letter)[0] in _VOWELS
