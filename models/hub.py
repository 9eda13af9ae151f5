"""Models that are known by a short name, and where a model's files lie. `fetch` is the only function that uses the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..data.errors import SongnguError, UsageError
from ..data.languages import base
from .codes import languages

# Weights as safetensors, tokenizers and settings; never Python files, and a pickled checkpoint only where nothing else exists.
_FILES = ("*.safetensors", "*.safetensors.index.json", "*.json", "*.model", "*.spm", "*.txt", "*.jinja")
_LEGACY_WEIGHTS = "pytorch_model*.bin"
_UNWANTED = ("onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "*.py")


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that has a short name here: its hub id, what it is, its size, its licence and what it is good for.

    `megabytes` is the download; `family` names the code that runs it; `non_commercial` is said aloud whenever it is fetched or loaded.
    """

    name: str
    id: str
    kind: str
    family: str
    languages: str
    megabytes: int
    licence: str
    good_for: str
    non_commercial: bool = False

    def fits(self, source: str, target: str) -> bool:
        """Whether it is known to translate source → target (many-language models: where their family has codes for both)."""
        if "→" in self.languages:
            return self.languages == f"{base(source)} → {base(target)}"
        return self.family == "t5" or {base(source), base(target)} <= set(languages(self.family))


_RECORDS = (
    KnownModel(
        "opus-mt-fr-vi", "Helsinki-NLP/opus-mt-fr-vi", "translator", "marian", "fr → vi", 300, "Apache-2.0",
        "French to Vietnamese on any CPU; small and fast; trained mostly on talks, subtitles and software",
    ),
    KnownModel(
        "opus-mt-vi-fr", "Helsinki-NLP/opus-mt-vi-fr", "translator", "marian", "vi → fr", 300, "Apache-2.0",
        "Vietnamese to French on any CPU; small and fast",
    ),
    KnownModel(
        "nllb-200-distilled-600M", "facebook/nllb-200-distilled-600M", "translator", "nllb", "200 languages", 2460, "CC-BY-NC-4.0",
        "news and encyclopedic text in both directions; not for commercial use", non_commercial=True,
    ),
    KnownModel(
        "m2m100_418M", "facebook/m2m100_418M", "translator", "m2m100", "100 languages", 1940, "MIT",
        "both directions with a free licence; weaker than NLLB on Vietnamese",
    ),
    KnownModel(
        "madlad400-3b-mt", "google/madlad400-3b-mt", "translator", "t5", "400 languages", 11800, "Apache-2.0",
        "the best quality of these with a free licence; wants a GPU, or int8 through CTranslate2 and 4 GB of memory",
    ),
    KnownModel(
        "wmt22-comet-da", "Unbabel/wmt22-comet-da", "metric", "comet", "100 languages", 2320, "Apache-2.0",
        "scoring translations against references (needs the extra songngu[comet])",
    ),
    KnownModel(
        "wmt22-cometkiwi-da", "Unbabel/wmt22-cometkiwi-da", "metric", "comet", "100 languages", 2260, "CC-BY-NC-SA-4.0",
        "scoring translations without references; gated on the hub; not for commercial use", non_commercial=True,
    ),
)  # fmt: skip
KNOWN = {record.name: record for record in _RECORDS}


def known(name: str) -> KnownModel | None:
    """The record of a short name or of a hub id that has one."""
    return KNOWN.get(name) or next((record for record in _RECORDS if record.id == name), None)


def path(name: str) -> Path:
    """The folder that holds a model's files: a local folder, or what was fetched of a hub id or short name. Never uses the network.

    Raises:
        SongnguError: the model is not on this machine; the message says the command that fetches it.
        UsageError: the name is neither a folder, a short name, nor a hub id.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        if (folder / "config.json").is_file() or (folder / "model.bin").is_file():
            return folder
        raise SongnguError(f"{folder} holds no model (there is no config.json in it)")
    return _cached(_hub_id(name), name)


def fetch(name: str) -> Path:
    """Download a model to the hub's cache folder and return its folder: the only function here that uses the network.

    Safetensors are taken where there are any, else the pickled weights, which are only ever read as plain tensors.

    Raises:
        SongnguError: the hub cannot be reached, or it has no such model.
    """
    from huggingface_hub import HfApi, snapshot_download

    hub_id = _hub_id(name)
    with downloading(hub_id):
        patterns = _patterns(HfApi().list_repo_files(hub_id), known(name))
        return Path(snapshot_download(hub_id, allow_patterns=patterns, ignore_patterns=list(_UNWANTED)))


@contextmanager
def downloading(hub_id: str) -> Iterator[None]:
    """A block in which the hub is asked: whatever goes wrong there becomes an error with one line of reason."""
    import logging

    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it warns of every try
    try:
        yield
    except Exception as error:  # the hub's client passes on errors of several network libraries
        raise SongnguError(f"cannot fetch {hub_id} from the hub: {_first_line(error)}") from error


def _patterns(files: Sequence[str], record: KnownModel | None) -> list[str]:
    patterns: list[str] = [*_FILES]
    if record is not None and record.family == "comet":
        return [*patterns, "checkpoints/*", "hparams.yaml"]
    if not any(name.endswith(".safetensors") for name in files):
        patterns.append(_LEGACY_WEIGHTS)
    return patterns


def _hub_id(name: str) -> str:
    record = known(name)
    if record is not None:
        return record.id
    parts = name.split("/")
    if len(parts) == 2 and all(parts) and not name.startswith((".", "~", "/")):
        return name
    raise UsageError(
        f"{name!r} is no model: give a folder, a hub id (owner/name), or a short name: {', '.join(sorted(KNOWN))}"
    )


def _cached(hub_id: str, name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        return Path(snapshot_download(hub_id, local_files_only=True))
    except LocalEntryNotFoundError as error:
        raise SongnguError(
            f"the model {hub_id} is not on this machine; run `songngu models fetch {name}` once (it downloads "
            f"{_size(name)}), or give a local folder"
        ) from error


def _size(name: str) -> str:
    record = known(name)
    return f"about {record.megabytes} MB" if record else "its weights"


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
