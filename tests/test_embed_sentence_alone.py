"""Who does not ask for a pretrained model imports none of what runs one, and nobody the network."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "onnxruntime",
    "tokenizers",
    "model2vec",
    "datasets",
    "huggingface_hub",
)

DEFAULT = """
import sys
from newsroom import NOON, an_article
from relnews import Recommender
import relnews.embed.sentence.encoder, relnews.protocols

articles = [an_article(f"{topic}-{n}", topic, n, n + 1, n + 2)
            for topic in ("bruecke", "theater") for n in range(5)]
with Recommender.open(sys.argv[1]) as recommender:
    recommender.add(articles)
    found = recommender.recommend("bruecke-2", k=2, at=NOON)
print({found_id.partition("-")[0] for found_id in found.ids})
print([name for name in sys.argv[2:] if sys.modules.get(name)])
"""

EMBED = """
import sys
from relnews import Article
from relnews.embed.sentence.encoder import load_encoder
from relnews.embed.sentence.settings import SentenceSettings

for folder in sys.argv[1:]:
    encoder = load_encoder(SentenceSettings(name=folder))
    found = encoder.embed([Article(id="a", headline="Council votes", body="fire " * 99)])
    print(encoder.config["runtime"], found.vectors.shape, bool(found.vectors.any()))
"""


def barred(*names: str) -> str:
    """Write what makes imports of packages fail."""
    return f"import sys; sys.modules.update(dict.fromkeys({names!r}))\n"


NETWORK = """
import socket, sys
def refuse(*arguments, **named):
    print("asked the network for", arguments, file=sys.stderr)
    raise OSError("no network in tests")
socket.getaddrinfo = socket.create_connection = socket.socket.connect = refuse
"""


def run(code: str, *arguments: object, **environment: str) -> str:
    done = subprocess.run(  # noqa: S603  # our own interpreter, our own words
        [sys.executable, "-W", "error", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **environment},
        cwd=Path(__file__).parent,  # where `newsroom` is
    )
    assert done.returncode == 0, done.stderr
    assert "asked the network" not in done.stderr
    return done.stdout


def test_articles_are_recommended_where_none_of_it_is_installed(tmp_path: Path) -> None:
    told = run(barred(*HEAVY) + DEFAULT, tmp_path / "news.db")
    assert told.splitlines()[0] == "{'bruecke'}"


def test_the_default_imports_none_of_it_where_it_is_installed(tmp_path: Path) -> None:
    told = run(DEFAULT, tmp_path / "news.db", *HEAVY)
    assert told.splitlines()[1] == "[]"


def test_onnx_and_static_models_run_without_torch(tiny_onnx: Path, tiny_static: Path) -> None:
    without = barred("torch", "transformers", "sentence_transformers", "datasets")
    told = run(without + EMBED, tiny_onnx, tiny_static)
    assert told.splitlines() == ["onnx (1, 32) True", "static (1, 32) True"]


def test_nothing_is_downloaded_even_when_it_could_be(
    tiny_transformer: Path, tiny_onnx: Path, tiny_static: Path
) -> None:
    folders = (tiny_transformer, tiny_onnx, tiny_static)
    told = run(NETWORK + EMBED, *folders, HF_HUB_OFFLINE="0")
    assert [line.split()[0] for line in told.splitlines()] == ["torch", "onnx", "static"]


def test_a_missing_model_is_told_without_asking_the_network(tmp_path: Path) -> None:
    code = NETWORK + "\n".join(  # noqa: FLY002  # lines of code
        (
            "from relnews.embed.sentence.files import locate",
            "from relnews.embed.sentence.settings import SentenceSettings",
            "from relnews.errors import MissingModel",
            "try: locate(SentenceSettings(name='intfloat/multilingual-e5-small'))",
            "except MissingModel as error: print(error)",
        )
    )
    told = run(code, HF_HUB_OFFLINE="0", HF_HUB_CACHE=str(tmp_path))
    assert told.strip().endswith("run: relnews models download intfloat/multilingual-e5-small")
