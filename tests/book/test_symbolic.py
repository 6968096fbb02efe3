"""What is taken out of a sum or product changes nothing: with numbers for the limits,
both sides are written out."""

import numpy as np
import pytest
import sympy as sp

from compnet_book import symbolic

a, s = sp.IndexedBase("a"), sp.IndexedBase("s")
i, j, k, m, n = sp.symbols("i j k m n", integer=True)
NESTED = sp.Sum(s[n] * sp.Product(1 - a[m], (m, i + 1, n)), (n, i + 2, j))
EXPRESSIONS = [
    sp.Sum(s[n], (n, i, j)),
    sp.Product(1 - a[n], (n, i, j)),
    NESTED,
    1 - 3 * NESTED,
    a[i] / sp.Product(a[k], (k, i + 2, j)) + sp.Sum(a[n], (n, i + 1, j - 1)),
]


@pytest.mark.parametrize("change", [symbolic.first_out, symbolic.last_out, symbolic.factor_out])
@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("limits", [(0, 3), (2, 7)])
def test_a_split_expression_is_equal(change, expression, limits):
    numbers = dict(zip((i, j), limits))
    assert sp.expand((change(expression).subs(numbers) - expression.subs(numbers)).doit()) == 0


def test_an_infinite_sum_gives_its_first_term():
    """The tail of equation (5) in Horner's form."""
    tail = lambda i: sp.Sum(s[n] * sp.Product(1 / a[k], (k, i, n)), (n, i, sp.oo))
    found = symbolic.factor_out(symbolic.first_out(tail(i)))
    assert sp.expand(found - (s[i] + tail(i + 1)) / a[i]) == 0
    assert symbolic.first_out(tail(i)) != tail(i)


def test_what_cannot_be_split_is_refused():
    with pytest.raises(ValueError, match="last term"):
        symbolic.last_out(sp.Sum(s[n], (n, 0, sp.oo)))
    with pytest.raises(ValueError, match="one index"):
        symbolic.first_out(sp.Sum(s[n] * a[m], (n, 0, j), (m, 0, j)))
    assert symbolic.last_out(a[i] + 1) == a[i] + 1


class Says:
    """What it says when SymPy asks is a text."""

    def __init__(self, text):
        self.text = text

    def _sympy_(self):
        return self.text


@pytest.mark.parametrize(
    "change", [symbolic.first_out, symbolic.last_out, symbolic.factor_out, symbolic.vanishes]
)
@pytest.mark.parametrize(
    "wrapped", [str, np.str_, np.array, lambda text: np.array([text]), lambda text: [text], Says]
)
def test_a_text_is_not_run(change, wrapped, tmp_path):
    trap = tmp_path / "run"
    with pytest.raises(TypeError, match="SymPy"):
        change(wrapped(f"open({str(trap)!r}, 'w')"))
    assert not trap.exists()


@pytest.mark.parametrize("given", ["x" * 100_000, dict.fromkeys(range(1000), "x" * 100), None])
def test_what_is_no_expression_is_refused_in_few_words(given):
    for change in (symbolic.last_out, symbolic.vanishes):
        with pytest.raises(TypeError, match="expression must be") as refused:
            change(given)
        assert len(str(refused.value)) < 200


def test_what_vanishes():
    x = sp.Symbol("x", positive=True)
    assert symbolic.vanishes() and symbolic.vanishes(0, (1 + x) ** 2 - 1 - 2 * x - x**2)
    assert symbolic.vanishes(sp.Matrix([[sp.sin(x) ** 2 + sp.cos(x) ** 2 - 1, 0]]))
    assert not symbolic.vanishes(0, x)
    assert not symbolic.vanishes(sp.Matrix([[0, x - 1]]))
