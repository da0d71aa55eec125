"""A static model from a site's own articles: a vocabulary, and one vector for each piece of a word.

The vector of a text is the mean of its pieces' vectors, so that a model takes seconds to make and
microseconds to ask. Nothing is downloaded.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy.sparse as sp

from relnews.errors import InvalidTruth

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    Values = npt.NDArray[np.float32]

Start = Literal["svd", "random"]
"""Where the vectors begin: at the singular vectors of the site's own term matrix, or anywhere."""

VOCABULARY = 32_000
"""At most so many pieces of words; rare words are put together from several."""

DIMENSIONS = 256
_SAMPLE = 10_000
"""Of more texts so many, evenly spread, are read: as many as for the latent view."""

_ITERATIONS = 3
_ALPHABET = 500
_UNKNOWN = "[UNK]"


def static_model(texts: Sequence[str], start: Start, seed: int) -> Any:  # noqa: ANN401  # no types
    """Make an untrained static model that knows the words of some texts.

    Parameters
    ----------
    texts
        Whole articles.
    start
        Where its vectors begin.
    seed
        Of the decomposition, or of the vectors that are drawn.

    Returns
    -------
    sentence_transformers.SentenceTransformer
        With one module, a `StaticEmbedding` of at most `DIMENSIONS` dimensions.

    Raises
    ------
    InvalidTruth
        When there are no words to learn.
    """
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # seconds, only here
    from sentence_transformers.sentence_transformer.modules import (  # noqa: PLC0415  # the same
        StaticEmbedding,
    )

    sample = texts[:: -(-len(texts) // _SAMPLE) or 1]
    tokenizer = _tokenizer(sample)
    size, generator = tokenizer.get_vocab_size(), np.random.default_rng(seed)
    if start == "svd":
        vectors = singular_vectors(_counts(tokenizer, sample), DIMENSIONS, generator)
    else:
        vectors = generator.standard_normal((size, DIMENSIONS), np.float32)
    module = StaticEmbedding(tokenizer, embedding_weights=vectors)
    return SentenceTransformer(modules=[module], device="cpu")


def singular_vectors(
    counts: sp.csr_matrix, dimensions: int, generator: np.random.Generator
) -> Values:
    """Give a vector for each term, such that their mean over a text is its latent vector.

    The right singular vectors of damped tf-idf, scaled by s^-½ and weighted by idf, as in
    `relnews.embed.latent`; scaled so that the mean square of all entries is 1, which is what
    learning rates for drawn vectors are made for.

    Parameters
    ----------
    counts
        Shape (n texts, v terms).
    dimensions
        At most so many; no more than either side of `counts` less 1.
    generator
        Of the randomised decomposition.

    Returns
    -------
    float32, shape (v, d)
        Zero for terms that stand in no text.
    """
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415  # half a second, only here

    frequencies = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = np.log((1 + counts.shape[0]) / (1 + frequencies)) + 1
    weights = counts.astype(np.float64)
    weights.data = (1 + np.log(weights.data)) * idf[weights.indices]
    norms = np.sqrt(np.asarray(weights.multiply(weights).sum(axis=1)).ravel())
    weights = sp.diags(1 / np.maximum(norms, 1e-12)) @ weights
    rank = max(1, min(dimensions, min(weights.shape) - 1))
    _, values, directions = randomized_svd(
        weights, rank, n_iter=_ITERATIONS, random_state=int(generator.integers(2**31))
    )
    strong = values > values[0] * 1e-5
    vectors = directions[strong].T * values[strong] ** -0.5 * idf[:, np.newaxis]
    vectors[frequencies == 0] = 0
    scale = np.sqrt(np.mean(np.square(vectors[frequencies > 0])))
    return np.ascontiguousarray(vectors / scale, np.float32)


def _tokenizer(texts: Sequence[str]) -> Any:  # noqa: ANN401  # no types
    """Learn the pieces of words of some texts: WordPiece, lower case, umlauts as they are.

    The trainer numbers what stands inside words in the order of a hash map, and breaks ties by
    these numbers: so all characters are given to it in order, as if they were special. What it
    found goes into a tokenizer without special tokens but the unknown one.
    """
    from tokenizers import Tokenizer, models, trainers  # noqa: PLC0415  # an extra

    learner = _in_words(Tokenizer(models.WordPiece(unk_token=_UNKNOWN)))
    characters = _characters(learner.normalizer.normalize_str, texts)
    inside = [f"##{character}" for character in characters]
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[_UNKNOWN, *characters, *inside],
        initial_alphabet=characters,
        limit_alphabet=len(characters),
        show_progress=False,
    )
    learner.train_from_iterator(texts, trainer)
    pieces = learner.get_vocab()
    if len(pieces) <= 1:
        msg = f"a static model learns the words of articles, got {len(texts)} without any"
        raise InvalidTruth(msg)
    return _in_words(Tokenizer(models.WordPiece(pieces, unk_token=_UNKNOWN)))


def _in_words(tokenizer: Any) -> Any:  # noqa: ANN401  # no types
    """Let a tokenizer read text as lower-case words and signs."""
    from tokenizers import normalizers, pre_tokenizers  # noqa: PLC0415  # an extra

    tokenizer.normalizer = normalizers.BertNormalizer(strip_accents=False, lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def _characters(normalise: Callable[[str], str], texts: Sequence[str]) -> list[str]:
    """Give the characters that a site writes with, in order; those of foreign names are left."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(normalise(text))
    found = ((-count, each) for each, count in counts.items() if not each.isspace())
    return sorted(each for _, each in sorted(found)[:_ALPHABET])


def _counts(tokenizer: Any, texts: Sequence[str]) -> sp.csr_matrix:  # noqa: ANN401  # no types
    """Count the pieces of each text, shape (n, v)."""
    found = [one.ids for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)]
    ends = np.cumsum([0, *map(len, found)])
    pieces = np.fromiter(chain.from_iterable(found), np.int32, ends[-1])
    shape = (len(found), tokenizer.get_vocab_size())
    counts = sp.csr_matrix((np.ones(len(pieces), np.float32), pieces, ends), shape=shape)
    counts.sum_duplicates()
    return counts
