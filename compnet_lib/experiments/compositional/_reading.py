"""What the compositional paper's experiments are about, and what it leaves open about them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ... import engines
from ..._core import checks
from ...networks.initialize import RAAI
from ...targets.target import TARGETS, Target
from ._published import CURVES


def paper_curves(extra: str = "none") -> list[Target]:
    """The paper's four curves and, unless it is "none" or one of them, a reader's own,
    as :meth:`Target.read` reads it.

    Raises:
        TypeError, ValueError: as for `Target.read`.
    """
    if not isinstance(extra, str):
        raise TypeError(f"extra must be a curve by name or formula, got {checks.brief(extra)}")
    own = [] if extra == "none" or extra in CURVES else [Target.read(extra)]
    return [TARGETS[name] for name in CURVES] + own


@dataclass(frozen=True)
class Reading:
    """How the paper's experiments are read, where it does not say or its numbers say otherwise.

    Attributes:
        lr: the learning rate of both phases; the paper prints 1e-4.
        epochs: epochs of each phase, passes over the points.
        batch: points an update; 0 takes all of them.
        low, high: the peaks are drawn uniformly from [low, high].
        biases: whether compositional networks have biases in every layer,
            which section 7.1 has in the first only, once their weights are free.
        output_bias: whether random networks have a bias in the output layer.
        raai: the variant of `raai_init`.
        margin: peaks are kept in [margin, 1 - margin] while they are trained.
        optimizer: "adam" or "gd".

    Raises:
        TypeError, ValueError: a value is of the wrong type or outside its limits.
    """

    lr: float = 1e-3
    epochs: int = 1000
    batch: int = 0
    low: float = 0.1
    high: float = 0.9
    biases: bool = False
    output_bias: bool = False
    raai: str = "row"
    margin: float = 1e-3
    optimizer: str = "adam"

    def __post_init__(self) -> None:
        checks.integer("epochs", self.epochs)
        checks.integer("batch", self.batch)
        if checks.number("lr", self.lr) <= 0:
            raise ValueError(f"lr must be positive, got {self.lr}")
        if not 0 < checks.number("low", self.low) <= checks.number("high", self.high) < 1:
            raise ValueError(
                f"low and high must satisfy 0 < low <= high < 1, got {self.low} and {self.high}"
            )
        checks.flag("biases", self.biases)
        checks.flag("output_bias", self.output_bias)
        checks.choice("raai", self.raai, RAAI)
        checks.choice("optimizer", self.optimizer, engines.OPTIMIZERS)
        if not 0 < checks.number("margin", self.margin) < 0.5:
            raise ValueError(f"margin must lie strictly between 0 and 0.5, got {self.margin}")


def resolved(reading: Reading | None, epochs: int | None, lr: float | None) -> Reading:
    """`reading`, or what the paper is read as, with `epochs` and `lr` in place of its own
    unless they are None."""
    if reading is not None and not isinstance(reading, Reading):
        raise TypeError(f"reading must be a Reading, got {checks.brief(reading)}")
    reading = reading or Reading()
    reading = reading if epochs is None else replace(reading, epochs=epochs)
    return reading if lr is None else replace(reading, lr=lr)
