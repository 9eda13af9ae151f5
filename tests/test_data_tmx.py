"""TMX follows the rules of its DTD, other programs read it, and other programs' files are read."""

import io

import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (it has no types)
from songngu.data import formats
from songngu.data.core import Corpus, Segment
from songngu.data.errors import SongnguError

# The rules of TMX 1.4b for what we write: which elements may stand where, and which attributes they must have.
DTD = """
<!ELEMENT tmx (header, body)> <!ATTLIST tmx version CDATA #FIXED "1.4">
<!ELEMENT header (note | prop | ude)*>
<!ATTLIST header creationtool CDATA #REQUIRED creationtoolversion CDATA #REQUIRED
  segtype (block | paragraph | sentence | phrase) #REQUIRED o-tmf CDATA #REQUIRED adminlang CDATA #REQUIRED
  srclang CDATA #REQUIRED datatype CDATA "unknown" o-encoding CDATA #IMPLIED creationdate CDATA #IMPLIED>
<!ELEMENT ude EMPTY> <!ELEMENT body (tu*)>
<!ELEMENT tu ((note | prop)*, tuv+)> <!ATTLIST tu tuid CDATA #IMPLIED segtype (block | paragraph | sentence | phrase) #IMPLIED>
<!ELEMENT tuv ((note | prop)*, seg)> <!ATTLIST tuv xml:lang CDATA #REQUIRED>
<!ELEMENT note (#PCDATA)> <!ELEMENT prop (#PCDATA)> <!ATTLIST prop type CDATA #REQUIRED>
<!ELEMENT seg (#PCDATA | bpt | ept | it | ph | hi)*>
<!ELEMENT bpt (#PCDATA)> <!ELEMENT ept (#PCDATA)> <!ELEMENT it (#PCDATA)> <!ELEMENT ph (#PCDATA)> <!ELEMENT hi (#PCDATA)>
"""
ROWS = [
    Segment(
        "R&D <b>5 %</b>\u2028fin",
        "Đ\x0b\x1b]]>",
        "a&b",
        'c"d',
        (0, 1),
        (2,),
        -1.5,
        0.25,
        "2019-09",
        "XXXX-09-04",
        split="test",
    ),
    Segment("Oui\xa0?", "Vâng\u200f 🇻🇳", source_url="https://a.example/?x=1&y=2", split="test", extra={"a": "<x>"}),
]


@pytest.fixture
def path(tmp_path):
    (written,) = formats.write(Corpus("fr-CA", "vi", ROWS, signature="v:1"), tmp_path, "tmx")
    return written


def test_valid_by_the_rules_of_the_dtd(path):
    dtd = etree.DTD(io.StringIO(DTD))
    assert dtd.validate(etree.parse(path)), dtd.error_log


def test_translate_toolkit_reads_it(path):
    tmx = pytest.importorskip("translate.storage.tmx", reason="translate-toolkit comes with the dev extra")
    with path.open("rb") as stream:
        units = tmx.tmxfile(stream, "fr-CA", "vi").units
    assert [(str(u.source), str(u.target)) for u in units] == [
        ("R&D <b>5 %</b>\u2028fin", "Đ]]>"),
        ("Oui\xa0?", "Vâng\u200f 🇻🇳"),
    ]


def foreign(tus: str, header: str = '<header srclang="*all*"/>') -> str:
    return f'<?xml version="1.0"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.1">{header}<body>\n{tus}</body></tmx>'


def tu(fr: str, vi: str) -> str:
    return f'<tu><tuv xml:lang="FR-FR"><seg>{fr}</seg></tuv><tuv lang="VI"><seg>{vi}</seg></tuv></tu>\n'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (foreign(tu("Oui.", "Vâng.")), [("Oui.", "Vâng.")]),
        (foreign(tu("Oui.", "Vâng."), header=""), [("Oui.", "Vâng.")]),
        (
            foreign(tu('A<bpt i="1">&lt;b&gt;</bpt> b<ept i="1"/><it pos="begin">x</it><hi>c<ph/>d</hi>.', "V.")),
            [("A bcd.", "V.")],
        ),
        (
            foreign(
                '<tu><tuv xml:lang="en"><seg>Yes</seg></tuv><tuv xml:lang="fr"><seg>Oui</seg></tuv>'
                '<tuv xml:lang="vi"><seg>Vâng</seg></tuv><tuv xml:lang="vi"><seg>Có</seg></tuv></tu>'
            ),
            [("Oui", "Vâng"), ("Oui", "Có")],
        ),
        (foreign(tu("Un &amp; deux", "<!-- c -->Một")), [("Un & deux", "Một")]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_foreign_files(content, expected, encoding, tmp_path):
    path = tmp_path / "a.tmx"
    path.write_text(content.replace('version="1.0"?', f'version="1.0" encoding="{encoding}"?'), encoding=encoding)
    found = formats.read_bitext(path, source_language="fr", target_language="vi")
    assert [(s.source_text, s.target_text) for s in found] == expected


def test_unusable_units_are_rejected_by_line(tmp_path):
    path = tmp_path / "a.tmx"
    lonely = '<tu><tuv xml:lang="fr"><seg>Seul.</seg></tuv></tu>\n'
    path.write_text(
        foreign(tu("Oui.", "Vâng.") + lonely + tu("a&#x1F;b", "x") + tu("Non.", "Không.")), encoding="utf-8"
    )
    told = []
    found = formats.read_bitext(path, source_language="fr", target_language="vi", rejected=told.append)
    assert [s.source_text for s in found] == ["Oui.", "Non."]
    assert [r.why.split(":")[0] for r in told] == ["line 5", "line 6"]


@pytest.mark.parametrize("content", ["", "no xml", foreign(tu("Oui.", "Vâng."))[:-30]])
def test_broken_files_are_errors(content, tmp_path):
    path = tmp_path / "a.tmx"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SongnguError, match=r"a\.tmx"):
        list(formats.read_bitext(path, source_language="fr", target_language="vi"))


def test_no_entity_reaches_a_file(tmp_path):
    (tmp_path / "secret").write_text("secret")
    path = tmp_path / "a.tmx"
    dtd = f'<!DOCTYPE tmx [<!ENTITY x SYSTEM "{tmp_path / "secret"}">]>'
    path.write_text(foreign(tu("a&x;b", "c")).replace('<!DOCTYPE tmx SYSTEM "tmx14.dtd">', dtd), encoding="utf-8")
    (found,) = formats.read_bitext(path, source_language="fr", target_language="vi")
    assert found.source_text == "ab"
