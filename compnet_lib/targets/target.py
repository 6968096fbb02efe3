"""The curves that networks are trained on."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import sympy as sp

from .._core import checks


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
        interval: tuple = (0, 1),
        line: tuple | None = None,
        formula: str | None = None,
    ):
        if not isinstance(name, str):
            raise TypeError(f"name must be a string, got {name!r}")
        if formula is not None and not isinstance(formula, str):
            raise TypeError(f"formula must be a string, got {formula!r}")
        for label, value in (
            ("function", function),
            ("derivative", derivative),
            ("second", second),
        ):
            if not callable(value) and not (value is None and label != "function"):
                raise TypeError(f"{label} must be callable, got {value!r}")
        self.name = name
        self.function = function
        self.derivative = derivative
        self.second = second
        self.formula = formula or name
        self.polynomial: tuple[Fraction, ...] | None = None

        low, high = map(float, checks.pair("interval", interval))
        if not low < high:
            raise ValueError(f"interval must have low < high, got {interval}")
        self.interval = (low, high)
        x = np.linspace(low, high, 1001)
        y = self(x)
        if line is None:
            line = (float(y[0]), float(y[-1] - y[0]))
            if abs(line[1]) <= 1e-9 * np.abs(y).max():
                raise ValueError(
                    f"line must be given for {name!r}: the curve takes the same value at both ends"
                )
        alpha, beta = map(float, checks.pair("line", line))
        if beta == 0:
            raise ValueError("line must have a slope other than 0, got 0")
        self.line = (alpha, beta)
        above = ((y - alpha) / beta - (x - low) / (high - low)).mean()
        self.sign = (
            int(checks.sign("sign", sign)) if sign is not None else (1 if above >= 0 else -1)
        )

    @classmethod
    def from_formula(cls, text: str, **keywords) -> Target:
        r"""The target of a formula in `x`, such as ``"exp(x)"`` or ``"x^3 - x/2"``,
        with its derivatives.

        The text is parsed against a whitelist and never evaluated as code: numbers, `x`, `pi`,
        `e`, the operators ``+ - * / ** ^``, and the functions `abs`, `acos`, `asin`, `atan`,
        `cos`, `cosh`, `exp`, `log`, `sin`, `sinh`, `sqrt`, `tan`, `tanh`.

        Args:
            text: the formula, at most 200 characters.
            **keywords: `sign`, `interval` and `line`, as for :class:`Target`.

        Raises:
            TypeError: `text` is not a string.
            ValueError: the text holds anything else, or the curve is not finite on the interval.
        """
        return cls._from_expression(text, _parse(text), **keywords)

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
            raise TypeError(f"text must be a curve by name or formula, got {text!r}")
        formula, low, high = re.fullmatch(
            r"\s*(.*?)(?:\s+on\s+(\S+)\s+to\s+(\S+))?\s*", text, re.DOTALL
        ).groups()
        if low is None and formula in TARGETS:
            return TARGETS[formula]
        interval = (0, 1) if low is None else tuple(map(_constant, (low, high)))
        expression = _EXPRESSIONS.get(formula)
        expression = _parse(formula) if expression is None else expression
        plain = cls._from_expression(text, expression, interval=interval, line=(0, 1))
        if plain.bend == "straight":
            raise ValueError(
                f"text must be a curve that bends: {text!r} is a straight line, to which waves can add nothing"
            )
        if plain.bend == "neither":
            raise ValueError(
                f"text must be a convex or a concave curve: {text!r} {plain._turns(2)}. Sums of waves whose scales follow from the peaks are concave, so on a line they make convex "
                "or concave curves only; choose an interval on which it bends one way"
            )
        ends = plain(np.array(plain.interval))
        if abs(ends[1] - ends[0]) <= 1e-9 * np.abs(plain(plain._grid())).max():
            raise ValueError(
                f"text must be a curve whose ends differ: {text!r} is {ends[0]:.4g} at both, and the line on which the waves are laid must not be level; choose another interval"
            )
        return cls._from_expression(text, expression, interval=interval)

    @property
    def bend(self) -> str:
        """Which way the curve bends, as seen on 1,001 points: "convex", "concave",
        "straight" or "neither"."""
        y = self(self._grid())
        second = np.diff(y, 2)
        least = 64 * np.finfo(float).eps * np.abs(y).max()
        return {(True, False): "convex", (False, True): "concave", (False, False): "straight"}.get(
            ((second > least).any(), (second < -least).any()), "neither"
        )

    def explained(self) -> str:
        """How a compositional network is laid along the curve, as a sentence or two in Markdown."""
        low, high = self.interval
        start, slope = self.line
        ends = [f"({end:.4g},\\,{start + slope * k:.4g})" for k, end in enumerate((low, high))]
        text = (
            f"${self.formula}$ on $[{low:.4g},{high:.4g}]$ is {self.bend}. Laid on the line from ${ends[0]}$ to ${ends[1]}$ it needs waves that are "
            f"{'added' if self.sign > 0 else 'subtracted'}."
        )
        if start:
            text += f" The output bias starts at {start:.4g}, where the line does."
        if "rises" in (turns := self._turns(1)) and "falls" in turns:
            text += f" It {turns}; under (4) sums of waves on a line are monotone, so that pretraining can come near this curve only up to its turn."
        return text

    def _grid(self):
        return np.linspace(*self.interval, 1001)

    def _turns(self, order):
        """Where the differences of this order change sign, in words."""
        x, words = self._grid(), {1: ("falls", "rises"), 2: ("is concave", "is convex")}[order]
        y = self(x)
        differences = np.diff(y, order)
        seen = np.abs(differences) > 64 * np.finfo(float).eps * np.abs(y).max()
        places, up = x[order:][seen], differences[seen] > 0
        if not len(up):
            return "is level"
        edges = [x[0], *places[1:][np.diff(up.astype(int)) != 0], x[-1]]
        pieces = [
            f"{words[int(up[0]) ^ (k % 2)]} on [{a:.3g}, {b:.3g}]"
            for k, (a, b) in enumerate(zip(edges, edges[1:]))
        ]
        return (
            ", ".join(pieces)
            if len(pieces) <= 4
            else f"{', '.join(pieces[:3])} and so on, {len(pieces)} times"
        )

    @classmethod
    def _from_expression(cls, name, expression, **keywords):
        try:
            # The second derivative of |x| is taken away from the kink.
            derivatives = [
                sp.diff(expression, _X, k).replace(sp.DiracDelta, lambda *_: sp.Integer(0))
                for k in range(3)
            ]
            curves = [sp.lambdify(_X, e, "numpy") for e in derivatives]
        except (ArithmeticError, RecursionError, ValueError) as error:
            raise ValueError(
                f"text must be a formula whose derivatives can be computed, got {name!r}"
            ) from error
        target = cls(
            name,
            curves[0],
            derivative=_spread(curves[1]),
            second=_spread(curves[2]),
            **{"formula": sp.latex(expression), **keywords},
        )
        polynomial = expression.as_poly(_X) if _degree(expression) <= 100 else None
        if polynomial is not None and polynomial.domain in (sp.ZZ, sp.QQ):
            target.polynomial = tuple(
                Fraction(int(c.p), int(c.q)) for c in reversed(polynomial.all_coeffs())
            )
        return target

    def __call__(self, x):
        """$f(x)$, of the shape of `x`; ValueError where it is not finite."""
        if isinstance(x, Fraction):
            return self.function(x)
        with np.errstate(all="ignore"):
            y = np.asarray(self.function(np.asarray(x)))
        if y.dtype.kind not in "iufO" or not (y.dtype == object or np.isfinite(y).all()):
            raise ValueError(
                f"function must be real and finite on {getattr(self, 'interval', 'the interval')}, and {self.name!r} is not"
            )
        if y.shape not in ((), np.shape(x)):
            raise ValueError(
                f"function must give one value a point, and {self.name!r} gives {y.shape} for {np.shape(x)}"
            )
        return y if y.shape == np.shape(x) else np.full(np.shape(x), y)

    def __repr__(self):
        return f"Target({self.name!r}, sign={self.sign:+d}, interval={self.interval}, line={self.line})"


_X = sp.Symbol("x", real=True)
_FUNCTIONS = {
    "abs": sp.Abs,
    "acos": sp.acos,
    "asin": sp.asin,
    "atan": sp.atan,
    "cos": sp.cos,
    "cosh": sp.cosh,
    "exp": sp.exp,
    "log": sp.log,
    "sin": sp.sin,
    "sinh": sp.sinh,
    "sqrt": sp.sqrt,
    "tan": sp.tan,
    "tanh": sp.tanh,
}
_NAMES = {"x": _X, "pi": sp.pi, "e": sp.E}
_OPERATORS = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
}


def _parse(text):
    if not isinstance(text, str):
        raise TypeError(f"text must be a formula in x, got {text!r}")
    if len(text) > 200:
        raise ValueError(f"text must be at most 200 characters long, got {len(text)}")
    try:
        tree = ast.parse(text.replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"text must be a formula in x, got {text!r}") from error
    try:
        expression = _expression(tree, text)
    except (ArithmeticError, RecursionError) as error:
        raise ValueError(f"text must be a formula that can be computed, got {text!r}") from error
    if not expression.free_symbols <= {_X} or expression.has(sp.zoo, sp.nan, sp.oo, sp.I):
        raise ValueError(f"text must be a real, finite formula in x, got {text!r}")
    return expression


def _constant(text):
    expression = _parse(text)
    if expression.free_symbols:
        raise ValueError(f"text must name the ends of the interval by numbers, got {text!r}")
    return float(expression)


def _expression(node, text, depth=0):
    if depth > 12:
        raise ValueError(
            f"text may hold functions, powers and denominators nested up to 12 deep, got {text!r}"
        )
    if (
        isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and abs(node.value) <= 1e6
    ):
        return sp.Rational(str(node.value))
    if isinstance(node, ast.Name) and node.id in _NAMES:
        return _NAMES[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        value = _expression(node.operand, text, depth)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        deeper = isinstance(node.op, ast.Div)
        return _OPERATORS[type(node.op)](
            _expression(node.left, text, depth), _expression(node.right, text, depth + deeper)
        )
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        left, right = (
            _expression(node.left, text, depth + 1),
            _expression(node.right, text, depth + 1),
        )
        _bounded_power(left, right, text)
        return left**right
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _FUNCTIONS
        and len(node.args) == 1
        and not node.keywords
    ):
        return _FUNCTIONS[node.func.id](_expression(node.args[0], text, depth + 1))
    raise ValueError(
        f"text may hold numbers up to 1e6, {', '.join(_NAMES)}, + - * / ^ and {', '.join(_FUNCTIONS)}; got {ast.unparse(node)!r} in {text!r}"
    )


def _bounded_power(base, exponent, text):
    """Refuse towers such as 9^9^9, which would compute for ever."""
    if exponent.is_number and abs(exponent.evalf()) > 100:
        raise ValueError(f"text may hold exponents up to 100, got {sp.sstr(exponent)} in {text!r}")
    if (
        base.is_number
        and exponent.is_number
        and base != 0
        and abs(float(exponent) * math.log(abs(complex(base)))) > 100
    ):
        raise ValueError(
            f"text may hold numbers up to about 1e43, got {sp.sstr(base)}^{sp.sstr(exponent)} in {text!r}"
        )
    if exponent.is_number and _degree(base) * abs(exponent.evalf()) > 1000:
        raise ValueError(
            f"text may hold powers of degree up to 1000, got ({sp.sstr(base)})^{sp.sstr(exponent)} in {text!r}"
        )


def _degree(expression):
    """The degree of a polynomial, or a bound on it, found without expanding;
    a function counts as `x`."""
    if expression.is_number:
        return 0
    if expression.is_Pow and expression.exp.is_number:
        return _degree(expression.base) * abs(expression.exp.evalf())
    if expression.is_Add or expression.is_Mul:
        return (max if expression.is_Add else sum)(map(_degree, expression.args))
    return 1


def _spread(function):
    """Constant derivatives come back from SymPy as one number: give them the shape of `x`."""
    return lambda x: np.broadcast_to(function(np.asarray(x)), np.shape(x)).copy()


_EXPRESSIONS = {
    "x^2": _X**2,
    "x^3": _X**3,
    "x^11": _X**11,
    "sin": sp.sin(sp.pi * _X / 2),
    "tanh": sp.tanh(3 * _X),
}
TARGETS = MappingProxyType(
    {
        name: Target._from_expression(
            name, _EXPRESSIONS[name], sign=sign, line=(0, 1), formula=formula
        )
        for name, sign, formula in (
            ("x^2", -1, "x^2"),
            ("x^3", -1, "x^3"),
            ("x^11", -1, "x^{11}"),
            ("sin", +1, r"\sin(\pi x/2)"),
            ("tanh", +1, r"\tanh(3x)"),
        )
    }
)
"""The paper's curves by name: ``"x^2"``, ``"x^3"``, ``"x^11"``, ``"sin"`` and ``"tanh"``.
As in the paper none is scaled or shifted, so ``"tanh"`` is laid along the line to 1 although the
curve ends at 0.995."""
