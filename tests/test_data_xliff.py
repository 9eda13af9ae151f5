"""XLIFF follows the rules of its specification: ours of what we write, and the published schemas where a system has them."""

import io
from pathlib import Path

import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue] (it has no types)
from songngu.data import formats
from songngu.data.core import Corpus, Segment

# Debian's php-symfony-translation brings the OASIS schemas of 2.0 (the core of 2.1 is the same) and 1.2 strict.
SCHEMAS = Path("/usr/share/php/Symfony/Component/Translation/Resources/schemas")
PUBLISHED = {"xliff": "xliff-core-2.0.xsd", "xliff12": "xliff-core-1.2-strict.xsd"}
ROWS = [
    Segment("R&D <b>5 %</b>\u2028fin", "Đ\x0b\x1b]]>", "a&b", 'c"d', (0, 1), (2,), -1.5, 0.25, "2019-09", "XXXX-09-04"),
    Segment("Oui\xa0?", "Vâng\u200f 🇻🇳", source_url="https://a.example/?x=1&y=2", extra={"a": "<x>"}, provenance="r"),
    Segment("", " x\t"),
    Segment("Un.", "Một.", "a&b", 'c"d'),
]

# The rules for the elements that we write, in the compact sense of the specifications: order, attributes and their values.
NG = 'xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes"'
NEW = f"""<grammar {NG} ns="urn:oasis:names:tc:xliff:document:2.0"><start><element name="xliff">
<attribute name="version"><value>2.1</value></attribute><attribute name="srcLang"><data type="language"/></attribute>
<attribute name="trgLang"><data type="language"/></attribute>
<oneOrMore><element name="file"><attribute name="id"><data type="NMTOKEN"/></attribute><attribute name="original"/>
<attribute name="xml:space"><value>preserve</value></attribute>
<oneOrMore><element name="unit"><attribute name="id"><data type="NMTOKEN"/></attribute>
<optional><element name="metadata" ns="urn:oasis:names:tc:xliff:metadata:2.0"><oneOrMore><element name="metaGroup">
<optional><attribute name="category" ns=""/></optional><oneOrMore><element name="meta"><attribute name="type" ns=""/><text/>
</element></oneOrMore>
</element></oneOrMore></element></optional>
<oneOrMore><element name="segment"><optional><attribute name="state"><choice><value>initial</value><value>translated</value>
</choice></attribute>
</optional><element name="source"><ref name="content"/></element><optional><element name="target"><ref name="content"/>
</element></optional>
</element></oneOrMore></element></oneOrMore></element></oneOrMore></element></start>
<define name="content"><mixed><zeroOrMore><element name="cp"><attribute name="hex"><data type="hexBinary"/></attribute>
</element></zeroOrMore></mixed></define>
</grammar>"""
OLD = f"""<grammar {NG} ns="urn:oasis:names:tc:xliff:document:1.2"><start><element name="xliff">
<attribute name="version"><value>1.2</value></attribute>
<oneOrMore><element name="file"><attribute name="original"/><attribute name="datatype"><value>plaintext</value></attribute>
<attribute name="source-language"><data type="language"/></attribute><attribute name="target-language">
<data type="language"/></attribute>
<element name="body"><zeroOrMore><element name="trans-unit"><attribute name="id"/><attribute name="xml:space">
<value>preserve</value></attribute>
<element name="source"><text/></element><optional><element name="target"><attribute name="state"><value>translated</value>
</attribute><text/></element>
</optional><zeroOrMore><element name="context-group"><attribute name="name"/><attribute name="purpose">
<value>information</value></attribute>
<oneOrMore><element name="context"><attribute name="context-type"><data type="string">
<param name="pattern">x-[a-z_]+</param></data></attribute>
<text/></element></oneOrMore></element></zeroOrMore></element></zeroOrMore></element></element></oneOrMore></element>
</start></grammar>"""


def written(tmp_path: Path, form: str, rows: list[Segment]):
    (path,) = formats.write(Corpus("fr-CA", "vi", rows, signature="v:1"), tmp_path, form)
    return path, etree.parse(path)


@pytest.mark.parametrize("rows", [ROWS, []])
@pytest.mark.parametrize(("form", "rules"), [("xliff", NEW), ("xliff12", OLD)])
def test_valid_by_the_rules(form, rules, rows, tmp_path):
    schema = etree.RelaxNG(etree.fromstring(rules))
    _, tree = written(tmp_path, form, rows)
    assert schema.validate(tree), schema.error_log


@pytest.mark.parametrize("form", PUBLISHED)
def test_names_and_ids_are_unique_where_they_must_be(form, tmp_path):
    _, tree = written(tmp_path, form, ROWS)
    for name, attribute in (("file", "id"), ("unit", "id"), ("trans-unit", "id"), ("context-group", "name")):
        found = [element.get(attribute) for element in tree.iter(f"{{*}}{name}") if element.get(attribute)]
        assert len(found) == len(set(found)), name


@pytest.mark.parametrize("rows", [ROWS, []])
@pytest.mark.parametrize("form", PUBLISHED)
def test_valid_by_the_published_schema(form, rows, tmp_path):
    path = SCHEMAS / PUBLISHED[form]
    if not path.is_file():
        pytest.skip("the OASIS schemas are not on this system (Debian: php-symfony-translation)")

    class Local(etree.Resolver):
        def resolve(self, url, public_id, context):
            return self.resolve_filename(str(SCHEMAS / Path(url).name), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Local())
    schema = etree.XMLSchema(etree.parse(io.BytesIO(path.read_bytes()), parser, base_url=str(path)))
    _, tree = written(tmp_path, form, rows)
    assert schema.validate(tree), schema.error_log


@pytest.mark.parametrize("form", PUBLISHED)
def test_other_programs_groups_are_not_ours(form, tmp_path):
    path, _ = written(tmp_path, form, ROWS[1:2])
    content = path.read_text(encoding="utf-8").replace('"songngu-1"', '"other"').replace('"songngu"', '"other"')
    path.write_text(content, encoding="utf-8")
    (found,) = formats.read_bitext(path)
    assert found == Segment("Oui\xa0?", "Vâng\u200f 🇻🇳")
