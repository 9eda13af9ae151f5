"""A site's own repetition goes; what versions of one report share stays."""

from songngu.data.core import Document, Dropped
from songngu.data.sites import without_repetition

FOOT = "Suivez toute l'actualité sur notre page"


def document(number: int, *extra: str, site: str = "a.fr") -> Document:
    body = [
        f"Le ministre numéro {number} a inauguré la gare {number * 7}.",
        f"Les travaux ont duré {number + 3} ans, a-t-il dit ce jour.",
    ]
    return Document(id=str(number), text="\n\n".join([*body, *extra]), site=site)


def test_blocks_that_many_documents_share_are_the_site_s() -> None:
    found = list(without_repetition(document(n, FOOT) for n in range(10)))
    assert all(FOOT not in d.text for d in found)
    assert all(d.dropped == (Dropped(FOOT, "site repetition"),) for d in found)
    assert [d.id for d in found] == [str(n) for n in range(10)]


def test_two_documents_or_two_sites_are_not_enough() -> None:
    few = [document(1, FOOT), document(2, FOOT), *(document(n) for n in range(3, 9))]
    assert list(without_repetition(few)) == few
    apart = [document(n, FOOT, site=f"{n}.fr") for n in range(10)]
    assert list(without_repetition(apart)) == apart


def test_versions_of_one_report_keep_what_they_share() -> None:
    versions = [document(1).with_(id=str(n), text=document(1).text + f"\n\nMise à jour {n}.") for n in range(6)]
    assert list(without_repetition(versions)) == versions


def test_background_that_a_few_reports_of_one_story_share_stays() -> None:
    background = "La ville attend cette gare depuis que la ligne a été fermée, il y a quarante ans."
    found = [document(n, background) if n < 4 else document(n) for n in range(20)]
    assert list(without_repetition(found)) == found


def test_what_is_known_of_a_site_holds_in_later_batches() -> None:
    documents = [*(document(n, FOOT) for n in range(10)), document(11, FOOT)]
    assert FOOT not in list(without_repetition(documents, batch=10))[-1].text


def test_nothing_comes_of_nothing() -> None:
    assert list(without_repetition([])) == []
