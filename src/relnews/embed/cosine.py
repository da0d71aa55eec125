"""The similarity of dense vectors, whatever model they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def cosines(
    left: npt.NDArray[np.floating], right: npt.NDArray[np.floating]
) -> npt.NDArray[np.float32]:
    """Give the cosine of unit vectors, each of the left with each of the right.

    Added up in float64, where sums of products of float16 values are exact: so the result does
    not depend on how many are asked for at a time, nor on the order in which BLAS adds.

    Parameters
    ----------
    left, right
        Shapes (..., l, d) and (..., r, d), unit length or zero.

    Returns
    -------
    float32, shape (..., l, r)
    """
    exact = left.astype(np.float64, copy=False)
    turned = np.swapaxes(right, -1, -2).astype(np.float64, copy=False)
    products: npt.NDArray[np.float32] = np.matmul(exact, turned).astype(np.float32)
    return products


def pair_cosines(
    left: npt.NDArray[np.floating], right: npt.NDArray[np.floating]
) -> npt.NDArray[np.float32]:
    """Give the cosine of each left vector with the right one at its place, shape (p,).

    The values of `cosines`, to the last bit. Both have shape (p, d).
    """
    exact = left.astype(np.float64), right.astype(np.float64)
    products: npt.NDArray[np.float32] = np.einsum("pd,pd->p", *exact).astype(np.float32)
    return products
