"""Reading doubtful beads: a fake reader that decides a tie, and the network that ships on texts of our own."""

import numpy as np
import pytest
from songngu.align import reading
from songngu.align.alignment import align, uncalibrated
from songngu.align.confidence import Found, calibrated
from songngu.data.core import Bead
from songngu.models import joint
from songngu.models.calibration import Logistic

FRENCH = [
    "Le conseil municipal a voté mardi la construction d'un nouveau pont sur le fleuve.",
    "Les travaux commenceront au printemps et coûteront douze millions d'euros.",
    "Les riverains craignent le bruit des camions pendant deux ans.",
    "L'école voisine recevra de nouvelles fenêtres contre le bruit.",
]
VIETNAMESE = [
    "Hội đồng thành phố hôm thứ Ba đã thông qua việc xây một cây cầu mới bắc qua sông.",
    "Công trình sẽ khởi công vào mùa xuân và tốn mười hai triệu euro.",
    "Người dân quanh đó lo ngại tiếng ồn của xe tải trong hai năm.",
    "Ngôi trường bên cạnh sẽ được lắp cửa sổ mới để chống ồn.",
]
LONE = ["Ngày mai trời có mưa rào rải rác ở vùng núi.", "Giá cà phê trong nước tăng nhẹ vào cuối tuần."]
LANGUAGES = ("fr", "vi")


def test_only_beads_between_sure_and_hopeless_are_doubtful():
    assert reading.doubtful(np.array([0.0, 0.01, 0.2, 0.5, 0.9, 0.99, 1.0])).tolist() == [2, 3, 4]


def test_what_reading_is_worth_is_added_to_the_log_odds():
    worth = Logistic({**dict.fromkeys(reading.WEIGHED, 0.0), "chance": 1.0, "same": 0.5})
    rows = np.zeros((2, len(reading.FEATURES)))
    rows[:, reading.FEATURES.index("same")] = (4.0, -4.0)
    assert reading.change(rows, np.array([0.5, 0.3]), np.zeros(2), worth) == pytest.approx([2.0, -2.0], abs=1e-6)


def test_a_larger_bead_weighs_its_chance_by_another_weight_and_evidence_has_bounds():
    rows = np.zeros((2, len(reading.FEATURES)))
    rows[1, reading.FEATURES.index("larger")] = 1
    seen = reading.weighed(rows, np.array([0.9, 0.9]), np.array([-80.0, 80.0]))
    assert seen.shape == (2, len(reading.WEIGHED))
    assert seen[:, 1].tolist() == [0.0, seen[1, 0]]
    assert seen[:, 2].tolist() == [-1.0, 2.0]


def test_features_tell_the_line_that_belongs_least():
    logits = np.array([9.5, -1.0])
    tags = ([np.array([-9.0, -9.0]), np.array([9.0, 9.0])], [np.array([-9.0, -9.0, -9.0])])

    def reader(beads):
        return [(logits, tags) for _ in beads]

    read, rows = reading.features(reader, [(["a", "b"], ["c"])])
    found = dict(zip(reading.FEATURES, rows[0], strict=True))
    assert read.tolist() == [0]
    assert found["same"] == 8.0  # held within bounds
    assert (found["same_likely"], found["same_sure"]) == (8.0, 5.0)
    assert found["worst_line"] > 4 > -4 > found["best_line"]
    assert found["lost"] == pytest.approx(0.5, abs=0.01)
    assert found["lost_less"] < -4
    assert found["lost_words"] == pytest.approx(np.log(3))
    assert found["gap"] == pytest.approx(0.0, abs=0.01)  # the four sub-words of the first side, half of them lost
    assert (found["larger"], found["same_larger"]) == (1.0, 8.0)


def test_a_gap_is_told_from_words_lost_here_and_there():
    said = {
        name: (np.zeros(2), ([np.array(line)], [np.full(8, -9.0)]))
        for name, line in (("gap", [9.0] * 4 + [-9.0] * 8), ("scattered", [9.0, -9.0, -9.0] * 4))
    }
    _, rows = reading.features(lambda beads: list(said.values()), [(["a"], ["b"])] * 2)
    gap, scattered = (dict(zip(reading.FEATURES, row, strict=True)) for row in rows)
    assert gap["lost"] == pytest.approx(scattered["lost"])
    assert gap["gap"] > 4 > scattered["gap"]
    assert gap["worst_line"] == gap["best_line"] == 0.0  # a bead of one line on each side has no worst one


def test_a_bead_that_cannot_be_read_is_left_as_it_is():
    read, rows = reading.features(lambda beads: [None for _ in beads], [(["a"], ["b"])])
    assert not len(read)
    assert rows.shape == (0, len(reading.FEATURES))


class Two:
    """Says of two like lines that the second is meant."""

    worth = Logistic({**dict.fromkeys(reading.WEIGHED, 0.0), "chance": 1.0, "same": 1.0})
    judge: Logistic | None = None

    def __init__(self):
        self.asked = []

    def __call__(self, beads) -> list[reading.Said | None]:
        self.asked += [(tuple(s), tuple(t)) for s, t in beads]
        return [
            (np.array([-8.0 if VIETNAMESE[1] in t else 8.0, 0.0]), ([np.zeros(3)] * len(s), [np.zeros(3)] * len(t)))
            for s, t in beads
        ]


def test_reading_decides_between_two_like_lines(builtin):
    # the same line twice, but for its mark: vectors hardly tell which is meant, the reader does
    source = [FRENCH[0], FRENCH[1], FRENCH[3]]
    target = [VIETNAMESE[0], VIETNAMESE[1], VIETNAMESE[1].replace(".", "!"), VIETNAMESE[3], *LONE]
    reader = Two()
    beads = uncalibrated(source, target, LANGUAGES, builtin, reader=reader).beads
    assert reader.asked
    assert ((1,), (2,)) in [(b.source, b.target) for b in beads]
    assert ((1,), (2,)) not in [(b.source, b.target) for b in uncalibrated(source, target, LANGUAGES, builtin).beads]


class Never:
    """Finds nothing the same, not even what is sure without it."""

    worth = Two.worth
    judge: Logistic | None = None

    def __call__(self, beads) -> list[reading.Said | None]:
        return [(np.array([-8.0, 0.0]), ([np.zeros(3)] * len(s), [np.zeros(3)] * len(t))) for s, t in beads]


def test_a_reader_that_does_not_know_the_sure_beads_is_not_believed(builtin):
    source = [FRENCH[0], FRENCH[1], FRENCH[2], FRENCH[3]]
    target = [VIETNAMESE[0], VIETNAMESE[1], VIETNAMESE[1].replace(".", "!"), VIETNAMESE[2], VIETNAMESE[3]]
    never, without = (uncalibrated(source, target, LANGUAGES, builtin, reader=r) for r in (Never(), None))
    assert [(b.source, b.target) for b in never.beads] == [(b.source, b.target) for b in without.beads]
    assert never.trusted < 0.2
    assert [b.confidence for b in calibrated(never)] == pytest.approx(
        [b.confidence for b in calibrated(without)], abs=0.1
    )


def test_trust_grows_with_the_sure_beads_that_are_found_the_same():
    def reader(beads):
        return [(np.array([8.0 if s[0] == t[0] else -8.0, 0.0]), ([np.zeros(2)], [np.zeros(2)])) for s, t in beads]

    same, other = (["a"], ["a"]), (["a"], ["b"])
    found = [reading.trust(reader, [same] * k + [other] * (10 - k)) for k in (10, 8, 6, 2)]
    assert found[0] == 1.0
    assert found == sorted(found, reverse=True)
    assert 0 < found[2] < found[1] < 1
    assert found[3] == 0.0
    assert reading.trust(reader, []) == 1.0  # nothing speaks against it


def test_the_network_tells_translations_from_neighbours(builtin):
    reader = reading.BeadReader(builtin, LANGUAGES)
    _, rows = reading.features(reader, [([one], [other]) for one in FRENCH for other in VIETNAMESE])
    same = rows[:, reading.FEATURES.index("same")].reshape(4, 4)
    assert (same.argmax(1) == np.arange(4)).all()
    assert (np.diag(same) > 0).all()
    # lines that share some content are nearer to it since the network knows retold news, but far from the translation
    assert (np.diag(same)[:, None] - same)[~np.eye(4, dtype=bool)].min() > 4


def test_the_network_tells_a_line_too_many(builtin):
    reader = reading.BeadReader(builtin, LANGUAGES)
    _, rows = reading.features(reader, [(FRENCH[:2], VIETNAMESE[:2]), (FRENCH[:2], VIETNAMESE[:1])])
    lost, same = (rows[:, reading.FEATURES.index(name)] for name in ("worst_line", "same"))
    assert lost[0] < -1
    assert lost[1] > 0.5
    assert same[0] > 0 > same[1]


def test_a_line_is_read_once_by_the_encoder(builtin):
    class Counting:
        signature = builtin.signature
        layer_weights = builtin.layer_weights

        def __init__(self):
            self.texts = []

        def read(self, texts, layers):
            self.texts += texts
            return builtin.read(texts, layers)

    coder = Counting()
    reader = reading.BeadReader(coder, LANGUAGES)
    first = reader([([FRENCH[0]], [VIETNAMESE[0]]), ([FRENCH[0]], [VIETNAMESE[1]])])
    again = reader([(FRENCH[:2], [VIETNAMESE[0]]), ([FRENCH[0]], [VIETNAMESE[0]])])
    assert sorted(coder.texts) == sorted([*FRENCH[:2], *VIETNAMESE[:2]])
    assert first[0] is not None
    assert again[1] is not None
    assert first[0][0] == pytest.approx(again[1][0], abs=1e-3)


def test_a_bead_that_is_too_long_is_not_read(builtin):
    longest, long = " ".join(FRENCH * 12), " ".join(FRENCH * 6)
    said = reading.BeadReader(builtin, LANGUAGES)([(s, VIETNAMESE[:1]) for s in ([longest], [long] * 3, [long])])
    assert [one is None for one in said] == [True, True, False]


def test_no_beads_need_no_encoder():
    assert reading.BeadReader(None, LANGUAGES, worth=Logistic({}))([]) == []


def test_it_fits_its_encoder_and_its_languages_only(builtin):
    class Foreign:
        signature = "enc:other"

        def read(self, texts, layers):
            raise AssertionError

    assert reading.built_in(builtin, ("fr-CA", "vi")) is not None
    assert reading.built_in(builtin, ("fr", "it")) is None
    assert reading.built_in(Foreign(), LANGUAGES) is None


def test_without_reading_nothing_is_read(builtin, monkeypatch):
    monkeypatch.setattr(joint, "judged", lambda *_: pytest.fail("read"))
    options = {"source_language": "fr", "target_language": "vi", "encoder": builtin}
    found = align(FRENCH, VIETNAMESE, read=False, **options)
    assert [(b.source, b.target) for b in found] == [((i,), (i,)) for i in range(4)]


def test_sure_texts_are_sure_when_they_are_read(builtin):
    found = align(FRENCH, VIETNAMESE, source_language="fr", target_language="vi", encoder=builtin)
    assert [(b.source, b.target) for b in found] == [((i,), (i,)) for i in range(4)]
    assert min(b.confidence or 0.0 for b in found) > 0.9


def test_an_unlikely_bead_is_undone_only_where_sentences_are_alone():
    beads = [Bead((0,), (0,), -8.0, 0.002)]
    parallel, apart = (Found(beads, alone, None) for alone in ([], [Bead((), (k,), confidence=0.9) for k in (1, 2, 3)]))
    assert calibrated(apart)[0] == Bead((0,), (), confidence=calibrated(apart)[0].confidence)
    (kept,) = calibrated(parallel)
    assert kept.source and kept.target and (kept.confidence or 0.0) < 0.15
