import importlib.util
from pathlib import Path

import pytest
from songngu.data.errors import SongnguError, UsageError
from songngu.models import codes, hub
from songngu.models.batching import batches
from songngu.models.seq2seq import Seq2Seq
from songngu.models.translators import ENGINES, Decoding, translator


def _tiny():
    specification = importlib.util.spec_from_file_location(
        "tiny_translators", Path(__file__).parent / "tiny_translators.py"
    )
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


tiny = _tiny()
SEQ2SEQ = ("marian", "m2m100", "nllb", "mbart50", "t5")
FR, VI = [a for a, _ in tiny.PAIRS], [b for _, b in tiny.PAIRS]


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    import torch

    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("models")
    made = {name: make(root / name) for name, make in tiny.FAMILIES.items()}
    torch.set_num_threads(threads)
    return made


@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_every_family_translates_what_it_was_taught(family: str, checkpoints: dict[str, Path]) -> None:
    model = translator(str(checkpoints[family]), beam=1)
    assert model.translate(FR, source_language="fr", target_language="vi") == VI
    assert family in model.signature and "beam1" in model.signature


@pytest.mark.parametrize("family", ["m2m100", "nllb", "mbart50", "t5"])
def test_multilingual_families_go_where_the_language_code_says(family: str, checkpoints: dict[str, Path]) -> None:
    model = translator(str(checkpoints[family]), beam=1)
    assert model.translate(VI, source_language="vi-VN", target_language="fr-CA") == FR


@pytest.mark.parametrize("family", tiny.FAMILIES)
def test_order_and_batch_size_change_nothing(family: str, checkpoints: dict[str, Path]) -> None:
    sentences = [FR[2], FR[0], FR[2], FR[1], FR[3], FR[0]]
    wide = translator(str(checkpoints[family]), beam=2)
    narrow = translator(str(checkpoints[family]), beam=2, batch_tokens=1)
    options = {"source_language": "fr", "target_language": "vi"}
    assert wide.translate(sentences, **options) == narrow.translate(sentences, **options)
    assert wide.translate(sentences, **options) == [VI[2], VI[0], VI[2], VI[1], VI[3], VI[0]]
    assert wide.translate([], **options) == []


@pytest.mark.parametrize("family", SEQ2SEQ)
def test_a_source_over_the_limit_is_cut_to_it(family: str, checkpoints: dict[str, Path]) -> None:
    model = translator(str(checkpoints[family]), beam=1)
    long = " ".join(FR * 20)
    assert model.limit == 64 < model.lengths([long])[0]
    assert isinstance(model, Seq2Seq) and len(model._encode([long])[0]) == 64
    assert len(model.translate([long], source_language="fr", target_language="vi")) == 1


@pytest.mark.parametrize("family", SEQ2SEQ)
def test_ctranslate2_gives_the_same_at_beam_1(
    family: str, checkpoints: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ctranslate2", reason="the extra songngu[ctranslate2] is not installed")
    monkeypatch.setenv("SONGNGU_CACHE", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    options = {"source_language": "fr", "target_language": "vi"}
    name = str(checkpoints[family])
    converted = translator(f"ctranslate2:{name}", beam=1, int8=False)
    assert converted.translate(FR, **options) == translator(name, beam=1).translate(FR, **options) == VI
    assert "ctranslate2/float32" in converted.signature and converted.limit == 64
    (folder,) = (tmp_path / "ctranslate2").glob("*-float32")
    before = (folder / "model.bin").stat().st_mtime_ns
    translator(f"ctranslate2:{name}", beam=1, int8=False)
    assert (folder / "model.bin").stat().st_mtime_ns == before  # converted once


def test_int8_is_a_conversion_of_its_own(
    checkpoints: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ctranslate2", reason="the extra songngu[ctranslate2] is not installed")
    monkeypatch.setenv("SONGNGU_CACHE", str(tmp_path))
    model = translator(f"ctranslate2:{checkpoints['marian']}", beam=1)
    assert "int8" in model.signature and len(model.translate(FR, source_language="fr", target_language="vi")) == len(FR)


def test_t5_without_language_tokens_is_asked_in_words(tmp_path: Path) -> None:
    model = translator(str(tiny.t5(tmp_path / "t5", tokens=())), beam=1)
    assert model.translate(FR[:1], source_language="fr", target_language="vi") == VI[:1]


def test_a_chat_template_is_used(tmp_path: Path) -> None:
    model = translator(str(tiny.causal(tmp_path / "chat", chat=True)), beam=1)
    assert model.translate(FR, source_language="fr", target_language="vi") == VI


def test_the_wrong_direction_of_a_bilingual_model_is_refused(checkpoints: dict[str, Path]) -> None:
    model = translator(str(checkpoints["marian"]))
    with pytest.raises(UsageError, match="translates from 'fr', not 'vi'"):
        model.translate(VI, source_language="vi", target_language="fr")


def test_a_language_without_token_is_refused(checkpoints: dict[str, Path]) -> None:
    with pytest.raises(UsageError, match="<2de>"):
        translator(str(checkpoints["t5"])).translate(FR, source_language="fr", target_language="de")
    with pytest.raises(UsageError, match="mbart50 has no code for the language 'mt'"):
        translator(str(checkpoints["mbart50"])).translate(FR, source_language="fr", target_language="mt")


def test_careful_settings_leave_a_good_translation_alone(checkpoints: dict[str, Path]) -> None:
    careful = translator(str(checkpoints["nllb"]), beam=1).careful()
    assert careful is not None and "beam5" in careful.signature
    assert careful.translate(FR, source_language="fr", target_language="vi") == VI


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("opus-mt-fr-vi", "songngu models fetch opus-mt-fr-vi"),
        ("somebody/something", "songngu models fetch somebody/something"),
        ("ctranslate2:nllb-200-distilled-600M", "songngu models fetch nllb-200-distilled-600M"),
        ("precomputed:nowhere.tsv", "is no file"),
    ],
)
def test_a_model_that_is_not_here_says_what_to_run(
    name: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(SongnguError, match=says):
        translator(name)


def test_unknown_names_list_the_choices(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose from ctranslate2, precomputed, transformers"):
        translator("ctranslate3:x/y")
    with pytest.raises(UsageError, match="opus-mt-fr-vi"):
        translator("opus")
    with pytest.raises(SongnguError, match=r"no config\.json"):
        translator(str(tmp_path))
    assert set(ENGINES) == {"transformers", "ctranslate2", "precomputed"}


@pytest.mark.parametrize(
    ("family", "tag", "expected"),
    [
        ("nllb", "fr", "fra_Latn"),
        ("nllb", "fr-CA", "fra_Latn"),
        ("nllb", "vi", "vie_Latn"),
        ("nllb", "zh-TW", "zho_Hant"),
        ("nllb", "zh", "zho_Hans"),
        ("nllb", "ar", "arb_Arab"),
        ("m2m100", "vie", "vi"),
        ("m2m100", "nb", "no"),
        ("mbart50", "fr", "fr_XX"),
        ("mbart50", "vi-VN", "vi_VN"),
    ],
)
def test_language_codes(family: str, tag: str, expected: str) -> None:
    assert codes.code(family, tag) == expected


def test_the_code_table_has_every_published_code_once() -> None:
    from transformers.models.m2m_100.tokenization_m2m_100 import FAIRSEQ_LANGUAGE_CODES as M2M
    from transformers.models.mbart50.tokenization_mbart50 import FAIRSEQ_LANGUAGE_CODES as MBART
    from transformers.models.nllb.tokenization_nllb import FAIRSEQ_LANGUAGE_CODES as NLLB

    table = codes._table()
    for family, published in (("nllb", NLLB), ("m2m100", M2M["m2m100"]), ("mbart50", MBART)):
        assert {row[family] for row in table.values() if family in row} == set(published)


def test_known_models_say_licence_and_size() -> None:
    wanted = {"opus-mt-fr-vi", "opus-mt-vi-fr", "nllb-200-distilled-600M", "m2m100_418M", "madlad400-3b-mt"}
    assert wanted <= set(hub.KNOWN)
    for record in hub.KNOWN.values():
        assert record.licence and record.megabytes > 0 and record.good_for
        assert record.non_commercial == ("NC" in record.licence)


@pytest.mark.parametrize("most", [1, 10, 100])
def test_batches_take_everything_once_and_stay_within_bounds(most: int) -> None:
    lengths = [3, 9, 1, 0, 9, 4, 2, 30]
    found = list(batches(lengths, most))
    assert sorted(i for batch in found for i in batch) == list(range(len(lengths)))
    assert all(len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= most for batch in found)
    assert [max(lengths[i] for i in b) for b in found] == sorted(
        (max(lengths[i] for i in b) for b in found), reverse=True
    )


def test_decoding_is_checked() -> None:
    with pytest.raises(UsageError, match="beam"):
        Decoding(beam=0)
