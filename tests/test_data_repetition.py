import pytest
from songngu.data.repetition import loops, repetitions


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("la la la fin", [("la la la", 1, 3)]),
        ("il est il est venu", [("il est il est", 2, 2)]),
        ("Đã đã ký", [("Đã đã", 1, 2)]),
        ("un deux trois", []),
        ("", []),
    ],
)
def test_runs(text: str, runs: list[tuple[str, int, int]]) -> None:
    assert [(text[r.start : r.end], r.unit, r.times) for r in repetitions(text)] == runs


@pytest.mark.parametrize(
    ("text", "looping"),
    [
        ("rồi rồi rồi rồi", True),
        ("et il dit et il dit et il dit", True),
        ("Ông nói rằng ông sẽ đến. Ông nói rằng ông sẽ đến. Ông nói rằng ông sẽ đến.", True),
        ("a b c d e f a b c d e f", True),
        ("Nous nous sommes vus.", False),
        ("chu kỳ của sự kiện tuần hoàn. Sự kiện tuần hoàn là điều lặp lại đều đặn.", False),
        ("", False),
    ],
)
def test_loops(text: str, looping: bool) -> None:
    assert loops(text) is looping


def test_a_long_text_is_quick() -> None:
    assert repetitions("x y z " * 20_000)[0].times == 20_000
