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
# # Global moves
#
# {cite:t}`functionspace2020` find that breakpoints get trapped, and end with a question: can there
# be algorithms that make "global moves in the BDSO parameterization", of breakpoints and
# delta-slopes? A trainer that takes each breakpoint out, and puts it back where it helps most,
# comes near the best broken line from the starts where gradient descent does not.

# %% tags=["parameters"]
units: int = 21  # neurons of a network, at least 2 and at most 40
points: int = 401  # evenly spaced data points, at least 50
starts: int = 20  # networks for each curve, at least 1
epochs: int = 10000  # of Adam and gradient descent, at least 1
few: int = 5  # networks for each curve after the first figures, at least 1
seed: int = 0  # of all starts, at least 0
extra: str = "none"  # one more curve on -2 to 2, a formula or none

# %% tags=["hide-input"]
from fractions import Fraction
from itertools import pairwise

import numpy as np
import sympy as sp
import xarray as xr

import compnet_lib as cn
from compnet_book import figures, tables, words
from compnet_book.symbolic import vanishes
from compnet_lib.experiments import CURVES, broken_lines, moves_beside, space_curves

figures.use_style()
words.glue("global", ",", units=units, points=points, starts=starts, epochs=epochs)
words.glue("global", bends=units - 1, few=few)
LOOK = dict(zip(("global moves", "Adam", "gradient descent"), zip(figures.LIGHT, "os^")))
FLOOR = 1e-16

# %% tags=["float-luck"]
x = np.linspace(-2, 2, points)
curves = [*space_curves(1, extra), space_curves(3)[2]]
runs = moves_beside(curves, x, units, starts=starts, epochs=epochs, seed=seed)

# %% tags=["hide-input", "float-luck"]
figure, axes = figures.panels(1, len(curves), 3.2, squeeze=False)
names = ["global\nmoves", "Adam", "gradient\ndescent"]
spread = np.linspace(-0.22, 0.22, starts) if starts > 1 else np.zeros(1)
for axis, curve in zip(axes[0], runs.curve.values):
    own = runs.sel(curve=curve)
    best = max(float(own.continuous), FLOOR)
    axis.axhline(best, color=figures.GREY, linestyle="--", linewidth=1.2, label="best broken line")
    for place, way in enumerate(runs.way.values):
        losses = np.maximum(np.sort(own.loss.sel(way=way)), FLOOR)
        colour, mark = LOOK[way]
        axis.plot(place + spread, losses, mark, color=colour, markersize=3, alpha=0.7)
        axis.plot(place, np.median(losses), "_", color=colour, markersize=26, markeredgewidth=2)
    axis.set(yscale="log", title=curve, xlim=(-0.5, 2.5))
    axis.set_xticks(range(3), names, fontsize=8)
axes[0, 0].set_ylabel("sum of squared errors")
figures.legend(figure, axes[0, 0], "lower", 1)
figures.show(
    figure,
    "fig-global-ends",
    caption="Global moves end near the best continuous broken line with as many pieces, Adam and "
    "gradient descent far above it. The same PyTorch-default starts for all, sorted; long ticks "
    "are medians; the vertical scales differ, and what is below $10^{-16}$ is drawn there.",
    alt="Panels for the curves with three groups of dots on a logarithmic axis. The dots of global "
    "moves lie on or just above a dashed line, those of Adam up to many orders of magnitude "
    "higher, from about eight times on, those of gradient descent higher still.",
)

# %% [markdown]
# ```{admonition} What this page finds
# :class: tip
# With the other breakpoints fixed, the best place of one on the whole line is known in closed form
# ({prf:ref}`thm-best-place`). A trainer that moves them so has a loss that never rises, and if a
# round lowers nothing, no single breakpoint can be moved with a gain ({prf:ref}`thm-moves-rest`).
#
# From {glue:text}`global_starts` default starts the median squared error on the sine is
# {glue:text}`global_sine_moves` times that of the best continuous line with as many pieces, where
# Adam has {glue:text}`global_sine_adam` and gradient descent {glue:text}`global_sine_gd`.
# It is no global optimizer: there are data on which two breakpoints would have to move at once.
# ```
#
# ## The best place of one bend
#
# A network with one hidden layer of $H+1$ units can be any continuous piecewise linear function
# with $H$ *bends*, breakpoints where the slope changes. Given the bends, delta-slopes are a linear
# least squares problem. So only places have to be searched, and this is easy for one at a time,
# anywhere on the line:
#
# ```{prf:theorem} The best place of one bend
# :label: thm-best-place
# Let $x_1<\dots<x_N$ be the points and $V$ the values there of $1$, $x$ and some hinges; $r$ is
# what the best fit of the data in $V$ leaves, and $P$ the projection onto the complement of $V$.
# In the gap $[x_n,x_{n+1}]$ a hinge $(x-t)_+$ is $a-tb$ at the points, where $a_m=x_m$ and $b_m=1$
# for $m>n$, and 0 else. With
#
# $$p=\langle r,a\rangle,\quad q=\langle r,b\rangle,$$
#
# $$A=|Pa|^2,\quad B=\langle Pa,Pb\rangle,\quad C=|Pb|^2:$$
#
# 1. The hinge lowers the least sum of squares by
#    $G(t)=\dfrac{(p-tq)^2}{A-2tB+t^2C}$, and by 0 where the denominator is 0.
# 2. In the gap $G$ is largest at an end or at
#    $t^*=\dfrac{qA-pB}{qB-pC}$, if that is in the gap.
# 3. If $AC\ne B^2$ and $qB\ne pC$, $G(t^*)$ is what $a$ and $b$ gain together: if $t^*$ is in the
#    gap, a bend there does as much as a bend and a jump.
# ```
#
# *Proof.* (1) A column $h$ adds $\langle r,h\rangle^2/|Ph|^2$, as $r=Pr$. (2) SymPy has the
# derivative:

# %%
p, q, A, B, C, t = sp.symbols("p q A B C t", real=True)
square = A - 2 * t * B + t**2 * C
gain = (p - t * q) ** 2 / square
rise = 2 * (p - t * q) * (t * (q * B - p * C) - (q * A - p * B)) / square**2
assert vanishes(sp.diff(gain, t) - rise)
place = (q * A - p * B) / (q * B - p * C)
together = (sp.Matrix([[p, q]]) * sp.Matrix([[A, B], [B, C]]).inv() * sp.Matrix([p, q]))[0]
assert vanishes(gain.subs(t, place) - together)
sp.Eq(sp.Derivative(sp.Symbol("G"), t), rise)

# %% [markdown]
# The zero at $t=p/q$ is one of $G$, its minimum; the other one is $t^*$. If $AC=B^2$, then $Pa$
# and $Pb$ are multiples of one vector, $G$ is constant but for one place, and an end will do.
# Outside of $(x_1,x_N)$ a hinge is a line. (3) is the second assertion: among the multiples of
# $a-tb$ is the projection of $r$ on the span of $Pa$ and $Pb$. $\square$
#
# All gaps of $N$ points are gone through in $O(NH)$ operations, with running sums from the right.
# In rational numbers the theorem is a few lines:


# %%
def without(columns, v):
    """v less its projections on orthogonal columns."""
    for column in columns:
        v = v - (v @ column) / (column @ column) * column
    return v


def best_move(x, y, others):
    """The least sum of squares with one bend more, where that is, and what is left without it."""
    columns = []
    for column in (x**0, x, *(np.maximum(x - t, Fraction(0)) for t in others)):
        rest = without(columns, column)
        columns += [rest] if rest.any() else []
    r, found = without(columns, y), []
    for low, high in pairwise(x):
        b = np.array([Fraction(value >= high) for value in x], object)
        p, q = r @ (x * b), r @ b
        a, b = without(columns, x * b), without(columns, b)
        A, B, C = a @ a, a @ b, b @ b
        inner = [(q * A - p * B) / (q * B - p * C)] if q * B != p * C else []
        for t in (low, high, *inner):
            size = A - 2 * t * B + t * t * C
            if low <= t <= high and size:
                found.append(((p - t * q) ** 2 / size, t))
    most, place = max(found)
    return r @ r - most, place, r


# %% [markdown]
# ## Moves that alternate with gradient steps
#
# A round of `cn.global_moves` makes 100 steps of Adam on all weights, leaves out the bends that
# cost least until there are $H$, and drops all this if it is not better than before. Then each bend
# in turn is taken out, and put back at its best place if that is better than the old one.
# A network is finished after the first round that lowers its loss by no more than the share
# $\sigma$, by default $10^{-6}$.
#
# ```{prf:theorem} What global moves guarantee
# :label: thm-moves-rest
# Let $S_k$ be the sum of squares after round $k$, in exact arithmetic.
# 1. $S_k\le S_{k-1}$, and $S_k<(1-\sigma)S_{k-1}$ unless round $k$ is the last. If $\sigma>0$ and
#    lines on $H+1$ runs of points that need not meet have a least sum $S^*>0$, there are at most
#    $1+\frac1\sigma\ln\frac{S_0}{S^*}$ rounds.
# 2. If $S_k=S_{k-1}$, no single bend can be moved to any place with a gain, whichever delta-slopes
#    go with it.
# 3. Let then no hinge be a sum of $1$, $x$ and the others at the points. If a bend with a
#    delta-slope other than 0 is strictly between two points, the errors at the points beyond it
#    add up to 0. If all bends are so, the function is a least squares line on each piece,
#    a critical point as in {prf:ref}`thm-surface-ols`.
# ```
#
# *Proof.* (1) Both halves of a round keep what they had unless something better is found. All
# $S_k$ are at least $S^*$, a factor below $1-\sigma\le e^{-\sigma}$ comes in with every round but
# the last. (2) In that round the gradient steps were dropped and no bend was moved, as either
# would have lowered the sum. So for each bend, the others being where they are, all places were
# compared, by {prf:ref}`thm-best-place`. Only a bend without any gain may have been left out; this
# makes the lines fewer, and gives the others no new gain. (3) $G$ has a maximum inside the gap, so
# the derivative of the sum there, $-2\mu\sum_{\text{beyond}}\hat e_n$, is 0. With
# $\sum_{\text{beyond}}\hat e_n(x_n-t)=0$, from least squares, for all bends, both sums vanish on
# every piece. $\square$
#
# For $\sigma>0$ it says of the last round only that no bend could gain more than this share when
# its turn came. Nothing is said about the global optimum. In floating point, gains below
# $10^{-14}$ of the squares of the data do not count.
#
# ## Beside gradient descent and the best lines
#
# {glue:text}`global_units` units, {glue:text}`global_points` points on $[-2,2]$, sums of squares.
# Adam and gradient descent have {glue:text}`global_epochs` epochs in float32, and of three learning
# rates the best one in the median at the end, which also counts where less work is compared;
# of each training the least of 200 records counts.
# Their networks may have {glue:text}`global_units` bends, those of global moves
# {glue:text}`global_bends`, as many as the broken lines.
#
# - *Best continuous*: `cn.continuous_regression` from several starts, moves of one bend and joint
#   Gauss–Newton steps. It is a local search, too. What it finds is held against a bound:
# - *Lower bound*: dynamic programming, the optimum of lines that need not meet. On the sine and the
#   quadratic the continuous fit is at most {glue:text}`global_above` above it, so it is the optimum
#   up to that.
#
# **The rule.** Global moves come *near the best* on a curve if the median of their starts is at
# most
# 1.5 times the best continuous line's; on the sawtooth, which is such a line, if it is at most
# $10^{-10}$.
#
# *Equal work* is an equal number of multiplications and additions, so that it does not depend on a
# machine: for trainings those of the matrix products, for global moves those of making columns
# orthogonal, counted from above, and of their gradient steps; smaller terms are left out.

# %% tags=["float-luck"]
middle = runs.median("model")
spent = middle.operations.sel(way="global moves")
rows = []
for curve in runs.curve.values:
    own = middle.sel(curve=curve)
    pair = [
        value.sel(way=way)
        for way in ("Adam", "gradient descent")
        for value in (own.equal, own.loss)
    ]
    numbers = [own.apart, own.continuous, own.loss.sel(way="global moves"), *pair]
    rows.append([curve, *(words.power(float(number)) for number in numbers)])
titles = ["median sum of squares", "lower bound", "best continuous", "global moves"]
titles += ["Adam, equal work", "Adam, all epochs", "descent, equal work", "descent, all epochs"]
tables.table(rows, titles)

# %% tags=["hide-input", "float-luck"]
factor = middle.loss / middle.continuous
ratio = middle.equal / middle.continuous
for curve in ("sine", "quadratic"):
    own, then = factor.sel(curve=curve), ratio.sel(curve=curve)
    words.glue(f"global_{curve}", ".2f", moves=own.sel(way="global moves"))
    for name, way in {"adam": "Adam", "gd": "gradient descent"}.items():
        words.glue(f"global_{curve}", words.two_digits, **{name: own.sel(way=way)})
        words.glue(f"global_{curve}_then", words.two_digits, **{name: then.sel(way=way)})
exact = middle.loss.sel(way="global moves", curve="sawtooth")
both = factor.sel(way="global moves", curve=["sine", "quadratic"])
near = int((both <= 1.5).sum()) + int(exact <= 1e-10)
words.glue("global", near=f"{near} of 3")
above = (runs.continuous / runs.apart - 1).sel(curve=["sine", "quadratic"]).max()
words.glue("global", above=f"{float(above):.2%}")
epochs_of = spent / (runs.operations.sel(way="Adam").isel(model=0) / epochs)
words.glue("global", lambda found: words.between(found, words.two_digits), worth=epochs_of)
clock = runs.seconds.sel(way="global moves") / runs.seconds.sel(way="Adam")
words.glue("global", lambda found: words.between(found, ".1f"), clock=clock)
moved = runs.reached.sel(way="global moves")
assert float(moved.diff("work").max()) <= 1e-12 * float(moved.max())

# %% [markdown]
# Global moves come near the best on {glue:text}`global_near` of the paper's curves:
# {glue:text}`global_sine_moves` times the best continuous line on the sine,
# {glue:text}`global_quadratic_moves` times on the quadratic. Adam ends at
# {glue:text}`global_sine_adam` and {glue:text}`global_quadratic_adam` times,
# gradient descent at {glue:text}`global_sine_gd` and {glue:text}`global_quadratic_gd` times.
# At equal work Adam is at {glue:text}`global_sine_then_adam` and
# {glue:text}`global_quadratic_then_adam`, descent at {glue:text}`global_sine_then_gd` and
# {glue:text}`global_quadratic_then_gd` times. The moves of a network cost as much as
# {glue:text}`global_worth` epochs, by curve. {numref}`fig-global-work` has all other amounts, too.

# %% tags=["hide-input", "float-luck"]
figure, axes = figures.panels(1, len(curves), 2.9, squeeze=False)
for axis, curve in zip(axes[0], runs.curve.values):
    own = middle.sel(curve=curve)
    best = max(float(own.continuous), FLOOR)
    axis.axhline(best, color=figures.GREY, linestyle=":", linewidth=1.2, label="best broken line")
    for (way, (colour, _)), dashes in zip(LOOK.items(), ("-", "--", "-.")):
        losses = own.reached.sel(way=way).clip(FLOOR)
        style = {"color": colour, "linestyle": dashes, "label": way}
        axis.plot(runs.work, losses, drawstyle="steps-post", **style)
    axis.set(xscale="log", yscale="log", title=curve)
axes[0, 0].set_ylabel("sum of squared errors")
figure.supxlabel("multiplications and additions for each network", fontsize="medium")
figures.legend(figure, axes[0, 0], "upper", 4)
figures.show(
    figure,
    "fig-global-work",
    caption="After the first rounds of moves no number of operations at hand is enough for the "
    "others to catch up. Medians over the starts; moves begin with the best line for the bends "
    "of the start.",
    alt="A panel for each curve, error against operations on logarithmic axes. The line of global "
    "moves falls in one or a few steps to the dotted line of the best; the dashed line of Adam and "
    "the dash-dotted one of gradient descent fall slowly and stay above.",
)

# %% [markdown]
# By the seconds of a machine's processors, which are not the same everywhere, the moves took
# {glue:text}`global_clock` times as long as all epochs of Adam, by curve: equal work is not equal
# time, and by the clock moves can be the slower ones.
# What was counted, and these seconds for all starts of a curve:

# %% tags=["hide-output", "float-luck"]
rows = []
for way in runs.way.values:
    for curve in runs.curve.values:
        own = middle.sel(way=way, curve=curve)
        rows.append([f"{way}, {curve}", words.power(float(own.operations))])
        rows[-1] += [f"{float(own.seconds):.1f}", f"{float(own.pieces):g}"]
tables.table(rows, ["", "operations of a network", "seconds", "pieces"])

# %% [markdown]
# ## Other widths, other curves
#
# Global moves and Adam, this one with a third of its epochs, from {glue:text}`global_few` starts
# at several widths, as multiples of the best continuous line's squared error; and global moves
# alone on the curves of {cite:t}`milkert2023`, and on three that are harder: a sine whose
# frequency grows, random steps (a random walk), and noise.

# %% tags=["float-luck"]
widths = sorted({4, 8, 16, min(32, points // 4)})
options = {"starts": few, "epochs": max(1, epochs // 3), "seed": seed}
ways = ["global moves", "Adam"]
sweep = [moves_beside(curves[:2], x, width, ways=ways, **options) for width in widths]
ratios = xr.concat([found.loss / found.continuous for found in sweep], "units")

# %% tags=["hide-input", "float-luck"]
figure, axes = figures.panels(1, 2, 2.7, sharey=True)
for axis, curve in zip(axes, ratios.curve.values):
    axis.axhline(1, color=figures.GREY, linestyle=":", linewidth=1.2)
    for way, dashes in zip(ways, ("-", "--")):
        low, middles, high = ratios.sel(curve=curve, way=way).quantile([0, 0.5, 1], "model")
        colour, mark = LOOK[way]
        look = {"color": colour, "marker": mark, "linestyle": dashes, "markersize": 4}
        axis.plot(widths, middles, label=way, **look)
        axis.fill_between(widths, low, high, color=colour, alpha=0.15, lw=0)
    axis.set(xscale="log", yscale="log", title=curve, xlabel="units")
    axis.set_xticks(widths, [str(width) for width in widths])
    axis.minorticks_off()
axes[0].set_ylabel("times the best broken line")
axes[0].legend(fontsize=9)
figures.show(
    figure,
    "fig-global-units",
    caption="At every width global moves stay close to the best continuous line, and Adam does "
    "not, in a third of its epochs above. Squared errors; lines are medians, shaded is the range. "
    "Below 1 Adam has used the one "
    "bend that its networks may have more.",
    alt="Two panels, factor against units on logarithmic axes. A flat line near one for global "
    "moves; for Adam a line above it, up to tens or hundreds, in a wide band.",
)

# %% tags=["float-luck"]
rng = np.random.default_rng(seed)
drawn = {"random walk": rng.normal(size=401).cumsum() / 5, "noise": rng.normal(size=401)}
grid, shape = np.linspace(-2, 2, 401), {"interval": (-2, 2), "line": (0, 1)}
hard = [cn.Target.from_formula("sin(pi*(x+2)^2/2)", **shape)]
for name, values in drawn.items():
    hard.append(cn.Target(name, lambda x, v=values: np.interp(x, grid, v), **shape))
paper, unit = [cn.TARGETS[name] for name in CURVES], np.linspace(0, 1, points)
options = {"ways": ["global moves"], "starts": few, "seed": seed}
others = [moves_beside(paper, unit, units, **options), moves_beside(hard, x, units, **options)]
rows = []
for found in others:
    for curve in found.curve.values:
        own = found.sel(curve=curve, way="global moves")
        factors = own.loss / own.continuous
        bound = own.continuous / own.apart
        cells = [factors.median(), factors.max(), bound]
        rows.append([curve, *(f"{float(cell):.2f}" for cell in cells)])
titles = ["curve", "median factor", "worst start", "best continuous over lower bound"]
tables.table(rows, titles)

# %% tags=["hide-input", "float-luck"]
factors = [(found.loss / found.continuous).sel(way="global moves") for found in others]
words.glue("global_paper", ".2f", middle=factors[0].median("model").max())
hard_middle = factors[1].median("model")
words.glue("global_hard", ".2f", middle=hard_middle.max(), worst=factors[1].max())
words.glue("global_hard", near=f"{int((hard_middle <= 1.5).sum())} of {hard_middle.size}")

# %% [markdown]
# On the curves of {cite:t}`milkert2023` the median is at most {glue:text}`global_paper_middle`
# times the best. Of the harder ones they come near the best on {glue:text}`global_hard_near`: the
# largest median is {glue:text}`global_hard_middle`, and the worst start ends at
# {glue:text}`global_hard_worst` times. Where the last column is far from 1, there may be better
# continuous lines than the one found.
#
# ## Where it fails
#
# Eight points, $x=0,\dots,7$, on a broken line with bends at 1 and 4. Two other bends, at
# $\frac{14}5$ and $\frac{267}{71}$, are a trap, exactly:

# %%
eight = np.array([Fraction(k) for k in range(8)], object)
data = np.array([Fraction(v) for v in ("-2", "-1", "1/3", "5/3", "3", "4/3", "-1/3", "-2")], object)
trap = Fraction(14, 5), Fraction(267, 71)
first, second = (best_move(eight, data, [other])[:2] for other in trap[::-1])
assert first == (Fraction(1, 54), trap[0]) and second == (Fraction(1, 54), trap[1])
assert best_move(eight, data, [Fraction(1)])[:2] == (0, 4)

# %% [markdown]
# Whichever of the two is taken out, its own place is the best for it: the sum of squares stays
# $\frac1{54}$, while bends at 1 and 4 have the sum 0. Point 3 is alone between the two
# bends, so that the pieces left and right of it do as they like; both are least squares lines.
# It is one of the local minima of {prf:ref}`thm-surface-ols` that no single move leaves.
#
# How often does this happen? Random broken lines with {glue:text}`global_turns` bends, fitted with
# as many and with one or two more, in at most 20 rounds:

# %% tags=["float-luck"]
turns = max(1, min(16, units - 5))
lines = broken_lines(few, turns, seed)
options = {"ways": ["global moves"], "starts": few, "rounds": 20, "seed": seed}
ends = [moves_beside(lines, x, turns + 1 + more, **options) for more in range(3)]
rows = []
for more, found in enumerate(ends):
    found = found.loss.sel(way="global moves")
    share = float((found <= 1e-10).mean())
    rows.append([str(more), words.percent(share), words.power(float(found.max()), 0)])
tables.table(rows, ["bends more than needed", "starts that fit", "largest sum of squares"])

# %% tags=["hide-input", "float-luck"]
words.glue("global", turns=turns, least=rows[0][1], most=rows[-1][1])

# %% [markdown]
# *Fit* is a sum of at most $10^{-10}$, over {glue:text}`global_few` lines and as many starts.
# With no bend to spare {glue:text}`global_least` of the starts find the line, with two
# {glue:text}`global_most`.
#
# ## What to take away
#
# In one dimension, and with one hidden layer, the trap that the paper describes is one of places,
# not of slopes. A single breakpoint's best place is found exactly, at the price of a linear least
# squares problem, and moving one after the other is enough to come near the best on these curves.
# What is left are traps of two or more breakpoints. For deep networks a breakpoint belongs to
# several neurons, and none of this is claimed.
#
# ## Rerun this page
#
# ```{rerun} -p units 10 -p starts 5 -p epochs 3000
# ```
