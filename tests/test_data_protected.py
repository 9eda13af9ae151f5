import pytest
from songngu.data.protected import protected


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Voir https://a.vn/b?c=d, puis www.e.fr.", [("url", "https://a.vn/b?c=d"), ("url", "www.e.fr")]),
        ("(https://fr.wikipedia.org/wiki/A_(b))", [("url", "https://fr.wikipedia.org/wiki/A_(b)")]),
        ("Écrire à a.b+c@d-e.org.", [("email", "a.b+c@d-e.org")]),
        ('<b>gras</b> <br/> <a href="x y">', [("tag", "<b>"), ("tag", "</b>"), ("tag", "<br/>"), ("tag", '<a href="x y">')]),
        ("A &amp; B", [("tag", "&amp;")]),
        ("{0} {name} {{x}} ${y} %(n)s %s %1$d %.2f", [("placeholder", t) for t in "{0} {name} {{x}} ${y} %(n)s %s %1$d %.2f".split()]),
        ("20 % des prix, 5% de plus, 3 < 4 > 2, C$ 5", []),
        ("", []),
    ],
)  # fmt: skip
def test_spans(text: str, found: list[tuple[str, str]]) -> None:
    spans = protected(text)
    assert [(span.kind, span.text) for span in spans] == found
    assert all(text[span.start : span.end] == span.text for span in spans)
