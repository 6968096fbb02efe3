import contextlib
from fractions import Fraction as Q

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_book.curves import explained

CURVES = {
    "x^2": (lambda x: x**2, -1),
    "x^3": (lambda x: x**3, -1),
    "x^11": (lambda x: x**11, -1),
    "sin": (lambda x: mp.sin(mp.pi * x / 2), +1),
    "tanh": (lambda x: mp.tanh(3 * x), +1),
}
FORMULAS = {
    "exp(x)": mp.exp,
    "x^3 - x/2 + 1": lambda x: x**3 - x / 2 + 1,
    "log(1 + x)": lambda x: mp.log(1 + x),
    "abs(x - 2)": lambda x: abs(x - 2),
    "sqrt(1 + x)": lambda x: mp.sqrt(1 + x),
    "acos(x/2)": lambda x: mp.acos(x / 2),
    "asin(x/2)": lambda x: mp.asin(x / 2),
    "atan(x)": mp.atan,
    "cos(pi*x)": lambda x: mp.cos(mp.pi * x),
    "cosh(x)": mp.cosh,
    "sinh(x)": mp.sinh,
    "tan(x)": mp.tan,
    "tanh(x)": mp.tanh,
    "sin(x)": mp.sin,
    "e^-x": lambda x: mp.exp(-x),
    "2**x": lambda x: 2**x,
    "+x^2*1.5": lambda x: mp.mpf(3) / 2 * x**2,
    "(1 + x)^-2.5": lambda x: (1 + x) ** mp.mpf(-2.5),
}


def assert_is(target, curve):
    """Value and two derivatives, against mpmath's numerical differentiation at 50 digits."""
    x = np.linspace(0.05, 0.95, 10)
    with mp.workdps(50):
        for order, found in enumerate((target, target.derivative, target.second)):
            wanted = [float(mp.diff(curve, mp.mpf(v), order)) for v in x]
            np.testing.assert_allclose(found(x), wanted, rtol=2e-14, atol=1e-14)


@pytest.mark.parametrize("name", CURVES)
def test_the_papers_curves(name):
    target, (curve, sign) = cn.TARGETS[name], CURVES[name]
    assert_is(target, curve)
    assert (target.sign, target.interval, target.line) == (sign, (0, 1), (0, 1))
    found = cn.Target(name, target, line=(0, 1))
    assert found.sign == sign


def test_the_papers_five_curves_are_there_and_none_can_be_added_from_outside():
    assert set(cn.TARGETS) >= set(CURVES)
    with pytest.raises(TypeError):
        cn.TARGETS["y"] = cn.TARGETS["x^2"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_and_its_derivatives(text):
    target = cn.Target.from_formula(text)
    assert target.name == text
    assert_is(target, FORMULAS[text])


@pytest.mark.parametrize(
    "text, interval, line, sign",
    [
        ("x^2", (0, 1), (0, 1), -1),
        ("1 - x^2", (0, 1), (1, -1), -1),
        ("1 - sqrt(x)", (0, 1), (1, -1), +1),
        ("x^2", (1, 3), (1, 8), -1),
        ("log(x)", (1, np.e), (0, 1), +1),
        ("exp(x)", (-1, 1), (np.exp(-1), np.exp(1) - np.exp(-1)), -1),
        ("3*x - 1", (0, 2), (-1, 6), +1),
    ],
)
def test_sign_and_line_are_found_from_the_curve(text, interval, line, sign):
    """A convex rising or falling curve is the line minus waves;
    between its ends 1-x² lies below the line from 1 towards 0, seen upside down."""
    target = cn.Target.from_formula(text, interval=interval)
    assert target.interval == interval
    np.testing.assert_allclose(target.line, line, rtol=1e-15)
    assert text == "3*x - 1" or target.sign == sign
    assert cn.Target.from_formula(text, interval=interval, sign=-sign).sign == -sign


def test_a_formula_equals_the_same_curve_by_hand():
    text = cn.Target.from_formula("exp(x)", interval=(-1, 1))
    hand = cn.Target("exp(x)", np.exp, interval=(-1, 1))
    x = np.linspace(-1, 1, 101)
    np.testing.assert_array_equal(text(x), hand(x))
    assert (text.sign, text.line, text.interval) == (hand.sign, hand.line, hand.interval)
    assert (hand.derivative, hand.second, hand.polynomial, text.polynomial) == (
        None,
        None,
        None,
        None,
    )


@given(
    st.lists(st.fractions(-5, 5, max_denominator=30), min_size=2, max_size=6),
    st.fractions(0, 1, max_denominator=40),
)
def test_polynomials_are_known_exactly(coefficients, x):
    text = " + ".join(f"({c})*x^{k}" for k, c in enumerate(coefficients))
    target = cn.Target.from_formula(text, line=(0, 1))
    while len(coefficients) > 1 and coefficients[-1] == 0:
        coefficients.pop()
    assert target.polynomial == tuple(coefficients)
    wanted = sum(c * x**k for k, c in enumerate(coefficients))
    assert abs(target(float(x)) - wanted) <= 1e-14 * sum(map(abs, coefficients))


def test_polynomials_at_fractions_are_exact():
    assert cn.TARGETS["x^11"](Q(2, 3)) == Q(2048, 177147)
    assert cn.TARGETS["x^2"].polynomial == (0, 0, 1) and cn.TARGETS["sin"].polynomial is None
    assert cn.Target.from_formula("sqrt(2)*x").polynomial is None


@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3)])
def test_values_have_the_shape_of_the_points(shape):
    target = cn.Target.from_formula("3*x - 1")
    for curve in (target, target.derivative, target.second):
        assert curve(np.zeros(shape)).shape == shape
    constant = cn.Target("one", lambda x: 1.0, line=(0, 1))
    assert constant(np.zeros(shape)).shape == shape


ATTACKS = [
    "__import__('os')",
    "().__class__",
    "x.real",
    "9**9**9**9",
    "lambda: x",
    "(x:=1)",
    "'x'",
    "b'x'",
    "f'{x}'",
    "x < 1",
    "x == x",
    "y + 1",
    "eval",
    "sin",
    "exec(x)",
    "x()",
    "sin(x, x)",
    "sin(x=x)",
    "sin(*x)",
    "sin()",
    "sin(sin)",
    "[x]",
    "(x, x)",
    "{x}",
    "{x: x}",
    "[x for x in x]",
    "x[0]",
    "x if x else 1",
    "x and x",
    "not x",
    "~x",
    "x @ x",
    "x // 2",
    "x % 2",
    "x << 2",
    "x | x",
    "True",
    "None",
    "...",
    "1j",
    "1e7",
    "1e999",
    "-1e999",
    "1/0",
    "0/0",
    "0^-1",
    "log(0)",
    "tan(pi/2)",
    "sqrt(-1)",
    "(-1)^0.5",
    "sqrt(x - 2)",
    "log(x)",
    "1/x",
    "x^-1",
    "1/(2*x - 1)",
    "acos(2)*x",
    "x^101",
    "x^1e6",
    "(x^99)^99",
    "2^200",
    "((((((x^99)^99)^99)^99)^99)^99)",
    "2^exp(exp(exp(9)))",
    "2^sin(exp(exp(exp(9))))",
    "abs(sin(exp(exp(exp(9)))))",
    "x*exp(exp(exp(9)))",
    "exp(1e6)*x",
    "((x + 1)^100)^100",
    "x^x^x^9999",
    "1" * 201,
    "x +",
    "",
    " ",
    "x; x",
    "x\nx",
    "x = 1",
    "import os",
    "x\0",
    "(" * 120,
    "(" * 99 + "x",
    "x" + ")" * 99,
    "exp(" * 39 + "x" + ")" * 39,
    "x^(x + " * 24 + "1" + ")" * 24,
    "x*tan(" * 28 + "x" + ")" * 28,
    "((x^9 + 1)^99/2^99 + x)^99/2^99",
    "1/(x + " * 25 + "1" + ")" * 25,
    "(1e6 + x)^100*(1e-9 + x/1e6)^100/0",
    "5",
    "pi",
    "x - x",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_anything_but_a_real_finite_formula_is_refused(text):
    with pytest.raises(ValueError, match=r"\b(text|function|line)\b"):
        cn.Target.from_formula(text)


@pytest.mark.parametrize(
    "text",
    [
        "-" * 199 + "x",
        "(" * 99 + "x" + ")" * 99,
        "abs(" * 12 + "x" + ")" * 12,
        "+".join("x" * 100),
        "(x + 1)^100*(x + 2)^100*(x^2 + 3)^100",
        "x/2/2/2/2/2/2/2/2/2/2/2/2/2/2",
    ],
)
def test_long_but_harmless_formulas_are_computed(text):
    target = cn.Target.from_formula(text, line=(0, 1))
    assert np.isfinite(target(np.linspace(0, 1, 5))).all() and len(target.polynomial or "") <= 101


@given(st.text(alphabet="x19.+-*/^()e,_'[]: sincotalgqrhp", max_size=12))
def test_any_text_gives_a_target_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert cn.Target.from_formula(text, line=(0, 1))(0.5).shape == ()


@pytest.mark.parametrize(
    "text, bend, sign, line, interval",
    [
        ("x^3", "convex", -1, (0, 1), (0, 1)),
        ("sin", "concave", 1, (0, 1), (0, 1)),
        ("exp(x)", "convex", -1, (1, np.e - 1), (0, 1)),
        ("exp(-x) on 0 to pi/2", "convex", 1, (1, np.exp(-np.pi / 2) - 1), (0, np.pi / 2)),
        (" sqrt(x) on 1 to 4 ", "concave", 1, (1, 1), (1, 4)),
        ("tanh on 0 to 2", "concave", 1, (0, np.tanh(6)), (0, 2)),
        ("(x-0.3)^2", "convex", -1, (0.09, 0.4), (0, 1)),
    ],
)
def test_a_reader_names_a_curve(text, bend, sign, line, interval):
    curve = cn.Target.read(text)
    assert (curve.bend, curve.sign, curve.interval) == (bend, sign, interval)
    np.testing.assert_allclose(curve.line, line, atol=1e-12)
    told = explained(curve)
    assert (
        bend in told
        and {1: "added", -1: "subtracted"}[sign] in told
        and ("output bias" in told) == (line[0] != 0)
        and ("monotone" in told) == (text == "(x-0.3)^2")
    )


def test_a_name_is_the_papers_curve():
    assert all(cn.Target.read(name) is curve for name, curve in cn.TARGETS.items())
    assert {curve.bend for curve in cn.TARGETS.values()} == {"convex", "concave"}


@pytest.mark.parametrize(
    "text, words",
    [
        ("sin(5*x)", r"concave on \[0, 0.6\d+\], is convex on \[0.6\d+, 1\]"),
        ("sin(50*x)", "16 times"),
        ("x^3 on -1 to 1", "is concave on .*, is convex on"),
        ("2*x + 1", "straight line"),
        ("3", "straight line"),
        ("x*(1-x)", "is 0 at both"),
        ("exp(x) on 2 to 1", "low < high"),
        ("exp(x) on 0 to x", "ends of the interval"),
        ("log(x)", "finite"),
        ("", "formula"),
        ("exp(x) on 0", "text"),
        ("nosuch", "text"),
        ("__import__('os').getcwd()", "text"),
        ("open('f')", "text"),
        ("exp(x) on 0 to __import__('os')", "text"),
    ],
)
def test_a_curve_that_cannot_be_followed_is_explained(text, words):
    with pytest.raises(ValueError, match=words):
        cn.Target.read(text)


def test_only_text_is_read():
    with pytest.raises(TypeError, match="text must"):
        cn.Target.read(3)
