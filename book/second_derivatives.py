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
# # Second derivatives and convexity
#
# With the scales of equation (4), and peaks that keep away from 0 and 1,
# the infinite sum $F=\sum s_iW_i$ has a derivative. What shape does it give to $F$?
# The paper answers twice: a second derivative exists only for the parabola (section 7.5),
# and $F$ is convex (section 7.6). The first answer is right,
# but the printed proof covers one of two cases; the second has the wrong sign. The size of a kink,
# which decides both, also tells when a network loses linear regions and when its sum neuron clips.
#
# ```{admonition} What this page settles
# :class: tip
# Only the parabola has a second derivative everywhere, and the sums that the paper calls convex are
# concave.
#
# With $s_0\ne0$ and the scales of (4), $F$ is twice differentiable if and only if all peaks are at
# $\frac12$, and then $F=4s_0\,x(1-x)$ ({prf:ref}`thm-7-8`). The paper looks at bends only,
# and there the second derivative can exist: for peaks at $\frac23$ it is 0 at every bend
# ({prf:ref}`ex-two-thirds`). $F$ is concave for $s_0>0$; convex is $x-F$ ({prf:ref}`lem-7-9`).
# With positive free scales, and if nothing clips, a network of depth $d$ has between $2^{d-1}+1$
# and $2^d$ linear regions ({prf:ref}`prop-lost-regions`),
# and under (4) its sum neuron clips if and only if the first scale is too large
# ({prf:ref}`prop-clipping`). Exact checks go up to {glue:text}`second_depth` waves.
# ```

# %% tags=["parameters"]
depth: int = 8  # waves checked, at least 4 and at most 11
first_peak: float = 0.3  # a_0 where the other peaks are 1/2, in (0, 0.5)
seed: int = 0  # random seed of the rational peaks, at least 0

# %% tags=["hide-input"]
from fractions import Fraction
from functools import partial
from itertools import pairwise, product
from math import prod

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import claims, figures, tables, words
from compnet_book.exact import chord_slopes, generation, open_kink, rational_peaks
from compnet_book.symbolic import last_out, vanishes

figures.use_style()
rng = np.random.default_rng(seed)
half, third = Fraction(1, 2), Fraction(1, 3)
random_peaks = partial(rational_peaks, rng, over=20, margin=3)
words.glue(second_depth=depth)

# %% [markdown]
# ## At a bend
#
# Notation: $f_n=\sum_{j<n}s_jW_j$, and $W_{-1}(x)=x$. $P_i$ are the peaks of $W_i$,
# $V_i$ its valleys with the ends 0 and 1, $B_i=P_i\cup V_i$, and $V_{i+1}=V_i\cup P_i$.
# A *cell of level $n$* lies between neighbours of $V_n$;
# on it $W_{n-1}$ is linear and runs from 0 to 1 or back ({prf:ref}`prop-pieces`).
# All $a_i$ are in $(0,1)$.
#
# Fix a peak $x\in P_i$, and let $W_i$ have the slopes $L>0$ on its left and $-R<0$ on its right.
# By {prf:ref}`lem-7-2` the slope of $f_{N+1}$ just right of $x$ differs from
# the slope of $f_i$ by $-R\,K_{i,N}$, and just left of $x$ by $L\,K_{i,N}$,
# with the *open kink* $K_{i,N}$ after the waves up to $W_N$.
# This holds for any scales. From here to the section on convexity the scales are those of equation
# (4) with $s_0\ne0$, and $C=\frac{s_0}{a_0(1-a_0)\,a_1}$ ({prf:ref}`prop-closed-form`).
# Then $K_{i,N}=s_i\prod_{m=i+2}^{N+1}(1-a_m)$ ({prf:ref}`prop-kink`).
#
# The kinks close, $K_{i,N}\to0$, if and only if $\sum a_m=\infty$ ({prf:ref}`lem-products`).
# This we assume wherever $F'$ appears.
# Then $F'$ exists at every bend ({prf:ref}`prop-bends`),
# and by equation (6) it is $F'(x)=f_i'(x)$ for $x\in P_i$ ({prf:ref}`lem-7-4`).
#
# ## The neighbours of a bend
#
# To see whether $F''(x)$ exists, the paper compares $F'(x)$ with $F'$ at the two neighbours
# $l_n<x<r_n$ of $x$ in $B_{i+n}$.
#
# ```{prf:lemma} Lemma 7.7 and equation (10) of the paper
# :label: lem-7-7
# For $x\in P_i$ and $n\ge1$ the neighbours $l_n,r_n$ are peaks of $W_{i+n}$, and
#
# $$x-l_n=\frac{1-a_{i+1}}{L}\prod_{m=2}^{n}a_{i+m},\qquad r_n-x=\frac{1-a_{i+1}}{R}\prod_{m=2}^{n}a_{i+m}.$$
#
# One step is $x-l_{n+1}=a_{i+n+1}(x-l_n)$, and the same for $r_n$.
# So $l_n$ and $r_n$ differ from $x$ for every finite $n$,
# and they tend to $x$ if and only if $\prod a_m=0$, in particular if all $a_m\le1-c<1$.
# ```
#
# *Proof.* The neighbours in $B_{i+n}$ are the first peaks of $W_{i+n}$ beside $x$, since $W_{i+n}$ is
# linear as far as there; the formulas are those of {prf:ref}`lem-first-chord`.
# Every factor is positive, and with $a_m\le1-c$ the product is at most $(1-c)^{n-1}$. $\square$
#
# Four letters are misprinted in the paper. The proof has the step as $l_{n+1}=x-a_{i+1}(x-l_n)$,
# the same index at every step; equation (10) has the right one.
# The lemma says "for any finite $i$" where $n$ is meant. And the proof exchanges the two letters
# when it introduces them ("$R$ and $L$ denote the magnitude of $W_i'$ on the left and right").
#
# The check uses none of these formulas. It takes the neighbours from the mesh of all bends,
# for every $x\in P_0\cup P_1\cup P_2$ and random rational peaks:


# %%
def neighbours(x, wave, peaks):
    """Next to x on the left and on the right, among the bends of that wave."""
    knots = cn.mesh(peaks[: wave + 1])
    at = np.searchsorted(knots, x)
    return knots[at - 1], knots[at + 1]


def distances(x, wave, peaks):
    """x - l_n and r_n - x for n = 1, 2, ..."""
    beside = [neighbours(x, level, peaks) for level in range(wave + 1, depth)]
    return [(x - left, right - x) for left, right in beside]


peaks = random_peaks(depth + 1)
bends = [(x, wave) for wave in range(3) for x in cn.mesh(peaks[: wave + 1])[1::2]]
found = [distances(x, wave, peaks) for x, wave in bends]

# %% [markdown]
# Equation (10) needs the slopes beside $x$, and the printed step the first distance:


# %%
def slopes_beside(x, wave, peaks):
    """The sizes L and R of the slopes of that wave beside its peak x."""
    left, right = neighbours(x, wave, peaks)
    return 1 / (x - left), 1 / (right - x)


def by_equation_10(x, wave, peaks):
    L, R = slopes_beside(x, wave, peaks)
    found = []
    for level in range(wave + 1, depth):
        product = (1 - peaks[wave + 1]) * prod(peaks[wave + 2 : level + 1])
        found.append((product / L, product / R))
    return found


def as_printed(x, wave, peaks):
    """x - l_n, always with the peak a_{i+1}"""
    first, _ = distances(x, wave, peaks)[0]
    return [first * peaks[wave + 1] ** n for n in range(depth - wave - 1)]


right = [by_equation_10(x, wave, peaks) for x, wave in bends]
printed = [as_printed(x, wave, peaks) for x, wave in bends]

# %% [markdown]
# All neighbours are where (10) has them, and not where the printed step would:

# %%
on_the_left = [[left for left, _ in pairs] for pairs in found]
claims.decide(
    "C-eq10",
    holds=found == right,
    errata=claims.erratum(
        "section 7.5, proof of Lemma 7.7, before (10)",
        printed="$l_{n+1}=x-a_{i+1}(x-l_n)$ and $r_{n+1}=x+a_{i+1}(r_n-x)$",
        correct="$l_{n+1}=x-a_{i+n+1}(x-l_n)$ and $r_{n+1}=x+a_{i+n+1}(r_n-x)$",
        kind="typographical",
        part="proof",
        shown=on_the_left != printed,
    ),
    numbers={"pairs of neighbours compared, exactly": sum(map(len, found))},
    note="All neighbours in the mesh, at the bends of three waves with random rational peaks.",
    failure="A neighbour is elsewhere.",
)

# %% [markdown]
# With $c$ the least of all $a_m$ and $1-a_m$, no distance is 0 or above $(1-c)^{n-1}$ times the
# first one, and this goes to 0. The first ones on the two sides tell which letter belongs to which:

# %%
c = min(min(q, 1 - q) for q in peaks)
bounded = []
for pairs in found:
    for side in zip(*pairs):  # all distances on the left, all on the right
        for later, size in enumerate(side):
            bounded.append(0 < size <= side[0] * (1 - c) ** later)
level = sp.Symbol("n", positive=True)
limit = sp.limit((1 - sp.Rational(c)) ** (level - 1), level, sp.oo)
firsts = [pairs[0] for pairs in found]
L_and_R = [slopes_beside(*bend, peaks) for bend in bends]
by_side = [(left * L, right * R) for (left, right), (L, R) in zip(firsts, L_and_R)]
exchanged = [(left * R, right * L) for (left, right), (L, R) in zip(firsts, L_and_R)]
reach = [(1 - peaks[wave + 1],) * 2 for _, wave in bends]  # what both must be, in the proof

# %%
letters = claims.erratum(
    "section 7.5, proof of Lemma 7.7",
    printed="$R$ and $L$ denote the magnitude of $W_i'$ on the left and right of $x$.",
    correct="$L$ and $R$, as in what follows: $l_1=x-(1-a_{i+1})/L$.",
    kind="typographical",
    part="proof",
    shown=by_side == reach != exchanged,
)
running = claims.erratum(
    "Lemma 7.7",
    printed="$r_n,l_n\\ne x$ for any finite $i$.",
    correct="For any finite $n$, the index that runs; $i$ is fixed.",
    kind="typographical",
    part="text",
    shown=all(0 < side[-1] < side[0] for pairs in found[:1] for side in zip(*pairs)),
)
claims.decide(
    "C-lem7.7",
    holds=all(bounded) and limit == 0,
    errata=running + letters,
    note="Every distance is positive and at most $(1-c)^{n-1}$ times the first one, exactly.",
    failure="A distance is 0, or does not shrink as stated.",
)

# %% [markdown]
# ## The difference quotients of $F'$
#
# ```{prf:lemma} Quotients at a bend
# :label: lem-second-quotients
# Let $\rho_m=\frac{1-a_m}{a_m}$. For $x\in P_i$ and $n\ge1$
#
# $$\begin{aligned}\frac{F'(r_n)-F'(x)}{r_n-x}&=-\frac{R^2s_i}{1-a_{i+1}}\prod_{m=i+2}^{i+n}\rho_m,\\
# \frac{F'(x)-F'(l_n)}{x-l_n}&=-\frac{L^2s_i}{1-a_{i+1}}\prod_{m=i+2}^{i+n}\rho_m.\end{aligned}$$
# ```
#
# *Proof.* $r_n$ is a peak of $W_{i+n}$, so $F'(r_n)=f_{i+n}'(r_n)$.
# Between $x$ and $r_n$ there is no bend of $f_{i+n}$: this number is the slope of $f_{i+n}$ just
# right of $x$, that is $F'(x)-R\,K_{i,i+n-1}$, with $K_{i,i+n-1}=s_i\prod_{m=2}^{n}(1-a_{i+m})$.
# Divide by (10). $\square$ SymPy takes the quotient for $n=1$,
# and the factor by which it changes from $n$ to $n+1$:


# %%
a, s = sp.IndexedBase("a", positive=True), sp.IndexedBase("s", positive=True)
i, m, n = sp.symbols("i m n", integer=True, nonnegative=True)
R = sp.Symbol("R", positive=True)


def distance(n):
    """r_n - x"""
    return (1 - a[i + 1]) / R * sp.Product(a[i + m], (m, 2, n))


def rise(n):
    """F'(r_n) - F'(x)"""
    return -R * s[i] * sp.Product(1 - a[i + m], (m, 2, n))


start = (rise(1) / distance(1)).doit()
factor = last_out(rise(n + 1)) / last_out(distance(n + 1))
factor *= distance(n) / rise(n)
assert vanishes(factor - (1 - a[i + n + 1]) / a[i + n + 1])
named = sp.Matrix([sp.symbols(r"q_1 \frac{q_{n+1}}{q_n}")])
sp.Eq(named, sp.Matrix([[start, factor]]))

# %% [markdown]
# The paper gives the sizes, with the upper limit $n$ instead of $i+n$. It concludes:
# "The only way for these formulas to agree then is for $R=L$". In its figure 8 this is so.
# There $a_0\ne\frac12$ and all other peaks are $\frac12$,
# hence every $\rho_m$ is 1 and the quotients at $a_0$ do not depend on $n$:
# they are $-2R^2s_0$ and $-2L^2s_0$ with $L=1/a_0$ and $R=1/(1-a_0)$.


# %%
def staircase(peaks, scales):
    """Bends of f_n, and its slopes between them; n = len(scales)."""
    knots = cn.mesh(peaks[: len(scales)])
    heights = scales @ cn.waves(knots, peaks[: len(scales)])
    return knots, chord_slopes(knots, heights)


def derivatives(wave, peaks):
    """F' at the peaks of W_i, i = wave: slopes of f_i, one cell for each."""
    places = cn.mesh(peaks[: wave + 1])[1::2]
    if wave == 0:
        return {places[0]: Fraction(0)}
    _, slopes = staircase(peaks, cn.scales(peaks, +1)[:wave])
    return dict(zip(places, slopes))


def quotients(x, wave, peaks):
    """Left and right difference quotients of F' at x, level by level."""
    found = []
    for level in range(wave + 1, len(peaks) - 1):
        at_ends = derivatives(level, peaks)
        ends = neighbours(x, level, peaks)
        rises = [at_ends[end] - derivatives(wave, peaks)[x] for end in ends]
        found.append([rise / (end - x) for rise, end in zip(rises, ends)])
    return found


one_moved = [Fraction(str(first_peak)), *[half] * (depth + 1)]
moved, scale_0 = one_moved[0], cn.scales(one_moved, +1)[0]
lines = [-2 * scale_0 / moved**2, -2 * scale_0 / (1 - moved) ** 2]
shown = [f"{float(-slope):.3f}" for slope in lines]
words.glue("second", left_line=f"−{shown[0]}", right_line=f"−{shown[1]}")

# %% tags=["hide-input"]
figure, axis = figures.panels(1, 1, 3.6)
for count, line in zip(range(1, 5), ("-", "--", "-.", ":")):
    knots, slopes = staircase(one_moved, cn.scales(one_moved, +1)[:count])
    axis.stairs(
        slopes.astype(float),
        knots.astype(float),
        baseline=None,
        color=figures.LIGHT[count - 1],
        linestyle=line,
        linewidth=1.6,
    )
    axis.annotate(
        f"$f_{count}'$",
        (1, float(slopes[-1])),
        xytext=(14 * count - 10, 0),
        textcoords="offset points",
        va="center",
        color=figures.LIGHT[count - 1],
        annotation_clip=False,
    )
for side, mark in ((0, "s"), (1, "o")):
    ends = [neighbours(moved, level, one_moved)[side] for level in range(1, 7)]
    axis.plot(
        [float(end) for end in ends],
        [float(derivatives(level, one_moved)[end]) for level, end in enumerate(ends, 1)],
        mark,
        color=figures.GREY,
        linestyle="none",
        zorder=3,
    )
    reach = np.array([0, float(moved)]) if side == 0 else np.array([float(moved), 1])
    axis.plot(
        reach,
        float(lines[side]) * (reach - float(moved)),
        color=figures.GREY,
        linestyle="-",
        linewidth=0.9,
    )
axis.annotate(
    "$a_0$", (float(moved), 0), xytext=(5, 6), textcoords="offset points", color=figures.GREY
)
axis.set(xlabel="$x$", ylabel="slope", xticks=[0, 0.5, 1], xlim=(-0.05, 1.14))
figures.show(
    figure,
    "fig-second-staircases",
    caption=(
        "$F'$ has two different slopes at the bend $a_0$: its values at the "
        "neighbours $l_n$ (squares) and $r_n$ (circles) lie on two lines. The "
        "steps are the derivatives $f_1',\\dots,f_4'$ (the paper's figure 8), "
        "with $a_0$ as in the parameters and all other peaks at $\\frac12$."
    ),
    alt=(
        "Staircases of the derivatives of the first four partial sums, "
        "refining each other. Circles on the right of the bend at a_0 and "
        "squares on its left lie on two straight lines through that bend; the "
        "left line is steeper."
    ),
)

# %% [markdown]
# At every level the quotients are the slopes of the two lines, and the slopes of $f_n$ beside $a_0$
# are half as far from 0 after each wave:


# %%
def halve(rows):
    """Whether each row is half of the one before."""
    rows = np.array(rows)
    return np.array_equal(2 * rows[1:], rows[:-1])


pairs = quotients(moved, 0, one_moved)
beside_split = []
for count in range(1, depth + 1):
    knots, slopes = staircase(one_moved, cn.scales(one_moved, +1)[:count])
    at = np.searchsorted(knots, moved)
    beside_split.append([slopes[at - 1], slopes[at]])
on_lines = all(pair == lines for pair in pairs)
claims.decide(
    "C-fig8",
    holds=on_lines and halve(beside_split) and lines[0] != lines[1],
    numbers={
        "slopes of the two lines": f"{lines[0]} and {lines[1]}",
        "levels": len(pairs),
    },
    note=(
        "Drawn again; the distances of the two segments beside the split from "
        "the original value halve with every wave, exactly."
    ),
    failure="The points of a side are not on one line, or the segments do not close in.",
)

# %% [markdown]
# In {numref}`fig-second-staircases` the two lines have the slopes {glue:text}`second_left_line` and
# {glue:text}`second_right_line`. The quotients along $l_n$ and along $r_n$ have different limits:
# there is no $F''(a_0)$.
#
# ## Where the argument breaks
#
# Two sequences that differ by a constant factor can have one limit: 0, or $-\infty$.
# This happens for all constant peaks other than $\frac12$.
#
# ```{prf:example} A second derivative at every bend
# :label: ex-two-thirds
# Let $s_0>0$, and all peaks be equal, $a_i=a>\frac12$, for instance $a=\frac23$.
# Then $F$ is differentiable, and $F''(x)=0$ exists at every bend $x$,
# although $L\ne R$ and $F$ is no parabola.
# ```
#
# *Proof.* All $\rho_m=\rho=\frac{1-a}a<1$, so both quotients of {prf:ref}`lem-second-quotients`
# tend to 0; let $q_n$ be the right one. $F$ is concave,
# so $F'$ is monotone ({prf:ref}`lem-7-9` below, which does not use this example).
# And $r_n\to x$ by {prf:ref}`lem-7-7`. For $r_{n+1}\le y\le r_n$ the quotient at $y$ is therefore
# at most, in size,
#
# $$\frac{|F'(y)-F'(x)|}{y-x}\le\frac{|F'(r_n)-F'(x)|}{r_{n+1}-x}=|q_n|\,\frac{r_n-x}{r_{n+1}-x}=\frac{|q_n|}{a}\to0,$$
#
# and the same on the left. That $F$ is differentiable everywhere is {prf:ref}`thm-sharp`,
# or Theorem 7.5 of the paper. If $F$ were a parabola, $F''$ would be constant,
# hence 0 and $F$ linear, but $F(0)=F(1)=0<s_0=F(a)$. $\square$
#
# For $a=\frac23$, at the bend $x=a_0$ and with $s_0=\frac29$, both quotients halve at every level:

# %%
thirds = [2 * third] * (depth + 2)
halving = quotients(2 * third, 0, thirds)
assert halve(halving)
rows = []
for level, (left, right) in enumerate(halving, 1):
    _, r = neighbours(2 * third, level, thirds)
    drop = derivatives(level, thirds)[r]
    rows.append([level, r - 2 * third, drop, right, left])
tables.table(
    rows,
    ["$n$", "$r_n-x$", "$F'(r_n)-F'(x)$", "right quotient", "left quotient"],
)

# %% [markdown]
# So $F'$ is strictly decreasing, although its own derivative vanishes on a dense set.
# (It vanishes almost everywhere, {prf:ref}`thm-trichotomy`: $F'$ is a singular function,
# like the Cantor function but without flat parts.) The second derivative has to fail elsewhere,
# and the theorem below finds where. {numref}`fig-second-quotients` shows three things that can
# happen at the bend $a_0$.

# %% tags=["hide-input"]
cases = [
    (r"all peaks $\frac{2}{3}$", thirds),
    (r"all peaks $\frac{1}{3}$", [third] * (depth + 2)),
    (f"$a_0={first_peak}$, then " + r"$\frac{1}{2}$", one_moved),
]
figure, axes = figures.panels(1, 3, 2.6, sharey=True)
for axis, (title, chosen) in zip(axes, cases):
    sizes = -np.array(quotients(chosen[0], 0, chosen)).astype(float)
    levels = np.arange(1, len(sizes) + 1)
    for side, (name, mark, line) in enumerate((("left", "s", "--"), ("right", "o", "-"))):
        axis.plot(
            levels,
            sizes[:, side],
            mark,
            linestyle=line,
            markersize=4,
            color=figures.LIGHT[1 - side],
        )
        low, falling, place = (
            sizes[-1, side] < sizes[-1, 1 - side],
            sizes[-1, 0] < sizes[0, 0],
            len(levels) // 2,
        )
        axis.annotate(
            name,
            (levels[place], sizes[place, side]),
            xytext=(0, -6 if low else 6),
            textcoords="offset points",
            ha="right" if low == falling else "left",
            va="top" if low else "bottom",
            color=figures.LIGHT[1 - side],
        )
    axis.set(title=title, xlabel="$n$", yscale="log", xticks=levels[::2])
    axis.minorticks_off()
    axis.margins(y=0.15)
axes[0].set(ylabel="size of the quotient")
figures.show(
    figure,
    "fig-second-quotients",
    caption=(
        "From the left (squares) and from the right (circles) of the bend "
        "$a_0$ the difference quotients of $F'$ can both tend to 0 (left "
        "panel), both tend to $-\\infty$ (middle), or have two different "
        "limits (right). Shown are their sizes."
    ),
    alt=(
        "Three panels with the sizes of left and right difference quotients "
        "against the level on logarithmic scales: both fall along parallel "
        "lines for peaks at two thirds, both rise for peaks at one third, and "
        "both stay constant at different heights when only the first peak is "
        "not one half."
    ),
)

# %% [markdown]
# ## Chords of $F'$
#
# So the bends are not enough. Instead of points $r_n$ that approach a bend we take whole cells,
# which may shrink to any point.
#
# A cell of level $n$ has an *address* $d_0\dots d_{n-1}$:
# the digit $d_j$ is 0 if $W_{j-1}<a_j$ on the cell, where $T_j$ rises, and 1 if $W_{j-1}>a_j$.
# On a cell of level $n$ the wave $W_{n-1}$ is linear, and the next peak is where it equals $a_n$.
# So the digit 0 takes the fraction $a_n$ of the length of the cell,
# at its *valley end* $W_{n-1}=0$; the digit 1 takes the rest.
#
# ```{prf:lemma} Chords of the derivative
# :label: lem-second-chords
# Under (4) with $\sum a_m=\infty$, let $[u,v]$ be the cell with the address $d_0\dots d_{n-1}$.
# Then
#
# $$\begin{aligned}F'(u)-F'(v)&=C\prod_{j<n}\begin{cases}1-a_j&d_j=0\\a_j&d_j=1,\end{cases}\\
# \frac{F'(v)-F'(u)}{v-u}&=-C\prod_{j<n}\begin{cases}\rho_j&d_j=0\\1/\rho_j&d_j=1.\end{cases}\end{aligned}$$
# ```
#
# *Proof.* By {prf:ref}`cor-boxes` (2), $F'/C+a_0$ is at $u$ and $v$ the upper and the lower end of
# the box of the cell, whose height is the drop; the length of the cell is the product of the $a_j$
# for the digits 0 and the $1-a_j$ for the digits 1. The chord is minus the drop over the length,
# and the digit 0 contributes $\frac{1-a_j}{a_j}$, the digit 1 its inverse. $\square$
#
# A check that knows nothing of boxes: the derivative at the ends of a cell that are bends is
# the slope of a finite sum. All cells of level {glue:text}`second_depth`, away from 0 and 1:


# %%
def addresses(level):
    """Digits of the cells of that level, from left to right."""
    cells = [()]
    for _ in range(level):
        parts = []
        for number, cell in enumerate(cells):
            digits = (1, 0) if number % 2 else (0, 1)  # the valley end has 0
            parts += [(*cell, digit) for digit in digits]
        cells = parts
    return cells


def chords(peaks, level):
    """F'(u) - F'(v) and v - u for the cells [u, v] between bends."""
    at = {}
    for wave in range(level):
        at |= derivatives(wave, peaks)
    return [(at[u] - at[v], v - u) for u, v in pairwise(sorted(at))]


C = cn.scales(peaks, +1)[0] / (peaks[0] * (1 - peaks[0]) * peaks[1])
exact_chords = []
for (drop, length), cell in zip(chords(peaks, depth), addresses(depth)[1:]):
    lengths = [1 - q if digit else q for q, digit in zip(peaks, cell)]
    drops = [q if digit else 1 - q for q, digit in zip(peaks, cell)]
    exact_chords.append(length == prod(lengths) and drop == C * prod(drops))
assert all(exact_chords)

# %% [markdown]
# ## The theorem
#
# ```{prf:theorem} Theorem 7.8 of the paper, repaired
# :label: thm-7-8
# Let $F=\sum s_iW_i$ with peaks $a_i\in(0,1)$ and $s_0\ne0$.
# $F$ is twice differentiable on $[0,1]$ if and only if all $a_i=\frac12$ and $s_n=4^{-n}s_0$.
# Then $F=4s_0\,x(1-x)$. In particular $F$ itself is never $x^2$,
# and $x-F=x^2$ if and only if moreover $s_0=\frac14$.
# ```
#
# *Proof.* If all $a_i=\frac12$ and $s_n=4^{-n}s_0$, then
# $F=4s_0\sum_{m\ge1}4^{-m}W_{m-1}=4s_0(x-x^2)$ by {prf:ref}`thm-yarotsky`.
#
# Now let $F$ be twice differentiable. Then $F'$ exists at all bends,
# so (4) holds ({prf:ref}`thm-3-1`) and $\sum a_m=\infty$ ({prf:ref}`prop-bends`):
# {prf:ref}`lem-second-quotients` and {prf:ref}`lem-second-chords` apply.
# We use one fact on derivatives. *If $h'(x)$ exists, $u_n\le x\le v_n$,
# $u_n<v_n$ and $v_n-u_n\to0$, then the chord slopes over $[u_n,v_n]$ tend to $h'(x)$.* For the
# chord slope is a mean of the two difference quotients at $x$,
# with the weights $\frac{v_n-x}{v_n-u_n}$ and $\frac{x-u_n}{v_n-u_n}$,
# and both quotients tend to $h'(x)$ (if $x$ is an end of the interval, there is only one).
#
# *Case 1: $\sum|\ln\rho_j|=\infty$.* Take $d_j=0$ if $\rho_j\ge1$, that is $a_j\le\frac12$,
# and $d_j=1$ otherwise. The cells with the addresses $d_0\dots d_{n-1}$ are nested,
# and each digit takes the fraction $\min(a_j,1-a_j)\le\frac12$ of the length.
# So they shrink to one point $x$. The chord slopes of $F'$ over them are
# $-C\exp\sum_{j<n}|\ln\rho_j|$, which is unbounded, and $F''(x)$ does not exist.
#
# *Case 2: $\sum|\ln\rho_j|<\infty$.* Then $\prod_{m=i+2}^{i+n}\rho_m$ tends, as $n\to\infty$,
# to a number $Q_i$ that is not 0. Also $a_m\to\frac12$, so $l_n,r_n\to x$ by {prf:ref}`lem-7-7`.
# At a bend $x\in P_i$ the two sequences of quotients tend to $-\frac{R^2s_i}{1-a_{i+1}}Q_i$ and
# $-\frac{L^2s_i}{1-a_{i+1}}Q_i$, with $s_i\ne0$. Since $F''(x)$ exists, $R=L$.
# Near $x$ the wave $W_{i-1}$ is linear, with slope $\pm\lambda$,
# and $T_i$ divides by $a_i$ on one side and by $1-a_i$ on the other:
# $\{L,R\}=\{\lambda/a_i,\lambda/(1-a_i)\}$. So $a_i=\frac12$, for every $i$,
# and then (4) is $s_{n+1}=s_n/4$. $\square$
#
# The second case is the paper's argument, where it is valid. The first case it does not see.
# In {prf:ref}`ex-two-thirds` the digits are $111\dots$,
# and the point is the fixed point $x=\frac1{2-a}=\frac34$ of the falling side of the triangle.
# The chord slopes around it double at every level:

# %%
x = sp.Symbol("x")
fixed = sp.solve(sp.Eq((1 - x) / (1 - a[0]), x), x)[0]
assert vanishes(fixed - 1 / (2 - a[0]))
assert fixed.subs(a[0], 2 * third) == 3 * half**2

chord_at_fixed = []
for level in range(2, depth + 1):
    ones = addresses(level).index((1,) * level)
    drop, length = chords(thirds, level)[ones - 1]
    chord_at_fixed.append(-drop / length)
unbounded = halve(chord_at_fixed[::-1])
assert unbounded
row = ["slope of the chord", *chord_at_fixed]
tables.table([row], ["level", *range(2, depth + 1)])

# %% [markdown]
# What remains to be checked for the theorem is, first, that peaks at $\frac12$ give the parabola.
# On $V_3$, where all later waves vanish, the sum is $4s_0\,x(1-x)$ and not $x^2$,
# and all chords of $F'$ have the slope $-8s_0$:

# %%
s_0 = cn.scales([half] * 3, +1)[0]
eighths = np.array([Fraction(number, 8) for number in range(9)])
F = cn.scales([half] * 3, +1) @ cn.waves(eighths, [half] * 3)
is_parabola = list(F) == list(4 * s_0 * eighths * (1 - eighths))
is_square = list(F) == list(eighths**2)
even = chords([half] * (depth + 1), depth)
one_slope = {drop / length for drop, length in even} == {8 * s_0}

# %% [markdown]
# Second, that the quotients at the bends are those of {prf:ref}`lem-second-quotients`,
# for the random peaks above:


# %%
def by_lemma(x, wave, peaks):
    L, R = slopes_beside(x, wave, peaks)
    weight = cn.scales(peaks, +1)[wave] / (1 - peaks[wave + 1])
    found = []
    for level in range(wave + 1, len(peaks) - 1):
        both = weight * prod((1 - q) / q for q in peaks[wave + 2 : level + 1])
        found.append([-(L**2) * both, -(R**2) * both])
    return found


exact_quotients = []
for bend in bends:
    exact_quotients.append(quotients(*bend, peaks) == by_lemma(*bend, peaks))

# %% [markdown]
# At peaks $\frac23$ both quotients tend to 0 though $L\ne R$, against the printed proof;
# the chords around $\frac34$ are unbounded, as the repaired one says:

# %%
L_0, R_0 = slopes_beside(2 * third, 0, thirds)
same_limit = halve(halving) and L_0 != R_0
at_bends = claims.erratum(
    "section 7.5, first sentence",
    printed="A function other than $x^2$ has no second derivative at the bend locations.",
    correct=(
        "At some points, but it can have one at all bends: for $a_i=\\frac23$ and (4), $F''=0$ "
        "there, and fails to exist at other points, such as $\\frac34$."
    ),
    kind="mathematical",
    part="text",
    shown=same_limit and unbounded,
)
only_way = claims.erratum(
    "section 7.5, proof of Theorem 7.8",
    printed="The only way for these formulas to agree then is for $R=L$.",
    correct=(
        "If the product of the $\\frac{1-a_m}{a_m}$ has a limit that is not 0. Otherwise both can "
        "tend to 0 or to $-\\infty$ with $R\\ne L$; then chords of $F'$ around another point are "
        "unbounded, and the theorem stands."
    ),
    kind="gap in a proof",
    part="proof",
    shown=same_limit and unbounded,
)

# %% [markdown]
# The upper limit printed for the product, against the right quotients at a bend of $W_1$:

# %%
x, wave = bends[1]
_, R_1 = slopes_beside(x, wave, peaks)
weight = cn.scales(peaks, +1)[wave] / (1 - peaks[wave + 1])
measured = [-right for _, right in quotients(x, wave, peaks)]


def with_limit(shift):
    """The sizes for n = 1, 2, ..., with the product up to n + shift."""
    terms = [(1 - q) / q for q in peaks]
    count = range(1, len(measured) + 1)
    return [R_1**2 * weight * prod(terms[wave + 2 : n + shift + 1]) for n in count]


upper_limit = claims.erratum(
    "section 7.5, proof of Theorem 7.8",
    printed="$\\frac{R^2s_i}{1-a_{i+1}}\\prod_{m=i+2}^{n}\\frac{1-a_m}{a_m}$",
    correct="$\\frac{R^2s_i}{1-a_{i+1}}\\prod_{m=i+2}^{i+n}\\frac{1-a_m}{a_m}$",
    kind="typographical",
    part="proof",
    shown=with_limit(wave) == measured != with_limit(0),
)

# %%
claims.decide(
    "C-thm7.8",
    holds=is_square and one_slope,
    corrected=all(
        [is_parabola, one_slope, *exact_chords, *exact_quotients, unbounded, lines[0] != lines[1]]
    ),
    correction=(
        "For $s_0\\ne0$, $F$ is twice differentiable on $[0,1]$ if and only if all "
        "$a_i=\\frac12$ and $s_n=4^{-n}s_0$, and then $F=4s_0\\,x(1-x)$; it is $x-F$ that can be "
        "$x^2$, for $s_0=\\frac14$."
    ),
    kind="mathematical",
    part="formula",
    errata=at_bends + only_way + upper_limit,
    numbers={
        "last quotients at $x=a_0$, $a_i=2/3$, left and right": (
            f"{halving[-1][0]} and {halving[-1][1]}"
        ),
        f"chord slope at $x=3/4$, level {depth}": str(chord_at_fixed[-1]),
    },
    failure="The quotients or the chords of $F'$ are not those of the proof.",
)

# %% [markdown]
# So the paper's conclusion survives: up to a factor, and a line added,
# $x^2$ is the only function of this family with a second derivative everywhere.
# What does not survive is the sentence that introduces section 7.5,
# by which no other function has one "at the bend locations", and the step of the proof from equal
# limits to $R=L$.
#
# ## Concave, not convex
#
# ```{prf:lemma} Lemma 7.9 of the paper, repaired
# :label: lem-7-9
# Let the scales follow (4). If $s_0>0$, then $F$ and all partial sums $f_d$ are concave;
# so $x+F$ is concave and $x-F$ is convex. $F$ is convex if and only if $s_0\le0$. For $s_0>0$,
# $F$ is strictly concave if and only if $\sum\min(a_j,1-a_j)=\infty$.
# ```
#
# *Proof.* $f_d$ is linear between the points of $P_0,\dots,P_{d-1}$.
# At $x\in P_i$ its slope changes by
#
# $$-(L+R)\,K_{i,d-1}=-(L+R)\,s_i\prod_{m=i+2}^{d}(1-a_m),$$
#
# and $s_i$ has the sign of $s_0$. For $s_0>0$ all changes are negative: $f_d$ is concave.
# Concavity is the inequality $f\bigl(\theta u+(1-\theta)v\bigr)\ge\theta f(u)+(1-\theta)f(v)$ at
# three points, so it holds in the limit too. For $s_0<0$ it is the same with $-F$,
# for $s_0=0$ all is 0. And with $s_0>0$, $F$ is not convex, because $F(a_0)=s_0>0=F(0)=F(1)$:
# all later waves vanish at $a_0$.
#
# Strictness: a concave function is strictly concave unless it is linear on some interval.
# If $\sum\min(a_j,1-a_j)=\infty$, then also $\sum a_j=\infty$,
# and the length of the cells of level $n$ is at most $\prod_{j<n}\max(a_j,1-a_j)\to0$.
# So every interval contains a cell, over which $F'$ has a positive drop by
# {prf:ref}`lem-second-chords`. If the sum is finite, take always the digit with the larger length:
# the lengths of these nested cells tend to $\prod\max(a_j,1-a_j)>0$.
# Inside their intersection there is no bend, and $F$ is linear there. $\square$
#
# All {glue:text}`second_jumps` changes of slope of three random rational networks are as stated,
# and negative:

# %%
negative = []
for _ in range(3):
    chosen = random_peaks(depth + 1)
    scales = cn.scales(chosen, +1)[:depth]
    knots, slopes = staircase(chosen, scales)
    for bend, jump in enumerate(np.diff(slopes), 1):
        wave = generation(bend, depth)
        still_open = scales[wave] * prod(1 - q for q in chosen[wave + 2 :])
        stated = -sum(slopes_beside(knots[bend], wave, chosen)) * still_open
        negative.append(jump == stated < 0)
top = scales @ cn.waves(chosen[0], chosen[:depth])  # F(a_0)
words.glue(second_jumps=f"{len(negative):,}")

# %% [markdown]
# So a network that adds, $x+F$, outputs a concave function, and one that subtracts a convex one;
# section 5 of the paper says "convex" of both. Two of its four targets are concave,
# the sine and the hyperbolic tangent, although section 4 calls all of them convex.
# These are the two for which the waves are added to the line:

# %%
y = sp.Symbol("x", positive=True)
curves = sp.sin(sp.pi * y / 2), sp.tanh(3 * y)
curvatures = [sp.factor(sp.diff(curve, y, 2)) for curve in curves]
tables.table(
    [[f"${sp.latex(f)}$", f"${sp.latex(second)}$"] for f, second in zip(curves, curvatures)],
    ["curve", "second derivative"],
    align=["left", "left"],
)

# %% [markdown]
# Both are negative for $0<x\le1$: there $\sin\frac{\pi x}2>0$ and $0<\tanh3x<1$.
#
# The paper proves its lemma by following the values of $F'$ at $V_i$,
# a list $Y'_i$ in descending order, between which the slopes of $f_i$ lie.
# Descending slopes are concave, and its last paragraph,
# a point of the graph "strictly below the line" between two others as what is to be excluded,
# is a proof of concavity too; so it is the word that is wrong. There are also five slips.
# Three are in the list; here they are for $i=1$, where $V_1=\{0,a_0,1\}$.

# %%
V_1, V_2 = cn.mesh(chosen[:1]), cn.mesh(chosen[:2])
two_slopes = staircase(chosen, scales[:1])[1]  # of f_1, beside the inner point of V_1
no_slope = two_slopes[0] != two_slopes[1]
in_proof = "section 7.6, proof of Lemma 7.9"
share = sp.Product(1 - 1 / (m + 2) ** 2, (m, 0, n))  # of a kink, for a_m = 1/m^2
stays_open = sp.limit(share.doit().gammasimp(), n, sp.oo)
slip = partial(claims.erratum, in_proof, kind="typographical", part="proof")
slips = claims.erratum(
    in_proof,
    printed="The list $Y'_i$ tracks the values of $F'$ at the valley points.",
    correct=(
        "These exist if all kinks close, as under the hypothesis of Theorem 7.5, which the lemma "
        "does not have: for $a_0=a_1=\\frac12$, $a_m=1/m^2$ half of the kink at $a_0$ stays. The "
        "slope of $f_n$ falls at every bend by what is open of its kink, and that is enough."
    ),
    kind="gap in a proof",
    part="proof",
    shown=bool(stays_open > 0) and all(negative),
)

# %%
slips += [
    *slip(
        printed="The last entry of $Y'_i$ is $F'(V_{i+1}[2^i])$.",
        correct="$F'(V_i[2^i])$, at the end 1; $V_{i+1}[2^i]$ is $a_0$.",
        shown=V_2[2] == chosen[0] and V_1[2] == 1,
    ),
    *slip(
        printed="The entries between are $f_i'(V_i[n])$.",
        correct="$F'(V_i[n])$, that is $f_j'$ for a peak of $W_j$; $f_i$ bends there.",
        shown=no_slope,
    ),
    *slip(
        printed="$f'_{i+1}>Y'_i[n+1]=Y'_i[2n+2]$",
        correct="$f'_{i+1}>Y'_i[n+1]=Y'_{i+1}[2n+2]$",
        shown=V_1[1] == V_2[2] != V_1[2],
    ),
]

# %% [markdown]
# Two are in the last paragraph. There $f_i\le F$, as the waves are not negative; so
# "$f_{i_a}(a)-F(a)<\epsilon/2$" says nothing, and what the proof uses is
# $F(a)-f_{i_a}(a)<\epsilon/2$. And with the line of $F$ at the height $\ell$ over $b$,
# $F(b)=\ell-\epsilon$, the lowest line of $f_i$ has to be above the highest $f_i(b)$:

# %%
fine = cn.mesh(chosen[:depth])
sums = np.array([scales[:d] @ cn.waves(fine, chosen[:d]) for d in range(1, depth + 1)])
never_above = bool((np.diff(sums, axis=0) >= 0).all())  # f_n does not fall with n
height, epsilon = sp.symbols("ell epsilon", positive=True)
lowest_line, highest_value = height - epsilon / 2, (height - epsilon) + epsilon / 2
slips += [
    *slip(
        printed="$f_{i_a}(a)-F(a)<\\epsilon/2$",
        correct="$|f_{i_a}(a)-F(a)|<\\epsilon/2$; without the bars it is true for every $i_a$.",
        shown=never_above,
    ),
    *slip(
        printed="$f_i(c)$ is no more than $\\epsilon/2$ higher.",
        correct="$f_i(b)$; the line, of which $c$ is an end, is spoken of before.",
        shown=vanishes(lowest_line - highest_value),
    ),
]

# %%
also = partial(claims.erratum, kind="mathematical", part="text")
concave_output = also(
    "section 5",
    printed="The constraints of differentiability necessitate a convex output.",
    correct="Convex where the waves are subtracted from the line, concave where they are added. "
    "The paper uses *convex* for both.",
    shown=all(negative),
)
concave_curves = also(
    "section 4 and section 4.1",
    printed="The four curves are convex.",
    correct="The powers are; the quarter period of the sine and $\\tanh(3x)$ are concave. "
    "The paper uses *convex* for both.",
    shown=all(bool(second.subs(y, sp.Rational(1, 2)) < 0) for second in curvatures),
)

# %%
claims.decide(
    "C-lem7.9",
    holds=top <= 0,
    corrected=all(negative) and top == scales[0] > 0,
    instead=(
        "For *convex* read *concave*: with positive scales $F$ and $x+F$ are concave, and $x-F$ is "
        "convex. The proof shows this; it calls a function non-convex if a point lies below a "
        "chord."
    ),
    kind="mathematical",
    part="text",
    errata=concave_output + concave_curves + slips,
    numbers={"changes of slope, all negative": f"{len(negative):,}"},
    note="$F(a_0)$ does not lie above the chord from $F(0)=0$ to $F(1)=0$.",
    failure="The slope of a partial sum does not fall at every bend.",
)

# %% [markdown]
# ## Free scales: which regions are lost
#
# The network may also be trained with free scales ({doc}`triangles_to_weights`),
# and then bends can vanish. The open kink of {prf:ref}`lem-7-2` is defined for any scales,
# so it says exactly which.
#
# ```{prf:proposition} Regions under free scales
# :label: prop-lost-regions
# For any real scales $s_0,\dots,s_{d-1}$ the function $x\pm f_d$ has on $[0,1]$ exactly
#
# $$1+\sum_{i<d,\;K_{i,d-1}\ne0}2^i$$
#
# linear regions. If $s_{d-1}\ne0$, these are at least $2^{d-1}+1$ and at most $2^d$,
# and every number between occurs, with positive scales. Under (4) with $s_0\ne0$ there are $2^d$.
# ```
#
# *Proof.* $P_0,\dots,P_{d-1}$ are disjoint, since $V_{i+1}=V_i\cup P_i$ and a point of $V_{i+1}$ is
# no peak of $W_{i+1}$; and $|P_i|=2^i$. At $x\in P_i$ the slope of $f_d$ changes by
# $-(L+R)\,K_{i,d-1}$, with $L+R>0$. The open kink does not depend on $x$:
# the bends of one generation are all there, or all gone. Adding a line changes no kink.
# The regions are one more than the bends.
#
# The kink of the last generation is $K_{d-1,d-1}=s_{d-1}$,
# so these $2^{d-1}$ bends are there if $s_{d-1}\ne0$. Now choose $s_{d-1}=1$,
# and $s_{d-2},s_{d-3},\dots,s_0$ in this order: $K_{i,d-1}$ is $s_i$ minus a positive number that
# depends on later scales only, so a positive $s_i$ makes it 0, and a larger one positive.
# The generations $0,\dots,d-2$ can thus be kept or dropped one by one,
# and sums of different powers $2^0,\dots,2^{d-2}$ give every number from 0 to $2^{d-1}-1$.
# Under (4) no kink is 0. $\square$
#
# The proof is an algorithm. For depth 4 and random rational peaks, all eight choices,
# with the regions counted from the weights of the network:


# %%
def scales_keeping(kept, peaks):
    """Scales with last one 1 and K = 0 for generations not kept."""
    last = len(peaks) - 1
    scales = [Fraction(0)] * last + [Fraction(1)]
    for wave in reversed(range(last)):
        scales[wave] = int(wave in kept) - open_kink(scales, peaks, wave, last)
    return scales


rows, counts = [], []
short = random_peaks(4)
for choice in product((0, 1), repeat=3):
    kept = [wave for wave in range(3) if choice[2 - wave]]
    scales = scales_keeping(kept, short)
    ratios = [
        scales[0],
        *(after / before for before, after in pairwise(scales)),
    ]
    net = cn.compositional(short, +1, ratios=ratios)
    counts.append(int(cn.linear_regions(net)[0]))
    assert counts[-1] == 1 + sum(2**wave for wave in [*kept, 3])
    rows.append([", ".join(map(str, [*kept, 3])), counts[-1]])
assert counts == list(range(9, 17))
tables.table(rows, ["generations that bend", "linear regions"])

# %% [markdown]
# The example of {doc}`triangles_to_weights`, $a=\frac12$ and $s=(1,\frac12)$,
# is the case $d=2$ with $K_{0,1}=1-\frac{1/2}{1/2}=0$: $2+1=3$ regions.
# A network with positive free scales whose sum neuron does not clip never loses half of its
# regions; and since each $K_{i,d-1}=0$ is one linear equation in the scales,
# almost all scales lose none.
#
# ## When the sum neuron clips
#
# The first neuron of a layer adds up the waves, and a ReLU acts on it.
# With addition of positive scales its signal is not negative. With subtraction,
# and all scales positive, hidden layer $n=0,\dots,d-1$ holds $y_n=x-f_n$ on it,
# as long as no earlier layer has clipped (the output layer has no ReLU).
#
# ```{prf:proposition} Clipping
# :label: prop-clipping
# 1. Let all scales be positive. The sum neuron of a subtracting network of depth $d$ clips on
#    $[0,1]$ if and only if, for some $n<d$, the smallest value of $y_n$ on $V_n$ is negative.
# 2. If $K_{i,n-1}\ge0$ for all $i<n$, then $y_n$ takes a negative value if and only if
#
# $$y_n'(0)=1-\sum_{k<n}s_k\prod_{j\le k}\frac1{a_j}<0.$$
#
# 3. Under (4) with $s_0=\kappa\,a_0a_1$, $\kappa>0$,
#
# $$y_n'(0)=1-\kappa\Bigl(1-\prod_{m=1}^{n}(1-a_m)\Bigr).$$
#
# So the network clips if and only if $\kappa>1$ and $\prod_{m=1}^{d-1}(1-a_m)<1-\frac1\kappa$.
# For $\kappa\le1$ it never clips; for $\kappa>1$ and $\sum a_m=\infty$ it clips from some depth on.
# ```
#
# *Proof.* (1) $y_n$ is linear on the cells of $V_n$, so it is negative somewhere if and only if it
# is on $V_n$. If no $y_n$ with $n<d$ is negative, no ReLU acts.
# Otherwise take the smallest such $n$: nothing has clipped before it, so the neuron holds $y_n$,
# and clips.
#
# (2) At $x\in P_i$ the slope of $y_n=x-f_n$ changes by $(L+R)K_{i,n-1}\ge0$: $y_n$ is convex,
# with $y_n(0)=0$. A convex function lies above its tangent at 0, so $y_n(x)\ge y_n'(0)\,x$,
# which is not negative if $y_n'(0)\ge0$. If $y_n'(0)<0$, it is negative next to 0.
# Each wave has the slope $\prod_{j\le k}\frac1{a_j}$ at 0.
#
# (3) $1-y_n'(0)$ is the slope of $f_n$ at 0, and $s_0/(a_0a_1)=\kappa$: this is
# {prf:ref}`prop-first-scale` (1). Under (4) all open kinks are positive, so (2) applies.
# $y_n'(0)$ decreases with $n$,
# so it is negative for some $n<d$ if and only if it is for $n=d-1$. $\square$
#
# The paper's $s_0=a_0a_1$ is $\kappa=1$. The scale for addition,
# $s_0=(1-a_0)a_1$, is $\kappa=\frac{1-a_0}{a_0}$: subtracted,
# it clips at some depth whenever $a_0<\frac12$ and $\sum a_m=\infty$.
#
# The check asks the network: `cn.clipped` counts the points at which the signal of a sum neuron is
# negative, here at all bends, exactly.

# %%
rows = []
for factor in map(Fraction, ("1/2", "1", "21/20", "5/4", "2", "4")):
    clipping = []
    for _ in range(20):
        chosen = random_peaks(5)
        ratios = cn.ratios(chosen, -1)
        ratios[0] *= factor
        net = cn.compositional(chosen, -1, ratios=ratios)
        clipping.append(bool(cn.clipped(net, cn.mesh(chosen))[0] > 0))
        left = prod(1 - q for q in chosen[1:])  # a_1, ..., a_{d-1}
        assert clipping[-1] == (factor > 1 and left < 1 - 1 / factor)
    rows.append([f"${factor}$", sum(clipping)])
tables.table(rows, [r"$\kappa$", "clip, of 20 random networks"])

# %% [markdown]
# The first part of {prf:ref}`prop-clipping`, which holds for any positive ratios,
# is checked in the same way on 20 networks of free rational ratios:

# %%
for _ in range(20):
    chosen = random_peaks(5)
    ratios = [Fraction(int(number), 20) for number in rng.integers(4, 21, 5)]
    net = cn.compositional(chosen, -1, ratios=ratios)
    lowest = []
    for count in range(1, 5):
        V = cn.mesh(chosen[:count])
        y_n = cn.series(V, chosen[:count], -1, ratios=ratios[:count])
        lowest.append(min(y_n))
    assert (cn.clipped(net, cn.mesh(chosen))[0] > 0) == (min(lowest) < 0)

# %% [markdown]
# ## What to take away
#
# Everything on this page is one number, the open kink. Under (4) each wave closes a fraction of it
# and never changes its sign: for $s_0>0$ that makes $F$ concave, keeps all linear regions,
# and leaves it to the first scale alone whether the sum neuron clips.
# The second derivative asks for more, that the kinks close at the rate at which the cells shrink,
# and only peaks at $\frac12$ do that everywhere. How smooth $F'$ is for other peaks is the subject
# of {doc}`beyond_the_paper`.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# ```{rerun} -p depth 6 -p first_peak 0.4
# ```
