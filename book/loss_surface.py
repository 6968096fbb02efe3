# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The loss surface, seen from the breakpoints
#
# A network with one hidden layer is a continuous piecewise linear function. How well it could fit
# with the pieces that it has is known: dynamic programming finds the best.
# The function-space paper {cite}`functionspace2020` compares,
# and explains the distance by the number of its critical points.

# %% tags=["parameters"]
points: int = 401  # evenly spaced data points, at least 41
largest: int = 320  # the widest network, at least 20
epochs: int = 1000  # of each training, at least 1
seeds: str = "5"  # networks of each kind, a number or a range
batch: int = 32  # points an update with batch normalization, at least 2
most: int = 60  # points for counting critical points, at least 12 and at most 80

# %% tags=["hide-input"]
from fractions import Fraction
from itertools import combinations, product
from math import comb, exp, prod

import numpy as np
import sympy as sp
from scipy.stats import binomtest

import compnet_lib as cn
from compnet_book import claims, figures, parameters, tables, words
from compnet_lib.experiments import optimized

figures.use_style()
x = np.linspace(-2, 2, points)
y = x**2 / 2
widths = [20 * 4**k for k in range(9) if 20 * 4**k <= largest]
upto = min(100, points // 2)
best = cn.segmented_regression(x, y, upto).path[0]
counts = np.arange(3, upto + 1)
merged = np.array([cn.merged_regression(x, y, int(k)).sse[0] for k in counts])
trained = optimized(x, y, widths, epochs=epochs, seeds=parameters.seeds(seeds), batch=batch)

# %% tags=["hide-input", "float-luck"]
figure, axis = figures.panels(1, 1, 3.4)
axis.plot(counts, best[2:], color=figures.GREY, linestyle="-", label="dynamic programming")
axis.plot(counts, merged, color=figures.GREY, linestyle=":", label="greedy merging")
middle = trained.median("seed")
for colour, mark, name in zip(figures.LIGHT, "os^", trained["optimizer"].values):
    own = middle.sel(optimizer=name)
    look = {"color": colour, "marker": mark, "linestyle": "--", "label": str(name)}
    axis.plot(own.pieces, own.loss, **look)
axis.set(xscale="log", yscale="log", xlabel="linear pieces", ylabel="sum of squared errors")
axis.legend(fontsize=9)
figures.show(
    figure,
    "fig-surface-pieces",
    caption="Trained networks use many pieces for what dynamic programming does with few. Squared "
    "error on a parabola against pieces; networks: medians over seeds, at the learning rate of "
    "least median loss (the paper's figure 1, left).",
    alt="Two close lines fall steeply, for dynamic programming and greedy merging. Above them, "
    "three dashed curves for Adam, gradient descent and batch normalization fall slowly or not.",
)

# %% [markdown]
# ```{admonition} What this page settles
# :class: tip
# The best fits are found exactly and at once; networks of {glue:text}`surface_widest` units need
# {glue:text}`surface_least_factor` to {glue:text}`surface_most_factor` times the pieces
# for the same error.
#
# Functions that fit each piece by least squares are critical points ({prf:ref}`thm-surface-ols`),
# even local minima, but not the only ones. With many units every data point is alone in its piece
# with a probability that the paper prints as the complement of a bound on it
# ({prf:ref}`thm-surface-lonely`).
# ```
#
# ## Critical points
#
# The loss is $\frac12\sum_n\hat e_n^2$ with $\hat e_n=\hat f(x_n)-y_n$ and
# $\hat f(x)=\sum_i\mu_i(x-\beta_i)$ $[\,i\text{ is on at }x\,]$.
#
# ```{prf:theorem} Theorem 3 of the paper
# :label: thm-surface-ols
# Let no data point be on a breakpoint. If $\hat f$ is an ordinary least squares fit of the data in
# each piece, $(\beta,\mu,s)$ is a critical point of the loss, and a local minimum.
# Every critical point in $(\beta,\mu)$ is one in the weights,
# whichever weights have these breakpoints, delta-slopes and orientations.
# ```
#
# *Proof.* $\partial\ell/\partial\mu_i=\sum_{\text{on}}\hat e_n(x_n-\beta_i)$ and
# $\partial\ell/\partial\beta_i=-\mu_i\sum_{\text{on}}\hat e_n$. Where $i$ is on are whole pieces,
# on each of which $\sum\hat e_n=\sum\hat e_nx_n=0$. Nearby breakpoints divide the data alike,
# and no line on a piece does better. The second part is the chain rule,
# $\nabla_{w,b,v}\,\ell=J^\top\nabla_{\beta,\mu}\,\ell$. $\square$ SymPy has the Jacobian of a unit:

# %%
w, b, v = sp.symbols("w b v", nonzero=True)
jacobian = sp.Matrix([-b / w, w * v]).jacobian([w, b, v])
minors = [jacobian.extract([0, 1], list(pair)).det() for pair in combinations(range(3), 2)]
chain_rule = bool(sp.simplify(minors[2]) == -1)
sp.Eq(sp.MatrixSymbol("J", 2, 3), jacobian)

# %% [markdown]
# The minor of $b$ and $v$ is $-1$, so $J$ has rank 2: the two kinds of critical points are the same.
# The paper's proof ends with the first part. Now exactly, for all continuous functions that are
# least squares lines on four pieces of some rational data. Their two outer slopes are free, and
# (1) has no linear part, so two units that bend left of all data are added.


# %%
def gradients(x, y, beta, mu):
    """Of the loss by breakpoints and delta-slopes, all units facing right."""
    on, distance = x[:, None] > beta, x[:, None] - beta
    miss = (mu * distance * on).sum(1) - y
    return -mu * (miss[:, None] * on).sum(0), (miss[:, None] * on * distance).sum(0)


def with_two_more(fit, before):
    """Breakpoints and delta-slopes of a network that is this function right of `before`."""
    slope, height = fit.left, fit.values[0] - fit.left * fit.knots[0]
    first, second = before, before - 1
    mu = height + slope * first
    return np.array([first, second, *fit.knots]), np.array([slope - mu, mu, *fit.delta_slopes])


data = np.array([Fraction(k) for k in range(-6, 7)], object)
heights = np.array([abs(k) ** 3 % 11 + k**2 for k in data], object)
fits = [*cn.critical_fits(data, heights, 3), *cn.critical_fits(data, heights, 2)]
nets = [with_two_more(fit, data[0] - 1) for fit in fits]
slopes = [np.concatenate(gradients(data, heights, *net)) for net in nets]
critical = bool(fits) and not any(map(np.any, slopes))

# %%
claims.decide(
    "F-thm3",
    holds=critical and chain_rule,
    errata=claims.erratum(
        "section 5.6, proof of Theorem 3",
        printed="The proof ends with the first sentence of the theorem.",
        correct="The second one is the chain rule: $\\nabla_{w,b,v}\\,\\ell=J^\\top"
        "\\nabla_{\\beta,\\mu}\\,\\ell$, with $J$ of full rank for $w\\ne0$.",
        kind="gap in a proof",
        part="proof",
        shown=chain_rule,
    ),
    numbers={"functions with gradient 0, exactly": len(fits)},
    note="Exactly, at every such function of some rational data. No data point may be on a "
    "breakpoint: there the loss has no derivative.",
    failure="A gradient is not 0.",
)

# %% [markdown]
# ## How many
#
# Partitions of $N$ points by $H$ breakpoints into $H+1$ pieces, empty ones included,
# are as many as the ways to put $N$ points and $H$ breakpoints in a row:

# %%
small = [(N, H) for N in range(1, 5) for H in range(1, 6)]
rows = {pair: set(product(range(pair[1] + 1), repeat=pair[0])) for pair in small}
ordered = {pair: [r for r in found if list(r) == sorted(r)] for pair, found in rows.items()}
lonely = {pair: [r for r in found if len(set(r)) == pair[0]] for pair, found in ordered.items()}
as_counted = all(len(ordered[N, H]) == comb(N + H, H) for N, H in small)
as_binomial = all(len(lonely[N, H]) == comb(H + 1, N) for N, H in small)

# %% [markdown]
# The paper counts only the continuous solutions among them. This leaves critical points out:
# two points $(0,1)$, $(1,2)$ and one unit that faces right with $0<\beta<1$ and
# $\mu=\frac2{1-\beta}$. It fits the second point, and the first is out of its reach.

# %%
two, values = np.array([Fraction(0), Fraction(1)]), np.array([Fraction(1), Fraction(2)])
others = []
for place in (Fraction(1, 5), Fraction(2, 5), Fraction(3, 4)):
    unit = np.array([place]), np.array([2 / (1 - place)])
    others.append(not np.any(gradients(two, values, *unit)))

sizes = [N for N in (12, 20, 30, 40, 60, 80) if most >= N]
grids = {N: np.array([Fraction(2 * k - N + 1, N - 1) for k in range(N)]) for N in sizes}
sines = {
    N: np.array([Fraction(round(10**6 * np.sin(np.pi * float(k))), 10**6) for k in grid])
    for N, grid in grids.items()
}
found = {N: cn.critical_counts(grids[N], sines[N], 6) for N in sizes}
fewer = all(found[N][H] < comb(N + H, H) for N in sizes for H in range(1, 7))

# %%
claims.decide(
    "F-critical-count",
    holds=as_counted and fewer and not any(others),
    corrected=as_counted and fewer and critical and all(others),
    correction="The continuous least squares solutions are critical points, even local minima, so "
    "their number bounds that of critical points from below. There are others, and they can fill a "
    "continuum; that only a lower bound is claimed leaves the conclusion as it is. A function with "
    "$H$ breakpoints among the data may need two units more.",
    kind="mathematical",
    part="text",
    numbers={"partitions counted": sum(map(len, ordered.values()))},
    note="Partitions by enumeration, continuous solutions exactly.",
    failure="A count is another one.",
)

# %% [markdown]
# {numref}`fig-surface-counts` counts them exactly, for $\sin\pi x$ at evenly spaced points:
# functions with every breakpoint strictly between two neighbouring points, at least two points in
# each piece, and lines that differ. All are local minima. By dynamic programming over
# the last piece this takes a time that grows as $N^3H$; the number itself may be exponential.
#
# The paper's simulation "suggests" growth that is at least polynomial in $N$ and $H$. We call it
# found if, from 20 points on, the counts at 4 and at 6 breakpoints grow like a positive power of
# $N$ (the slope of a line through the logarithms), and the counts at the largest $N$ rise with
# every breakpoint up to 6.

# %% tags=["hide-input"]
figure, axes = figures.panels(1, 2, 2.8)
for H, colour, mark in zip((2, 4, 6), figures.LIGHT, "os^"):
    shown = [found[N][H] or np.nan for N in sizes]
    axes[0].plot(sizes, shown, marker=mark, markersize=4, color=colour, label=f"$H={H}$")
for N, colour, mark in zip(sizes[-1:], figures.LIGHT[3:], "D"):
    axes[1].plot(range(7), found[N], marker=mark, markersize=4, color=colour, label=f"$N={N}$")
axes[0].set(xscale="log", yscale="log", xlabel="points $N$", ylabel="local minima")
axes[0].set_xticks(sizes, [str(N) for N in sizes])
axes[0].minorticks_off()
axes[1].set(yscale="log", xlabel="breakpoints $H$")
for axis in axes:
    axis.legend(fontsize=9)
figures.show(
    figure,
    "fig-surface-counts",
    caption="With 4 and 6 breakpoints continuous least squares solutions grow in number with the "
    "points, and faster with the breakpoints; with 2 they do not (the paper's figure 7, "
    "counted exactly).",
    alt="Left, counts against points on logarithmic scales, rising for six and four breakpoints "
    "and level for two; right, counts against breakpoints, rising along a line on a "
    "logarithmic scale.",
)

# %%
many = [N for N in sizes if N >= 20]
logs = np.log([[found[N][H] or np.nan for N in many] for H in (4, 6)])
line = np.polynomial.polynomial.polyfit
exponents = line(np.log(many), logs.T, 1)[1] if len(many) > 1 else np.zeros(2)
by_breakpoints = np.diff(found[sizes[-1]][1:])
listed = lambda counts: ", ".join(map(str, counts))
claims.decide(
    "F-fig7",
    holds=bool(min(exponents) > 0 and (by_breakpoints > 0).all()),
    numbers={
        "powers of N at 4 and at 6 breakpoints": " and ".join(f"{e:.1f}" for e in exponents),
        f"counts at {sizes[-1]} points, 1 to 6 breakpoints": listed(found[sizes[-1]][1:]),
        f"counts at 2 breakpoints, {listed(sizes)} points": listed(found[N][2] for N in sizes),
    },
    note="By an exact count for $\\sin\\pi x$ at evenly spaced points, with 4 and 6 breakpoints; "
    "with 2 the count rises and falls again.",
    failure="The counts at these sizes do not grow so.",
)

# %% [markdown]
# ## Every point alone
#
# ```{prf:theorem} Theorem 4 of the paper, repaired
# :label: thm-surface-lonely
# Let no data point be on a breakpoint.
# 1. If $N\le H$, for every lonely partition orientations can be chosen so that for any data
#    delta-slopes with zero loss exist: a continuous solution, and a global minimum.
#    With given orientations they exist for all data if and only if the matrix
#    $(x_n-\beta_i)\,[\,i\text{ is on at }x_n]$ has rank $N$.
# 2. If the points fall independently and uniformly into $H+1$ pieces of one length,
#    the partition is lonely with probability
#    $P=\prod_{k<N}\bigl(1-\frac k{H+1}\bigr)$ $\ge1-\frac{N(N-1)}{2(H+1)}$. For $H=\alpha N^2$ it
#    tends to $e^{-1/(2\alpha)}$.
# ```
#
# *Proof.* (1) Zero loss is a linear system for $\mu$. If the leftmost piece is empty, let all
# units face right: those just left of the points give a triangular matrix. If the rightmost is
# empty, mirror. If neither, some gap between points has two breakpoints: face left up to the first
# of them, right from the second. (2) The next point must miss the pieces that are taken.
# $\square$


# %%
def facing(cells, H):
    """Orientations for points in these pieces; piece k is left of breakpoint k."""
    if cells[0] > 0:
        return [1] * H
    if cells[-1] < H:
        return [-1] * H
    gap = next(cell for cell, after in zip(cells, cells[1:]) if after - cell >= 2)
    return [-1 if k <= gap else 1 for k in range(H)]


def rank(cells, faces):
    """Of the system, with breakpoint k at k + 1 and points in the middle of their pieces."""
    at = [cell + sp.Rational(1, 2) for cell in cells]
    row = lambda t: [max(s * (t - k - 1), 0) for k, s in enumerate(faces)]
    return sp.Matrix([row(t) for t in at]).rank()


cases = [(cells, N, H) for (N, H), all_of in lonely.items() if N < H for cells in all_of]
solvable = all(rank(cells, facing(cells, H)) == N for cells, N, H in cases)
lost = rank([0], [1, 1]) == 0
claims.decide(
    "F-thm4a",
    holds=solvable and not lost,
    corrected=solvable and lost,
    correction="Orientations can be chosen so that this is so, already for $H\\ge N$. With given "
    "ones it needs $(x_n-\\beta_i)\\,[\\,i\\text{ is on at }x_n]$ of rank $N$: a sum of $H$ units "
    "has no linear part, and $N=1$, $x=0$, two units facing right at 1 and 2 give $\\hat f(0)=0$. "
    "The paper's proof gives each piece two free numbers, and does not show that the units have "
    "them.",
    kind="gap in a proof",
    part="proof",
    numbers={"lonely partitions with a solution, exactly": len(cases)},
    failure="Some lonely partition has no solution.",
)


# %% [markdown]
# The probability, exactly by enumeration of all ways to place a few points, and by
# {glue:text}`surface_draws` random placements of ten points among a thousand breakpoints:


# %%
def alone(N, H):
    return prod(1 - Fraction(k, H + 1) for k in range(N))


enumerated = all(
    alone(N, H) == Fraction(sum(len(set(r)) == N for r in rows[N, H]), len(rows[N, H]))
    for N, H in small
)
draws, N, H = 20_000, 10, 1000
cells = np.sort(np.random.default_rng(0).integers(0, H + 1, (draws, N)), axis=1)
hits = int((np.diff(cells, axis=1) > 0).all(axis=1).sum())
low, high = binomtest(hits, draws).proportion_ci(0.9999)
words.glue("surface", draws=f"{draws:,}")
n, alpha = sp.symbols("n alpha", positive=True)
limit = sp.limit(-n * (n - 1) / (2 * (alpha * n**2 + 1)), n, sp.oo)  # of log P, the first term
tables.table(
    [
        [
            f"${N}$",
            f"${H}$",
            *(f"{float(p):.4f}" for p in (alone(N, H), 1 - exp(-(N**2) / (H + 1)))),
        ]
        for N, H in ((10, 110), (10, 1000), (10, 10_000), (30, 9000))
    ],
    ["$N$", "$H$", "lonely", "printed"],
)

# %%
printed_right = low <= 1 - exp(-(N**2) / (H + 1)) <= high
pairs = [(N, round(a * N**2)) for N in (2, 5, 10, 30) for a in (1.1, 2, 10, 100)]
bounds = all(exp(-(N**2) / (H + 1)) <= alone(N, H) for N, H in pairs)
unions = all(1 - Fraction(N * (N - 1), 2 * (H + 1)) <= alone(N, H) for N, H in pairs)
near = sp.simplify(limit + 1 / (2 * alpha)) == 0
claims.decide(
    "F-thm4b",
    holds=printed_right and as_binomial,
    corrected=bool(enumerated and low <= alone(10, 1000) <= high and bounds and unions and near)
    and as_binomial,
    correction="The partition is lonely with probability "
    "$\\prod_{k<N}\\bigl(1-\\frac k{H+1}\\bigr)\\ge e^{-N^2/(H+1)}\\ge e^{-1/\\alpha}$, near "
    "$e^{-1/(2\\alpha)}$ for $H=\\alpha N^2$; this is high if $\\alpha$ is large. The printed "
    "number falls to 0 as $\\alpha$ grows. The count stands, with $H=\\alpha N^2$.",
    kind="mathematical",
    part="formula",
    numbers={
        "10 points, 1,000 breakpoints": f"{float(alone(10, 1000)):.4f}",
        "drawn": f"{low:.4f} to {high:.4f}",
        "printed": f"{1 - exp(-100 / 1001):.4f}",
    },
    note="Exactly for few points, by random placements for ten.",
    failure="The product is not the probability.",
)

# %% [markdown]
# ## Networks beside the best fits
#
# The data are {glue:text}`surface_points` points of $x^2/2$ on $[-2,2]$. Dynamic programming gives
# the best lines on runs of points, which need not meet, so it is a lower bound for every network
# of as many pieces. Greedy merging {cite}`acharya2016` starts with all points alone, and merges
# pairs of neighbours but for the $q$ of largest error: with $2q+1$ pieces its error is at most
# $\frac{q+1}{q+2-k}$ times the best with $k\le q+1$ (`cn.merging_factor`).
#
# The paper gives no rates, epochs or batches. Here are {glue:text}`surface_epochs` epochs, batches
# of {glue:text}`surface_batch`, PyTorch's default start; of three learning rates the one of least
# median loss is taken, for each optimizer and width. *Pieces* of a network are those on $[-2,2]$.
# The rules:
#
# | claim | holds, if |
# |:--|:--|
# | figure 1 | at every width every optimizer uses at least $\sqrt{10}$ times the pieces that dynamic programming needs for as small an error; with a correction, if so at the largest width; and merging with 100 pieces has no larger error than the best 80 |
# | order | the median losses are in the printed order at every width |


# %% tags=["float-luck"]
def needed(loss):
    """Pieces that dynamic programming needs for as small an error."""
    return int(np.argmax(best <= loss)) + 1 if best[-1] <= loss else upto


names = [str(name) for name in trained["optimizer"].values]
factors = np.array(
    [
        [
            float(own.pieces) / needed(float(own.loss))
            for own in (middle.sel(optimizer=name, width=width) for width in widths)
        ]
        for name in names
    ]
)
lines = [
    [
        f"{name}, {width}",
        f"{float(own.pieces):.0f}",
        words.power(float(own.loss)),
        needed(float(own.loss)),
        words.two_digits(factor),
    ]
    for name, row in zip(names, factors)
    for width, factor in zip(widths, row)
    for own in [middle.sel(optimizer=name, width=width)]
]
words.glue(
    "surface", words.two_digits, least_factor=factors[:, -1].min(), most_factor=factors[:, -1].max()
)
words.glue("surface", points=points, epochs=epochs, batch=batch, widest=widths[-1])
tables.table(lines, ["optimizer, units", "pieces", "error", "best needs", "factor"])

# %% tags=["float-luck"]
merges = bool(upto < 100 or merged[-1] <= best[79])
enough = float(np.sqrt(10))
claims.decide(
    "F-fig1",
    holds=bool(factors.min() >= enough) and merges,
    corrected=bool(factors[:, -1].min() >= enough) and merges,
    correction="The factor grows with the width: it is an order of magnitude for the widest "
    "networks, and less for narrow ones, which use their few pieces better.",
    numbers={
        f"factors at {width} units": ", ".join(
            f"{words.two_digits(f)} ({name})" for f, name in zip(column, names)
        )
        for width, column in zip(widths, factors.T)
    },
    note="Under the conditions above, which the paper leaves open.",
    failure="Under these conditions some optimizer needs fewer than that.",
)

# %% tags=["float-luck"]
medians = middle.loss.sel(optimizer=["Adam", "SGD with batch norm", "gradient descent"]).values
adam, normalized, plain = medians
claims.decide(
    "F-optimizers",
    holds=bool((adam < normalized).all() and (normalized < plain).all()),
    corrected=bool((adam < plain).all() and (plain < normalized).all()),
    correction="Adam is better than both others. Of these, under the conditions tried, plain "
    "gradient descent is the better one; the paper's rates, epochs and batches are not known, and "
    "with them the order may be as printed.",
    numbers={
        name: ", ".join(map(words.power, row))
        for name, row in zip(("Adam", "SGD with batch norm", "gradient descent"), medians)
    },
    note=f"At {', '.join(map(str, widths))} units, medians over seeds.",
    failure="Under the conditions tried the order is another one, and changes with the width.",
)

# %% [markdown]
# With one input, normalizing $w_ix+b_i$ over a batch leaves $\pm(x-\bar x)/\sigma$:
# the bias drops out, and all breakpoints start at the batch's mean. They spread by training only,
# and the mean of a batch moves all of them at once.
#
# ## What to take away
#
# The distance between what a network reaches and what its pieces allow can be measured, because
# the best is computable. Critical points in function space are many and exactly countable;
# those counted are all local minima. Alone in their pieces, points can be fitted,
# if the units that are on have the rank for it.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# ```{rerun} -p largest 80 -p epochs 300
# ```
