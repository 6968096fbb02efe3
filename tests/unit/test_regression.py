"""Fits of data by straight pieces, against enumeration in rational numbers, ruptures and pwlf."""

import warnings
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
import torch

import compnet_lib as cn
from compnet_lib.experiments import normalized_descent, optimized


def line_error(x, y):
    """The squared error of the least squares line, exact."""
    n, mx, my = len(x), sum(x) / Fraction(len(x)), sum(y) / Fraction(len(x))
    spread = sum((u - mx) ** 2 for u in x)
    joint = sum((u - mx) * (v - my) for u, v in zip(x, y))
    total = sum((v - my) ** 2 for v in y)
    return total - joint**2 / spread if n > 1 else Fraction(0)


def small(seed, points=9):
    rng = np.random.default_rng(seed)
    x = sorted(Fraction(int(v), 16) for v in rng.choice(200, points, replace=False))
    return x, [Fraction(int(v), 8) for v in rng.integers(-40, 40, points)]


def walk(seed, points):
    rng = np.random.default_rng(seed)
    return np.sort(rng.uniform(-1, 1, points)), rng.normal(size=points).cumsum()


@pytest.mark.parametrize("seed", range(8))
def test_dynamic_programming_is_the_best_of_all_partitions(seed):
    x, y = small(seed)
    found = cn.segmented_regression([float(v) for v in x], [float(v) for v in y], 4)
    for pieces in (1, 2, 3, 4):
        best = min(
            sum(line_error(x[i:j], y[i:j]) for i, j in zip((0, *cuts), (*cuts, len(x))))
            for cuts in combinations(range(1, len(x)), pieces - 1)
        )
        assert found.path[0, pieces - 1] == pytest.approx(float(best), rel=1e-12, abs=1e-24)


@pytest.mark.parametrize("seed", range(50))
def test_dynamic_programming_is_the_optimum_of_ruptures(seed):
    import ruptures

    rng = np.random.default_rng(seed)
    x, y = walk(seed, int(rng.integers(10, 40)))
    pieces = int(rng.integers(2, len(x) // 2))
    signal = np.column_stack([y, x, np.ones_like(x)])
    theirs = ruptures.Dynp(model="linear", min_size=2, jump=1).fit(signal).predict(pieces - 1)
    least = ruptures.costs.CostLinear().fit(signal).sum_of_costs(theirs)
    ours = cn.segmented_regression(x, y, pieces, shortest=2)
    assert ours.sse[0] == pytest.approx(least, rel=1e-10)
    assert np.diff([*ours.starts[0], len(x)]).min() >= 2


def test_a_stack_is_its_members_and_the_lines_are_least_squares():
    x, y = walk(0, 30)
    both = cn.segmented_regression(x, [y, y**2], 5)
    for k, values in enumerate((y, y**2)):
        assert both.sse[k] == cn.segmented_regression(x, values, 5).sse[0]
        misses = values - both(x)[k]
        assert misses @ misses == pytest.approx(both.sse[k])
        ends = [*both.starts[k], 30]
        for i, (slope, height) in enumerate(zip(both.slopes[k], both.intercepts[k])):
            part = slice(ends[i], ends[i + 1])
            if ends[i + 1] - ends[i] > 1:
                line = np.polynomial.Polynomial.fit(x[part], values[part], 1).convert()
                np.testing.assert_allclose((height, slope), line.coef, rtol=1e-7)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("pieces", [3, 8, 15])
def test_greedy_merging_is_within_its_guarantee(seed, pieces):
    x, y = walk(seed, 80)
    merged, best = cn.merged_regression(x, y, pieces), cn.segmented_regression(x, y, pieces)
    assert merged.starts.shape[1] <= pieces
    assert merged.sse[0] >= best.sse[0] * (1 - 1e-12)
    for k in range(1, (pieces - 1) // 2 + 2):
        bound = cn.merging_factor(pieces, k) * best.path[0, k - 1]
        assert merged.sse[0] <= bound * (1 + 1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_continuous_fit_is_the_best_on_a_fine_grid_of_knots(seed):
    x, y = walk(seed, 12)
    found = cn.continuous_regression(x, y, 3, starts=4)
    grid = np.union1d(np.linspace(x[0], x[-1], 80)[1:-1], x[1:-1])
    least = np.inf
    for pair in combinations(grid, 2):
        ramps = [np.maximum(x - knot, 0) for knot in pair]
        basis = np.column_stack([np.ones_like(x), x, *ramps])
        rest = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
        least = min(least, rest @ rest)
    assert found.sse[0] <= least * (1 + 1e-9)
    assert found.sse[0] >= cn.segmented_regression(x, y, 3).sse[0] * (1 - 1e-9)
    misses = found.functions[0](x) - y
    assert misses @ misses == pytest.approx(found.sse[0])
    assert found.functions[0].regions(x[0], x[-1]) <= 3


def test_continuous_fit_is_no_worse_than_pwlf():
    import pwlf

    x = np.linspace(-2, 2, 61)
    y = np.sin(np.pi * x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its optimizer
        theirs = pwlf.PiecewiseLinFit(x, y)
        theirs.fitfast(6, pop=5)
    assert cn.continuous_regression(x, y, 6).sse[0] <= theirs.ssr * (1 + 1e-6)


def test_a_convex_curve_has_a_continuous_optimum_and_a_sawtooth_is_found_exactly():
    x = np.linspace(-2, 2, 401)
    found = cn.continuous_regression(x, x**2 / 2, 22)
    least = cn.segmented_regression(x, x**2 / 2, 22).sse[0]
    assert found.sse[0] == pytest.approx(least, rel=1e-8)
    teeth = 1 - 4 * abs(x % 1 - 0.5)
    assert cn.continuous_regression(x, teeth, 10).sse[0] < 1e-20


def enumerated(x, y, breakpoints):
    """Continuous functions of least squares lines, by trying all partitions."""
    count = 0
    for cuts in combinations(range(1, len(x)), breakpoints):
        runs = list(zip((0, *cuts), (*cuts, len(x))))
        if min(j - i for i, j in runs) < 2:
            continue
        lines = []
        for i, j in runs:
            n, sx, sy = j - i, sum(x[i:j]), sum(y[i:j])
            sxx, sxy = sum(u * u for u in x[i:j]), sum(u * v for u, v in zip(x[i:j], y[i:j]))
            slope = (n * sxy - sx * sy) / (n * sxx - sx * sx)
            lines.append((slope, (sy - slope * sx) / n))
        good = True
        for (a, b), (c, d), cut in zip(lines, lines[1:], cuts):
            good &= a != c and x[cut - 1] < (d - b) / (a - c) < x[cut]
        count += good
    return count


@pytest.mark.parametrize("seed", range(6))
def test_counts_of_critical_functions_are_those_of_enumeration(seed):
    x, y = small(seed, 12)
    arrays = np.array(x, object), np.array(y, object)
    counts = cn.critical_counts(*arrays, 4)
    assert counts == [enumerated(x, y, k) for k in range(5)]
    for k in (1, 2, 3):
        fits = list(cn.critical_fits(*arrays, k))
        assert len(fits) == counts[k] and all(len(f.knots) == k for f in fits)
        for f in fits:
            pieces = np.searchsorted(f.knots, arrays[0])
            for piece in range(k + 1):
                on = pieces == piece
                rest = arrays[1][on] - f(arrays[0][on])
                assert sum(rest) == 0 == sum(rest * arrays[0][on])


def test_normalized_descent_is_that_of_torch():
    x = np.linspace(-2, 2, 40)
    net, rates = cn.default_init(2, depth=1, width=5, seed=0), (0.01, 0.02)
    found = normalized_descent(net, x**2, x, epochs=7, lr=rates, batch=8, seed=3)
    order = np.random.default_rng(3).permuted(np.tile(np.arange(40), (7, 1)), axis=1)
    points, values = torch.tensor(x)[:, None], torch.tensor(x**2)[:, None]
    for k, rate in enumerate(rates):
        first, last = torch.nn.Linear(1, 5), torch.nn.Linear(5, 1)
        norm = torch.nn.BatchNorm1d(5)
        model = torch.nn.Sequential(first, norm, torch.nn.ReLU(), last).double()
        with torch.no_grad():
            for layer, weight, bias in zip((first, last), net.weights, net.biases):
                layer.weight[:], layer.bias[:] = torch.tensor(weight[k]), torch.tensor(bias[k])
        optimizer = torch.optim.SGD(model.parameters(), lr=rate)
        for part in torch.tensor(order).reshape(-1, 8):
            optimizer.zero_grad()
            ((model(points[part]) - values[part]) ** 2).mean().backward()
            optimizer.step()
        model(points)  # the statistics of all points
        whole = model(points).detach().numpy()[:, 0]
        np.testing.assert_allclose(found(x)[k], whole, rtol=0, atol=1e-12)


def test_the_rate_of_least_median_loss_is_taken():
    x = np.linspace(-1, 1, 21)
    rates = {"Adam": (1e-6, 0.01), "SGD with batch norm": (0.1, 1), "gradient descent": (1, 1e4)}
    found = optimized(x, x**2, [3, 6], epochs=40, seeds=[0, 1, 2], rates=rates)
    medians = found.tried.median("seed").min("place")
    np.testing.assert_array_equal(found.loss.median("seed"), medians)
    assert (found.rate.sel(optimizer="Adam") == 0.01).all() and (found.pieces >= 1).all()


X = [0.0, 1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cn.segmented_regression([0, 0, 1], [1, 2, 3], 1), "x must hold points in incr"),
        (lambda: cn.segmented_regression(X, [1, 2], 1), "y must have values"),
        (lambda: cn.segmented_regression(X, X, 5), "pieces must be at most 4"),
        (lambda: cn.segmented_regression(X, X, 3, shortest=2), "shortest must leave"),
        (lambda: cn.merged_regression(X, X, 0), "pieces must be at least 1"),
        (lambda: cn.merging_factor(5, 4), "k must be at most 3"),
        (lambda: cn.continuous_regression([0.0], [1.0], 1), "x must hold at least two"),
        (lambda: cn.continuous_regression(X, X, 2, starts=-1), "starts must be at least 0"),
        (lambda: cn.critical_counts([0.0], [1.0], 1), "x must hold at least two"),
        (lambda: list(cn.critical_fits(X, X, 0)), "breakpoints must be at least 1"),
        (
            lambda: normalized_descent(cn.default_init(1, 2), X, X, epochs=1, lr=0.1),
            "net must have one hidden",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
