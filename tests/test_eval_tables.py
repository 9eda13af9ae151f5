"""Tables: the same cells in every form, escaped as each form wants."""

import pytest
from songngu.data.errors import UsageError
from songngu.eval.tables import FORMS, table

ROWS = table(("hệ thống", "BLEU"), [("a_b", "9.5 % | x"), ("Hà Nội", "10.25")])


def test_text_is_aligned():
    assert ROWS.render() == "hệ thống       BLEU\na_b       9.5 % | x\nHà Nội        10.25"


def test_markdown_escapes_bars():
    assert ROWS.render("markdown").splitlines()[:3] == ["| hệ thống | BLEU |", "|---|---:|", "| a_b | 9.5 % \\| x |"]


def test_latex_escapes_its_characters():
    assert r"a\_b & 9.5 \% | x \\" in ROWS.render("latex")


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_every_row(form):
    assert all(name in ROWS.render(form) for name in ("Hà Nội", "10.25"))


def test_unknown_form_lists_the_choices():
    with pytest.raises(UsageError, match="choose from latex, markdown, text, tsv"):
        ROWS.render("pdf")
