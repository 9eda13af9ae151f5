"""Near-duplicates are kept once and named; daily notices with other figures are not duplicates."""

import pytest
from songngu.data.core import Document, Rejected
from songngu.data.duplicates import once

TEXT = (
    "Le ministre des Transports a inauguré mardi la nouvelle gare de la ville, après 3 ans de travaux. " * 3
    + "Elle a coûté 40 millions."
)


def run(*documents: Document) -> tuple[list[str], list[Rejected]]:
    rejected: list[Rejected] = []
    return [d.id for d in once(documents, rejected=rejected.append)], rejected


def doc(name: str, text: str = TEXT, language: str = "fr", date: str | None = None) -> Document:
    return Document(id=name, text=text, language=language, date=date, path=f"{name}.txt")


def test_a_copy_is_listed_and_the_first_is_kept() -> None:
    found, rejected = run(
        doc("a"), doc("b", TEXT.replace("mardi", "ce mardi")), doc("c", "Tout autre chose s'est passé hier à Lyon.")
    )
    assert found == ["a", "c"]
    assert rejected == [Rejected("near-duplicate of a", path="b.txt", id="b")]


@pytest.mark.parametrize(
    "other",
    [
        doc("b", language="vi"),
        doc("b", TEXT.replace("40", "50").replace("3 ans", "8 ans")),
        doc("b", date="2019-10-03"),
        doc("b", "Une gare a été inaugurée à Lyon par le maire, qui a salué 40 ouvriers. " * 4),
    ],
    ids=["other language", "other figures", "a month later", "other words"],
)
def test_others_are_kept(other: Document) -> None:
    assert run(doc("a", date="2019-09-03"), other) == (["a", "b"], [])


def test_dates_that_are_not_known_to_the_day_say_nothing() -> None:
    assert run(doc("a", date="2019-09"), doc("b", date="XXXX-12-21"))[0] == ["a"]
