"""A curve that networks are trained on, and the line that they are laid along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cached_property
from math import isfinite
from numbers import Rational
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks, memory
from .._core.checks import brief
from . import shape
from .panels import Panels, panels
from .paper import CURVES, Curve

if TYPE_CHECKING:
    from .formulas import Curve as FormulaCurve

SHOWN = 80
"""Characters of a name that errors show."""
LEVEL = 1e-9
"""Ends that differ by a smaller share of the curve's largest value are level."""


class Target:
    r"""A curve $f$ on an interval, and how a compositional network is laid along it.

    A compositional network computes $\alpha + \beta\,(u \pm F(u))$ with
    $u = (x-\text{low})/(\text{high}-\text{low})$; the waves vanish at both ends,
    so $\alpha$ and $\beta$ are what fixes the curve there.

    Args:
        name: how to refer to it.
        function: $f$, on floats and arrays.
        sign: +1 if the waves are added to the line, -1 if they are subtracted.
            None finds it from the curve: +1 where $(f-\alpha)/\beta$ lies above the line $u$ on
            average.
        derivative: $f'$, if known.
        second: $f''$, if known.
        interval: (low, high), finite.
        line: $(\alpha, \beta)$, with $\beta\ne0$. None takes it from the ends:
            $\alpha=f(\text{low})$, $\beta=f(\text{high})-f(\text{low})$.
        formula: the curve in LaTeX, for titles.

    Raises:
        TypeError: `name` is not a string, or `function` cannot be called.
        ValueError: `interval` is empty, the curve is not finite on it,
            or `line` is None and the ends are level.
    """

    def __init__(
        self,
        name: str,
        function: Callable,
        *,
        sign: int | None = None,
        derivative: Callable | None = None,
        second: Callable | None = None,
        interval: tuple[float, float] = (0, 1),
        line: tuple[float, float] | None = None,
        formula: str | None = None,
    ):
        if not isinstance(name, str):
            raise TypeError(f"name must be a string, got {brief(name)}")
        if formula is not None and not isinstance(formula, str):
            raise TypeError(f"formula must be a string, got {brief(formula)}")
        for label, value in (
            ("function", function),
            ("derivative", derivative),
            ("second", second),
        ):
            if not callable(value) and not (value is None and label != "function"):
                raise TypeError(f"{label} must be callable, got {brief(value)}")
        self.name = name
        self.function = function
        self.derivative = derivative
        self.second = second
        self.formula = formula or name
        self.polynomial: tuple[Fraction, ...] | None = None

        low, high = map(float, checks.pair("interval", interval))
        if not low < high or not isfinite(high - low):
            raise ValueError(
                f"interval must have low < high, not too far apart, got {brief(interval)}"
            )
        self.interval = (low, high)
        x = self.grid()
        y = self(x)
        if line is None:
            with np.errstate(over="ignore"):
                line = (float(y[0]), float(y[-1] - y[0]))
            if abs(line[1]) <= LEVEL * np.abs(y).max():
                raise ValueError(
                    f"line must be given for {name!r}: the curve takes the same value at both ends"
                )
        alpha, beta = map(float, checks.pair("line", line))
        if beta == 0:
            raise ValueError("line must have a slope other than 0, got 0")
        self.line = (alpha, beta)
        with np.errstate(all="ignore"):
            above = ((y - alpha) / beta - (x - low) / (high - low)).mean()
        if not isfinite(above):
            raise ValueError(f"line must not be that far from the curve, got {brief(line)}")
        self.sign = (
            int(checks.sign("sign", sign)) if sign is not None else (1 if above >= 0 else -1)
        )

    @classmethod
    def from_formula(cls, text: str, **keywords: Any) -> Target:
        r"""The target of a formula in `x`, such as ``"exp(x)"`` or ``"x^3 - x/2"``,
        with its derivatives.

        The text is parsed against a whitelist and never evaluated as code: numbers, `x`, `pi`,
        `e`, the operators ``+ - * / ** ^``, and the functions `abs`, `acos`, `asin`, `atan`,
        `cos`, `cosh`, `exp`, `log`, `sin`, `sinh`, `sqrt`, `tan`, `tanh`. Numbers are at most
        $10^6$ as typed and $10^{43}$ as computed, constant exponents at most 100; what is larger
        is refused before it is computed, so that every text is answered soon.

        Args:
            text: the formula, at most 200 characters.
            **keywords: `sign`, `interval` and `line`, as for :class:`Target`.

        Raises:
            TypeError: `text` is not a string.
            ValueError: the text holds anything else, the curve or its derivatives are not finite
                on the interval (at its ends the derivatives need not be), or rounding may cost
                it all but six digits.
        """
        from . import formulas  # SymPy, only where a formula is read

        return cls._drawn(text, formulas.curve(text), **keywords)

    @classmethod
    def read(cls, text: str) -> Target:
        """The target that a reader names: a name in `TARGETS` or a formula, on [0, 1] or,
        as in ``"exp(x) on -1 to 2"``, on another interval.

        Args:
            text: what is read. The ends of the interval may be formulas without `x`,
                such as ``pi/2``.

        Raises:
            TypeError: `text` is not a string.
            ValueError: it is no formula, or the curve cannot be followed by sums of waves on a
                line: it bends both ways or not at all, or its ends are level.
        """
        if not isinstance(text, str):
            raise TypeError(f"text must be a curve by name or formula, got {checks.brief(text)}")
        formula, ends = _parted(text)
        if not ends and formula in TARGETS:
            return TARGETS[formula]
        from . import formulas

        if len(text) > 4 * formulas.LENGTH:
            raise ValueError(
                f"text must be a formula of at most {formulas.LENGTH} characters on an interval, "
                f"got {len(text)}"
            )
        low, high = map(formulas.constant, ends or ("0", "1"))
        formula = next((curve.text for curve in CURVES if curve.name == formula), formula)
        found = formulas.curve(formula)
        short = checks.brief(text)
        plain = cls._drawn(text, found, interval=(low, high), line=(0, 1))
        x = plain.grid()
        y = plain(x)
        if plain.bend == "straight":
            raise ValueError(
                f"text must be a curve that bends: {short} is a straight line, "
                "to which waves can add nothing"
            )
        if plain.bend == "neither":
            raise ValueError(
                f"text must be a convex or a concave curve: {short} {shape.turns(x, y, 2)}. "
                "Sums of waves whose scales follow from the peaks are concave, so on a line they "
                "make convex or concave curves only; choose an interval on which it bends one way"
            )
        if abs(y[-1] - y[0]) <= LEVEL * np.abs(y).max():
            raise ValueError(
                f"text must be a curve whose ends differ: {short} is {y[0]:.4g} at both, and the "
                "line on which the waves are laid must not be level; choose another interval"
            )
        return cls._drawn(text, found, interval=(low, high))

    @classmethod
    def _drawn(cls, name: str, found: FormulaCurve, **keywords: Any) -> Target:
        """The target of a formula that was read."""
        from .formulas import steady

        target = cls(
            name if len(name) <= SHOWN else f"{name[: SHOWN - 3]}...",
            found.function,
            derivative=found.derivative,
            second=found.second,
            **{"formula": found.formula, **keywords},
        )
        steady(found, target.name, *target.interval)
        target.name, target.polynomial = name, found.polynomial
        return target

    @property
    def bend(self) -> str:
        """Which way the curve bends, as seen on 1,001 points: "convex", "concave",
        "straight" or "neither"."""
        return shape.bend(self(self.grid()))

    @cached_property
    def panels(self) -> Panels:
        """Where the curve is smooth: its interval in panels, for integrals; found once."""
        return panels(self, *self.interval)

    def grid(self, points: int = 1001) -> NDArray[np.float64]:
        """Evenly spaced points of the interval, ends included, (points,); at least 2."""
        points = checks.integer("points", points, 2)
        memory.fit("points", points, 24 * points)
        low, high = self.interval
        return np.linspace(low, high, points)

    def __call__(self, x: ArrayLike | Fraction) -> Any:
        """$f(x)$, of the shape of `x`.

        Raises:
            TypeError: `x` does not hold numbers.
            ValueError: `x` is NaN or infinite; or the function raises, is not real and finite
                there, or of another shape.
        """
        if isinstance(x, Fraction):
            found = self._called(x)
            exact = checks.is_number(found, Rational)
            if not exact and not (checks.is_number(found) and isfinite(found)):
                raise ValueError(self._not_real(found))
            return found
        x = checks.numeric("x", x, exact=True)
        found = self._called(x)
        try:
            y = checks.numeric("function", found, exact=x.dtype == object)
        except (TypeError, ValueError):
            raise ValueError(self._not_real(found)) from None
        if y.shape not in ((), x.shape):
            raise ValueError(
                "function must give one value a point, "
                f"and {self.name!r} gives {y.shape} for {x.shape}"
            )
        return y if y.shape == x.shape else np.full(x.shape, y)

    def _called(self, x: Any) -> Any:
        try:
            with np.errstate(all="ignore"):
                return self.function(x)
        except Exception as error:
            raise ValueError(
                f"function must take numbers and arrays, and {self.name!r} "
                f"raised {type(error).__name__}: {str(error)[:80]}"
            ) from error

    def _not_real(self, found: Any) -> str:
        return (
            f"function must be real and finite on {getattr(self, 'interval', 'the interval')}, "
            f"and {self.name!r} is not: it gives {brief(found)}"
        )

    def __repr__(self) -> str:
        return (
            f"Target({self.name!r}, sign={self.sign:+d}, interval={self.interval}, "
            f"line={self.line})"
        )


def _parted(text: str) -> tuple[str, tuple[str, str] | None]:
    """The formula, and the ends of the interval if they are named."""
    match text.rsplit(maxsplit=4):
        case [formula, "on", low, "to", high]:
            return formula.strip(), (low, high)
    return text.strip(), None


def _named(curve: Curve) -> Target:
    target = Target(
        curve.name,
        curve.function,
        sign=curve.sign,
        derivative=curve.derivative,
        second=curve.second,
        line=(0, 1),
        formula=curve.tex,
    )
    target.polynomial = curve.polynomial
    return target


TARGETS: Mapping[str, Target] = MappingProxyType({curve.name: _named(curve) for curve in CURVES})
"""The paper's curves by name: ``"x^2"``, ``"x^3"``, ``"x^11"``, ``"sin"`` and ``"tanh"``."""
