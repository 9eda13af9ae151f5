"""Cases that an aligner must get right: repeated lines, lines without words, very long ones, the wrong language, and results
that do not depend on runs, hash seeds or batch sizes."""

import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from songngu.align.alignment import align
from songngu.data.core import Bead
from songngu.data.errors import SongnguError

Keys = list[tuple[tuple[int, ...], tuple[int, ...]]]


class WordSums:
    """Knows no language: a line is the sum of fixed random vectors of its words; `t:` before a word is dropped."""

    dimension, signature = 384, "enc:word-sums"

    def encode(self, sentences, language=None):
        rows = np.array([self._vector(text) for text in sentences], dtype=np.float32).reshape(-1, self.dimension)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def _vector(self, text):
        words = text.replace("t:", "").split() or ["nothing"]
        return sum(np.random.default_rng(zlib.crc32(w.encode())).normal(size=self.dimension) for w in words)


def line(number: int) -> str:
    """A line of words that no other line has."""
    return " ".join(f"word{number}x{k}" for k in range(8))


def translated(lines: list[str]) -> list[str]:
    return [" ".join(f"t:{word}" for word in text.split()) for text in lines]


def run(source: list[str], target: list[str], encoder=None) -> list[Bead]:
    return align(source, target, source_language="fr", target_language="vi", encoder=encoder or WordSums())


def keys(beads: list[Bead]) -> Keys:
    return [(b.source, b.target) for b in beads]


def one_to_one(source: list[int], target: list[int]) -> Keys:
    return [((i,), (j,)) for i, j in zip(source, target, strict=True)]


CHORUS = "we sing the same line again"
NOTICE = "subscribe to our letter and read all news"


def test_a_chorus_stands_between_its_own_verses() -> None:
    song = [text for k in range(5) for text in (line(3 * k), line(3 * k + 1), CHORUS)]
    assert keys(run(song, translated(song))) == one_to_one([*range(15)], [*range(15)])


def test_a_chorus_that_one_side_leaves_out_once() -> None:
    song = [text for k in range(5) for text in (line(3 * k), line(3 * k + 1), CHORUS)]
    short = song[:8] + song[9:]
    found = keys(run(song, translated(short)))
    expected = [*one_to_one([*range(8), *range(9, 15)], [*range(14)]), ((8,), ())]
    assert sorted(found) == sorted(expected)


def test_boilerplate_on_both_sides_however_often() -> None:
    source = [NOTICE, line(0), line(1), NOTICE, line(2), line(3), NOTICE, line(4)]
    target = translated([line(0), line(1), NOTICE, line(2), line(3), line(4), NOTICE])
    found = set(keys(run(source, target)))
    assert set(one_to_one([1, 2, 4, 5, 7], [0, 1, 3, 4, 5])) <= found
    assert ((3,), (2,)) in found
    used = [j for _, part in found for j in part]
    assert sorted(used) == [*range(7)]


@pytest.mark.parametrize(("more", "fewer"), [(9, 9), (9, 5), (5, 9), (20, 20), (100, 100), (400, 400)])
def test_the_same_sentence_many_times(more: int, fewer: int) -> None:
    beads = run(["alpha beta gamma"] * more, ["t:alpha t:beta t:gamma"] * fewer)
    full = [b for b in beads if not b.is_null]
    assert sorted(i for b in beads for i in b.source) == [*range(more)]
    assert sorted(j for b in beads for j in b.target) == [*range(fewer)]
    assert len(full) == min(more, fewer)
    if more == fewer:
        assert keys(beads) == one_to_one([*range(more)], [*range(more)])


def test_lines_of_numbers_alone_find_the_same_numbers() -> None:
    numbers = ["12 345", "67,8 %", "2019", "1 000 000", "3"]
    source = [text for k, number in enumerate(numbers) for text in (line(k), number)]
    target = [text for k, number in enumerate(numbers) for text in (*translated([line(k)]), number)]
    assert keys(run(source, target)) == one_to_one([*range(10)], [*range(10)])
    without = [*target[:3], *target[4:]]
    found = set(keys(run(source, without)))
    assert ((3,), ()) in found
    assert set(one_to_one([0, 1, 2, *range(4, 10)], [*range(9)])) <= found


def test_a_text_of_numbers_alone() -> None:
    numbers = [f"{k * 37} {k * 11 + 5}" for k in range(1, 12)]
    assert keys(run(numbers, numbers)) == one_to_one([*range(11)], [*range(11)])


@pytest.mark.parametrize("turned", [False, True])
def test_one_to_five(turned: bool) -> None:
    parts = [line(k) for k in range(13)]
    source = [*parts[:4], " ".join(parts[4:9]), *parts[9:]]
    target = translated(parts)
    found = run(target, source) if turned else run(source, target)
    sides = [(b.target, b.source) if turned else (b.source, b.target) for b in found]
    assert ((4,), (4, 5, 6, 7, 8)) in sides
    assert len(sides) == 9


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("where", ["source", "target", "blocks", "reference"])
def test_vectors_that_are_not_finite_are_refused_by_name(value: float, where: str) -> None:
    source = [line(k) for k in range(9)]
    target = translated([half for text in source for half in (text[: len(text) // 2], text[len(text) // 2 :])])

    class Broken(WordSums):
        signature = "enc:broken"

        def encode(self, sentences, language=None):
            rows = super().encode(sentences, language)
            rows[[kind(text) == where and text not in (source[0], target[0]) for text in sentences]] = value
            return rows

    def kind(text):
        if "word" not in text:
            return "reference"
        return "source" if text in source else "target" if text in target else "blocks"

    with pytest.raises(SongnguError, match="enc:broken"):
        run(source, target, Broken())


def test_the_same_beads_whatever_the_hash_seed() -> None:
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_align_cases import CHORUS, line, run, translated
song = [text for k in range(6) for text in (line(k), CHORUS)]
print(run(song, translated([*song[6:], *song[1:6], CHORUS])))
"""
    seen = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(seen) == 1


FR = [
    "Le vice-ministre a pris la parole mardi à Séoul.",
    "Il a appelé les pays à unir leurs efforts contre les dangers du cyberespace.",
    "Le dialogue attire des experts de 56 pays.",
    "Les exportations de riz ont augmenté de 12 % au premier semestre.",
    "La police a arrêté trois personnes soupçonnées de trafic d'ivoire.",
    "Le nouveau pont sera ouvert à la circulation en décembre.",
    "Lire aussi nos autres articles.",
    "Les médecins recommandent de se faire vacciner avant l'hiver.",
    "Lire aussi nos autres articles.",
    "La pluie a inondé les rizières du delta.",
]
VI = [
    "Thứ trưởng đã phát biểu hôm thứ Ba tại Seoul.",
    "Ông kêu gọi các nước chung tay chống lại các mối nguy trên không gian mạng.",
    "Đối thoại thu hút chuyên gia từ 56 nước.",
    "Xuất khẩu gạo tăng 12% trong sáu tháng đầu năm.",
    "Công an đã bắt ba nghi phạm buôn lậu ngà voi.",
    "Cây cầu mới sẽ thông xe vào tháng 12.",
    "Xem thêm các bài viết khác.",
    "Các bác sĩ khuyên nên tiêm phòng trước mùa đông.",
    "Xem thêm các bài viết khác.",
    "Mưa lớn làm ngập các cánh đồng lúa ở đồng bằng.",
]
EN = [
    "The deputy minister took the floor in Seoul on Tuesday.",
    "He called on all countries to join forces against the dangers of cyberspace.",
    "The dialogue attracts experts from 56 countries.",
    "Rice exports rose by 12% in the first half of the year.",
    "Police arrested three people suspected of ivory trafficking.",
    "The new bridge will open to traffic in December.",
    "Read our other articles.",
    "Doctors recommend vaccination before the winter.",
    "Read our other articles.",
    "Rain flooded the rice fields of the delta.",
]


def test_real_lines_with_boilerplate_twice(builtin) -> None:
    assert keys(run(FR, VI, builtin)) == one_to_one([*range(10)], [*range(10)])


def test_a_sentence_beyond_the_window_is_read_to_its_end(builtin) -> None:
    start = " ".join([FR[2]] * 60)
    assert builtin.count_subwords([start])[0] > 520
    one, other = (f"{start} " + " ".join([FR[k]] * 60) for k in (3, 9))
    rows = builtin.encode([one, other, VI[3], VI[9]])
    towards = rows[:2] @ (rows[2] - rows[3])  # more like the Vietnamese of its own tail than of the other's
    assert towards[0] > towards[1] + 0.02


def test_very_long_sentences_align_by_what_stands_past_the_window(builtin) -> None:
    tails = (3, 4, 9)
    source = [" ".join([FR[2]] * 50 + [FR[k]] * 50) for k in tails]
    target = [" ".join([VI[2]] * 50 + [VI[k]] * 50) for k in (9, 3, 4)]
    found = {b.source: b.target for b in run([*FR[:2], *source], [*VI[:2], *target], builtin) if not b.is_null}
    assert {k: found.get((2 + k,)) for k in range(3)} == {0: (3,), 1: (4,), 2: (2,)}


@pytest.mark.parametrize("tokens", [16, 200, 100_000])
def test_the_same_beads_for_every_batch_size(builtin, monkeypatch, tokens: int) -> None:
    from songngu.models import transformer

    usual = run(FR, [*VI[5:], *VI[:5]], builtin)
    monkeypatch.setattr(transformer, "_BATCH_TOKENS", tokens)
    other = run(FR, [*VI[5:], *VI[:5]], builtin)
    assert keys(other) == keys(usual)
    assert [b.confidence for b in other] == pytest.approx([b.confidence for b in usual], abs=0.05)


def align_command(folder: Path, target: list[str], capsys: pytest.CaptureFixture) -> tuple[list[float], str]:
    """The confidences of the full beads and standard error."""
    from songngu.cli.main import main

    for name, lines in (("a.txt", FR), ("b.txt", target)):
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    texts = [str(folder / "a.txt"), str(folder / "b.txt")]
    assert main(["align", *texts, "--presplit", "--source", "fr", "--target", "vi", "--format", "ladder"]) == 0
    out, error = capsys.readouterr()
    rows = [row.rsplit(":", 1) for row in out.splitlines() if "[]" not in row]
    return [float(confidence) for _, confidence in rows], error


def test_the_right_language_gives_no_warning(builtin, tmp_path, capsys) -> None:
    confidences, error = align_command(tmp_path, VI, capsys)
    assert "language" not in error
    assert np.mean(confidences) > 0.8


@pytest.mark.parametrize("target", [EN, FR], ids=["en", "fr"])
def test_the_wrong_language_gives_a_warning(builtin, tmp_path, capsys, target) -> None:
    confidences, error = align_command(tmp_path, target, capsys)
    assert max(confidences) <= 0.1
    assert "UserWarning" not in error
    assert f"b.txt looks like language {'en' if target is EN else 'fr'}, not vi" in error
    assert "a.txt looks" not in error


def test_the_library_warns_of_the_wrong_language(builtin) -> None:
    with pytest.warns(UserWarning, match="target text looks like language fr, not vi"):
        beads = run(FR, FR, builtin)
    assert max(b.confidence or 0 for b in beads if not b.is_null) <= 0.1
