"""How much of a pretrained model a site wants, measured on its own articles without any truth.

Called when a model is fitted to a site (`relnews.model.calibrate`), once vectors are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    import numpy.typing as npt

    Values = npt.NDArray[np.float32]
    Curves = npt.NDArray[np.float64]

ENCODER_WEIGHT = 0.3
"""The weight of a model below `MIN_ARTICLES`: what it came to on English news (CNRec)."""

MIN_ARTICLES = 100
"""With fewer articles than these the neighbours of an article are chance."""

MOST_WEIGHT = 0.5
"""The largest weight that is given: no human judgement gained from more."""

N_ARTICLES = 3_000
"""How many articles are looked at, at most; so the cost does not grow with the site."""

_N_SOURCES = 300
_N_SPLITS = 8
_NEIGHBOURS = 5
_WEIGHTS = np.linspace(0, 0.95, 20, dtype=np.float32)


def measure_weight(
    lexical: sp.csr_matrix, vectors: npt.NDArray[np.floating], generator: np.random.Generator
) -> float:
    """Give the share of the semantic cosine in the hybrid that finds what words do not show.

    All words are parted at random into two halves. The hybrid sees one of them beside the
    vectors; what it finds is judged by the other half: the mean cosine, in held-out words, of
    the 5 nearest to each of 300 articles. Over both halves of 8 such splits this gives a curve
    over the weight, of which the smallest weight counts that is within one standard error of
    the best one (the rule of Breiman et al. 1984 for noisy curves).

    The full lexical view knows twice as many words as a half. Of two independent measurements
    each deserves odds in proportion to its precision, so that the odds w / (1 - w) are halved.

    The model read the held-out words too. It may, as a good model must; and one that makes
    nothing of a language puts noise among the neighbours, and gets little weight. For a view
    made from the very same words, such as the latent one, this measures nothing.

    Against truth, with all-MiniLM-L6-v2, which reads English (`benchmarks/semantic_weight.py`):
    .33 where tags of German articles want .2 to .3, .14 to .18 for .15 (sections, German), .5 for
    .6 (tags, English), .25 to .38 for .3 to .5 (CNRec's readers, English), but .25 to .29 for
    0 to .1 (energy chains, 100 articles on one subject). Editors' links among 1,500 German
    articles want 0 to .1 and get .05 to .08. So it is roughly right, and above all it tells a
    model that knows the language from one that does not. A quarter of the articles gives nearly
    the same. 1.4 s for 3,000 articles on one core, and no more for a larger site.

    Parameters
    ----------
    lexical
        Unit rows of the lexical view, shape (n, words); n of at most `N_ARTICLES`, by chance.
    vectors
        Unit rows of the semantic view, shape (n, d).
    generator
        Draws sources and halves.

    Returns
    -------
    float
        In [0, `MOST_WEIGHT`]; `ENCODER_WEIGHT` below `MIN_ARTICLES`.
    """
    n = lexical.shape[0]
    if n < MIN_ARTICLES:
        return ENCODER_WEIGHT
    sources = generator.choice(n, min(_N_SOURCES, n), replace=False)
    exact = vectors.astype(np.float32)
    semantic = _to_others(exact[sources] @ exact.T, sources)
    curves = np.zeros((len(sources), len(_WEIGHTS)))
    for _ in range(_N_SPLITS):
        is_first = generator.random(lexical.shape[1]) < 0.5  # noqa: PLR2004  # a half
        halves = [_cosines(lexical[:, some], sources) for some in (is_first, ~is_first)]
        curves += _curves(halves[0], halves[1], semantic) + _curves(halves[1], halves[0], semantic)
    weight = _least_good(curves)
    return min(weight / (2 - weight), MOST_WEIGHT)  # half the odds


def _cosines(part: sp.csr_matrix, sources: npt.NDArray[np.int64]) -> Values:
    """Give the cosines of sources with all articles in some of the words, shape (q, n)."""
    norms = np.sqrt(np.asarray(part.multiply(part).sum(axis=1), np.float32).ravel())
    units = sp.diags_array(1 / np.where(norms > 0, norms, np.float32(1))) @ part
    return _to_others((units[sources] @ units.T).toarray().astype(np.float32), sources)


def _to_others(cosines: Values, sources: npt.NDArray[np.int64]) -> Values:
    """Put the similarity of each source with itself below all others."""
    cosines[np.arange(len(sources)), sources] = -np.inf
    return cosines


def _curves(seen: Values, held_out: Values, semantic: Values) -> Curves:
    """Give, by source and weight, the mean held-out cosine of the nearest."""
    found = []
    for weight in _WEIGHTS:
        mixed = (1 - weight) * seen + weight * np.maximum(semantic, np.float32(0))
        nearest = np.argpartition(-mixed, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
        found.append(np.take_along_axis(held_out, nearest, axis=1).mean(axis=1))
    return np.array(found, np.float64).T


def _least_good(curves: Curves) -> float:
    """Give the smallest weight that is within a standard error of the best."""
    means = curves.mean(axis=0)
    best = int(means.argmax())
    errors = (curves - curves[:, [best]]).std(axis=0) / np.sqrt(len(curves))
    return float(_WEIGHTS[np.flatnonzero(means >= means[best] - errors)[0]])
