"""Tiny models made in seconds, without a download: what stands in for a pretrained one in tests.

Their weights are random but seeded. They know the words given to them, everything else is
unknown to them, and texts that share words come out similar.
"""

# ruff: noqa: PLC0415, S106  # heavy packages load when a model is made; tokens are no passwords
from __future__ import annotations

import contextlib
import io
import shutil
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_TEXT = """
query passage : . , a the in on of and to der die das und im am two three four five six seven
council votes budget mayor bridge school fire river flood police court trial storm wind train
strike market price energy gas power plant team goal match coach league stadium vaccine hospital
doctor virus study rat stimmt über den haushalt ab feuer fluss hochwasser polizei gericht prozess
sturm bahn streik markt preis strom spiel trainer klinik impfung ##s ##ed ##ing ##en ##er
"""
WORDS = tuple(_TEXT.split())


def tokenizer(words: Sequence[str] = WORDS) -> Any:
    """Make a WordPiece tokenizer that knows these words, as BERT has it."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    known = {word: number for number, word in enumerate((*SPECIAL, *words))}
    made = Tokenizer(models.WordPiece(known, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", known["[CLS]"]), ("[SEP]", known["[SEP]"])],
    )
    return made


def transformer(
    folder: Path,
    words: Sequence[str] = WORDS,
    *,
    dimensions: int = 32,
    max_tokens: int = 32,
    pooling: Literal["mean", "cls", "max"] = "mean",
    seed: int = 0,
) -> Path:
    """Write a two-layer BERT in the format of sentence-transformers; give its folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    config = BertConfig(
        vocab_size=len(SPECIAL) + len(words),
        hidden_size=dimensions,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=2 * dimensions,
        max_position_embeddings=128,
    )
    plain = folder.with_name(f"{folder.name}-plain")
    with torch.random.fork_rng(), _quiet():
        torch.manual_seed(seed)
        BertModel(config).save_pretrained(plain)
        PreTrainedTokenizerFast(
            tokenizer_object=tokenizer(words),
            unk_token="[UNK]",
            pad_token="[PAD]",
            cls_token="[CLS]",
            sep_token="[SEP]",
        ).save_pretrained(plain)
        body = Transformer(str(plain), max_seq_length=max_tokens)
        modules = [body, Pooling(dimensions, pooling_mode=pooling), Normalize()]
        SentenceTransformer(modules=modules, device="cpu").save(str(folder))
    shutil.rmtree(plain)
    return folder


def onnx(folder: Path, source: Path, *, int8: bool = False) -> Path:
    """Export a folder that `transformer` wrote to ONNX, its weights left out; give the new one."""
    import torch
    from transformers import AutoModel

    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "onnx").mkdir()
    whole = folder / "onnx" / "model.onnx"
    names = ["input_ids", "attention_mask", "token_type_ids"]
    free = {name: {0: "batch", 1: "tokens"} for name in [*names, "last_hidden_state"]}
    with _quiet():
        model = AutoModel.from_pretrained(source, attn_implementation="eager").eval()
        example = torch.ones((2, 7), dtype=torch.int64)
        torch.onnx.export(
            _hidden(model),
            (example, example, torch.zeros_like(example)),
            str(whole),
            input_names=names,
            output_names=["last_hidden_state"],
            dynamic_axes=free,
            dynamo=False,
        )
    if int8:
        _to_int8(whole)
    return folder


def _hidden(model: Any) -> Any:
    """Wrap a model so that it takes its inputs by place and gives its last hidden state alone."""
    import torch

    class Hidden(torch.nn.Module):  # type: ignore[misc]  # torch is not followed
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: Any, mask: Any, kinds: Any) -> Any:
            found = self.model(input_ids=ids, attention_mask=mask, token_type_ids=kinds)
            return found.last_hidden_state

    return Hidden()


def _to_int8(whole: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with _quiet():
        quantize_dynamic(whole, whole.with_name("model_qint8.onnx"), weight_type=QuantType.QInt8)
    whole.unlink()


def static(
    folder: Path, words: Sequence[str] = WORDS, *, dimensions: int = 32, seed: int = 0
) -> Path:
    """Write a static model of random word vectors in the format of model2vec; give its folder."""
    from model2vec import StaticModel

    known = tokenizer(words)
    vectors = np.random.default_rng(seed).standard_normal((known.get_vocab_size(), dimensions))
    with _quiet():
        made = StaticModel(vectors.astype(np.float32), known, {}, normalize=True)
        made.save_pretrained(folder)
    return folder


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the makers of models say and warn of out of the tests."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        with contextlib.redirect_stderr(io.StringIO()):
            yield
