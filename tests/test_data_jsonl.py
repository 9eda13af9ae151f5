import pytest
from songngu.data.errors import SongnguError
from songngu.data.jsonl import objects, values


def test_values_come_with_their_place_and_empty_lines_are_skipped():
    assert list(values(['{"a": 1}\n', "\n", "  [2]\n"], "x")) == [({"a": 1}, "x, line 1"), ([2], "x, line 3")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"a": "half\n', "x, line 2: not JSON"),
        ("[" * 100_000, "x, line 2: not JSON \\(nested too deeply\\)"),
        ("[1]\n", "x, line 2: expected an object, not \\[1\\]"),
    ],
)
def test_what_is_no_object_is_named(line, message):
    with pytest.raises(SongnguError, match=message):
        list(objects(["{}\n", line], "x"))
