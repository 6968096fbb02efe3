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
# # Triangle waves and $x^2$
#
# A triangle folds the interval $[0,1]$ onto itself. Fold it again and again,
# and the number of folds doubles each time: this is how depth can pay.
# That the folds can also be *useful* was seen in one curve first:
# a weighted sum of triangle waves is $x^2$, with an error that falls by four for every layer.
# The compositional networks of {cite:t}`milkert2023` are what becomes of this construction when the
# peaks of the triangles may move.
#
# ```{admonition} What this page settles
# :class: tip
# Every triangle doubles the number of pieces of a wave, and every wave divides the error of the
# classical approximation to $x^2$ by four.
#
# Equation (1) holds with its second sign corrected. A wave of $i+1$ triangles has $2^{i+1}$ pieces,
# whatever the peaks ({prf:ref}`prop-pieces`). The error of the approximation to $x^2$ is
# $4^{-n-1}$ exactly ({prf:ref}`thm-yarotsky`), checked in rational arithmetic up to
# {glue:text}`deepest` waves, and its derivative converges as well.
# ```

# %% tags=["parameters"]
depth: int = 10  # waves up to which errors are exact, at least 1 and at most 14
left_peak: float = 0.3  # peak of T_0 in the first figure, in (0, 1)
right_peak: float = 0.6  # peak of T_1 in the first figure, in (0, 1)

# %% tags=["hide-input"]
from fractions import Fraction
from itertools import pairwise

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import claims, figures, tables, words
from compnet_book.exact import chord_slopes, rational_peaks
from compnet_book.symbolic import vanishes

figures.use_style()
words.glue(deepest=depth)

# %% [markdown]
# ## The triangle and its slopes
#
# ```{prf:definition} Triangle function
# :label: def-triangle
# For a peak $a$ with $0<a<1$,
#
# $$T_a(x)=\begin{cases} x/a & 0\le x\le a\\ (1-x)/(1-a) & a\le x\le 1.\end{cases}$$
#
# ```
#
# Its slopes are equation (1) of the paper. SymPy differentiates the two sides:

# %%
x = sp.Symbol("x", real=True)
a = sp.Symbol("a", positive=True)
rising, falling = x / a, (1 - x) / (1 - a)
slopes = sp.Matrix([[sp.diff(rising, x), sp.simplify(sp.diff(falling, x))]])
sp.Eq(sp.MatrixSymbol("T'", 1, 2), slopes)

# %% [markdown]
# The second slope, as SymPy writes it, is $-1/(1-a)$. The paper prints $+1/(1-a_i)$,
# in equation (1) and again in section 7.2; its proofs use the right sign.

# %%
printed = sp.Matrix([[1 / a, 1 / (1 - a)]])
corrected = sp.Matrix([[1 / a, -1 / (1 - a)]])
at_ends = [side.subs({x: end, a: end}) for side, end in ((falling, 0), (rising, 1))]
degenerate = claims.erratum(
    "section 3, at the definition of $T_i$",
    printed=(
        "$0\\le a_i\\le1$, and the triangle has its peak at $x=a_i$ and both endpoints at $y=0$."
    ),
    correct="$0<a_i<1$: for $a_i=0$ or $1$ the triangle is 1 at that end.",
    kind="mathematical",
    part="text",
    shown=at_ends == [1, 1],
)
claims.decide(
    "C-eq1",
    holds=vanishes(slopes - printed),
    corrected=vanishes(slopes - corrected),
    correction=("The slope on $(a_i,1)$ is $-1/(1-a_i)$, here and where section 7.2 repeats (1)."),
    kind="typographical",
    part="formula",
    errata=degenerate,
    failure="The derivative of the triangle is neither the printed nor the corrected one.",
)

# %% [markdown]
# ## Composing them
#
# ```{prf:definition} Triangle wave
# :label: def-wave
# $W_i = T_{a_i}\circ T_{a_{i-1}}\circ\dots\circ T_{a_0}$ (equation 2).
# ```
#
# In {numref}`fig-composition` the left side of the second triangle is run through twice:
# once forwards, as the first triangle rises, and once backwards, as it falls.
# So the right half of $W_1$ shows $T_1$ mirrored.

# %% tags=["hide-input"]
grid = np.linspace(0, 1, 1001)
pair = [left_peak, right_peak]
drawn = [(r"$T_0$", [left_peak]), (r"$T_1$", [right_peak]), (r"$W_1=T_1\circ T_0$", pair)]
figure, axes = figures.panels(1, 3, 2.2, sharey=True)
for axis, (title, peaks), colour in zip(axes, drawn, figures.LIGHT):
    knots = cn.mesh(peaks)
    axis.plot(grid, cn.wave(grid, peaks), color=colour, linestyle="-")
    axis.plot(knots[1::2], np.ones(len(knots[1::2])), "o", color=colour)
    axis.plot(knots[::2], np.zeros(len(knots[::2])), "s", color=colour)
    axis.set(title=title, xlabel="$x$", xticks=[0, 0.5, 1], yticks=[0, 1])
figures.show(
    figure,
    "fig-composition",
    caption=(
        "Composition runs the second triangle forwards and then backwards: "
        "the right half of $W_1=T_1\\circ T_0$ mirrors it (the paper's figure "
        "7). Circles mark peaks, squares valleys; the peak of $T_0$ is a "
        "valley of $W_1$."
    ),
    alt=(
        "Three panels: a triangle with its peak left of the middle, one with "
        "its peak right of it, and their composition, two triangles of which "
        "the right one is the mirror image of the second."
    ),
)

# %% [markdown]
# It is the same at every level: on each segment of a wave the next wave is one copy of its
# triangle, run backwards where the segment falls,
# and the valleys of the next wave are the valleys and the peaks of this one.
# For the segments of $W_{-1}(x)=x$, $W_0$, $W_1$ and $W_2$, with rational peaks:

# %%
chosen = [
    Fraction(str(left_peak)),
    Fraction(str(right_peak)),
    Fraction(2, 7),
    Fraction(3, 5),
]
along = np.array([Fraction(k, 30) for k in range(31)])  # a segment
valleys = np.array([Fraction(0), Fraction(1)])
copies, alternate, unions = [], [], []
for level, peak in enumerate(chosen):
    for number, (left, right) in enumerate(pairwise(valleys)):
        found = cn.wave(left + (right - left) * along, chosen[: level + 1])
        segment = 1 - along if number % 2 else along
        copies.append(list(found) == list(cn.triangle(segment, peak)))
    bends = cn.mesh(chosen[: level + 1])
    heights = cn.wave(bends, chosen[: level + 1])
    alternate.append(list(heights) == [k % 2 for k in range(len(bends))])
    unions.append(set(bends[heights == 0]) == set(valleys))
    valleys = bends[(heights == 0) | (heights == 1)]  # of the next wave
claims.decide(
    "C-fig7",
    holds=all(copies) and all(alternate) and all(unions),
    note=(
        f"On each of the {len(copies)} segments of $W_{{-1}},\\dots,W_2$ the "
        "next wave is a copy of its triangle, mirrored where the slope is "
        "negative; peaks and valleys alternate, and $V_{i+1}=V_i\\cup P_i$. "
        "Rational peaks, exactly."
    ),
    failure="A copy, a peak or a valley is not where it should be.",
)

# %% [markdown]
# ```{prf:proposition} Pieces of a wave
# :label: prop-pieces
# $W_i$ has exactly $2^{i+1}$ linear pieces, and $2^i$ peaks.
# On each piece it runs from 0 to 1 or from 1 to 0. (Section 2.1 of the paper for equal triangles,
# and section 7.2 for all.)
# ```
#
# By induction: a piece of $W_{i-1}$ maps its interval *onto* $[0,1]$,
# so it takes the value $a_i$ exactly once, inside. There $T_i$ turns, and the piece becomes two,
# one on each side of the new peak. $\square$
#
# The proof also says where the new peak lies: a fraction $a_i$ of the way up.
# `cn.mesh` finds all bends in this way. For random rational peaks they are valleys and peaks in
# turn, exactly:

# %%
rng = np.random.default_rng(0)
for count in range(1, depth + 1):
    peaks = rational_peaks(rng, count)
    knots = cn.mesh(peaks)
    values = cn.wave(knots, peaks)
    assert len(knots) == 2**count + 1
    assert set(values[1::2]) == {1} and set(values[::2]) == {0}

# %% [markdown]
# The paper calls the peaks and valleys of $W_i$ its points of non-differentiability, 0 and 1 among
# them. Inside $(0,1)$ this is the proposition. At the two ends it is a matter of convention: on
# $[0,1]$ nothing bends there, and on the line $W_0$ bends at 0 and every later wave at 0 and 1,
# since a network's ReLUs cut off what lies outside. Below, the bends on the line come from the
# weights of a network that computes the wave alone, and the peaks and valleys from `cn.mesh`:


# %%
def wave_network(peaks):
    """The last wave by two neurons a layer, t_1 and t_2 (the next chapter has more)."""
    weights, biases = [[[1], [1]]], []
    for a in peaks:
        biases.append([0, -a])
        weights.append([[1 / a, -1 / (a - a * a)]] * 2)
    weights[-1] = weights[-1][:1]
    exact = lambda layers: [np.array([layer]) + Fraction(0) for layer in layers]
    return cn.ReLUNet(exact(weights), exact([*biases, [0]]))


found, wanted, pieces = [], [], []
for count in range(1, min(depth, 8) + 1):
    peaks = rational_peaks(rng, count)
    f = cn.piecewise_linear(wave_network(peaks))[0]
    found.append(list(f.bends(-1, 2)[0][1:-1]))
    wanted.append([knot for knot in cn.mesh(peaks) if count > 1 or knot < 1])
    pieces.append(f.regions())
claims.decide(
    "C-eq2",
    holds=found == wanted and pieces == [2 ** (i + 1) for i in range(len(pieces))],
    numbers={f"pieces of the wave of {count} triangles": f"{pieces[-1]:,}"},
    note=(
        "Exact, for random rational peaks. The ends 0 and 1 are bends on the line, and by "
        "convention on $[0,1]$."
    ),
    failure="The bends found from the weights are not the peaks and valleys.",
)

# %% [markdown]
# ## The curve $x^2$ as a sum of waves
#
# ```{prf:theorem} Yarotsky; Liang and Srikant
# :label: thm-yarotsky
# With all peaks at $\frac12$, let $f_n(x)=x-\sum_{m=1}^{n}4^{-m}\,W_{m-1}(x)$. Then
#
# $$\max_{[0,1]}|f_n-x^2| = 4^{-n-1}, \qquad |f_n'(x)-2x|\le 2^{-n}\ \text{ wherever } f_n' \text{ exists}.$$
#
# (Section 2 of the paper, after {cite:t}`yarotsky2017` and {cite:t}`liang2016`;
# the constants are exact.)
# ```
#
# The whole proof is one identity. Let $p=x-x^2$ be what the waves have to sum to, and $T=T_{1/2}$.
# Then $p = \frac14 T + \frac14\,p\circ T$, on both sides of the peak:


# %%
def p(t):
    return t - t**2


half = Fraction(1, 2)
for side in (rising.subs(a, half), falling.subs(a, half)):
    assert vanishes(side / 4 + p(side) / 4 - p(x))

# %% [markdown]
# Put the identity into itself $n$ times: $p=\sum_{m=1}^n 4^{-m}W_{m-1}+4^{-n}\,p\circ W_{n-1}$, so
#
# $$f_n - x^2 = 4^{-n}\,p(W_{n-1}(x)).$$
#
# The parabola $p$ has its maximum $\frac14$ at $\frac12$, which $W_{n-1}$ takes on every piece:
# the error is $4^{-n-1}$, reached $2^n$ times. For the derivative,
# $|p'|=|1-2W_{n-1}|\le1$ and $|W_{n-1}'|=2^n$, so it is off by at most $4^{-n}2^n=2^{-n}$.
# $\square$

# %% tags=["hide-input"]
figure, axes = figures.panels(1, 3, 2.8)
halves = [0.5] * 3
for k, teeth in enumerate(cn.waves(grid, halves)):
    axes[0].plot(grid, teeth + 1.15 * (2 - k), color=figures.LIGHT[k], linestyle="-")
    axes[0].annotate(
        f"$W_{k}$",
        (1.02, 1.15 * (2 - k) + 0.4),
        xycoords=("axes fraction", "data"),
        color=figures.LIGHT[k],
    )
axes[0].set(title="waves", xlabel="$x$", xticks=[0, 0.5, 1], yticks=[])
axes[1].plot(
    grid, grid**2, color=figures.GREY, linewidth=4, alpha=0.5, linestyle="-", label="$x^2$"
)
axes[2].plot(
    grid, 2 * grid, color=figures.GREY, linewidth=4, alpha=0.5, linestyle="-", label="$2x$"
)
for n, line in zip(range(3), ("-", "--", "-.")):
    mesh = cn.mesh([0.5] * n) if n else np.array([0.0, 1.0])
    sums = cn.series(mesh, [0.5] * n, -1) if n else mesh
    axes[1].plot(mesh, sums, color=figures.LIGHT[n], linestyle=line, label=f"$f_{n}$")
    axes[2].stairs(
        np.diff(sums) / np.diff(mesh),
        mesh,
        baseline=None,
        color=figures.LIGHT[n],
        linestyle=line,
        linewidth=1.6,
        label=f"$f_{n}'$",
    )
for axis, title, place in zip(axes[1:], ("sums", "derivatives"), ("upper left", "lower right")):
    axis.set(title=title, xlabel="$x$", xticks=[0, 0.5, 1])
    axis.legend(handlelength=2.2, fontsize="small", loc=place)
figures.show(
    figure,
    "fig-yarotsky",
    caption=(
        "Every wave doubles the teeth; the sums close in on $x^2$, and their "
        "derivatives on $2x$ (the paper's figure 1)."
    ),
    alt=(
        "Three panels: the triangle wave doubling its teeth three times; "
        "polygons closing in on the parabola; staircases closing in on the "
        "line 2x."
    ),
)

# %% [markdown]
# {numref}`fig-yarotsky` is the paper's figure 1. The sums are functions that a ReLU network
# computes ({doc}`triangles_to_weights`), so the error can be taken from the network's own pieces:
# below, from networks of rational weights, both errors exactly.

# %%
networks = [cn.compositional([half] * n, -1) for n in range(1, depth + 1)]
sums = [cn.piecewise_linear(network)[0] for network in networks]
rows = []
for n, f in enumerate(sums, 1):
    ends, _ = f.on(0, 1)
    middles = (ends[1:] + ends[:-1]) / 2
    error = max(f(middles) - middles**2)
    square = f.squared_error(cn.TARGETS["x^2"])
    assert error == Fraction(1, 4 ** (n + 1))
    assert square == Fraction(1, 30 * 16**n)
    as_decimals = words.power(float(error)), words.power(float(square))
    rows.append([n, f.regions(), f"1/{error.denominator:,}", *as_decimals])
words.glue(last_error=words.power(float(error)))
tables.table(
    rows,
    [
        "waves $n$",
        "linear regions",
        "largest error",
        "as a decimal",
        "mean squared error",
    ],
)

# %% [markdown]
# The largest error on a cell is at its middle, because $f_n$ interpolates the parabola at the
# knots. The mean squared error is $16^{-n}/30$ in every row.
#
# The derivative $f_n'$ is constant between two knots,
# so it is furthest from $2x$ at one of them. The largest distance is $2^{-n}$:

# %%
gaps = []
for f in sums:
    ends, heights = f.on(0, 1)
    steps = chord_slopes(ends, heights)
    gaps.append(max(*abs(steps - 2 * ends[:-1]), *abs(steps - 2 * ends[1:])))
converges = gaps == [half**n for n in range(1, depth + 1)]
claims.decide(
    "C-sec2-yarotsky",
    holds=error == Fraction(1, 4 ** (depth + 1)) and converges,
    numbers={
        f"largest error, n = {depth}": f"1/{error.denominator:,}",
        f"of the derivative, n = {depth}": f"1/{gaps[-1].denominator:,}",
    },
    note="The error is $4^{-n-1}$ and that of the derivative $2^{-n}$, both exactly.",
    failure="An error is not the power stated.",
)

# %% [markdown]
# And the first two sums of the figure are $f_1=x-\frac14T$ and $f_2=f_1-\frac1{16}T(T)$,
# here at 82 rational points:

# %%
points = np.array([Fraction(k, 81) for k in range(82)])
once = cn.triangle(points, half)
twice = cn.triangle(once, half)
first = points - once / 4
second = first - twice / 16
claims.decide(
    "C-fig1",
    holds=list(cn.series(points, [half], -1)) == list(first)
    and list(cn.series(points, [half] * 2, -1)) == list(second)
    and converges,
    note=(
        "Drawn again above: the sums are $f_1=x-T/4$ and $f_2=f_1-T(T)/16$, "
        "and the steps of $f_n'$ close in on $2x$."
    ),
    failure="A sum or a step of the figure is another.",
)

# %% [markdown]
# ## What to take away
#
# Composition doubles the number of pieces, and for $x^2$ each doubling is worth a factor of four:
# with {glue:text}`deepest` waves, {glue:text}`last_error`.
# Nothing in {prf:ref}`prop-pieces` needs the peaks to be at $\frac12$.
# Moving them is the freedom that the paper trains; the price is that the weights $4^{-m}$ of the
# waves must move along, or the sum is no longer smooth.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# ```{rerun} -p depth 6 -p left_peak 0.15
# ```
