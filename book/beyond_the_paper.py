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
# # Beyond the paper: the shape of $F'$
#
# The scales of equation (4) make the limit $F$ differentiable,
# if the peaks do not run into 0 and 1 too fast, and the paper stops there.
# What kind of function is its derivative? The peaks say it exactly:
# $F'$ is built from boxes of known size, all boxes of one level have the same area,
# and how close the peaks are to $\frac12$ decides between a Lipschitz derivative,
# one with a square integrable second derivative, and a singular one; peaks that run into 0 or 1
# too fast leave nothing but jumps. The same boxes, turned on their side, show that the Legendre
# transform of $F$ is a compositional network again.
#
# ```{admonition} What this page settles
# :class: tip
# How close the peaks stay to $\frac12$ decides how smooth $F'$ is,
# and flipping every peak gives the Legendre transform.
#
# The shape of $F'$ turns the triangles with peaks $a_j$ into those with peaks $1-a_j$
# ({prf:ref}`prop-conjugacy`), and the Legendre transform flips every peak ({prf:ref}`thm-duality`).
# $F'$ is Lipschitz, absolutely continuous or purely singular according to $\sum|a_j-\frac12|$ and
# $\sum(a_j-\frac12)^2$ ({prf:ref}`thm-trichotomy`); if $\sum\min(a_j,1-a_j)$ is finite,
# it falls by jumps only ({prf:ref}`prop-pure-jump`). Of the sums $\sum w^nW_n$ with all peaks at
# $\frac12$ one alone is differentiable, $w=\frac14$ ({prf:ref}`prop-takagi`).
# Differentiability takes $d-2$ of the $2d$ free numbers of a network of depth $d\ge2$
# ({prf:ref}`prop-dimension`). That answers open question 3 of the digest
# ({ref}`digest`).
# ```
#
# The statements on this page are not in the paper. The singular functions and the sums of symmetric
# triangles are classical, and are cited where they occur.

# %% tags=["parameters"]
skew: float = 0.7  # constant peak in the figures, in (0.5, 1)
level: int = 10  # level of the cells, at least 3 and at most 12
seed: int = 0  # random seed, at least 0

# %% tags=["hide-input"]
from fractions import Fraction
from itertools import pairwise
from math import prod

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import claims, figures, tables, words
from compnet_book.exact import chord_slopes, rational_peaks
from compnet_book.symbolic import vanishes

figures.use_style()
rng = np.random.default_rng(seed)
half = Fraction(1, 2)
words.glue(beyond_skew=f"{skew:g}")

# %% [markdown]
# ## The address of a point
#
# Throughout, $s_0>0$, the scales follow equation (4), and, but for one section,
# $\sum_j\min(a_j,1-a_j)=\infty$, which is what $F\in C^1[0,1]$ needs ({prf:ref}`thm-sharp`).
# As elsewhere,
# $C=\frac{s_0}{a_0(1-a_0)a_1}$, $\Phi_a=F/C$, $\sigma a=(a_1,a_2,\dots)$,
# so that $s_n=C\,a_{n+1}\prod_{j\le n}a_j(1-a_j)$ ({prf:ref}`prop-closed-form`).
#
# At the ends $F'(0)=\frac{s_0}{a_0a_1}=C(1-a_0)$ and $F'(1)=-\frac{s_0}{(1-a_0)a_1}=-Ca_0$
# ({prf:ref}`prop-first-scale`). The derivative falls by $C$ altogether.
#
# ```{prf:definition} The shape of $F'$
# :label: def-shape
# $$h_a=\frac{F'(0)-F'}{F'(0)-F'(1)}=1-a_0-\Phi_a'.$$
#
# It does not depend on $s_0$; $h_a(0)=0$ and $h_a(1)=1$.
# ```
#
# The first triangle sends each of its two sides onto the whole of $[0,1]$,
# and there the rest of the network goes on as the network of $\sigma a$ does from its start.
# So $h_a$ consists of two copies of $h_{\sigma a}$. A *cell* of level $n$ is a cell of $V_n$,
# a linear piece of $W_{n-1}$. Its *address* $d_0\dots d_{n-1}$ says which sides it takes: $d_j=0$,
# a left step, if $W_{j-1}<a_j$ on the cell, and $d_j=1$, a right step, if $W_{j-1}>a_j$.
#
# ```{prf:lemma} Two copies
# :label: lem-shape
# $$h_a(x)=\begin{cases}(1-a_0)\,h_{\sigma a}(T_{a_0}(x)) & 0\le x\le a_0\\ 1-a_0\,h_{\sigma a}(T_{a_0}(x)) & a_0\le x\le1.\end{cases}$$
#
# On a cell of level $n$ with address $d_0\dots d_{n-1}$ the function $h_a$ rises by the cell's
# drop. The cell has length $\prod_j(a_j\text{ if }d_j=0\text{ else }1-a_j)$ and drop
# $\prod_j(1-a_j\text{ if }d_j=0\text{ else }a_j)$; their product is $\prod_{j<n}a_j(1-a_j)$ for
# each of the $2^n$ cells. $h_a$ is an increasing homeomorphism of $[0,1]$.
# ```
#
# With $g_a=F'/C+a_0$ of {prf:ref}`lem-self-similar`, $h_a=1-g_a$, and the recursion found there for
# $g_a$ is the two lines above. With $\eta$ for $h_{\sigma a}(T)$:

# %%
a0, eta = sp.symbols("a_0 eta", positive=True)
left = 1 - (a0 + (1 - a0) * (1 - eta))
right = 1 - a0 * (1 - (1 - eta))
assert vanishes(left - (1 - a0) * eta, right - (1 - a0 * eta))

# %% [markdown]
# Lengths, drops and their products are those of {prf:ref}`cor-boxes`: a left step, $d_j=0$,
# multiplies lengths in $x$ by $a_j$ and lengths in $h$ by $1-a_j$;
# a right step by $1-a_j$ and $a_j$, and it reverses both directions.
# So $h_a$ is strictly increasing on $V_n$ for every $n$.
# The longest cell of level $n$ has length $\prod_{j<n}\max(a_j,1-a_j)$,
# which tends to 0 as $\sum\min(a_j,1-a_j)=\infty$: the mesh points are dense.
# A continuous function that increases strictly on a dense set increases strictly,
# and $h_a$ runs from 0 to 1. $\square$
#
# In code the lemma is a recursion that needs no limit: it gives $V_n$ and the values of $h_a$
# there, exactly.


# %%
def shape(peaks):
    """V_n and h_a on it, by the two lines of the lemma."""
    if not peaks:
        return np.array([0, 1]), np.array([0, 1])  # V_0
    a, (t, h) = peaks[0], shape(peaks[1:])
    back = slice(-2, None, -1)  # mirrored, without the peak, which is there
    V = np.append(a * t, 1 - (1 - a) * t[back])
    return V, np.append((1 - a) * h, 1 - a * h[back])


# %% tags=["hide-input"]
constant = [skew] * level
figure, axes = figures.panels(1, 3, 2.6, sharey=True)
for n, axis in enumerate(axes, 1):
    corners = np.column_stack(shape(constant[:n]))
    for (x0, y0), (x1, y1) in pairwise(corners):
        axis.fill_between([x0, x1], y0, y1, color=figures.LIGHT[0], alpha=0.22, linewidth=0)
        axis.plot(
            [x0, x1, x1, x0, x0],
            [y0, y0, y1, y1, y0],
            color=figures.LIGHT[0],
            linestyle="-",
            linewidth=0.8,
        )
    axis.plot(*shape(constant), color=figures.LIGHT[1], linestyle="-", linewidth=1.3)
    axis.set(title=f"level {n}", xlabel="$x$", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
    if n < 3:
        for k, address in enumerate(("0", "1") if n == 1 else ("00", "01", "11", "10")):
            (x0, y0), (x1, y1) = corners[k], corners[k + 1]
            axis.annotate(
                address,
                ((x0 + x1) / 2, y0),
                xytext=(8 if x1 - x0 < 0.25 else 0, -4),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=9,
                color=figures.GREY,
            )
    axis.set_ylim(-0.1, 1.03)
axes[0].set_ylabel("$h$")
figures.show(
    figure,
    "fig-address",
    caption=(
        "The graph of $h$ lies in boxes that close in on it and have the same "
        "area within a level: levels 1, 2 and 3 for a constant peak, each box "
        "a cell by the interval of values on it. Addresses stand below the "
        "boxes; after a right step the order is reversed, so 11 comes before "
        "10."
    ),
    alt=(
        "An increasing curve from corner to corner of the unit square, "
        "covered by chains of rectangles: two, then four, then eight, each "
        "chain inside the one before."
    ),
)

# %% [markdown]
# The boxes of level $n$ in {numref}`fig-address` are long and low where the slope is small,
# narrow and high where it is large. To see that they are boxes of $F'$, take the other way to it:
# at a peak of $W_i$ the derivative of $F$ is that of $f_i$, the waves before ({prf:ref}`lem-7-4`),
# which is a difference quotient of the series between two mesh points. For random rational peaks:

# %%
peaks = rational_peaks(rng, 8, over=20)
C = 1 / peaks[0]  # for s_0 = (1 - a_0) a_1, as in cn.series
found = {0: 0, 1: 1}
for wave in range(7):
    V = shape(peaks[:wave])[0] + Fraction(0)
    f = cn.series(V, peaks[:wave], +1, peaks[wave]) - V if wave else 0 * V
    P = cn.mesh(peaks[: wave + 1])[1::2]  # one on each cell of V
    found |= zip(P, 1 - peaks[0] - chord_slopes(V, f) / C)
mesh, h = shape(peaks[:7])
assert list(mesh) == list(cn.mesh(peaks[:7]))
assert list(h) == [found[x] for x in mesh]

# %% [markdown]
# `cn.series` adds the waves to $x$, with $s_0=(1-a_0)a_1$.
# The two ways agree at all mesh points of level 7 inside $(0,1)$.

# %% tags=["hide-input"]
figure, axes = figures.panels(1, 2, 3.3, sharey=True)
steps = [
    (0.5, (0.4, 0.4), (-20, 4)),
    (0.6, (0.6, 0.4), (4, -11)),
    (skew, (skew, 1 - skew), (4, -11)),
    (0.85, (0.85, 0.15), (-2, -12)),
]
for (a, place, offset), colour, line in zip(steps, figures.LIGHT, ("-", "--", "-.", ":")):
    axes[0].plot(*shape([a] * level), color=colour, linestyle=line, linewidth=1.3)
    axes[0].annotate(f"{a:g}", place, xytext=offset, textcoords="offset points", color=colour)
draw = [*rng.uniform(0.12, 0.88, level)]
axes[1].plot([0, 1], [0, 1], color=figures.GREY, linestyle=":", linewidth=1)
for sequence, colour, line, name, place in (
    (draw, figures.LIGHT[0], "-", "$h_a$", 0.72),
    ([1 - a for a in draw], figures.LIGHT[1], "--", "$h_{1-a}$", 0.28),
):
    points = shape(sequence)
    axes[1].plot(*points, color=colour, linestyle=line, linewidth=1.3)
    above = np.interp(place, *points) > place
    axes[1].annotate(
        name,
        fontsize=13,
        xy=(place, np.interp(place, *points)),
        xytext=(-6, 6) if above else (6, -6),
        textcoords="offset points",
        color=colour,
        ha="right" if above else "left",
        va="bottom" if above else "top",
    )
for axis, title in zip(axes, ("constant peaks", "random peaks, and flipped")):
    axis.set(title=title, xlabel="$x$", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
axes[0].set_ylabel("$h$")
figures.show(
    figure,
    "fig-shapes",
    caption=(
        "Left: the further a constant peak is from $\\frac12$, the steeper "
        "and the flatter are the parts of $h$, side by side. Right: the peaks "
        "flipped, $a_j\\to1-a_j$, give the mirror image in the diagonal. Both "
        "are drawn through all mesh points of one level."
    ),
    alt=(
        "Left: four increasing curves in the unit square, the diagonal for "
        "peaks at one half and ever more broken curves for larger constant "
        "peaks. Right: a curve for random peaks and its mirror image in the "
        "diagonal."
    ),
)

# %% [markdown]
# With all peaks at $\frac12$ the boxes are squares, $h(x)=x$, and $F$ is a parabola.
# For any other constant peak the curve in {numref}`fig-shapes` has ever steeper and ever flatter
# parts side by side. The right panel shows a symmetry, which is next.
#
# ## One triangle turned into another
#
# ```{prf:proposition} Conjugacy
# :label: prop-conjugacy
# $T_{1-a_0}\circ h_a=h_{\sigma a}\circ T_{a_0}$. Hence $h_a$ carries the mesh of the peaks $a$ to
# the mesh of the flipped peaks $1-a=(1-a_0,1-a_1,\dots)$, point by point and in order,
# and $h_{1-a}=h_a^{-1}$.
# ```
#
# On the left side of $T_{a_0}$ the value $h_a=(1-a_0)\eta$ lies on the left side of $T_{1-a_0}$,
# and on the right side $h_a=1-a_0\eta$ lies on its right.
# In both cases the outer triangle gives back $\eta=h_{\sigma a}(T_{a_0})$:

# %%
flip = 1 - a0  # the peak of the outer triangle
assert vanishes(left / flip - eta)  # left side
assert vanishes((1 - right) / (1 - flip) - eta)  # right side

# %% [markdown]
# For the mesh, look at `shape` again: its two outputs are built by one rule,
# the first with $a_0$ and the second with $1-a_0$, from the same start $(0,1)$.
# So the values of $h_a$ on $V_n$ are the mesh points of the flipped peaks, by induction on $n$.
# Then $h_{1-a}\circ h_a$ fixes every mesh point of $a$; the mesh points are dense,
# both functions are continuous (the condition $\sum\min(a_j,1-a_j)=\infty$ does not see the flip),
# and so it is the identity. $\square$

# %%
flipped = [1 - a for a in peaks]
assert list(h) == list(cn.mesh(flipped[:7]))
there_and_back = dict(zip(*shape(flipped[:7])))
assert [there_and_back[y] for y in h] == list(mesh)

# %% [markdown]
# For a constant peak, $h$ conjugates $T_a$ to $T_{1-a}$:
# the two triangles are one map in two coordinates. Strictly increasing functions of this kind that
# have derivative zero almost everywhere were constructed by {cite:t}`salem1943`,
# and characterized by functional equations of this form by {cite:t}`derham1957`;
# there both copies keep their direction, while here the right one is reversed,
# since a triangle falls on its right side. (Minkowski's question mark function is of another kind:
# its two branches are not linear but quotients of linear functions.)
#
# ## The Legendre transform flips every peak
#
# ```{prf:theorem} Duality
# :label: thm-duality
# $H_a(x)=(1-a_0)\,x-\Phi_a(x)$ is convex on $[0,1]$ with $H_a(0)=0$, $H_a(1)=1-a_0$ and $H_a'=h_a$.
# Its Legendre transform $H_a^*(p)=\max_{0\le x\le1}\bigl(px-H_a(x)\bigr)$ is, for $0\le p\le1$,
#
# $$H_a^*=H_{1-a}.$$
# ```
#
# $H_a'=1-a_0-\Phi_a'=h_a$ increases strictly, so $H_a$ is strictly convex,
# and $px-H_a(x)$ has its maximum where $h_a(x)=p$. What is to be shown is therefore Young's
# equality
#
# $$H_a(x)+H_{1-a}(y)=x\,y\qquad\text{for }y=h_a(x).$$
#
# Call the difference of its sides $D_a(x)=H_a(x)+H_{1-a}(h_a(x))-x\,h_a(x)$.
# The formula for $\Phi_a$ above, with $t=T_{a_0}(x)$ and
# $H_{\sigma a}(t)=(1-a_1)t-\Phi_{\sigma a}(t)$, reads
# $\Phi_a=a_0(1-a_0)\bigl(t-H_{\sigma a}(t)\bigr)$. For the flipped peaks it holds with $1-a_0$ and,
# by conjugacy, at $T_{1-a_0}(y)=\eta=h_{\sigma a}(t)$. With $H$ and $K$ for $H_{\sigma a}(t)$ and
# $H_{\sigma(1-a)}(\eta)$:

# %%
t, H, K = sp.symbols("t H K", positive=True)
left_side = a0 * t, (1 - a0) * eta  # x and y
right_side = 1 - (1 - a0) * t, 1 - a0 * eta
for x, y in (left_side, right_side):
    H_a = (1 - a0) * x - a0 * (1 - a0) * (t - H)
    H_flip = a0 * y - a0 * (1 - a0) * (eta - K)
    D = H_a + H_flip - x * y
    assert vanishes(D - a0 * (1 - a0) * (H + K - t * eta))
sp.factor(D)

# %% [markdown]
# On both sides $D_a(x)=a_0(1-a_0)\,D_{\sigma a}(T_{a_0}(x))$. All of $H$,
# $x$ and $h$ lie in $[0,1]$, so $|D|\le2$; after $n$ steps $|D_a|\le2\cdot4^{-n}$, for every $n$,
# and $D_a=0$. The value at 1 is $H_a(1)=1-a_0$, as $\Phi_a(1)=0$. $\square$
#
# {numref}`fig-young` shows the equality as Young drew it:
# the graph of $h_a$ cuts the rectangle with corners $0$ and $(x,y)$ into two parts,
# one under the graph, $\int_0^xh_a=H_a(x)$, and one beside it, $\int_0^yh_a^{-1}=H_{1-a}(y)$.

# %% tags=["hide-input"]
points, heights = shape(constant)
lower = (1 - skew) * cn.series(points, constant, -1, skew)
upper = skew * cn.series(heights, [1 - skew] * level, -1, 1 - skew)
at = int(np.searchsorted(points, 0.8))
x0, y0, under, beside = points[at], heights[at], lower[at], upper[at]
figure, axes = figures.panels(1, 2, 3.3)
axes[0].fill_between(
    points[: at + 1], 0, heights[: at + 1], color=figures.LIGHT[0], alpha=0.25, linewidth=0
)
axes[0].fill_betweenx(
    heights[: at + 1], 0, points[: at + 1], color=figures.LIGHT[1], alpha=0.25, linewidth=0
)
axes[0].plot(points, heights, color=figures.GREY, linestyle="-")
axes[0].plot([x0, x0, 0], [0, y0, y0], color=figures.GREY, linestyle=":", linewidth=1)
axes[0].annotate(
    "$H_a(x)$", fontsize=13, xy=(0.97 * x0, 0.06 * y0), ha="right", color=figures.LIGHT[0]
)
axes[0].annotate("$H_{1-a}(y)$", fontsize=13, xy=(0.07 * x0, 0.72 * y0), color=figures.LIGHT[1])
axes[0].annotate(
    "$(x,y)$",
    fontsize=13,
    xy=(x0, y0),
    xytext=(4, -10),
    textcoords="offset points",
    color=figures.GREY,
)
axes[0].plot(x0, y0, "o", color=figures.GREY)
axes[0].set(title="$h_a$", xlabel="$x$", ylabel="$y$", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
axes[1].plot(points, lower, color=figures.LIGHT[0], linestyle="-")
axes[1].plot(heights, upper, color=figures.LIGHT[1], linestyle="--")
axes[1].plot([0, 1], [-beside, y0 - beside], color=figures.GREY, linestyle=":")
axes[1].plot([x0, 0], [under, -beside], "o", color=figures.GREY)
axes[1].annotate(
    "$H_a$",
    fontsize=13,
    xy=(1, lower[-1]),
    xytext=(4, 0),
    textcoords="offset points",
    va="center",
    color=figures.LIGHT[0],
    annotation_clip=False,
)
axes[1].annotate(
    "$H_{1-a}$",
    fontsize=13,
    xy=(1, upper[-1]),
    xytext=(4, 0),
    textcoords="offset points",
    va="center",
    color=figures.LIGHT[1],
    annotation_clip=False,
)
axes[1].annotate(
    "$-H_{1-a}(y)$",
    fontsize=13,
    xy=(0, -beside),
    xytext=(8, -3),
    textcoords="offset points",
    va="top",
    color=figures.GREY,
)
axes[1].set(
    title="$H_a$ and its transform",
    xlabel="$x$, and $y$ for $H_{1-a}$",
    xticks=[0, 0.5, 1],
    xlim=(-0.03, 1.16),
    ylim=(-beside - 0.25, None),
)
figures.show(
    figure,
    "fig-young",
    caption=(
        "The areas $H_a(x)$ and $H_{1-a}(y)$ fill the rectangle $xy$ (left), "
        "so the tangent of slope $y$ to $H_a$ meets the axis at $-H_{1-a}(y)$ "
        "(right)."
    ),
    alt=(
        "Left: the graph of h cuts a rectangle into an area below it and an "
        "area beside it. Right: two convex curves from the origin, a tangent "
        "to one of them, and where it meets the vertical axis below zero."
    ),
)

# %% [markdown]
# These functions are networks. The paper's subtracted form $y=x-F$ with $s_0=a_0a_1$ is
# $H_a/H_a(1)$, and its added form $y=x+F$ with $s_0=(1-a_0)a_1$ is $(a_0x+\Phi_a)/a_0$:
# divide by $1-a_0$ or by $a_0$, and the first scale $a_0(1-a_0)a_1$ of $\Phi_a$ becomes that of the
# paper. So the transform of a network's limit is the limit of the network with flipped peaks,
# up to the scaling of the axes. At the mesh points, where the network agrees with its limit,
# the equality is one between rational numbers:


# %%
def H(x, peaks):
    """H_a at mesh points: the subtracted form times 1 - a_0."""
    *first, closing = peaks
    return (1 - peaks[0]) * cn.series(x, first, -1, closing)


H_mesh, H_flip = H(mesh, peaks), H(h, flipped)
assert list(H_mesh + H_flip) == list(mesh * h)
searched = [max(p * mesh - H_mesh) for p in h]
assert searched == list(H_flip)

# %% [markdown]
# The last two lines use the definition: the largest value of $px-H_a(x)$ over all mesh points.
# It is $H_{1-a}(p)$ for each of the slopes $p$.
#
# ## Four kinds of derivative
#
# Let $M_n$ be the slope of $h_a$ over the cells of level $n$: a step function,
# on each cell drop divided by length, a product of factors $\rho_j=\frac{1-a_j}{a_j}$ for left
# steps and $1/\rho_j$ for right ones. It is $-1/C$ times the difference quotient of $F'$ over the
# cell. Put $u_j=2a_j-1$, so that $u_j=0$ is the symmetric triangle.
#
# ```{prf:theorem} Trichotomy
# :label: thm-trichotomy
# Let $F\in C^1[0,1]$, with (4) and $s_0>0$.
#
# 1. $F'$ is Lipschitz if and only if $\sum_j|a_j-\frac12|<\infty$.
# 2. $F'$ is absolutely continuous if and only if $\sum_j(a_j-\frac12)^2<\infty$.
#    Then $F\in W^{2,p}$ for every $p<\infty$, and
#
#    $$\int_0^1F''^2\,dx=C^2\prod_{j\ge0}\Bigl(\frac1{a_j(1-a_j)}-3\Bigr).$$
#
# 3. Otherwise $F'$ is purely singular: it decreases strictly, and $F''=0$ almost everywhere.
# ```
#
# The proof takes three numbers from $M_n$, the largest value,
# the $p$-th moment and the mean of $\sqrt{M_n}$, and each is a product over the levels.
# A left step takes the fraction $a_j$ of a cell's length and multiplies the slope by $\rho_j$,
# a right step takes the fraction $1-a_j$ and divides by it; so
#
# $$\max M_n=\prod_{j<n}\max\Bigl(\rho_j,\frac1{\rho_j}\Bigr),\qquad \int_0^1M_n^p=\prod_{j<n}\bigl(a_j\rho_j^p+(1-a_j)\rho_j^{-p}\bigr),$$
#
# $$\int_0^1\sqrt{M_n}=\sum_{\text{cells}}\sqrt{\text{length}\cdot\text{drop}}=2^n\prod_{j<n}\sqrt{a_j(1-a_j)}=\prod_{j<n}\sqrt{1-u_j^2}.$$
#
# The last one is the equal area of the boxes. For the moment,
# here is the step from one level to the next: a cell with its length and drop is replaced by two.

# %%
p, ell, delta = sp.symbols("p ell delta", positive=True)
part = lambda length, drop: length * (drop / length) ** p
two = part(a0 * ell, flip * delta) + part(flip * ell, a0 * delta)
rho = flip / a0
factor = a0 * rho**p + flip * rho**-p
step = (two / part(ell, delta) - factor).subs(a0, 1 / (1 + eta))
assert vanishes(step)

# %% [markdown]
# (The substitution $a_0=\frac1{1+\eta}$ with $\eta>0$ tells SymPy that $0<a_0<1$.) In the first
# product and the second everything is decided by how a factor leaves 1 as $u$ leaves 0:

# %%
u = sp.Symbol("u", positive=True)
a = (1 + u) / 2
rho = sp.simplify((1 - a) / a)
second = a * rho**2 + (1 - a) / rho**2
assert vanishes(4 * a * (1 - a) - (1 - u**2))
assert vanishes(sp.diff(-sp.log(rho), u) - 2 / (1 - u**2))
assert vanishes(second - (1 / (a * (1 - a)) - 3))
assert vanishes(second - (1 + 4 * u**2 / (1 - u**2)))
moment = a * rho**p + (1 - a) * rho**-p
sp.simplify(sp.series(moment, u, 0, 3))

# %% [markdown]
# *Lipschitz.* If $h_a$ is Lipschitz, the slopes $M_n$ are bounded by its constant.
# If conversely all $M_n\le B$, then $|h_a(x)-h_a(y)|\le B\,|x-y|$ for mesh points $x,y$;
# they are dense, so it holds for all points. Now $\max M_n=\exp\sum_{j<n}|\ln\rho_j|$.
# The derivative of $-\ln\rho$ in $u$ is $\frac2{1-u^2}$, by the second assertion,
# so $2|u|\le|\ln\rho|\le\frac{2|u|}{1-u^2}$. If either $\sum|\ln\rho_j|$ or $\sum|u_j|$ converges,
# then $u_j\to0$, and the other converges with it.
#
# *The square sum converges.* Then $u_j\to0$. The $p$-th moment of one step is $1+2p(p-1)u^2$ up to
# higher order (and even in $u$, since $u\to-u$ exchanges its two terms),
# so what it adds to 1 is $u^2$ times a continuous function,
# and for $|u|\le\frac12$ it is at most $1+c_pu^2$ with a constant $c_p$;
# the finitely many other factors are finite. Hence $\int M_n^p$ is bounded in $n$, for every $p>1$.
# Bounded sets of $L^p$ are weakly compact: a subsequence of $M_n$ converges weakly to some
# $M\in L^p$. For $x<y$ in some $V_k$ we have $\int_x^yM_n=h_a(y)-h_a(x)$ for all $n\ge k$,
# so $\int_x^yM=h_a(y)-h_a(x)$; the mesh points are dense and both sides continuous,
# so this holds for all $x,y$. Thus $h_a$ is absolutely continuous, $h_a'=M\in L^p$,
# and $F\in W^{2,p}$. On each cell $M_n$ is the mean of $h_a'$,
# so $\int M_n^p\le\int h_a'^p$ by Jensen's inequality, and $\int h_a'^p\le\liminf\int M_n^p$ by
# weak convergence. Both together: $\int h_a'^p$ is the infinite product.
# For $p=2$ its factors are those of the theorem, and $F''=-C\,h_a'$.
#
# *The square sum diverges.* Since $\sqrt{1-u^2}\le1-\frac{u^2}2\le e^{-u^2/2}$,
# the product $\prod\sqrt{1-u_j^2}$ is 0: $\int\sqrt{M_n}\to0$.
# The monotone function $h_a$ is differentiable almost everywhere (Lebesgue),
# and at such a point $x$, if it is no mesh point, $M_n(x)\to h_a'(x)$,
# because the slope over a cell around $x$ is a weighted mean of the two difference quotients from
# $x$ to its ends. By Fatou's lemma $\int\sqrt{h_a'}\le\liminf\int\sqrt{M_n}=0$.
# So $h_a'=0$ almost everywhere, while $h_a$ increases strictly: it is singular,
# and not absolutely continuous. $\square$
#
# The second and third part are a case of a theorem of {cite:t}`kakutani1948`. Choose $x$ at random,
# uniformly: its digits are independent, and $d_j=0$ has probability $a_j$.
# Choose it with $h_a$ as distribution function: they are independent again,
# with probability $1-a_j$. Two such product measures are either mutually absolutely continuous or
# mutually singular, and the product of the affinities $\sqrt{a_j(1-a_j)}+\sqrt{(1-a_j)a_j}$ tells
# which: it is positive in the first case and 0 in the second.
#
# For a constant peak $a\ne\frac12$ the law of large numbers says how the slopes vanish:
# $\ln M_n$ is a sum of $n$ independent steps of mean
# $a\ln\rho+(1-a)\ln\frac1\rho=(2a-1)\ln\frac{1-a}a<0$. For $a=$ {glue:text}`beyond_skew` it is
# {glue:text}`beyond_drift`: at almost every $x$ the slopes $M_n(x)$ shrink, on geometric average,
# by the factor {glue:text}`beyond_shrink` a level.

# %%
drift = (2 * skew - 1) * np.log((1 - skew) / skew)
assert drift < 0
words.glue(
    beyond_drift=f"{drift:.3f}".replace("-", "\N{MINUS SIGN}"),
    beyond_shrink=f"{np.exp(drift):.2f}",
)

# %% [markdown]
# Four sequences of peaks, of which the first three tend to $\frac12$:

# %%
laws = {
    "$\\frac12+\\frac{0.4}{(j+2)^2}$": lambda j: 0.5 + 0.4 / (j + 2) ** 2,
    "$\\frac12+\\frac{0.4}{j+2}$": lambda j: 0.5 + 0.4 / (j + 2),
    "$\\frac12+\\frac{0.4}{\\sqrt{j+2}}$": lambda j: 0.5 + 0.4 / np.sqrt(j + 2),
    f"${skew:g}$": lambda j: skew + 0 * j,
}

# %% tags=["hide-input"]
drawn = [list(laws)[place] for place in (0, 1, 3)]
kinds = ["Lipschitz", "absolutely continuous", "singular"]
figure, axes = figures.panels(1, 3, 2.7, sharey=True)
for axis, formula, kind, colour in zip(axes, drawn, kinds, figures.LIGHT):
    x, y = shape([*laws[formula](np.arange(level))])
    formula = formula.replace("\\frac12", "\\frac{1}{2}")
    axis.axhline(1, color=figures.GREY, linestyle=":", linewidth=1)
    axis.stairs(np.diff(y) / np.diff(x), x, baseline=None, color=colour, linewidth=0.9)
    axis.set_yscale("log")
    axis.set(title=f"$a_j=$ {formula}\n{kind}", xlabel="$x$", xticks=[0, 0.5, 1])
axes[0].set_ylabel(f"$M_{{{level}}}$")
figures.show(
    figure,
    "fig-regimes",
    caption=(
        "The slopes $M_n$ of $h$, that is $-F''/C$ seen at one level, stay in "
        "a band for peaks that approach $\\frac12$ quickly, leave it at "
        "isolated places for peaks that approach it slowly, and spread over "
        "many powers of ten for a constant peak. Dotted: slope 1."
    ),
    alt=(
        "Three panels of step functions on a logarithmic scale: one within a "
        "narrow band, one spreading slowly with isolated high and low steps, "
        "one spread over many powers of ten."
    ),
)

# %% [markdown]
# The three numbers at level 10 and at level 400, by the products:


# %%
def shown(value):
    return f"{value:.3g}" if 1e-3 < value < 1e3 else words.power(value, 0)


rows = []
for formula, law in laws.items():
    a_j = law(np.arange(400))
    largest = np.maximum(a_j / (1 - a_j), (1 - a_j) / a_j)
    square = 1 / (a_j * (1 - a_j)) - 3
    root = 2 * np.sqrt(a_j * (1 - a_j))
    row = [formula]
    for factors in (largest, square, root):
        row.append(f"{shown(np.prod(factors[:10]))} → {shown(np.prod(factors))}")
    rows.append(row)
tables.table(rows, ["$a_j$", "$\\max M_n$", "$\\int M_n^2$", "$\\int\\sqrt{M_n}$"])

# %% [markdown]
# The table continues {numref}`fig-regimes` from level 10 to level 400, by the products,
# and adds one sequence, the third, whose peaks tend to $\frac12$ so slowly that $F'$ is singular
# all the same. In the first row all three numbers settle;
# in the second the largest slope grows without bound, while the other two settle;
# in the last two rows $\int\sqrt{M_n}$ goes to 0. On exact cells, the areas and the products,
# with $p=2$ and $p=3$ for the moments:

# %%
length, drop = np.diff(mesh), np.diff(h)
M, steps = drop / length, peaks[:7]
assert {*(length * drop)} == {prod(a * (1 - a) for a in steps)}
assert max(M) == prod(max(a / (1 - a), (1 - a) / a) for a in steps)
assert sum(M**2 * length) == prod(1 / (a * (1 - a)) - 3 for a in steps)
cubes = [(1 - a) ** 3 / a**2 + a**3 / (1 - a) ** 2 for a in steps]
assert sum(M**3 * length) == prod(cubes)

# %% [markdown]
# A flip of all peaks changes none of the conditions. So $h_a$ and its inverse $h_{1-a}$ are always
# of the same kind, which for increasing functions in general is not so.
# Even a singular $F'$ keeps some smoothness, if the peaks stay away from 0 and 1.
#
# ```{prf:proposition} Hölder continuity
# :label: prop-holder
# If $c\le a_j\le1-c$ for all $j$, with $0<c\le\frac12$,
# then $F\in C^{1,\alpha}$ with $\alpha=\frac{\ln(1-c)}{\ln c}$:
#
# $$|h_a(x)-h_a(y)|\le\frac{2}{1-c}\,|x-y|^\alpha.$$
#
# For constant peaks $c$ or $1-c$ no larger exponent will do.
# ```
#
# *On one cell*, drop $\le$ length$^\alpha$. A step with length factor $q$,
# which is $a_j$ or $1-a_j$, has drop factor $1-q$, and $1-q\le q^\alpha$ says that
# $\frac{\ln(1-q)}{\ln q}\ge\alpha$. This quotient increases in $q$,
# as $|\ln(1-q)|$ increases and $|\ln q|$ decreases, and at $q=c$ it is $\alpha$.
#
# *Between two points* $x<y$, take the last cell that contains both,
# and let $z$ be the point where it is divided, $x\le z\le y$.
# Among the cells that end at $z$ on the side of $x$ take the last one, $Q$, that contains $x$;
# if $x=z$ there is nothing to do. Its part next to $z$ does not contain $x$ and has a length of at
# least $c\,|Q|$, so $|Q|\le\frac{|z-x|}c$, and
#
# $$h_a(z)-h_a(x)\le\text{drop of }Q\le|Q|^\alpha\le c^{-\alpha}|z-x|^\alpha=\frac{|z-x|^\alpha}{1-c},$$
#
# since $c^\alpha=1-c$. The same holds for $y$ on the other side. Add the two,
# and $|z-x|,|y-z|\le|x-y|$.
#
# *The exponent* is attained: with peaks $c$ the cell of address $00\dots0$ has length $c^n$ and
# drop $(1-c)^n=(c^n)^\alpha$, and with peaks $1-c$ the cell $11\dots1$ has. $\square$
#
# For $c=$ {glue:text}`beyond_c`, where $\alpha=$ {glue:text}`beyond_alpha`,
# and for all pairs of mesh points of level 7, the largest quotient is well within the bound:

# %%
c = 1 - skew
alpha, bound = np.log(1 - c) / np.log(c), 2 / (1 - c)
sequences = {
    "constant $1-c$": [1 - c] * 7,
    "constant $c$": [c] * 7,
    "drawn from $[c,1-c]$": [*rng.uniform(c, 1 - c, 7)],
}
rows = []
for name, sequence in sequences.items():
    x, y = shape(sequence)
    pairs = np.triu_indices(len(x), 1)
    distances = np.abs(x[:, None] - x)[pairs]
    rises = np.abs(y[:, None] - y)[pairs]
    largest = (rises / distances**alpha).max()
    assert largest <= bound
    rows.append([name, f"{largest:.3f}", f"{bound:.3f}"])
words.glue(beyond_c=f"{c:.3g}", beyond_alpha=f"{alpha:.3f}")
tables.table(
    rows,
    [
        "peaks",
        "$\\max\\lvert h(x)-h(y)\\rvert/\\lvert x-y\\rvert^\\alpha$",
        "bound $2/(1-c)$",
    ],
)

# %% [markdown]
# ### The fourth kind: jumps only
#
# What if $\sum\min(a_j,1-a_j)<\infty$? By {prf:ref}`thm-sharp` $F'$ jumps somewhere,
# and {prf:ref}`ex-jump` shows one such jump. There are infinitely many, and nothing else.
#
# ```{prf:proposition} Pure jumps
# :label: prop-pure-jump
# Let $\sum\min(a_j,1-a_j)<\infty$, and let $R_n=\prod_{j\ge n}\max(a_j,1-a_j)$; then $R_n\to1$.
#
# 1. $F$ is linear on countably many intervals, whose lengths add up to 1. Those whose digits take
#    the longer part from index $n$ on (the digit 0 if $a_j=\frac12$) are $2^n$ intervals,
#    of length $R_n$ together.
# 2. If $\sum a_j=\infty$, let a point belong to $D_n$ if its digits take the part with the larger
#    drop from index $n$ on (again the digit 0 if $a_j=\frac12$). $D_n$ has $2^n$ points,
#    none of them a bend, and $F'$ falls by $C\,R_n$ in them together.
#    So all of its fall, $C$, is in jumps.
# 3. If $\sum a_j<\infty$, all of the fall of $F'$ in $(0,1)$ is in the bends: in $P_i$ it is
#    $C\,a_{i+1}\prod_{m\ge i+2}(1-a_m)$.
# ```
#
# *Part 1.* The lengths of the cells of level $n$ add up to 1. From each of them on take the longer
# part for ever: what remains is an interval, $R_n$ times as long, with no bend inside
# ({prf:ref}`prop-dense`). Different cells of level $n$ give intervals that do not overlap.
#
# *Part 2.* The drops of the cells of level $n$ add up to 1 ({prf:ref}`cor-boxes`).
# From each of them on take the part with the larger drop for ever, as in the proof of
# {prf:ref}`thm-sharp`: the cells shrink to a point that is no end of a cell,
# because infinitely many of the digits are 1, and there $F'$ falls by $C\,R_n$ times the drop of
# the cell. Different cells give different points. With $n\to\infty$ these falls add up to $C$,
# and by {prf:ref}`prop-bends` $F'(0)-F'(1)=C$: there is no other fall.
#
# *Part 3.* At $x\in P_i$, in a cell of level $i$ of length $\ell$, the fall is $(L+R)K_i$ with
# $L+R=\frac1{a_i\ell}+\frac1{(1-a_i)\ell}$, and $\sum\frac1\ell$ over the cells is
# $\prod_{j<i}\bigl(\frac1{a_j}+\frac1{1-a_j}\bigr)$. So the fall in $P_i$ is
# $K_i/\prod_{j\le i}a_j(1-a_j)$, and with $K_i=s_i\prod_{m\ge i+2}(1-a_m)$ ({prf:ref}`prop-bends`)
# it is as stated. These are the differences of $\prod_{m\ge k}(1-a_m)$ from $k=i+1$ to
# $i+2$, and add up to $1-\prod_{m\ge1}(1-a_m)$, which is $\frac1C(F'(0)-F'(1))$. $\square$
#
# So there are four kinds of $F'$, and each sequence of peaks belongs to one of them: Lipschitz;
# absolutely continuous, but not Lipschitz; continuous and singular; nothing but jumps.
# (That no mixtures occur is a law of pure type, as {cite:t}`jessen1935` proved for sums of
# independent terms; here it is the digits that are independent.) For the peaks of
# {prf:ref}`ex-jump`, $R_n=\frac{n+1}{n+2}$. On exact cells: the $2^n$ cells of level $n$, each
# followed by $k$ steps with the larger drop,

# %%
near_one = [1 - Fraction(1, (j + 2) ** 2) for j in range(9)]
for n in range(1, 6):
    falls = np.diff(shape(near_one)[1])  # of all cells of level 9
    cells = falls.reshape(2**n, -1)
    R_n = Fraction(n + 1, n + 2)
    rest = prod(near_one[n:]) / R_n  # what k = 9 - n steps leave of the infinite product
    assert cells.max(axis=1).sum() == prod(near_one[n:]) > R_n and rest == Fraction(11, 10)

# %% [markdown]
# keep $\prod_{n\le j<n+k}a_j$ of the whole fall, which tends to $R_n$.
#
# ## Symmetric triangles with free scales
#
# So far the scales followed (4). The other extreme keeps all peaks at $\frac12$ and lets the scales
# be powers, $s_n=w^n$. This is a family that has been studied for a century: $w=\frac12$ gives,
# up to a factor of 2, Takagi's function {cite:p}`takagi1903`,
# and the whole family is named after Takagi and Landsberg; {cite:t}`allaart2012` survey it.
#
# ```{prf:proposition} Takagi and Landsberg
# :label: prop-takagi
# Let all $a_i=\frac12$ and $F_w=\sum_{n\ge0}w^nW_n$ with $|w|<1$.
#
# 1. If $|w|<\frac12$, then $F_w$ is differentiable at every point that is no bend,
#    and at a peak of $W_i$ the open kink is
#
#    $$K_i=\frac{1-4w}{1-2w}\,w^i.$$
#
#    $F_w$ is differentiable if and only if $w=\frac14$, and then $F_w=4x(1-x)$.
# 2. If $\frac12\le|w|<1$, it is differentiable nowhere.
# ```
#
# *The kink.* With $a_k=\frac12$ the open kink after $N\ge1$ more waves is $K_{i,i+N}=$
# $w^i\bigl(1-2\bigl(w+\sum_{m=2}^{N}w^m2^{m-1}\bigr)\bigr)$ $=w^i\bigl(1-\sum_{m=1}^N(2w)^m\bigr)$.
# The last bracket has the closed form below: it is right for $N=0$, where nothing is closed yet,
# and from $N$ to $N+1$ it changes by one term of the sum.

# %%
w = sp.Symbol("w", real=True)
N = sp.Symbol("N", integer=True, nonnegative=True)
kink = ((1 - 4 * w) + (2 * w) ** (N + 1)) / (1 - 2 * w)
assert vanishes(kink.subs(N, 0) - 1)
assert vanishes(kink.subs(N, N + 1) - kink + (2 * w) ** (N + 1))
kink

# %% [markdown]
# For $|w|<\frac12$ the power goes to 0 and leaves $\frac{1-4w}{1-2w}$.
# By {prf:ref}`lem-7-2` the one-sided derivatives of $E_i$ are $-R\,K_i$ and $L\,K_i$,
# and these differ unless $K_i=0$; already for $K_0$ this means $w=\frac14$.
# There (4) holds with $s_{n+1}/s_n=\frac12\cdot\frac12$,
# and the sum is $4x(1-x)$ by {prf:ref}`thm-yarotsky`. At a point that is no bend every $W_n$ is
# differentiable, and the difference quotients of $w^nW_n$ are at most $2|2w|^n$,
# a convergent series: the sum may be differentiated term by term.
#
# *Nowhere.* Let $\frac12\le|w|<1$. Around any point there are nested dyadic cells,
# one of each level. On the cell of level $n$ the slope of $F_w$ from end to end is
# $\sum_{k<n}w^kW_k'$, because the later waves vanish at its ends.
# From level $n$ to $n+1$ it changes by $|w|^n2^{n+1}\ge2$, so these slopes do not converge.
# But if $F_w$ had a derivative at the point, they would converge to it,
# as weighted means of difference quotients (or as difference quotients, if the point is an end).
# $\square$

# %% tags=["hide-input"]
dyadic = np.array(cn.mesh([half] * level), float)
figure, axes = figures.panels(1, 4, 2.3)
for axis, (w_, title), colour in zip(
    axes, ((1 / 8, "1/8"), (1 / 4, "1/4"), (1 / 2, "1/2"), (0.7, "0.7")), figures.LIGHT
):
    sums = sum(w_**k * W for k, W in enumerate(cn.waves(dyadic, [0.5] * level)))
    axis.plot(dyadic, sums, color=colour, linestyle="-", linewidth=1.1)
    axis.set(title=f"$w={title}$", xlabel="$x$", xticks=[0, 1], yticks=[0, int(sums.max())])
figures.show(
    figure,
    "fig-takagi",
    caption=(
        "Of these sums $\\sum w^nW_n$ with symmetric triangles only the "
        "second is differentiable; the first has a kink at every dyadic "
        "point, the last two have no derivative anywhere. All are drawn "
        "through the mesh points of one level."
    ),
    alt=(
        "Four curves over the unit interval: a concave polygon with kinks, a "
        "smooth parabola, the jagged Takagi function, and a rougher curve."
    ),
)

# %% [markdown]
# On the waves themselves, the jump of the slope at $\frac12$ of the first eight terms,
# divided by $-(L+R)=-4$, is the closed form with $N=7$, exactly, for $w=\frac18,\frac14,\frac25$:

# %%
x = cn.mesh([half] * 8)
waves = cn.waves(x, [half] * 8)
for weight in (Fraction(1, 8), Fraction(1, 4), Fraction(2, 5)):
    slopes = chord_slopes(x, np.dot([weight**n for n in range(8)], waves))
    jump = slopes[128] - slopes[127]
    assert jump / -4 == ((1 - 4 * weight) + (2 * weight) ** 8) / (1 - 2 * weight)

# %% [markdown]
# Between $w=\frac14$ and $\frac12$ the factor is negative: the kinks point the other way,
# as the later waves close more than the whole kink.
#
# ## How much freedom is left
#
# What does the smooth limit cost? At a finite depth the answer is a dimension.
# The functions with $2^d$ pieces that vanish at 0 and 1 have $2^d-1$ bends with a place and a value
# each, $2(2^d-1)$ numbers; a network moves in a few directions of this space.
#
# ```{prf:proposition} Dimensions
# :label: prop-dimension
# Describe $\sum_{i<d}s_iW_i$ by the points of $V_d$ between 0 and 1 and its values there,
# $2(2^d-1)$ numbers.
#
# 1. With free scales they depend on $a_0,\dots,a_{d-1},s_0,\dots,s_{d-1}$ with a Jacobian of rank
#    $2d$.
# 2. With the scales of (4), $s_0\ne0$ and $d\ge2$ they depend on $a_0,\dots,a_d,s_0$ with a
#    Jacobian of rank $d+2$.
# ```
#
# The parameters can be read off again, by smooth formulas,
# and then no direction of them can be lost. The leftmost points $x_n=\prod_{j\le n}a_j$ give
# $a_n=x_n/x_{n-1}$, with $x_{-1}=1$. On $[0,x_{n-1}]$ the sum $f_n$ is linear from 0,
# later waves vanish at $x_{n-1}$, and $W_n(x_n)=1$; so $s_n=f(x_n)-a_nf(x_{n-1})$.
# This is the first part. In the second the closing number is
# $a_d=\frac{s_{d-1}}{s_{d-2}(1-a_{d-1})}$. $\square$ (The sum of depth $d=1$ does not contain
# $a_1$. Under (4) every point of $V_d$ inside $(0,1)$ is a bend, {prf:ref}`prop-lost-regions`,
# so the numbers describe the function and not only its formula.)
#
# The ranks once more, computed: the Jacobians are taken symbolically and evaluated at a random
# rational point, where their rank is exact.


# %%
def describe(peaks, s):
    """Places and values of the bends: each new one is a_i of the way
    up its cell, and s_i above the chord."""
    x, f = [sp.S(0), sp.S(1)], [sp.S(0), sp.S(0)]
    for a, surplus in zip(peaks, s):
        for k in range(len(x) - 1, 0, -1):
            q = a if k % 2 else 1 - a
            x.insert(k, x[k - 1] + q * (x[k] - x[k - 1]))
            f.insert(k, f[k - 1] + q * (f[k] - f[k - 1]) + surplus)
    return sp.Matrix(x[1:-1] + f[1:-1])


def by_equation_4(peaks, s0):
    s = [s0]
    for a, following in zip(peaks[1:], peaks[2:]):
        s.append(s[-1] * (1 - a) * following)
    return s


def rank(coordinates, parameters):
    draws = rng.integers(3, 18, len(parameters))
    point = [sp.Rational(int(k), 20) for k in draws]
    at = dict(zip(parameters, point))
    return coordinates.jacobian(parameters).subs(at).rank()


# %% [markdown]
# The ranks are the number of parameters, at every depth tried:

# %%
rows, dimension = [], {}
for d in range(2, 5):
    a = list(sp.symbols(f"a_0:{d + 1}"))
    s = list(sp.symbols(f"s_0:{d}"))
    smooth = describe(a[:d], by_equation_4(a, s[0]))
    free = describe(a[:d], s)
    dimension[d] = rank(smooth, [*a, s[0]]), rank(free, [*a[:d], *s]), len(free)
    assert dimension[d] == (d + 2, 2 * d, 2 * (2**d - 1))
    rows.append([d, *dimension[d]])
tables.table(
    rows,
    [
        "depth $d$",
        "with (4): $d+2$",
        "free scales: $2d$",
        "all with $2^d$ pieces: $2(2^d-1)$",
    ],
)

# %% [markdown]
# So differentiability costs $d-2$ of $2d$ dimensions: nearly half of them, for deep networks,
# and none at depth 2. (No network of finite depth is differentiable; the cost is that of a
# differentiable limit.) Beside the space of all functions with $2^d$ pieces both families are
# small: it is the composition that costs most, and not the constraint on the scales.
# {doc}`best_splines` says the same of the limits, where there is no dimension to count.
#
# In the limit, the answer is a scale of conditions on the peaks; from the second line on
# each is stricter than the one before:
#
# | the limit $F$ | peaks that remain | proved in |
# |:--|:--|:--|
# | linear on intervals of total length 1; $F'$ only jumps | $\sum\min(a_j,1-a_j)<\infty$ | {prf:ref}`prop-pure-jump` |
# | differentiable, $C^1$ | $\sum\min(a_j,1-a_j)=\infty$ | {prf:ref}`thm-sharp` |
# | $C^{1,\alpha}$, $\alpha=\ln(1-c)/\ln c$ | enough: $0<c\le a_j\le1-c$ | {prf:ref}`prop-holder` |
# | $F'$ absolutely continuous, $W^{2,p}$ for $p<\infty$ | $\sum(a_j-\frac12)^2<\infty$ | {prf:ref}`thm-trichotomy` |
# | $F'$ Lipschitz, $W^{2,\infty}$ | $\sum\lvert a_j-\frac12\rvert<\infty$ | {prf:ref}`thm-trichotomy` |
# | twice differentiable | $a_j=\frac12$ for all $j$: a parabola | {prf:ref}`thm-7-8` |

# %%
ranks = {}
for depth, found in dimension.items():
    ranks[f"dimensions at depth {depth}"] = ", ".join(map(str, found))
d = max(dimension)
smooth, free, every = dimension[d]
claims.answer(
    "D-q3",
    (
        "Yes, and most of what is lost is lost to composition. At depth $d\\ge2$ the family with "
        "a differentiable limit has $d+2$ dimensions, free scales $2d$, and all functions with "
        f"$2^d$ pieces that vanish at 0 and 1 have $2(2^d-1)$: {smooth}, {free} and {every} at "
        f"depth {d}, the first two as exact ranks. Further smoothness of the limit is paid in "
        "peaks: $C^1$ leaves the sequences with $\\sum\\min(a_j,1-a_j)$ infinite, an absolutely "
        "continuous $F'$ those with $\\sum(a_j-\\frac12)^2<\\infty$, a Lipschitz one those with "
        "$\\sum|a_j-\\frac12|<\\infty$, and a second derivative everywhere only the parabola."
    ),
    numbers=ranks,
)

# %% [markdown]
# ## What to take away
#
# The derivative of a compositional limit is a chain of boxes,
# and the peaks are all one needs to know about them. Flipping the peaks turns the boxes on their
# side: that is the inverse of $F'$, and the Legendre transform of $F$.
# The smoothness that (4) buys is $C^1$, with a Hölder exponent if the peaks stay away from 0 and 1,
# and in general no more: a second derivative that says anything about $F'$ needs peaks that come
# back to $\frac12$, at a rate that the three products measure.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# ```{rerun} -p skew 0.6 -p level 8
# ```
