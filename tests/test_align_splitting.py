import json
import subprocess
import sys
import textwrap
import time
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from songngu.align import splitpunkt
from songngu.align.splitting import split, split_document, split_spans
from songngu.data.core import Document
from songngu.data.errors import UsageError
from songngu.data.languages import tables
from songngu.data.text import normalise, one_line

GOLD = Path(__file__).parent / "gold"
LANGUAGES = ("fr", "vi", "en", "de", "sw", "ja")
BAR = " | "

# The sentences of one text, with " | " where a space ends one and "|" where nothing does.
FRENCH = [
    "M. Dupont et Mme Durand sont là. | Le Dr Petit aussi.",
    "Les fruits, les légumes, etc. sont chers. | Il y a du pain, du lait, etc. | Le reste manque.",
    "Fondée en 52 av. J.-C. par les Romains. | Détruite en 40 apr. J.-C. | Elle fut rebâtie.",
    "Voir art. 12, p. 5 et no. 3. | Le siège est au 12, bd. Voltaire.",
    "« Nous partons. | Venez ! », a-t-il dit. | « Pourquoi ? » demanda-t-elle.",
    "Il a crié : « Au feu ! » | Personne n'a bougé.",
    '"On verra", dit-il. | "Il faut attendre." | Elle attend.',
    "“Allez-y.” | Il est parti.",
    "Il vaut 1.234,5 € le 3.9.2019 à 18 h 30. | 200 personnes sont venues.",
    "Écrivez à a.b@c.fr ou sur www.lemonde.fr/a.b. | Merci.",
    "Il hésite... puis part. | Tout est fini… | Rien ne reste.",
    "Que faire ?! | Rien. | Vraiment rien !!!",
    "Il est tard (très tard !) et il pleut. | (Il pleut toujours.) | Voilà.",
    "Selon l'accord, « chaque État [...] reste libre ».",
    "1. Ouvrir la porte. | 2. Fermer la porte. | a) Attendre.",
    "Le vent se lève ; la mer monte. | Bilan : 3 morts ; 2 blessés.",
    "LE PRÉSIDENT A PARLÉ. | LA FOULE A APPLAUDI.",
    "– Vous partez ? | – Oui. | – Bon voyage !",
    "Il est arrivé.|Elle est partie. | Que dire?|Rien.",
    "J.-P. Dupont, G. W. Bush et D. Trump. | Il faut un plan B. | Le reste suivra.",
    "Il vote pour Mme Le Pen. | C'est J. Le Goff qui l'écrit.",
    "Les vitamines A, B et C. | Ce sont les principales.",
    "Le pain coûte 5\u202f%\u202f! | Vraiment\u00a0? | Oui\u00a0!",
    "Il part.[1] | Elle reste.[12]",
    "Yahoo! News a fermé. | La fin.",
    "Décès de Guy Hosneld | Nous apprenons avec tristesse le décès de Guy Hosneld, à l'âge de 44 ans.",
    "La ville de La Rochelle, vue par Le Monde et Les Échos dans Le Grand Bleu.",
    "PARIS (AFP) - Le président a parlé. | Le train Paris - Lyon - Nice est en retard.",
    "Le Premier ministre - Pham Minh Chinh - a reçu jeudi le président du Sénat.",
    "Ordre du jour | - Accueil des participants | - Discours du maire",
    "Il part avec M. Max. | L'affaire Roe c. Wade est close. | Kim Jong Un et D. Trump sont d'accord.",
    "bon, alors voilà. | c'est parti. | on y va, quoi. | tu vois ? | bah oui etc. | donc voilà.",
]
VIETNAMESE = [
    '"Anh đi đâu đấy?" - Lan hỏi. | "Đi chợ!" - Nam đáp. | - Thế à? | - Ừ.',
    "Hà Nội (TTXVN 12/3) - Tập đoàn A công bố kết quả. | Ông Nam - giám đốc công ty - cho biết như vậy.",
    "Người dân TP.HCM và TP. Hồ Chí Minh ở Q.1 và Q. 3. | Theo GS.TS. Nguyễn Văn A, giá tăng.",
    "Rau, thịt, cá, v.v. đều tăng giá. | Chợ có rau, thịt, cá, v.v. | Người mua rất đông.",
    "Giá là 1.234.567 đồng, tăng 3,5 % từ ngày 3.9. | 2.000 tỷ đồng đã được chi.",
    "“Tôi đi đây”, anh nói. | “Anh đi đâu?” - chị hỏi. | “Đi chợ!”",
    '"Bà con yên tâm. | Vắc-xin sẽ về", ông nói. | "Bao giờ?", một người hỏi.',
    'Bà hỏi: "Ai đó?". | Không ai trả lời.',
    "Đoàn do ông Nam dẫn đầu.|Theo kế hoạch, đoàn sẽ đi Huế.",
    "Anh im lặng... rồi gật đầu. | Ai biết được… | Thôi vậy.",
    "Vì sao?! | Không rõ. | Thật ư? | Thật!",
    "Ông D. Trump gặp bà J. K. Rowling. | Trẻ thiếu vitamin C. | Tuy nhiên, không nặng.",
    "Bảo tàng (đóng từ 2015) mở lại. | (Theo Reuters)",
    "1. Đeo khẩu trang. | 2. Rửa tay. | 3. Giữ khoảng cách.",
    "Xem https://a.vn/b.html?c=1. | Gửi về a.b@c.vn.",
    "- Mấy giờ rồi? | - Tám giờ. | - Muộn quá!",
    "THỦ TƯỚNG PHÁT BIỂU. | DÂN CHÚNG VUI MỪNG.",
    "Thị trường mở cửa vào thứ Hai./. | Bộ Công Thương chưa có ý kiến.",
    "Trường học đóng cửa; chợ vẫn mở.",
    'Ông thôi việc. | "tôi mệt", ông nói.',
    "Anh Ba và chị Sáu ở đảo Cát Bà, tỉnh Hòa Bình, đọc báo Thanh Niên.",
]
ENGLISH = [
    "Mr. Smith met Dr. Jones at 5 p.m. on Jan. 3. | They talked.",
    "He works for Apple Inc. in the U.S. and the U.K. | She does not.",
    '“Come in!” | He did. | "Why?" she asked.',
    "No. 5 is here, etc. | The end.",
]
GERMAN = [
    "Am 3. Oktober kam Dr. Müller, z. B. mit dem Zug. | Er blieb.",
    "„Kommen Sie!“, sagte er. | „Warum?“ | Sie lachte.",
    "Das kostet ca. 5 Euro usw. | Es ist teuer.",
]


@pytest.mark.parametrize(
    ("language", "marked"),
    [(code, row) for code, rows in zip(LANGUAGES, (FRENCH, VIETNAMESE, ENGLISH, GERMAN), strict=False) for row in rows],
)
def test_table(language, marked):
    sentences = [s for part in marked.split(BAR) for s in part.split("|")]
    text = marked.replace(BAR, " ").replace("|", "")
    assert split(text, language) == sentences
    decomposed = unicodedata.normalize("NFD", text)
    assert [unicodedata.normalize("NFC", s) for s in split(decomposed, language)] == sentences


@given(
    st.lists(
        st.one_of(
            st.text(max_size=12),
            st.sampled_from([". ", "! ", "… ", "\n", "\n\n", "M. ", ' "', "» ", "(", ".) ", "Le ", "\u00ad", "é"]),
        )
    ),
    st.sampled_from(LANGUAGES),
)
@settings(max_examples=300, deadline=None)
def test_pieces_and_gaps_give_the_text_back(parts, language):
    text = "".join(parts)
    spans = split_spans(text, language)
    offsets = [offset for s in spans for offset in (s.start, s.end)]
    assert offsets == sorted(offsets)
    assert [s.paragraph for s in spans] == sorted(s.paragraph for s in spans)
    assert all(text[s.start : s.end].strip() for s in spans)
    ends = [0, *offsets, len(text)]
    pieces = [text[a:b] for a, b in pairwise(ends)]
    assert "".join(pieces) == text
    # what lies between sentences is white space, or what nobody sees
    assert not [c for gap in pieces[::2] for c in gap if not c.isspace() and c not in "\u00ad\u200b\u2060"]


def test_soft_hyphens_change_nothing():
    text = "M. Leclerc est porte-parole du mouvement. Il parle de « trahison ». Elle, non."
    hyphenated = "M. Le\u00adclerc est por\u00adte-pa\u00adrole du mou\u00advement\u00ad. Il parle de « tra\u00adhison ». Elle, non."
    assert [normalise(s) for s in split(hyphenated, "fr")] == split(text, "fr")


@pytest.mark.parametrize("code", ["fr", "vi"])
def test_hard_wrapped_text_splits_as_before_wrapping(code):
    records = [json.loads(line) for line in (GOLD / f"split.{code}.jsonl").read_text(encoding="utf-8").splitlines()]
    running = [one_line(s) for r in records[:8] for s in r["sentences"]]
    text = " ".join(running)
    wrapped = textwrap.fill(text, 72, break_on_hyphens=False, break_long_words=False)
    assert [one_line(s) for s in split(wrapped, code)] == split(text, code)


def test_paragraphs_one_a_line():
    text = "Un titre sans point\nLe corps commence. Il continue.\n\nUn autre titre\nLa fin"
    assert [(text[s.start : s.end], s.paragraph) for s in split_spans(text, "fr")] == [
        ("Un titre sans point", 0),
        ("Le corps commence.", 1),
        ("Il continue.", 1),
        ("Un autre titre", 2),
        ("La fin", 3),
    ]


def test_headlines_of_one_length_are_not_taken_for_wrapped_text():
    lines = [
        "Le Sénat rejette le projet de loi de finances",
        "La France et le Vietnam signent neuf accords",
        "Une tempête est attendue vendredi en Bretagne",
    ]
    assert split("\n".join(lines), "fr") == lines


def test_a_line_that_breaks_off_runs_on():
    text = "Le ministre a reçu les représentants des éleveurs,\nqui demandent des aides.\nIls seront revus."
    assert [one_line(s) for s in split(text, "fr")] == [
        "Le ministre a reçu les représentants des éleveurs, qui demandent des aides.",
        "Ils seront revus.",
    ]


def test_ends_without_a_mark_are_looked_for_only_where_lines_are_lost():
    glued = "Décès de Guy Hosneld Nous apprenons avec tristesse le décès de Guy Hosneld, à l'âge de 44 ans."
    assert len(split(glued, "fr")) == 2
    assert split(f"{glued}\nIl était né à Lyon.\nIl aimait la mer.", "fr")[0] == glued


def test_lines_of_a_transcript_begin_small():
    lines = ["bon alors voilà.", "c'est parti. on y va.", "tu vois ?", "oui je vois. et après ?"]
    assert split("\n".join(lines), "fr") == [s for line in lines for s in line.replace(". ", ".|").split("|")]


def test_document_gets_sentences_that_know_their_paragraph():
    document = Document(id="a", text="Xin chào. Tôi là Nam.\n\nTạm biệt!", language="vi")
    assert split_document(document).sentence_texts == ("Xin chào.", "Tôi là Nam.", "Tạm biệt!")
    assert [s.paragraph for s in split_document(document).sentences] == [0, 0, 1]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u00a0\u202f\n", "\u00ad"])
def test_nothing_to_split(text):
    assert [s for s in split(text, "fr") if s.strip("\u00ad")] == []


@pytest.mark.parametrize("text", ["Bonjour", "Xin chào", "...", "42", "a\u0301", "«", "\ud800"])
def test_one_sentence(text):
    assert split(text, "vi") == [text]


def test_language_is_detected_where_it_is_not_given():
    text = "Theo GS. Nguyễn Văn A, giá gạo tăng mạnh. Người dân ở TP. Hồ Chí Minh lo lắng."
    assert split(text) == split(text, "vi")


def test_a_language_without_a_table_is_split_with_one_message(caplog):
    splitpunkt._tell.cache_clear()
    text = "Habari ya asubuhi. Dr. Juma amefika. Yeye ni mzuri."
    assert split(text, "sw") == ["Habari ya asubuhi.", "Dr. Juma amefika.", "Yeye ni mzuri."]
    split(text, "sw")
    assert [r.getMessage() for r in caplog.records].count(caplog.records[0].getMessage()) == 1
    assert "'sw'" in caplog.text


def test_punkt_learns_abbreviations_from_the_text():
    names = ["Juma", "Asha", "Musa", "Neema", "Hamisi", "Zawadi"]
    text = " ".join(f"Leo mhe. {a} amefika hapa na mhe. {b} pia. Yeye ni mzuri sana leo." for a in names for b in names)
    assert "Leo mhe." not in split(text * 2, "sw")


@pytest.mark.parametrize("tag", ["klingonisch!", "xx"])
def test_a_tag_that_is_none_is_refused(tag):
    with pytest.raises(UsageError, match="language tag"):
        split("a", tag)


@pytest.mark.parametrize("code", ["fr", "vi", "en", "de"])
def test_tables_are_clean(code):
    table = tables("splitting")[code]
    for name, entries in table["abbreviations"].items():
        assert not [e for e in entries if e.endswith(".") or e != e.strip()], name
    assert all(w == w.lower() for name in ("starters", "introducers") for w in table["words"].get(name, ()))


def test_ten_thousand_sentences():
    sentences = [f"M. Durand a vendu {n} billets le 3 sept. à Lyon." for n in range(10_000)]
    assert split(" ".join(sentences), "fr") == sentences


@pytest.mark.parametrize(
    "unit", ["M. Le chat (gris) dort « bien. » ", "a.", ". ", "(. ", '"x" ', "mot ", "Hai. ", "e\u0301 ", "a\n"]
)
def test_time_is_linear(unit):
    def seconds(size):
        text = unit * (size // len(unit))
        start = time.process_time()
        split_spans(text, "vi")
        return time.process_time() - start

    seconds(1000)
    # eight times the text; a quadratic step would take 64 times as long
    # (the best of three: a busy machine slows single runs down)
    assert min(seconds(80_000) for _ in range(3)) < 24 * max(min(seconds(10_000) for _ in range(3)), 0.003)


def test_no_heavy_import():
    code = (
        "import sys, songngu; songngu.split('Xin chào. Tạm biệt.', 'vi');"
        "print([m for m in ('torch', 'transformers', 'nltk', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("code", ["fr", "vi"])
def test_gold_is_whole(code):
    records = [json.loads(line) for line in (GOLD / f"split.{code}.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({r["id"] for r in records}) == len(records)
    assert sum(len(r["sentences"]) for r in records) >= 300
    for record in records:
        at = 0
        for sentence in record["sentences"]:
            start = record["text"].index(sentence, at)
            assert not record["text"][at:start].strip(), record["id"]
            at = start + len(sentence)
        assert at == len(record["text"]), record["id"]
