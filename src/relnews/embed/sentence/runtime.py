"""What a runtime gives the encoder: one method over texts, and what the encoder has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt


class Runtime(Protocol):
    """Runs one model."""

    @property
    def tokenizer(self) -> Any:  # noqa: ANN401  # not typed
        """A `tokenizers.Tokenizer` that neither cuts nor pads."""
        ...

    @property
    def max_tokens(self) -> int | None:
        """How many tokens it reads at once, special ones included; None: any number."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of its vectors."""
        ...

    @property
    def pooling(self) -> str:
        """How token vectors become one."""
        ...

    @property
    def batch_size(self) -> int:
        """How many texts to hand over at once."""
        ...

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Give the vectors of texts that fit, shape (n, d), of any length; n is at least 1.

        Safe to call from several threads. A text's vector depends on the others by rounding
        alone.
        """
        ...
