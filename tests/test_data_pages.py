"""HTML: blocks in order, with what the markup says of them, and the facts in the page's head."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from songngu.data.pages import parse

STORY = "".join(
    f"<p>Le ministre des Transports a inauguré la gare numéro {n} de la ville, trois ans après le début des travaux.</p>"
    for n in range(4)
)


def reasons(body: str) -> dict[str, str | None]:
    return {block.text: block.why for block in parse(f"<html><body>{body}</body></html>").blocks}


@pytest.mark.parametrize(
    ("markup", "text", "why"),
    [
        ("<nav><a href=#>Accueil</a></nav>", "Accueil", "navigation"),
        ("<div class=footer><p>Le journal de la ville</p></div>", "Le journal de la ville", "copyright"),
        ("<aside><p>Le tramway attendra</p></aside>", "Le tramway attendra", "teasers"),
        ("<figure><img src=a.jpg><figcaption>La gare, mardi.</figcaption></figure>", "La gare, mardi.", "caption"),
        ("<div class='photo-caption'>La gare, mardi.</div>", "La gare, mardi.", "caption"),
        (
            "<table><tr><td><img src=a.jpg></td></tr><tr><td>La gare, mardi.</td></tr></table>",
            "La gare, mardi.",
            "caption",
        ),
        (
            "<p style='text-align:center'><img src=a.jpg></p><p style='text-align:center'>Nhà ga.</p>",
            "Nhà ga.",
            "caption",
        ),
        ("<div><img src=a.jpg></div><p><em>Nhà ga hôm thứ Ba.</em></p>", "Nhà ga hôm thứ Ba.", "caption"),
        ("<div class='social-share'><a href=#>Zalo</a></div>", "Zalo", "share"),
        ("<ul class=breadcrumb><li>Xã hội</li></ul>", "Xã hội", "navigation"),
        ("<div class=tags><a href=#>gare</a></div>", "gare", "tags"),
        ("<div id=comments><p>Bravo !</p></div>", "Bravo !", "comments"),
        ("<div class='box-newsletter'><p>Chaque matin</p></div>", "Chaque matin", "newsletter"),
        ("<p class=author>Minh Anh</p>", "Minh Anh", "byline"),
        ("<time class=date>hier</time>", "hier", "date line"),
        ("<p><a href=#>Le tramway attendra encore</a></p>", "Le tramway attendra encore", "related link"),
        ("<div style='display: none'>caché</div>", "caché", "navigation"),
        ("<blockquote class=pullquote>Trois ans</blockquote>", "Trois ans", "pull quote"),
        ("<h2>Une gare attendue</h2>", "Une gare attendue", None),
        ("<p>Un paragraphe avec un <a href=#>lien</a> dedans.</p>", "Un paragraphe avec un lien dedans.", None),
        ("<blockquote><p>« Trois ans »</p></blockquote>", "« Trois ans »", None),
    ],
)
def test_markup_tells_what_a_block_is(markup: str, text: str, why: str | None) -> None:
    found = reasons(f"<article><h1>Une gare pour la ville</h1>{STORY}{markup}</article>")
    assert found[text] == why
    assert [found[p] for p in found if p.startswith("Le ministre")] == [None] * 4


def test_a_wrapper_named_after_one_of_its_parts_is_not_ruled_out() -> None:
    found = reasons(
        f"<div class='page with-sidebar share-enabled'><h1>Une gare pour la ville</h1><div class='related-theme'>{STORY}</div></div>"
    )
    assert list(found.values()) == [None] * 5


def test_what_stands_outside_the_report_is_navigation() -> None:
    found = reasons(
        f"<div><p>Météo du jour : soleil sur la ville</p></div><main><h1>Une gare pour la ville</h1>"
        f"<p class=chapo>La gare ouvre.</p><div class=article-body>{STORY}</div></main><div><p>Jeu-concours : gagnez un vélo</p></div>"
    )
    assert found["Météo du jour : soleil sur la ville"] == found["Jeu-concours : gagnez un vélo"] == "navigation"
    assert found["La gare ouvre."] is None


def test_rows_of_small_items_are_separate_blocks() -> None:
    found = list(
        reasons(
            "<div class=meta><span>Société</span> <span>3 septembre 2019</span></div><p>Le <b>ministre</b> <i>est</i> là.</p>"
        )
    )
    assert found == ["Société", "3 septembre 2019", "Le ministre est là."]


def test_line_breaks_and_entities() -> None:
    assert list(reasons("<p>Un&nbsp;&eacute;t&#233;<br>deux&amp;trois<br/><br/>qu\u00adatre</p>")) == [
        "Un été",
        "deux&trois",
        "quatre",
    ]


def test_vietnamese_is_composed() -> None:
    assert list(reasons("<p>Vie\u0323\u0302t Nam</p>")) == ["Việt Nam"]


@pytest.mark.parametrize(
    ("head", "date"),
    [
        ('<meta property="article:published_time" content="2019-09-03T10:00:00+07:00">', "2019-09-03T10:00:00+07:00"),
        ('<meta name="pubdate" content="2019-09-03">', "2019-09-03"),
        ('<script type="application/ld+json">{"@graph": [{"datePublished": "2019-09-03"}]}</script>', "2019-09-03"),
        ('<script type="application/ld+json">{broken</script>', None),
        ('<script type="application/ld+json">[1, "a", null]</script>', None),
        ("", None),
    ],
)
def test_the_date_is_the_page_s_own(head: str, date: str | None) -> None:
    assert parse(f"<html><head>{head}</head><body><p>Texte</p></body></html>").date == date


def test_the_date_in_the_body() -> None:
    assert parse("<p>Texte</p><time datetime='2019-09-03T10:00'>mardi</time>").date == "2019-09-03T10:00"


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("<title>Une gare - Le Journal</title><h1>Une gare pour la ville</h1>", "Une gare pour la ville"),
        ("<title>Une gare pour la ville | Le Journal</title><p>Texte</p>", "Une gare pour la ville"),
        ("<meta property='og:title' content='Une gare'><title>x</title><p>Texte</p>", "Une gare"),
        ("<p>Texte</p>", None),
    ],
)
def test_the_title(source: str, title: str | None) -> None:
    assert parse(source).title == title


def test_address_and_language() -> None:
    page = parse(
        '<html lang="vi-VN"><head><link rel="canonical" href="https://a.vn/b.html"></head><body><p>x</p></body></html>'
    )
    assert (page.url, page.language) == ("https://a.vn/b.html", "vi-VN")


def test_entities_are_not_expanded_and_nothing_is_fetched() -> None:
    bomb = '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    text = " ".join(block.text for block in parse(f"{bomb}<p>&b;&b; &c; fin</p>").blocks)
    assert "aaaaaaaaaa" not in text.replace("ENTITY a", "").replace('"aaaaaaaaaa"', "")
    assert "root:" not in text


@pytest.mark.parametrize("source", ["", "   ", "<!-- -->"])
def test_no_html_is_an_error(source: str) -> None:
    with pytest.raises(ValueError, match="no HTML"):
        parse(source)


def test_deep_and_broken_markup_is_read_in_time() -> None:
    start = time.process_time()
    parse("<div class='a b'>" * 20_000 + "fin")
    parse("<p>mot <b>gras <i>et penché</p>" * 5_000)
    assert time.process_time() - start < 10


@given(st.text(alphabet="<>/p div=aà\"'&;!-é \n", max_size=200))
def test_any_source_gives_blocks_or_says_that_there_are_none(source: str) -> None:
    try:
        assert all(block.text for block in parse(source).blocks)
    except ValueError as error:
        assert "no HTML" in str(error)
