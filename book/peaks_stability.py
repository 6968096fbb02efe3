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
# # Where the compositional network stands
#
# {cite:t}`berner2019degenerate` ask when close functions come from close parameters, and answer for
# two-layer networks. For a compositional network {cite}`milkert2023` the parameters are its peaks.
# If two such functions are close, so are their peaks, and this page proves how close, layer by
# layer; the weights of the same networks meet two of the paper's three pathologies.
# The theorems are ours.

# %% tags=["parameters"]
deepest: int = 8  # hidden layers, at least 2 and at most 9
low: float = 0.2  # peaks' distance from 0 and 1, at least 0.05 and at most 0.4
steps: int = 400  # of each search, at least 1 and at most 5000
layers: int = 5  # whose functional dimension is found, at least 2 and at most 6
models: int = 20  # pairs of networks that are trained, at least 2
epochs: int = 3000  # steps of Adam, at least 50
lr: float = 3e-3  # learning rate of Adam, positive
seeds: str = "5"  # seeds for balanced weights, a number or a range
seed: int = 0  # of everything else, at least 0

# %% tags=["hide-input"]
from fractions import Fraction
from itertools import combinations

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import figures, parameters, tables, words
from compnet_book.exact import rational_nets, rational_peaks
from compnet_book.symbolic import vanishes
from compnet_lib.experiments import (
    balanced_or_not,
    functional_dimension,
    peak_distances,
    peak_gram,
    peak_moduli,
    peaks_or_weights,
)

figures.use_style()
rng = np.random.default_rng(seed)
depths = np.arange(2, deepest + 1)
measured = peak_moduli(depths, low, steps=steps, seed=seed)


def bounds(c, depths):
    """The constants of the three theorems, by norm."""
    place = (c * (1 - c)) ** -depths.astype(float)
    growth = (1 - c) * (1 - (1 - c) ** (2 * depths)) / (c * (2 - c))
    tail = 36 * (1 - c) ** 4 / (1 - c**4)
    largest = max(4 * (1 - s) ** 2 + s**2 * tail for s in (c, 1 - c))
    square = 12 + (1 / (c * (1 - c)) - 4) * largest
    return {"sup": (1 + growth) * place, "L2": np.sqrt(square) * place, "H1": np.sqrt(place)}


proved = bounds(low, depths)
place = proved["H1"] ** 2

# %% tags=["hide-input"]
figure, axes = figures.panels(1, 2, 3.0)
names = {"sup": "maximum norm", "L2": "$L^2$", "H1": "slopes in $L^2$"}
for (norm, name), colour, mark in zip(names.items(), figures.LIGHT, "os^"):
    found = measured.sel(norm=norm).values
    axes[0].plot(depths, proved[norm], color=colour, linestyle="-")
    axes[0].plot(depths, found, mark, color=colour, ms=5, label=name)
    axes[1].plot(depths, proved[norm] / found, mark + "-", color=colour, ms=5)
axes[0].set(yscale="log", xlabel="depth", ylabel="peaks by functions")
axes[1].axhline(2, color=figures.GREY, linestyle=":")
axes[1].set(xlabel="depth", ylabel="proved by measured", ylim=(0, 2.6))
for axis in axes:
    axis.set_xticks(depths)
figures.legend(figure, axes[0], "lower", 3)
figures.show(
    figure,
    "fig-peaks-moduli",
    caption="Close functions have close peaks: the largest distance of peaks at a given distance "
    "of the functions, proved (lines) and found by a search (marks), grows exponentially with "
    "depth; the two are within a factor of 2 (right). Slopes: for close pairs.",
    alt="Left, three straight lines with marks beside them on a logarithmic scale against depth, "
    "those for the maximum norm and L2 steeper than that for slopes. Right, proved by measured "
    "against depth: at one for slopes, near one and a half for L2, rising towards two.",
)

# %% tags=["hide-input"]
ratio = {norm: proved[norm] / measured.sel(norm=norm).values for norm in names}
words.glue("stand", ".2f", **{norm: ratio[norm].max() for norm in names})
words.glue("stand", low=f"{low:g}", high=f"{1 - low:g}", deepest=deepest, models=models)
words.glue("stand", epochs=f"{epochs:,}", rate=f"{lr:g}")
words.glue("stand", ".2f", constant=(measured.sel(norm="sup").values / place).max())
words.glue("stand", words.two_digits, step=1 / (low * (1 - low)), root=(low * (1 - low)) ** -0.5)
assert all((ratio[norm] >= 1 - 1e-6).all() for norm in ("sup", "L2"))
if low >= 0.2 and steps >= 400:
    assert all(each.min() > 0.5 and each.max() < 2 for each in ratio.values())

# %% [markdown]
# ```{admonition} What this page finds
# :class: tip
# With all peaks in $[c,1-c]$, their distance is at most a constant times $(c(1-c))^{-d}$
# times the distance of the functions, in the maximum norm ({prf:ref}`thm-peaks-sup`)
# and, for small moves, in $L^2$ ({prf:ref}`thm-peaks-square`). For small moves and the mean square
# of the slopes it is $(c(1-c))^{-d/2}$ ({prf:ref}`thm-peaks-slopes`), but there a move of size $s$
# of an earlier peak costs about $\sqrt s$, and the largest slope difference does not tend to 0.
# For $c=$ {glue:text}`stand_low` and up to {glue:text}`stand_deepest` layers the proved bounds are
# at most {glue:text}`stand_sup`, {glue:text}`stand_L2` and {glue:text}`stand_H1` times what a
# search finds. Training the peaks brings most of them near those of the target;
# training the weights brings the function close, and the weights farther from those that the
# target was built with.
# ```
#
# ## The function of the peaks
#
# As in {prf:ref}`lem-one-peak` the scale of the sum is held fixed, and the closing number $a_d$
# counts as a peak: $G_{(a_d)}(x)=a_dx$, and for $d\ge1$
#
# $$G_a(x)=a_0x+a_0(1-a_0)\,G_{\sigma a}(T_{a_0}(x)),\qquad\sigma a=(a_1,\dots,a_d).$$
#
# $G_a$ is concave with $G_a(0)=0$ and slopes in $[0,1]$; the paper's network that adds its waves
# computes $G_a/a_0$. One peak alone moves $G_a$ by its *place value*
# $c_n=\prod_{j<n}a_j(1-a_j)$ times its own move ({prf:ref}`lem-one-peak`).
# What several peaks do together could cancel, and that is what has to be bounded.
#
# ## In the maximum norm
#
# Let $x_n=\prod_{j<n}a_j$, $y_n=\prod_{j<n}(1-a_j)$, and $R_a(x)=x-G_a(x)$, which is convex.
#
# ```{prf:lemma} The first cell
# :label: lem-first-cell
# $R_a(x_n)=x_n\,y_{n+1}$, and the line of slope $y_n$ through that point supports $R_a$ on $[0,1]$,
# for $0\le n\le d$.
# ```
#
# *Proof.* For $n=0$ it says $R_a(1)=1-a_0$, and that slopes are at most 1. On the left side of the
# triangle $R_a(a_0t)=a_0(1-a_0)R_{\sigma a}(t)$, which gives the value at $x_n$, and the
# supporting line if $n\ge2$. Left of $a_0$ the slope is $(1-a_0)R_{\sigma a}'$, right of it
# $1-a_0R_{\sigma a}'$; as $0\le R_{\sigma a}'\le1$, the number $1-a_0=y_1$ lies between. $\square$
#
# ```{prf:theorem} Stability in the maximum norm
# :label: thm-peaks-sup
# Let all $a_j$ and $b_j$ lie in $[c,1-c]$, $0<c\le\frac12$. Then for $0\le n\le d$
#
# $$|a_n-b_n|\le(1+\kappa_n)\,(c(1-c))^{-n}\max_{[0,1]}|G_a-G_b|,$$
#
# where $\kappa_0=0$ and $\kappa_{m+1}=(1-c)\bigl(1+(1-c)\kappa_m\bigr)$, so that
# $\kappa_m<\frac{1-c}{c(2-c)}$. (Ours.)
# ```
#
# *Proof.* Let $\varepsilon=\max|G_a-G_b|$. For one $n$ write $X,Y,A$ for $x_n,y_n,a_n$ of $a$, and
# $x,y,b$ for those of $b$. At $x$ and at $X$ one function is within $\varepsilon$ of the other,
# which is above its supporting line:
#
# $$\begin{aligned}XY(1-A)+\varepsilon&\ge xy(1-b)+y(X-x),\\
# xy(1-b)+\varepsilon&\ge XY(1-A)+Y(x-X).\end{aligned}$$
#
# Put $X=(1+\xi)x$, $Y=(1+\eta)y$, $e=\varepsilon/(xy)$, and $\eta'$ for the next $\eta$, so that
# $(1+\eta)(1-A)=(1+\eta')(1-b)$. Divided by $xy$, they bound $\eta'$ from both sides:

# %%
xi, eta, after, b, e, c, kappa = sp.symbols("xi eta eta' b e c kappa", positive=True)
left = (1 + after) * (1 - b)  # (1 + eta)(1 - A)
at_X = (1 + xi) * left + e - (1 - b) - xi
at_x = (1 - b) + e - (1 + xi) * left + (1 + eta) * xi
assert vanishes(at_X - ((1 - b) * (1 + xi) * after - xi * b + e))
assert vanishes(at_x - (xi * (b + eta) + e - (1 - b) * (1 + xi) * after))
fixed = sp.solve((1 - c) * (1 + (1 - c) * kappa) - kappa, kappa)[0]
assert vanishes(fixed - (1 - c) / (c * (2 - c)))

# %% [markdown]
# that is, $\xi b-e\le(1-b)(1+\xi)\,\eta'\le\xi(b+\eta)+e$. Exchanging the coordinates, and peaks
# with one minus peaks, gives the same for the next $\xi$, with $\eta$ for $\xi$ and $1-b$ for $b$.
# The last line solves $\kappa=(1-c)(1+(1-c)\kappa)$.
#
# Let $\bar e_n=\varepsilon(c(1-c))^{-n}$. *All ratios* $X/x$, $x/X$, $Y/y$, $y/Y$ *are at most*
# $1+\kappa_n\bar e_n$. For $n=0$ they are 1. Step: exchange $a$ and $b$ if needed, so that
# $\xi\ge0$. If $\eta'<0$, the first inequality is $X(y'-Y')\le\varepsilon$, and
# $y'/Y'-1\le\varepsilon/(XY')\le(1-c)\,\bar e_{n+1}$. If $\eta'\ge0$, the second one bounds it by
# a fraction that is monotone in $\xi$; for $\xi=0$ it is at most
# $e/(1-b)\le(1-c)\bar e_{n+1}$, and for $\xi=\kappa_n\bar e_n$, with $\kappa=\kappa_n$ and
# $\bar e=\bar e_n$,
#
# $$\eta'\le\frac{\bar e\,(\kappa b+\kappa^2\bar e+1)}{(1-b)(1+\kappa\bar e)}
# \le\bar e_{n+1}(1-c)\,\frac{1+(1-c)\kappa+\kappa^2\bar e}{1+\kappa\bar e},$$
#
# which is at most $\kappa_{n+1}\bar e_{n+1}$, as $(1-c)\kappa_n\le\kappa_{n+1}$.
#
# *The peaks.* Solved for $A$, with $\alpha=1+\xi$ and $\gamma=1+\eta$, the two inequalities are
#
# $$\tfrac1\alpha-\tfrac{1-b+e}{\alpha\gamma}\le A\le1-\tfrac1\gamma+\tfrac{b+e}{\alpha\gamma}.$$
#
# We may take $b+e\le1$, or else $A-b<1-b\le e$. If $\gamma\ge1$ and $\alpha\ge1$,
# the right side gives $A-b\le\eta+e$. If $\gamma\ge1>\alpha$, let $\rho=\frac1\alpha-1$; it gives
# $A-b\le\frac{(1-b)\eta+b\rho+e+e\rho}{1+\eta}$, which for $\rho,\eta\le k=\kappa_n\bar e_n$ is at
# most its value at $\rho=k$ and $\eta=0$ or $k$, hence at most $k+e$. If $\gamma<1\le\alpha$,
# $A-b\le e$. If both are below 1 exchange $a$ and $b$: for $\alpha,\gamma\ge1$ the left side is at
# least $\frac{b-e}\alpha$, and $A-b\ge-(\xi+e)$. So $|A-b|\le(1+\kappa_n)\bar e_n$:
# the lower bounds are these with $a$ and $b$ exchanged. $\square$
#
# {prf:ref}`cor-two-sequences` has $2^n$ in the place of $1+\kappa_n$, for all peaks in $(0,1)$.
# With pairs of random rational sequences, in exact arithmetic, which come near the bound for the
# first peaks only:


# %%
def nested(x, peaks):
    """G at x, exactly."""
    *first, value = peaks
    folds = [x]
    for p in first:
        folds.append(cn.triangle(folds[-1], p))
    value = value * folds.pop()
    for p, t in zip(first[::-1], folds[::-1]):
        value = p * t + p * (1 - p) * value
    return value


c = Fraction(1, 10)
for _ in range(60):
    pair = [rational_peaks(rng, 4, over=20, margin=2) for _ in range(2)]
    places = {Fraction(0), *(x for each in pair for x in cn.mesh(each[:-1]))}
    distance = max(abs(nested(x, pair[0]) - nested(x, pair[1])) for x in places)
    grow = Fraction(0)
    for n, (p, q) in enumerate(zip(*pair)):
        bound = (1 + grow) * distance / (c * (1 - c)) ** n
        assert abs(p - q) <= bound
        grow = (1 - c) * (1 + (1 - c) * grow)

# %% [markdown]
# ## In the mean square
#
# Here the statement is for small moves: the derivatives $D_j=\partial G_a/\partial a_j$,
# which are bounded, and all their combinations. Their Gram matrix is `peak_gram(peaks)`, exactly.
#
# ```{prf:theorem} Stability in $L^2$
# :label: thm-peaks-square
# Let all $a_j$ lie in $[c,1-c]$, $\frac1{20}\le c<\frac12$. For all numbers $h_0,\dots,h_d$
#
# $$\max_j|h_j|\le K\,(c(1-c))^{-d}\,\Bigl\lVert\sum h_jD_j\Bigr\rVert_{L^2(0,1)},$$
#
# where $K^2=12+\bigl(\frac1{c(1-c)}-4\bigr)\,M$, and $M$ is the larger of
# $4(1-s)^2+36\,s^2\frac{(1-c)^4}{1-c^4}$ for $s=c$ and for $s=1-c$.
#
# So $\max_j|a_j-b_j|$ is at most that with any larger $K$ times $\lVert G_a-G_b\rVert_{L^2}$, if
# $b$ is close enough to $a$. (Ours.)
# ```
#
# *Proof.* Let $f=\sum h_jD_j$, $\beta_j=c_jh_j$, and $f_m(t)$ the mean of $f$ over the points with
# $W_{m-1}=t$, weighted by the lengths of their sides ($f_0=f$). With $p=a_m$ a triangle folds
# $f_m$ into $f_{m+1}(t)=$ $p\,f_m(pt)+$ $(1-p)\,f_m(1-(1-p)t)$, and the squares of $f_m$ are those
# of $f_{m+1}$ and of the difference of its two sides times $p(1-p)$. With $A=t-G(t)$, where $G$
# belongs to the peaks from $m$ on, {prf:ref}`lem-one-peak` and the fold show by induction that
#
# $$f_m=\text{const}+\lambda_mt+\mu_mA+\sum_{k\ge m}\beta_k\,\frac{c_m}{c_k}\,\frac{\partial G}{\partial a_k},
# \qquad\lambda_0=\mu_0=0.$$
#
# SymPy folds the three parts; $g$ is $tG'(t)$ of the peaks after $m$:

# %%
p, t, value, g = sp.symbols("p t G g", positive=True)
lam, mu, beta = sp.symbols("lambda mu beta")
A, B = t - value, value - g
sides = {  # of t, of A, and of the derivative by this peak
    lam: (p * t, 1 - (1 - p) * t),
    mu: (p * (1 - p) * A, (1 - p) * (1 - t + p * A)),
    beta: (p * A + (1 - p) * B, 1 - (1 - p) * A - p * B),
}
difference = sum(each * (right - left) for each, (left, right) in sides.items())
fold = sum(each * (p * left + (1 - p) * right) for each, (left, right) in sides.items())
theta = beta + lam + (1 - p) * mu
assert vanishes(difference - (theta * (1 - t) + beta * g))
next_mu = -sp.diff(sp.expand(fold), value)
next_lam = sp.diff(sp.expand(fold), t) - next_mu
assert vanishes(next_lam - (p**2 * lam - (1 - p) ** 2 * (lam + mu)))
assert vanishes(next_lam + next_mu - (2 * p - 1) * theta)

# %% [markdown]
# So with $\theta_m=\beta_m+\lambda_m+(1-p)\mu_m$ and $\lambda_m+\mu_m=(2a_{m-1}-1)\,\theta_{m-1}$
#
# $$\begin{aligned}\lambda_{m+1}&=a_m^2\lambda_m-(1-a_m)^2(2a_{m-1}-1)\,\theta_{m-1},\\
# \beta_m&=\theta_m-a_m\lambda_m-(1-a_m)(2a_{m-1}-1)\,\theta_{m-1},\end{aligned}$$
#
# (for $m=0$ the terms with $\theta_{-1}$ are absent) and, with the variance of $f_d$ at the end,
#
# $$\lVert f\rVert^2\ge\tfrac1{12}\theta_d^2
# +\sum_{m<d}a_m(1-a_m)\int_0^1\bigl(\theta_m(1-t)+\beta_mg_m\bigr)^2dt.$$
#
# For $m=d-1$, $g=a_dt$, and the integral is at least $\frac14\theta_m^2$. For $m\le d-2$ it is at
# least $\frac1{36}\theta_m^2$: no multiple of $tG'$ is close to $1-t$. Indeed let
# $\omega=1-t-\gamma\,tG'(t)$, and $p$ the first peak of this $G$. On its two sides
# $G'=p+(1-p)r$ and $p-pr$ with one $r$, which $u\,\omega_L+v\,\omega_R$ does not contain,
# if $u=1-(1-p)t$ and $v=(1-p)t$. Tested against cubics that do not see $\gamma$,

# %%
r, gamma = sp.symbols("r gamma")
u, v = 1 - (1 - p) * t, (1 - p) * t
both = u * (1 - p * t - gamma * p * t * (p + (1 - p) * r)) + v * (v - gamma * u * p * (1 - r))
ends = u * (1 - p * t) + v**2, p * t * u
assert vanishes(both - (ends[0] - gamma * ends[1]))

field = sp.QQ.frac_field(p)
mean = lambda f: sp.integrate(sp.expand(f), (t, 0, 1))
weight = (1 - p) * u**2 + p * v**2
squares = sp.Matrix(4, 4, lambda i, j: mean(weight * t ** (i + j))).to_DM().convert_to(field)
against = sp.Matrix(4, 2, lambda i, j: mean(ends[j] * t**i)).to_DM().convert_to(field)
seen = (against.transpose() * squares.inv() * against).to_Matrix()
least = sp.factor(p * (1 - p) * seen.det() / seen[1, 1])
above = sp.fraction(sp.together(least - sp.Rational(1, 36)))
assert [sp.Poly(each, p).count_roots(sp.Rational(1, 20), 1) for each in above] == [0, 0]
assert least.subs(p, sp.Rational(1, 2)) > sp.Rational(1, 36)
least

# %% [markdown]
# is what $\int\omega^2$ is at least, for every $\gamma$. By Sturm's theorem it stays above
# $\frac1{36}$ on $[\frac1{20},1]$.
#
# Hence $\beta_d=\sum_mw_m\theta_m$ with numbers $w_m$ that the recursion gives. If $e_m$ is the
# factor of $\theta_m^2$ in the lower bound ($\frac1{12}$ for $m=d$, $\frac14a_m(1-a_m)$ for
# $m=d-1$, else $\frac1{36}a_m(1-a_m)$), by Cauchy and Schwarz
# $\beta_d^2\le\lVert f\rVert^2\sum_mw_m^2/e_m$: for $m=d$ the term is 12; for $m=d-1$ it is
# $4(1-a_d)^2\frac{(2a_m-1)^2}{a_m(1-a_m)}$; the others are
# $36\,a_d^2\,\frac{(2a_m-1)^2}{a_m(1-a_m)}$ times $(1-a_{m+1})^4\prod_{i=m+2}^{d-1}a_i^4$.
# The quotient is at most $\frac1{c(1-c)}-4$. The last factors add up to $S_d$ with
# $S_{m+1}=a_m^4S_m+(1-a_m)^4$, convex in $a_m$, hence at most $\frac{(1-c)^4}{1-c^4}$:
# if that holds for $S_m$ it does at both ends, $a_m=c$ and $a_m=1-c$.
# This is $K^2$ for $j=d$, where $c_d\ge(c(1-c))^d$.
#
# For $j<d$ the sum is at most $4x+36(x-4)$ for $j=d-1$ and $72x-144$ for smaller $j$, with
# $x=\frac1{c(1-c)}\ge4$, and both are less than $12\,x^{2(d-j)}$. From derivatives to functions:
# off intervals around the bends, of a total length of the order $|h|$,
# $G_{a+h}-G_a-\sum h_jD_j$ is of the order $|h|^2$, and on them $|h|$, so that its norm is of the
# order $|h|^{3/2}$. $\square$
#
# ## If slopes count
#
# ```{prf:theorem} Slopes
# :label: thm-peaks-slopes
# Let $d\ge1$, and let $b\to a$. Then
#
# $$\liminf\frac{\lVert G_a'-G_b'\rVert_{L^2}}{\max_j|a_j-b_j|}
# =\prod_{j<d}\sqrt{a_j(1-a_j)},$$
#
# $$\liminf\frac{|G_a-G_b|_{W^{1,\infty}}}{\max_j|a_j-b_j|}
# =\prod_{j<d}\max(a_j,1-a_j).$$
#
# Yet if $a_j\ne b_j$ for some $j<d$, then $|G_a-G_b|_{W^{1,\infty}}\ge\frac12\mu$, where
# $\mu\ge\prod_{j\le d}\min(a_j,1-a_j)$ is the smallest kink of $G_a$. (Ours.)
# ```
#
# *Proof.* The $2^d-1$ bends of $G_a$ determine $a_0,\dots,a_{d-1}$. If these are not those of $b$,
# some bend of $G_a$ is none of $G_b$, and beside it the two slopes differ by $\frac12\mu$ at least,
# on one side. {prf:ref}`thm-built-slopes`, divided by the scale, gives the kink at a peak of $W_i$:
# $a_{i+1}c_i|W_{i-1}'|\prod_{k\ge i+2}(1-a_k)$, where $c_i|W_{i-1}'|$ is a product of one of
# $a_j,1-a_j$ for each $j<i$.
#
# If only $a_d$ moves, the difference is $(a_d-b_d)\,c_dW_{d-1}$. Its slopes have the mean square
# $c_d^2\prod_{j<d}\frac1{a_j(1-a_j)}=c_d$ ({prf:ref}`prop-energy`), and the steepest one is $c_d$
# over the length of the shortest cell, $\prod\min(a_j,1-a_j)$. If other peaks move, by $s$ at
# most, bends move by at least a constant times $s$ in all, and beside them the slopes differ by
# about $\mu$: a mean square of at least a constant times $s$, where all that it could cancel is of
# the order $s\max_j|a_j-b_j|$. So the limits are those of $a_d$ alone. $\square$
#
# Functions that are 0 at 0 are at most as large as either norm of their slopes, so
# {prf:ref}`thm-peaks-sup` bounds all pairs in these, too. In $L^2$ the inverse is continuous on the
# box, which is compact, as the map is one to one.
# The map itself is not continuous in the last norm. The largest kink of $G_a$ is at most
# $(1-c)^d$ if all peaks are in $[c,1-c]$, so on that box the jump fades with depth,
# and the infinite sums, which are $C^1$, have none.

# %% tags=["hide-output"]
near = 1e-7
middle = np.full(deepest + 1, 0.5)
rows = {}
for j in (0, 1, deepest - 1, deepest):
    moved = middle + near * (np.arange(deepest + 1) == j)
    rows[f"$a_{{{j}}}$"] = [value / near for value in peak_distances(middle, moved)]
titles = ["maximum norm", "$L^2$", "slopes, $L^2$", "slopes, largest"]
tables.rows("peak moved by $10^{-7}$", rows, titles, words.two_digits)

# %% [markdown]
# The table (peaks at ½, each norm by the move) shows both: in the first two norms a move of one
# peak costs at most its place value; in the last two it costs far more, unless only the closing
# number moves.
#
# ## Proved and measured
#
# The worst case is searched for at up to {glue:text}`stand_deepest` layers with all peaks in $[$
# {glue:text}`stand_low` $,$ {glue:text}`stand_high` $]$: in the maximum norm by a linear program
# for the direction that moves the last number most, at eight corners of the box; in $L^2$ by the
# Gram matrix, from three corners and with random changes; in the slopes over pairs, from some in
# which only the closing number differs, where the limit is attained, so that the search can only
# exceed it. All are lower bounds of the worst case. The rule: the two agree if they are within a
# factor of 2.

# %% tags=["hide-output"]
titles = [f"depth {depth}" for depth in depths]
rows = {}
for norm, name in names.items():
    rows[f"{name}, proved"] = [words.power(each, 2) for each in proved[norm]]
    rows[f"{name}, measured"] = [words.power(each, 2) for each in measured.sel(norm=norm).values]
tables.rows("distance of peaks by that of functions", rows, titles)

# %% tags=["hide-input"]
tenth = peak_moduli([deepest], 0.1, steps=steps, seed=seed).isel(depth=0)
for norm, (wide,) in bounds(0.1, depths[-1:]).items():
    factor = wide / tenth.sel(norm=norm).item()
    words.glue("stand_tenth", ".1f", **{norm: max(factor, 1 / factor) if norm == "H1" else factor})

# %% [markdown]
# The largest factors are {glue:text}`stand_sup`, {glue:text}`stand_L2` and
# {glue:text}`stand_H1`. In the maximum norm and in $L^2$ a layer costs a factor of
# $\frac1{c(1-c)}$, here {glue:text}`stand_step`, and with slopes its root,
# {glue:text}`stand_root`. In the maximum norm the place value times what is found is
# {glue:text}`stand_constant`, and the proved one is about $\frac1{2c}$ for small $c$ and many
# layers.
# For $c=0.1$ and {glue:text}`stand_deepest` layers the factors are
# {glue:text}`stand_tenth_sup` and {glue:text}`stand_tenth_L2`, and among pairs there are some whose
# slopes are closer than the theorem's limit, which is for close pairs, by
# {glue:text}`stand_tenth_H1`.
#
# ## The weights
#
# The paper's pathologies are parallel neurons, opposite ones, and unbalanced weights.
# By layer, for random rational peaks, with a bias taken as one more weight;
# unbalanced by a factor means that the largest weight into a neuron is so many times larger or
# smaller than the largest one out of it, if it is read.

# %%
net = cn.compositional(rational_peaks(rng, layers, over=20, margin=4), -1)
rows = {}
for layer in range(layers):
    into, out = net.weights[layer][0], net.weights[layer + 1][0]
    if net.biases[layer] is not None:
        into = np.c_[into, net.biases[layer][0]]
    kinds = {1: 0, -1: 0}
    for one, other in combinations(into, 2):
        sizes = [abs(each).max() for each in (one, other)]
        for turn in kinds:
            kinds[turn] += bool((one * sizes[1] == turn * other * sizes[0]).all())
    quotients = [abs(i).max() / abs(o).max() for i, o in zip(into, out.T) if o.any()]
    worst = float(max(max(each, 1 / each) for each in quotients))
    rows[f"layer {layer + 1}"] = [*kinds.values(), words.factor(worst)]
assert [row[0] for row in rows.values()] == [1, *[0] * (layers - 1)]
assert not any(row[1] for row in rows.values())
tables.rows("", rows, ["pairs in one direction", "opposite pairs", "unbalanced by"])

# %% [markdown]
# The first layer has two equal neurons, which hand on $x$ twice; no layer has opposite ones, and
# all are unbalanced. So two of the three pathologies are met, and the conditions of the theorem for
# two-layer networks would not be.
#
# The *functional dimension* ({cite:t}`grigsby2022`) is the rank of the derivative of the function
# by the parameters. Rescaling a hidden neuron changes nothing, so it is at most the number of
# weights minus that of hidden neurons. In rational arithmetic, on $[0,1]$ for the compositional
# networks and on $[-10,10]$ for random ones of the same shape:

# %%
rows = {}
for depth in range(1, layers + 1):
    peaks = rational_peaks(rng, depth + 1, over=20, margin=4)
    built = cn.compositional(peaks[:-1], -1, peaks[-1])
    drawn = rational_nets(rng, 5, [1, *[4] * depth, 1])
    drawn = cn.ReLUNet(drawn.weights, [drawn.biases[0], *[None] * depth])
    weights = sum(w[0].size for w in (*built.weights, built.biases[0]))
    gram = sp.Matrix(peak_gram(peaks))
    assert gram.rank() == depth + 1
    ranks = functional_dimension(built)[0], functional_dimension(drawn, -10, 10)
    assert max(ranks[0], *ranks[1]) <= weights - 4 * depth and ranks[0] < weights / 2
    of_random = f"{min(ranks[1])} to {max(ranks[1])}"
    rows[f"depth {depth}"] = [weights, weights - 4 * depth, ranks[0], of_random, depth + 1]
titles = ["weights", "minus hidden neurons", "compositional", "random, five of them"]
tables.rows("functional dimension", rows, [*titles, "of the peaks alone"])

# %% [markdown]
# All peaks and the closing number count: as many directions as parameters, and the theorems say
# how well each is seen. Of the weights of the same networks less than half are.
#
# ## What it does in training
#
# {glue:text}`stand_models` networks of depth 4 learn what another network with random peaks
# computes, from the same starts, by Adam at the rate {glue:text}`stand_rate` for
# {glue:text}`stand_epochs` steps: the peaks, or all weights.

# %%
learned = peaks_or_weights(
    4, models=models, epochs=epochs, lr=lr, step=max(1, epochs // 30), seed=seed
)

# %% tags=["hide-input", "float-luck"]
figure, axis = figures.panels(1, 1, 3.2)
middles = learned.median("model")
for way, colour, mark in zip(learned.way.values, figures.LIGHT, "os"):
    own = middles.sel(way=way)
    axis.plot(own.function, own.parameters, mark + "-", color=colour, ms=4, label=f"the {way}")
axis.set(
    xscale="log", yscale="log", xlabel="distance of functions", ylabel="distance of parameters"
)
axis.invert_xaxis()
axis.legend(loc="lower left")
figures.show(
    figure,
    "fig-peaks-learned",
    caption="When peaks are trained, the parameters come closer as the function does; when weights "
    "are, they do not. Medians over networks during training, which goes from left to right; "
    "each kind of parameter by its largest difference from that of the target.",
    alt="Distance of parameters against distance of functions, both logarithmic. The peaks' curve "
    "falls to the right; the weights' curve rises slightly and ends sooner.",
)

# %% tags=["hide-input", "float-luck"]
ends = learned.isel(epoch=[0, -1]).median("model")
for way, name in (("peaks", "peaks"), ("weights", "weights")):
    own = ends.sel(way=way)
    words.glue(f"stand_{name}", words.two_digits, start=own.parameters[0], end=own.parameters[1])
    words.glue(f"stand_{name}", words.power, function=own.function[1])

# %% [markdown]
# The median distance of the peaks goes from {glue:text}`stand_peaks_start` to
# {glue:text}`stand_peaks_end`, and that of the functions to {glue:text}`stand_peaks_function`.
# The weights go from {glue:text}`stand_weights_start` to {glue:text}`stand_weights_end`
# from those of the target, while the functions come to {glue:text}`stand_weights_function`.
# Weights of one function are many, as rescaling shows; the distance is to those that the target was
# built with, not to the nearest ones of its function.
#
# ## Balanced before training
#
# The paper's theorem asks for balanced weights. `cn.balance` rescales the neurons so that what
# enters and what leaves each has one size, and keeps the function. Compositional networks of
# depth 5 for $x^3$, all weights trained by Adam from both, ten for each seed:

# %% tags=["float-luck"]
numbers = parameters.seeds(seeds)
balanced = balanced_or_not(cn.TARGETS["x^3"], numbers, epochs=min(epochs, 1000))
built, even = (balanced.sel(start=start) for start in balanced.start.values)
rows = {}
for number in numbers:
    one, other = (each.sel(seed=number) for each in (built, even))
    quotient = np.exp(np.log(other / one).median().item())
    better = (other < one).mean().item()
    losses = [words.power(each.median().item()) for each in (one, other)]
    rows[f"seed {number}"] = [*losses, f"{quotient:.2f}", words.percent(better)]
titles = ["as built", "balanced", "quotient, median", "balanced is better"]
tables.rows("mean squared error", rows, titles)

# %% tags=["hide-input", "float-luck"]
quotients = np.exp(np.log(even / built).median("model")).values
words.glue("stand", balanced_least=f"{quotients.min():.2f}", balanced_most=f"{quotients.max():.2f}")
words.glue("stand", better=words.percent((even < built).mean().item()))

# %% [markdown]
# The balanced start ends with the smaller error in {glue:text}`stand_better` of the pairs; the
# median quotient of the errors is {glue:text}`stand_balanced_least` to
# {glue:text}`stand_balanced_most`, by seed. The functions at the start are the same; Adam, whose
# steps have about one size for every weight, goes another way from there. With ten networks a seed
# this is a tendency, not a rule.
#
# ## What to take away
#
# Peaks are parameters as the third paper wants them: each function has one sequence,
# and close functions have close ones. The price is exponential in depth, a factor of
# $\frac1{c(1-c)}\ge4$ a layer, and no bound can do without it, since one moved peak already costs
# so little. The second stage of training, which frees the weights, gives that up.
#
# ## Rerun this page
#
# ```{rerun} -p deepest 4 -p low 0.1 -p models 5
# ```
