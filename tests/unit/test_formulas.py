"""A formula is answered soon, whatever it is: by the curve that it says or by a ValueError
that names the argument.

What it says is found independently: with 70 digits, from the syntax tree.
"""

import ast
import itertools
import operator
import re
import time
from fractions import Fraction as Q

import mpmath as mp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compnet_lib as cn
from compnet_book.parameters import parse

SECONDS = 5
FUNCTIONS = re.findall(r"\w+", "abs acos asin atan cos cosh exp log sin sinh sqrt tan tanh")
NUMBERS = "0 3 1000 1000001 1e7 999983 0.25 1.5 0.001 1e-9 1e-300 1e-320 0.123456789 1e6"
LEAVES = re.findall(r"\S+", f"x x x x x 1 2 3 5 10 0.5 0.1 pi e {NUMBERS}")


class Unknown(Exception):
    """What is not worth computing, or not to be compared."""


# What a formula says


def said(text, off=0):
    """The function of `x` that Python's own syntax tree spells; every step is changed by up to
    the share `off`, in an order that has no pattern.

    Raises `Unknown` where a step is too large or small for a float, or at a kink of its own.
    """
    tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body

    def at(node, x, steps):
        found = step(node, x, steps)
        if found and not 1e-290 < abs(found) < 1e290:
            raise Unknown
        return found * (1 + off * mp.cos(next(steps) ** 2))

    def step(node, x, steps):
        match node:
            case ast.Constant(number):
                return mp.mpf(str(number))
            case ast.Name("x"):
                return x
            case ast.Name(name):
                return +{"pi": mp.pi, "e": mp.e}[name]
            case ast.UnaryOp(sign, inner):
                u = at(inner, x, steps)
                return -u if isinstance(sign, ast.USub) else u
            case ast.BinOp(left, between, right):
                u, v = at(left, x, steps), at(right, x, steps)
                return OPERATORS[type(between)](u, v)
            case ast.Call(ast.Name(name), [inner]):
                u = at(inner, x, steps)
                if name in ("exp", "cosh", "sinh") and abs(u) > 1e5:
                    raise Unknown
                if name in ("abs", "sqrt") and u == 0:
                    raise Unknown
                return abs(u) if name == "abs" else getattr(mp, name)(u)

    return lambda x: at(tree, x, itertools.count(1))


def power(u, v):
    if u and abs(mp.re(v * mp.log(u))) > 1e5:
        raise Unknown
    if u == 0 and v != int(mp.re(v)):
        raise Unknown
    return mp.power(u, v)


OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: power,
}


def compared(target, text, x):
    """Hold the target's value and derivatives at `x` against what the formula says in 70 digits.

    Returns what was seen: "agrees", or why nothing could be told: "unknown" where a step has no
    number of an ordinary size, "rough" where the formula is not smooth, and "ill" where
    the rounding of its steps is made 100,000 times larger.
    """
    exact, changed = said(text), said(text, 1e-16)
    try:
        with mp.workdps(70):
            at = mp.mpf(x)
            wide, wanted, shaken = (
                [f(at), *(mp.diff(f, at, k, h=mp.mpf(10) ** -h) for k in (1, 2))]
                for f, h in ((exact, 16), (exact, 18), (changed, 18))
            )
    except (Unknown, ZeroDivisionError):
        return "unknown"
    size = sum(map(abs, wanted))
    if max(abs(a - b) for a, b in zip(wide, wanted)) > 1e-12 * size:
        return "rough"
    if any(abs(a - b) > 1e-11 * (abs(a) + size / 100) for a, b in zip(wanted, shaken)):
        return "ill"
    got = [float(f(x)) for f in (target, target.derivative, target.second)]
    for order, (found, right) in enumerate(zip(got, wanted)):
        assert abs(found - right) <= 1e-9 * abs(right) + 1e-11 * size, (text, x, order, got, wanted)
    return "agrees"


def answered(text, **keywords):
    """The target, or None if the formula is refused; in either case in time, and in words that
    name the argument."""
    start = time.perf_counter()
    try:
        target = cn.Target.from_formula(text, line=(0, 1), **keywords)
        target.derivative(0.5), target.second(0.5)
    except ValueError as error:
        target = None
        assert str(error).split()[0] in ("text", "function"), error
    assert time.perf_counter() - start < SECONDS, text
    return target


@st.composite
def formulas(draw):
    """A formula with up to 16 leaves over the whole grammar."""

    def part(leaves):
        if leaves == 1:
            leaf = draw(st.sampled_from(LEAVES))
            return leaf if draw(st.booleans()) else f"{draw(st.sampled_from(FUNCTIONS))}({leaf})"
        between = draw(st.sampled_from("++--**//^"))
        if between == "^" and draw(st.booleans()):
            return f"({part(leaves - 1)})^{draw(st.sampled_from(LEAVES))}"
        left = draw(st.integers(1, leaves - 1))
        sides = part(left), part(leaves - left)
        if between in "+-" and draw(st.booleans()):
            found = between.join(sides)
        else:
            found = f"({sides[0]}){between}({sides[1]})"
        before = draw(st.sampled_from(["", "", "", "", "", "-", *FUNCTIONS]))
        return f"{before}({found})" if before else found

    return part(draw(st.sampled_from([1, 2, 3, 4, 5, 6, 8, 12, 16])))


@st.composite
def nests(draw):
    """One or two functions or operators around each other, as often as they fit."""
    layers = [f"{name}(@)" for name in FUNCTIONS]
    layers += re.findall(r"\S+", "-@ (@)*x x*(x+@) @/2 1/(1+@) (@)^2 x^(@) (@)^(@) 2^-(@) (@)*(@)")
    layers += re.findall(r"\S+", "(@)^0.5 (@)^100 (@)^-1 (@-1)*9 @+@ @*@ (@)/(@) 0.9*@ @-1e-9")
    few = draw(st.lists(st.sampled_from(layers), min_size=1, max_size=3))
    text = draw(st.sampled_from(LEAVES))
    for layer in few * draw(st.sampled_from([1, 2, 4, 12, 200])):
        larger = layer.replace("@", text)
        if len(larger) > 200:
            break
        text = larger
    return text


PLACES = st.floats(0.01, 0.99), st.sampled_from([(0, 1), (-1, 1), (0.5, 3)])
MANY = 1000 if settings().max_examples >= 40 else 20


@settings(max_examples=MANY)
@given(st.one_of(formulas(), formulas(), nests()), *PLACES)
def test_a_formula_is_answered_by_the_curve_that_it_says_or_by_an_error(text, share, interval):
    target = answered(text, interval=interval)
    if target is None:
        return
    low, high = interval
    for part in (share, (share + 0.618) % 1):
        compared(target, text, low + (high - low) * part)
    assert target.formula.count("{") == target.formula.count("}")


SAID = {
    "exp(x)": r"e^{x}",
    "x^3 - x/2": r"x^{3} - \frac{x}{2}",
    "1/(x+1)": r"\frac{1}{x + 1}",
    "sqrt(x)": r"\sqrt{x}",
    "abs(x-1/3)": r"\left|{x - \frac{1}{3}}\right|",
    "x^0.1": r"\sqrt[10]{x}",
    "sin(30*x)/10+x^2": r"x^{2} + \frac{\sin{\left(30 x \right)}}{10}",
    "log(x+1)": r"\log{\left(x + 1 \right)}",
    "x + sin(2*pi*x)/4": r"x + \frac{\sin{\left(2 \pi x \right)}}{4}",
    "sin(pi*x/2)": r"\sin{\left(\frac{\pi x}{2} \right)}",
    "tanh(3*x)": r"\tanh{\left(3 x \right)}",
    "sqrt(2)*x": r"\sqrt{2} x",
    "exp(-x)*x": r"x e^{- x}",
    "tanh(3*x)^2": r"\tanh^{2}{\left(3 x \right)}",
    "(x+1)^-0.5": r"\frac{1}{\sqrt{x + 1}}",
    "e^x/e": r"\frac{e^{x}}{e}",
    "(sin(1)*x)^2": r"\left(\sin{\left(1 \right)}\right)^{2} x^{2}",
    "(x^x)^2": r"\left(x^{x}\right)^{2}",
    "log(x+1)/log(2)": r"\frac{\log{\left(x + 1 \right)}}{\log{\left(2 \right)}}",
    "(2*exp(x))^-1.5": r"\frac{1}{\left(2 e^{x}\right)^{\frac{3}{2}}}",
    "-(1/2)^x": r"- \left(\frac{1}{2}\right)^{x}",
}


@pytest.mark.parametrize("text", SAID)
def test_a_formula_is_printed_and_means_what_it_says(text):
    target = answered(text)
    assert target.formula == SAID[text]
    assert [compared(target, text, x) for x in (0.1, 0.37, 0.9)] == ["agrees"] * 3


@pytest.mark.parametrize("text", ["exp(x)", "x^3 - x/2", "x^x", "sqrt(x)", "sin(30*x)/10+x^2"])
@pytest.mark.parametrize("order", range(3))
def test_a_wrong_curve_is_seen(text, order):
    right = answered(text)
    parts = [right, right.derivative, right.second]
    parts[order] = lambda x: (right, right.derivative, right.second)[order](x) + 1e-6
    wrong = cn.Target("wrong", parts[0], derivative=parts[1], second=parts[2], line=(0, 1))
    with pytest.raises(AssertionError):
        compared(wrong, text, 0.37)


# What took for ever, or gave something else than a ValueError

REFUSED = {
    "cosh(exp(1e6))*x": "'exp(1e6)'",
    "sin(exp(exp(20)))*x": "'exp(exp(20))'",
    "sinh(cosh(1e6))+x": "'cosh(1e6)'",
    "2^acos(2)+x": "'acos(2)'",
    "x*2^(0/0)": "'0/0'",
    "x/(1-1)": "denominators",
    "x^(1/0)": "denominators",
    "sin(1e6^6)*x": "six digits",
    "tan(pi/2)+x": "line|six digits",
    "0^-1+x": "'0^-1'",
    "log(0)*x": "'log(0)'",
    "(-8)^(1/3)*x": r"'\(-8\)\^\(1/3\)'",
    "(x+1)^1000": "exponents up to 100",
    "x^exp(5)": "exponents up to 100",
    "((x+1)^99)^99": "degree up to 1000",
    "(((1.000001^100)^100)^100)^100*x": "stay short",
    "((x+1e-300)^9)^9": "stay short",
    "0^x": "derivatives",
    "cos(" * 13 + "x" + ")" * 13: "nested up to 12 deep",
    "0x10*x": "'0'",
    "1_000*x": "'1_'",
    "\uff58 + 1": "'\uff58'",
    "2x": "2[*]x",
    "x if x else x": "only numbers up to",
    "x²": "'²'",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_computed_is_refused_by_its_part(text):
    start = time.perf_counter()
    for read in (
        cn.Target.from_formula,
        cn.Target.read,
        lambda t: cn.Target.read(f"x on 0 to {t}"),
    ):
        with pytest.raises(ValueError, match=r"^(text|line) ") as refused:
            read(text)
        if read is cn.Target.from_formula:
            assert re.search(REFUSED[text], str(refused.value))
    assert time.perf_counter() - start < SECONDS


HEAVY = [
    "x^x^x",
    "(x+1)^100*(x+1)^100*(x+1)^100",
    "((x+1)^9+1)^10",
    "(x+0.12345678901234567)^100",
    "*".join(["(x+0.1234567)^9"] * 11),
    "abs((log(x+1)+x+sqrt(x))^100+1)",
    "x^(" * 12 + "x" + ")" * 12,
    "x*(x+" * 33 + "x" + ")" * 33,
    "1/(x+" * 12 + "1" + ")" * 12,
    "-(2*(" * 20 + "x" + "))" * 20,
    "+".join(["sin(x)"] * 28),
    "sqrt(abs(" * 6 + "x+1" + "))" * 6,
    "sin(1e3*x)",
    "exp(exp(exp(exp(-x))))",
    "x" + "/3" * 85 + "*9^39",
]


@pytest.mark.parametrize("text", HEAVY)
def test_what_is_long_or_deep_is_computed(text):
    target = answered(text)
    assert [compared(target, text, x) for x in (0.123, 0.77)] == ["agrees"] * 2


# Digits, poles and ends


@pytest.mark.parametrize(
    "text",
    [
        "(1+x/1e5/1e5/1e5-1)*1e5*1e5*1e5",
        "(sqrt(1+x/1e5/1e5/1e5)-1)*1e5*1e5*1e5",
        "1-cos(x/1e5)",
        "(x/1e6)^60*" + "*".join(["1e6^7"] * 8) + "*1e6^4",
        "sin(1e6^3*x)",
        "sin(pi)*x",
    ],
)
def test_a_formula_whose_digits_cancel_is_refused(text):
    with pytest.raises(ValueError, match="keeps six digits"):
        cn.Target.from_formula(text, line=(0, 1))


def test_a_step_at_the_end_of_its_domain_is_taken():
    assert answered("acos(cos(0)) + x")(0.5) == 0.5


def test_ends_whose_digits_cancel_are_refused():
    with pytest.raises(ValueError, match="ends of the interval by numbers that keep six digits"):
        cn.Target.read("x^2 on 0 to 2+sin(1e6^6)")
    assert cn.Target.read("x^2 on sin(0) to 1+sin(pi)").interval == (0, 1 + np.sin(np.pi))


def test_quotients_by_x_and_roots_are_no_polynomials():
    for text in ("(x + 1)^-1", "1/(x + 1)", "(x + 1)^0.5", "pi*x", "2^x", "x/(x + 1)"):
        assert cn.Target.from_formula(text, line=(0, 1)).polynomial is None
    assert cn.Target.from_formula("(2*x - 1)^2/4 + x^0", line=(0, 1)).polynomial == (Q(5, 4), -1, 1)


def test_rational_numbers_cancel_exactly():
    assert cn.Target.from_formula("x + (0.1*3-0.3)*1e6^3").polynomial == (0, 1)
    assert cn.Target.from_formula("(1e-300*x+1)^2 - 1 - 2e-300*x + x").polynomial[1] == 1


@pytest.mark.parametrize(
    "text", ["tan(2*x)", "1/(x-0.30001)", "(x-0.30001)^-2", "abs(x-0.30001)^-0.3 + x"]
)
def test_a_pole_between_the_points_of_the_grid_is_seen(text):
    with pytest.raises(ValueError, match=r"text must .* finite on \(0, 1\).* near 0\.(3000|7853)"):
        cn.Target.from_formula(text, line=(0, 1))


@pytest.mark.parametrize(
    "text",
    [
        "1/((x-0.30001)^2+1e-9)",
        "1/(x+1e-9)",
        "log(x+1e-30)",
        "exp(-1e5*(x-0.30001)^2)",
        "tanh(1e6*(x-0.30001))",
        "sqrt(1-x^2)",
        "(1-x^2)^0.1",
        "acos(x)",
        "abs(x-0.30001)^0.3",
        "x^0.01",
    ],
)
def test_what_is_steep_or_bent_sharply_is_no_pole(text):
    target = answered(text)
    assert [compared(target, text, x) for x in (0.29, 0.31)] == ["agrees"] * 2


def test_derivatives_at_an_end_are_those_of_the_rules():
    root, power = cn.Target.from_formula("sqrt(x)"), cn.Target.from_formula("x^1.5")
    assert (root.derivative(0.0), root.second(0.0)) == (np.inf, -np.inf)
    assert (power.derivative(0.0), power.second(0.0)) == (0, np.inf)
    kink = cn.Target.from_formula("abs(x - 1/2) + x")
    assert (kink.derivative(0.5), kink.second(0.5)) == (1, 0)
    square = cn.Target.from_formula("x^2")
    assert square.derivative(0.0) == 0 and set(square.second(square.grid())) == {2}
    assert cn.Target.from_formula("x^1*2 + x^0").second([0.0, 1.0]).tolist() == [0, 0]


def test_derivatives_whose_parts_are_too_large_or_small_for_floats():
    for text in ("log(exp(600*x))", "sqrt(exp(600*x))", "exp(600*x)^0.25", "x*1e-200/1e-200"):
        assert compared(answered(text), text, 0.93) == "agrees"


def test_outside_of_its_domain_a_curve_is_silent():
    target = cn.Target.from_formula("sqrt(x) + log(x + 1)")
    for curve in (target.function, target.derivative, target.second):
        assert np.isnan(curve(np.array([-0.5, -2.0]))).all()


def test_numbers_of_any_kind_are_points():
    target = cn.Target.from_formula("x^3 - x/2 + 1/3")
    assert target(Q(1, 3)) == Q(1, 27) - Q(1, 6) + Q(1, 3)
    assert target(np.array([Q(1, 2), 1], dtype=object)).tolist() == [Q(5, 24), Q(5, 6)]
    assert target(np.float32([0.5, 1])).dtype == np.float32
    assert target([0, 1]).tolist() == target([0.0, 1.0]).tolist()
    assert cn.Target.from_formula("exp(x)")(Q(1, 2)) == np.exp(0.5)


def test_values_are_not_the_points_themselves():
    x = np.array([0.25, 0.5])
    target = cn.Target.from_formula("x")
    target(x)[:] = 0
    assert x.tolist() == [0.25, 0.5] and target.derivative(x).tolist() == [1, 1]


# Any text


STRANGE = [
    "x\0",
    "\u0661 + x",
    "x\u00b2",
    "\U0001f600" * 10**6,
    "\ud800",
    "x" * 10**6,
    " " * 10**6 + "x",
    "x^2" + " " * 10**6 + "on 0 to 1",
    "x*(1-x)" + "+0*x" * 40,
    "x on " * 10**5,
    "exp(x) on 0 to " + "9" * 10**6,
    "x if x else x",
    "f'{x}'",
    "__import__('os')",
    "(" * 199,
    "(" * 10**6,
    "not " * 49 + "x",
    "-" * 199 + "y",
    "1if x else 2",
    "5(x)",
    "x is 1",
    "await x",
    "lambda: x",
    "'\\d'",
    "0x10*x",
    "1e400*x",
    "x^2 on -1 to inf",
    "x^2 on nan to 1",
    "x^2 on 0 to 1e-300",
    "exp(x) on 1 to 1.0000000000000002",
    "exp(x) on -1e6 to 1e6",
    "on 0 to 1",
]
CURVE = parse('curve: str = "sin"  # target, a curve')["curve"]


def assert_refused_briefly(text):
    """A curve, or a short ValueError that shows at most 100 characters of the text in a row."""
    start = time.perf_counter()
    for read in (CURVE.convert, cn.Target.read, cn.Target.from_formula):
        try:
            read(text)
        except ValueError as error:
            told = str(error)
            assert len(told) < 700
            assert not any(text[k : k + 101] in told for k in range(0, len(text) - 100, 50))
    assert time.perf_counter() - start < SECONDS


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
def test_strange_texts_are_refused(text):
    # In a test, a warning of Python's parser would be an error, and of another type.
    for read in (CURVE.convert, cn.Target.read):
        with pytest.raises(ValueError, match=r"\b(text|interval|function) must|\btext may not"):
            read(text)
    assert_refused_briefly(text)


@given(st.text(max_size=300))
def test_any_text_is_a_curve_or_refused(text):
    assert_refused_briefly(text)


@given(st.lists(st.sampled_from(re.findall(r"\S", "x1e.+-*/^()9~,") + [" on ", " to ", "sin("])))
def test_any_signs_are_a_curve_or_refused(signs):
    assert_refused_briefly("".join(signs))
