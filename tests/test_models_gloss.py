import gzip
import importlib.util
from pathlib import Path
from typing import Any

import pytest
from songngu.data.errors import UsageError
from songngu.models.gloss import Gloss, Lexicon, gloss, lexicon, read_lexicon, words

ROOT = Path(__file__).parents[1]
SMALL = Lexicon(
    "fr",
    "vi",
    {
        "le": (("các", 0.1),),
        "premier ministre": (("thủ tướng", 0.9),),
        "premier": (("đầu tiên", 0.5),),
        "pays": (("nước", 0.6), ("quốc gia", 0.2)),
    },
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L’eau, c'est BON !", ["l'", "eau", "c'", "est", "bon"]),
        ("nước\u00a0ta 12", ["nước", "ta", "12"]),
        ("", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Le Premier ministre, un pays.", "Các Thủ tướng, un nước."),
        ("premier pays", "đầu tiên nước"),
        ("", ""),
    ],
)
def test_the_longest_entry_wins_and_unknown_words_stay(text: str, expected: str) -> None:
    assert gloss(text, SMALL) == expected


def test_the_built_in_lexicon_knows_common_words_in_both_directions() -> None:
    there, back = lexicon("fr-CA", "vi"), lexicon("vi", "fr")
    assert there is not None and back is not None
    for source, target in (("pays", "nước"), ("avec", "với"), ("manger", "ăn"), ("corée du sud", "hàn quốc")):
        assert there.best(source) == target
    assert {back.best(w) for w in ("tháng 1", "hàn quốc")} == {"janvier", "corée du sud"}
    assert all(0 < chance <= 1 for entries in there.entries.values() for _, chance in entries)


def test_the_built_in_lexicon_names_its_sources() -> None:
    text = gzip.decompress((ROOT / "models" / "gloss.fr-vi.tsv.gz").read_bytes()).decode("utf-8")
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert any("CLDR" in line for line in head) and any("tatoeba" in line and "CC-BY-2.0-FR" in line for line in head)
    assert not any("GPL" in line or "NC" in line for line in head)


def test_a_language_pair_without_lexicon_has_no_gloss() -> None:
    assert lexicon("fr", "de") is None
    with pytest.raises(UsageError, match="no gloss"):
        Gloss("fr", "de")
    with pytest.raises(UsageError, match="fr → vi only"):
        Gloss("fr", "vi").translate(["a"], source_language="vi", target_language="fr")


def test_gloss_stands_in_a_translators_place() -> None:
    baseline = Gloss("vi", "fr")
    assert len(baseline.translate(["Xin chào.", ""], source_language="vi", target_language="fr")) == 2
    assert baseline.signature.startswith("gloss:vi-fr/")


def _script() -> Any:
    specification = importlib.util.spec_from_file_location("make_gloss", ROOT / "benchmarks" / "make_gloss.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_a_lexicon_is_induced_from_pairs(tmp_path: Path) -> None:
    script = _script()
    nouns = {"chat": "mèo", "chien": "chó", "livre": "sách", "maison": "nhà", "arbre": "cây", "poisson": "cá"}
    colours = {"rouge": "đỏ", "vert": "xanh lá", "noir": "đen", "blanc": "trắng"}
    pairs = [(f"le {n} est {c}".split(), f"{nouns[n]} màu {colours[c]}".split()) for n in nouns for c in colours]
    pairs += 3 * [(["un", n], ["một", nouns[n]]) for n in nouns] + 3 * [
        (["un", c], ["một", colours[c]]) for c in colours
    ]
    entries = script.select(script.induce(pairs), most=1, least=0.01)
    best = {source: target for source, target, *_ in entries if " " not in source}
    assert {n: best.get(n) for n in nouns} == nouns
    assert {c: best.get(c) for c in colours} == colours
    script.write(tmp_path / "g.tsv.gz", entries, {"x": "MIT"}, script.Counter({"x": 24}))
    assert read_lexicon(tmp_path / "g.tsv.gz", "fr", "vi").best("chat") == "mèo"
