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
# # Beyond the paper: best splines, and few functions
#
# A network of depth $d$ has $2^d$ linear pieces and $d$ peaks.
# Are the pieces well spent? And how much can so few numbers say?
# Both questions have exact answers under equation (4).
# For the function that it converges to, the network, moved up by a constant, wastes nothing:
# no spline with as many pieces is closer, wherever its knots are.
# But there are few such functions:
# each peak moves the function by an amount that is known exactly,
# and these amounts fall by a factor of four or more from layer to layer.
#
# ```{admonition} What this page settles
# :class: tip
# Moved up by half of the next scale, the first $n$ waves are a best spline of $2^n$ pieces for the
# whole sum; and the functions that the peaks can name are far fewer than the concave ones.
#
# No piecewise linear function of at most $2^n$ pieces, continuous or not,
# is closer to $F$ than $s_n/2$, and $f_n+\frac12s_n$ attains it ({prf:ref}`thm-best-spline`).
# For $N=2^n$ pieces, $N^2$ times the error tends to a limit,
# which is 0 exactly if $F'$ is not absolutely continuous ({prf:ref}`cor-constant`).
# Moving one peak $a_n$ by $\delta$ moves $a_0x+F/C$ by at most $\delta\prod_{j<n}a_j(1-a_j)$,
# and by that much somewhere ({prf:ref}`lem-one-peak`). So these functions have the metric entropy
# $\frac{(\ln1/\varepsilon)^2}{4\ln2}$ up to lower order ({prf:ref}`thm-entropy`),
# where that of bounded Lipschitz convex functions is of the order $\varepsilon^{-1/2}$;
# free scales change the factor at most ({prf:ref}`prop-free-scales`).
# ```
#
# The statements on this page are not in the paper.

# %% tags=["parameters"]
depth: int = 6  # largest n of the exact tunnels, at least 2 and at most 10
sequences: int = 10  # random sequences of peaks for them, at least 1 and at most 100
c: float = 0.1  # bound of the peaks for the entropy, in (0, 0.25)
seed: int = 0  # random seed, at least 0

# %% tags=["hide-input"]
from fractions import Fraction
from math import ceil, isqrt, log, prod

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import figures, tables, words
from compnet_book.exact import affine_pieces, rational_peaks
from compnet_book.symbolic import vanishes

figures.use_style()
rng = np.random.default_rng(seed)
half = Fraction(1, 2)

# %% [markdown]
# Throughout, $s_0>0$ and the scales follow (4); $f_n=\sum_{i<n}s_iW_i$,
# $C=\frac{s_0}{a_0(1-a_0)a_1}$ and $s_n=C\,a_{n+1}\prod_{j\le n}a_j(1-a_j)$
# ({prf:ref}`prop-closed-form`). A *cell of level $n$* is a linear piece of $W_{n-1}$,
# and $P_n$ are the peaks of $W_n$, one inside each of the $2^n$ cells.
#
# ## No spline is closer
#
# Write $\operatorname{dist}_N(F)$ for the least $\sup_{[0,1]}|F-g|$ over all *splines of at most
# $N$ pieces*: $[0,1]$ is divided into at most $N$ intervals, and $g$ is affine on each of them.
# The intervals are free, and $g$ may jump between them.
#
# ```{prf:theorem} The truncated network, moved up, is a best spline
# :label: thm-best-spline
# For every $n\ge0$
#
# $$\operatorname{dist}_{2^n}(F)=\tfrac12s_n,$$
#
# attained by the continuous spline $f_n+\frac12s_n$. The same holds with $f_m$, $m>n$, in the
# place of $F$.
# ```
#
# *Proof.* By {prf:ref}`thm-error`, $0\le F-f_n\le s_n$; so $f_n+\frac12s_n$, which has $2^n$ pieces,
# is off by at most $\frac12s_n$. Let $g$ be any spline of at most $2^n$ pieces.
# It has at most $2^n-1$ places of division, and there are $2^n$ open cells of level $n$:
# one of them, $(u,v)$, holds none, and there $g$ is affine. So is $f_n$, and
# $\ell=g-f_n$. Say $|F-g|\le\varepsilon$. The difference $F-f_n$ is continuous,
# 0 at $u$ and at $v$, and $s_n$ at the point $y\in P_n$ between them ({prf:ref}`thm-error`).
# Near $u$ and near $v$ therefore $\ell$ is at most $\varepsilon$, in the limit;
# at $y$, which is between them, it is then at most $\varepsilon$ too, as it is affine.
# But there it is at least $s_n-\varepsilon$. So $s_n\le2\varepsilon$. $\square$
#
# The heights are the same in all cells for any scales, since what $n$ waves leave is a function of
# $W_{n-1}$; a spline cannot do better in one cell without giving up another.
# Equation (4) enters in {prf:ref}`thm-error` only: the difference is nowhere negative,
# and its height is $s_n$. Wherever the rest of a sum of waves is not negative,
# its first waves, moved up by half of the height, are a best spline too.

# %% tags=["hide-input"]
shown = [0.62, 0.35, 0.55, 0.4, 0.6, 0.5, 0.45, 0.5, 0.5, 0.5]
fine = cn.mesh(shown[:-1])
curve = cn.series(fine, shown[:-1], +1, shown[-1]) - fine
sizes = cn.scales(shown[:-1], +1, shown[-1])
figure, axes = figures.panels(1, 2, 3.0)
for axis, level in zip(axes, (1, 2)):
    cells = cn.mesh(shown[:level])
    sums = cn.series(cells, shown[:level], +1, shown[level]) - cells
    below = np.interp(fine, cells, sums) if level == 2 else 0
    for place in cells[1:-1]:
        axis.axvline(place, color=figures.GREY, linestyle=":", linewidth=0.8)
    if level == 1:
        wall = sizes[1] / 2
        axis.fill_between(
            fine, curve - wall, curve + wall, color=figures.LIGHT[0], alpha=0.25, linewidth=0
        )
        axis.plot(cells, sums + wall, "--", color=figures.LIGHT[1], linewidth=1.6)
        axis.annotate("$F$", (0.5, 0.083), color=figures.LIGHT[0], fontsize=13)
        axis.annotate(
            r"$f_1+\frac{1}{2}s_1$",
            (cells[1], sums[1] + wall),
            xytext=(0, 5),
            textcoords="offset points",
            ha="center",
            color=figures.LIGHT[1],
            fontsize=13,
        )
    axis.plot(fine, curve - below, color=figures.LIGHT[0], linestyle="-", linewidth=1.2)
    axis.set(xlabel="$x$", xticks=[0, 0.5, 1])
axes[0].set(ylim=(-0.02, 0.19))
axes[1].set_yticks([0, sizes[2]], ["0", "$s_2$"])
axes[1].set(title="$F-f_2$")
axes[0].set(title="two pieces")
figures.show(
    figure,
    "fig-tunnel",
    caption=(
        "What $n$ waves leave has the same height $s_n$ in all $2^n$ cells, so no spline of as "
        "many pieces fits into a tunnel narrower than $s_n$. Left: $f_1+\\frac12s_1$ in the tunnel "
        "around $F$, of whose walls it touches one at its ends and its bend, the other between. "
        "Right: the four equal heights of $F-f_2$. Dotted: bends."
    ),
    alt=(
        "Left: a concave curve inside a shaded band of constant height, and a dashed roof of two "
        "pieces that stays inside the band. Right: four arches of one height over cells of "
        "different widths."
    ),
)

# %% [markdown]
# To see the theorem from the other side, ask for the pieces that a given tolerance needs.
# `affine_pieces` walks through the tunnel, with each piece as far as it can,
# which for pieces that may jump is the best way. It knows nothing of cells or waves.
# Here in rational arithmetic, for {glue:text}`spline_sequences` random sequences of peaks
# and each $n\le$ {glue:text}`spline_depth`, on $f_{n+2}$:


# %%
def polygon_of(peaks):
    """The corners of f_m, and its scales; the last peak is the closing number."""
    *used, closing = peaks
    x = cn.mesh(used)
    return x, cn.series(x, used, +1, closing) - x, cn.scales(used, +1, closing)


wanted, needed, below = [], [], []
for _ in range(sequences):
    for n in range(1, depth + 1):
        x, y, scales = polygon_of(rational_peaks(rng, n + 3, over=20))
        tolerance = scales[n] / 2
        wanted.append(2**n)
        needed.append(affine_pieces(x, y, tolerance, 2**n))
        below.append(affine_pieces(x, y, tolerance * Fraction(999, 1000), 2**n))
assert needed == wanted
assert all(pieces > count for pieces, count in zip(below, wanted))
words.glue(spline_sequences=sequences, spline_depth=depth, spline_tunnels=len(wanted))

# %% [markdown]
# All {glue:text}`spline_tunnels` tunnels of half width $s_n/2$ need $2^n$ pieces;
# made narrower by a thousandth, they all need more.
#
# ## The constant
#
# ```{prf:corollary} Pieces and error
# :label: cor-constant
# With $N=2^n$
#
# $$N^2\operatorname{dist}_N(F)=\frac C2\,a_{n+1}\,a_n(1-a_n)\prod_{j<n}4a_j(1-a_j)
# \;\longrightarrow\;\frac C{16}\prod_{j\ge0}4a_j(1-a_j)=\frac1{16}\Bigl(\int_0^1\sqrt{|F''|}\,dx\Bigr)^2,$$
#
# where $F''$ is the derivative of $F'$ wherever it exists, which is almost everywhere.
# The limit is 0 if and only if $\sum(a_j-\frac12)^2=\infty$, that is,
# if $F'$ is not absolutely continuous. For $2^n\le N<2^{n+1}$,
# $\frac12s_{n+1}\le\operatorname{dist}_N(F)\le\frac12s_n$.
# ```
#
# *Proof.* The first equation is the theorem, with the closed form of $s_n$. If the product is
# positive, its factors tend to 1, so $a_n\to\frac12$, and the rest tends to
# $\frac C2\cdot\frac12\cdot\frac14$. If it is 0, the rest is at most $\frac C8$.
# A product of factors $1-u_j^2$, $u_j=2a_j-1$, is positive if and only if $\sum u_j^2<\infty$
# ({prf:ref}`lem-products`; no factor is 0, and factors 1 can be left out). Now the integral.
# If the sum is infinite, $F''=0$ almost everywhere ({prf:ref}`thm-trichotomy`,
# {prf:ref}`prop-pure-jump`). Otherwise $-F''=C\,h_a'$ with an integrable $h_a'$,
# and the slope $M_n$ of $h_a$ over the cells of level $n$ is the mean of $h_a'$ on each of them;
# so $M_n\to h_a'$ in $L^1$, and $\sqrt{M_n}\to\sqrt{h_a'}$ in $L^2$, because
# $|\sqrt p-\sqrt q|^2\le|p-q|$. Hence $\int\sqrt{h_a'}=\lim\int\sqrt{M_n}$,
# and that is $\prod\sqrt{1-u_j^2}$. The last line holds since $\operatorname{dist}_N$
# does not increase with $N$. $\square$
#
# For smooth curves the integral of $\sqrt{|F''|}$ is the classical measure of how hard it is to
# approximate them by lines with free knots ({cite:t}`deboor1973`).
# Three sequences of peaks, by the formula:

# %%
laws = {
    "$\\frac12+0.4\\cdot2^{-j}$": lambda j: 0.5 + 0.4 * 0.5**j,
    "$\\frac12+\\frac{0.4}{j+2}$": lambda j: 0.5 + 0.4 / (j + 2),
    "$0.7$": lambda j: 0.7 + 0 * j,
}
levels = [1, 4, 8, 16, 24]
rows, closest = [], {}
for formula, law in laws.items():
    peaks = law(np.arange(1e6))
    factors = 4 * peaks * (1 - peaks)
    limit = np.prod(factors) / 16
    at = [peaks[n + 1] * peaks[n] * (1 - peaks[n]) * np.prod(factors[:n]) / 2 for n in levels]
    closest[formula] = abs(at[-1] - limit)
    rows.append([formula, *(f"{value:.6f}" for value in at), f"{limit:.6f}"])
assert closest["$\\frac12+0.4\\cdot2^{-j}$"] < 1e-6
tables.table(rows, ["$a_j$", *(f"$n={n}$" for n in levels), "limit"])

# %% [markdown]
# The table shows $N^2\operatorname{dist}_N(F)/C$. The first row settles within $10^{-6}$ of the
# product, the second slowly, and the third goes to 0: a function whose derivative is singular is
# easier to approximate, since the bends of $f_n$ sit where it is curved.
# For $x^2$ all factors are 1, and the constant is $\frac C{16}=\frac18$.
#
# The constant can be measured too, without the formula for the error: bisect the tolerance until the
# walk through the tunnel needs more than $2^n$ pieces. For peaks $\frac12+\frac25\,8^{-j}$, which
# settle quickly, and $n=6$, with $C=1/a_0$:

# %%
n = 6
peaks = [half + Fraction(2, 5) / 8**j for j in range(n + 3)]
x, y, _ = polygon_of(peaks)
low, high = Fraction(0), Fraction(1)
while high - low > Fraction(1, 10**12):
    middle = (low + high) / 2
    low, high = (low, middle) if affine_pieces(x, y, middle, 2**n) <= 2**n else (middle, high)
measured = float(peaks[0] * high) * 4**n
product = prod(float(4 * q * (1 - q)) for q in peaks) / 16
assert abs(measured - product) < 1e-6
words.glue(spline_measured=f"{measured:.7f}", spline_product=f"{product:.7f}")

# %% [markdown]
# Measured {glue:text}`spline_measured`, where the product is {glue:text}`spline_product`.
#
# ## What one peak moves
#
# How much does the function change with one peak? We hold $C$ fixed, not $s_0$: let
# $G_a=a_0x+F/C$, as in {prf:ref}`lem-self-similar`.
# The paper's network that adds its waves is $G_a/a_0$ in the limit.
#
# ```{prf:lemma} One peak
# :label: lem-one-peak
# Let the peaks $a$ and $b$ differ in the entry $n$ only, $b_n>a_n$. Then
#
# $$0\le G_b-G_a\le(b_n-a_n)\prod_{j<n}a_j(1-a_j)\quad\text{on }[0,1],$$
#
# with equality on the right wherever $W_{n-1}=1$ ($W_{-1}(x)=x$).
# The same holds for the sums of the first $m\ge n$ waves. So $G_a$ increases with every peak.
# ```
#
# *Proof.* By {prf:ref}`lem-self-similar`, $G_a=a_0x+a_0(1-a_0)\,G_{\sigma a}(T_{a_0}(x))$.
# Used $n$ times, for peaks that agree before $n$, it gives
# $G_b-G_a=$ $\prod_{j<n}a_j(1-a_j)$ $(G_{\sigma^nb}-G_{\sigma^na})(W_{n-1})$;
# so we may take $n=0$. At $x=1$ the difference is $b_0-a_0$, as $G_a(1)=a_0$.
# For all other $x$ it is enough that the derivative of $px+p(1-p)\,G(T_p(x))$ by $p$ is between
# 0 and 1, for a finite sum, where it exists except at finitely many $p$;
# here $G$ belongs to the later peaks. With $t=T_p(x)$, the value $G=G(t)$ and the slope $g=G'(t)$,
# SymPy takes it on the two sides of the triangle:

# %%
x, p, t = sp.symbols("x p t", positive=True)
value, steep = sp.symbols("G gamma")  # G(t), and gamma = t G'(t)


def by_peak(T):
    """The derivative of p x + p (1 - p) G(T), at T = t."""
    return x + (1 - 2 * p) * value + p * (1 - p) * (steep / t) * sp.diff(T, p)


rising = sp.expand(by_peak(x / p).subs(x, p * t))
falling = sp.expand(sp.simplify(by_peak((1 - x) / (1 - p)).subs(x, 1 - (1 - p) * t)))
assert vanishes(rising - (p * t + (1 - 2 * p) * value - (1 - p) * steep))
assert vanishes(falling - (1 - (1 - p) * t + (1 - 2 * p) * value + p * steep))

# %% [markdown]
# $G$ is concave with $G(0)=0$ and slopes in $[0,1]$ ({prf:ref}`cor-boxes`),
# hence $0\le tG'(t)\le G(t)\le t\le1$. Both expressions are affine in the three numbers
# $tG'$, $G$ and $t$, so on this simplex their extreme values are at its corners:

# %%
corners = [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)]
at_corners = [
    [sp.expand(side.subs({steep: q, value: r, t: s})) for q, r, s in corners]
    for side in (rising, falling)
]
assert at_corners == [[0, p, 1 - p, 0], [1, p, 1 - p, 1]]
sp.Matrix(at_corners)

# %% [markdown]
# All are between 0 and 1. For infinitely many waves take the limit. $\square$
#
# ```{prf:corollary} Two sequences
# :label: cor-two-sequences
# If $a$ and $b$ agree before $n$ and not at $n$, then
#
# $$|a_n-b_n|\prod_{j<n}a_j(1-a_j)\;\le\;\max_{[0,1]}|G_a-G_b|\;\le\;\sum_{k\ge n}|a_k-b_k|\prod_{j<k}b_j(1-b_j).$$
#
# For any two sequences, and every $n$,
#
# $$|a_n-b_n|\prod_{j<n}a_j(1-a_j)\;\le\;2^n\max_{[0,1]}|G_a-G_b|.$$
# ```
#
# *Proof.* Where $W_{n-1}=1$ the difference is
# $\prod_{j<n}a_j(1-a_j)\,(G_{\sigma^na}(1)-G_{\sigma^nb}(1))$, and $G_{\sigma^na}(1)=a_n$.
# For the upper bound change $a$ into $b$ one peak after the other, from the first on:
# the step at $k$ starts from $(b_0,\dots,b_{k-1},a_k,a_{k+1},\dots)$. After $k$ steps what is
# left is at most $4^{-k}$. For the last inequality let $D_k=\max|G_{\sigma^ka}-G_{\sigma^kb}|$.
# At $x=1$ the difference is $a_k-b_k$, so $|a_k-b_k|\le D_k$. Put $a_k$ in the place of $b_k$:
# that moves $G_{\sigma^kb}$ by at most $D_k$ ({prf:ref}`lem-one-peak`), and the difference,
# now at most $2D_k$, becomes $a_k(1-a_k)$ times that of the later peaks.
# So $a_k(1-a_k)D_{k+1}\le2D_k$, for every $k$. $\square$
#
# So the map from peaks to functions is one to one, and neighbours in one sense are neighbours in
# the other, at a rate that is known: the peak of layer $n$ counts at most $4^{-n}$,
# and a function known to within $\varepsilon$ gives it to within
# $2^n\varepsilon/\prod_{j<n}a_j(1-a_j)$.
# On exact sums of six waves, the largest difference for one moved peak of random rational
# sequences, at all bends of both sums:

# %%
for _ in range(sequences):
    peaks = rational_peaks(rng, 7, over=20)
    n = int(rng.integers(6))
    moved = [*peaks]
    moved[n] = (1 + peaks[n]) / 2
    places = np.array(sorted({*cn.mesh(peaks[:6]), *cn.mesh(moved[:6])}))
    below, above = (each[0] * cn.series(places, each[:6], +1, each[6]) for each in (peaks, moved))
    moves = prod(q * (1 - q) for q in peaks[:n]) * (moved[n] - peaks[n])
    assert min(above - below) == 0 and max(above - below) == moves

# %% [markdown]
# ## How many functions there are
#
# Take peaks in $[c,1-c]$, $0<c<\frac12$, and let $K_c$ be the set of all these $G_a$.
# The *metric entropy* $H(\varepsilon)$ of a set is the logarithm of the least number of functions
# such that every member of the set is within $\varepsilon$ of one of them, in the sup norm:
# the information that it takes to name a member to that accuracy.
#
# ```{prf:theorem} Metric entropy
# :label: thm-entropy
# $K_c$ is compact in $C^1[0,1]$. With $L=\ln\frac1\varepsilon$, for $\varepsilon\to0$,
#
# $$H(\varepsilon)=\frac{L^2}{4\ln2}+O(L\ln L).$$
#
# Explicitly, let $N$ be the least integer with $4^{-N}\le\varepsilon$. Then
#
# $$\sum_{k<N}\ln\Bigl(1+\Bigl\lfloor\frac{4^{-k}}{12\sqrt N\,\varepsilon}\Bigr\rfloor\Bigr)
# \;\le\;H(\varepsilon)\;\le\;\sum_{k\le N}\ln\Bigl\lceil\frac{(1-2c)(N+1)}{4^{k}\varepsilon}\Bigr\rceil,$$
#
# the left side for $N\ge\max\{2,(1-2c)^{-2}\}$. All sequences of peaks in $(0,1)$ together obey the
# same bounds, with $c=0$.
# ```
#
# *Compactness.* Let $a^{(1)},a^{(2)},\dots$ be sequences in $[c,1-c]$.
# Some of them converge entry by entry to a sequence $a$, also in $[c,1-c]$,
# and then $G_{a^{(i)}}\to G_a$ uniformly by {prf:ref}`cor-two-sequences`.
# Their derivatives are bounded and have one Hölder constant ({prf:ref}`prop-holder`),
# so by the theorem of Arzelà and Ascoli some of them converge uniformly, and the limit is $G_a'$.
#
# *Upper bound.* Put $N+1$ peaks, $k\le N$, on grids in $[c,1-c]$ such that every point is within
# $\delta_k=\frac{4^k\varepsilon}{2(N+1)}$ of the grid.
# For this $\lceil\frac{1-2c}{2\delta_k}\rceil$ points are enough, and they can be inside.
# All later peaks are $\frac12$. By {prf:ref}`cor-two-sequences` each $G_a$ is within
# $\sum_{k\le N}4^{-k}\delta_k+\sum_{k>N}\frac124^{-k}$
# $=\frac\varepsilon2+\frac16\,4^{-N}<\varepsilon$
# of one of these.
#
# *Lower bound.* Let $\eta=\frac1{2\sqrt N}\le\frac12-c$. Take peaks
# $a_k=\frac12-\eta+i\,\Delta_k$ with integers $i\ge0$ and $a_k\le\frac12+\eta$, for $k<N$,
# and $\frac12$ later. Since $a_j(1-a_j)\ge\frac14(1-\frac1N)$, and $(1-\frac1N)^k\ge\frac14$ for
# $k<N$, $N\ge2$, two such functions whose peaks first differ at $k$ are at least
# $\frac144^{-k}\Delta_k$ apart. With $\Delta_k=12\cdot4^k\varepsilon$ that is $3\varepsilon$,
# and no function is within $\varepsilon$ of both: there are at least as many balls as functions,
# and $k$ contributes $1+\lfloor2\eta/\Delta_k\rfloor$ choices.
#
# *The order.* $N=\frac L{\ln4}+O(1)$. Each term of either sum is $L-k\ln4+O(\ln N)$ as long as that
# is positive, and there are $N+O(\ln N)$ of them; the rest is $O(\ln N)$ for each of
# $O(\ln N)$ terms. So both are $\sum_{k\le N}(L-k\ln4)+O(N\ln N)$ $=\frac{L^2}{2\ln4}+O(L\ln L)$.
# $\square$
#
# The two counts at $\varepsilon=4^{-d}$, in whole numbers, for
# $c=$ {glue:text}`spline_c`, beside $\frac{L^2}{4\ln2}$:


# %%
def covering(d):
    """The log of the number of functions of the cover, epsilon = 4^-d."""
    spread = 1 - 2 * Fraction(str(c))
    return sum(log(ceil(spread * (d + 1) * 4 ** (d - k))) for k in range(d + 1))


def separate(d):
    """The log of the number of functions that need different balls."""
    return sum(log(1 + isqrt(16 ** (d - k) // (144 * d))) for k in range(d))


rows, shares = [], {}
for d in (50, 100, 200, 400, 800):
    leading = (d * log(4)) ** 2 / (4 * log(2))
    counted = separate(d), covering(d)
    shares[d] = [each / leading for each in counted]
    rows.append([d, f"{leading:,.0f}", *(f"{each:,.0f}" for each in counted)])
assert all(0.9 < low < 1 < high < 1.1 for d, (low, high) in shares.items() if d >= 100)
words.glue(spline_c=f"{c:g}")
tables.table(rows, ["$d$", "$L^2/(4\\ln2)$", "at least", "at most"])

# %% [markdown]
# From $d=100$ on both are within a tenth of the leading term.
# For comparison: the convex functions on $[0,1]$ with values and slopes bounded by 1 have an
# entropy of the order of $\varepsilon^{-1/2}=2^d$ ({cite:t}`bronshtein1976`).
# So the sums of waves are a thin set among the concave functions:
# one more digit of accuracy costs, at the accuracy $\varepsilon$, a number of bits proportional
# to the digits that are there, where for a concave function it multiplies the number of bits.
#
# That is not the fault of equation (4).
#
# ```{prf:proposition} Free scales
# :label: prop-free-scales
# Let $0<c\le\frac12$ and $0<r<1$. The sums $\sum s_nW_n$ with peaks in $[c,1-c]$ and any scales
# $|s_n|\le r^n$ have, for $\varepsilon\to0$, the entropy
#
# $$\frac{L^2}{2\ln\frac1r}\,(1+o(1))\;\le\;H(\varepsilon)\;\le\;\frac{L^2}{\ln\frac1r}\Bigl(2+\frac{\ln\frac1c}{\ln\frac1r}\Bigr)\,(1+o(1)).$$
# ```
#
# *Proof.* A triangle is Lipschitz in $x$ and in its peak, with the constant $\frac1c$ both times:
# its slopes by $a$ are $-\frac x{a^2}$ for $x<a$ and $\frac{1-x}{(1-a)^2}$ for $x>a$.
# So peaks that are off by at most $\delta$ each move $W_n$ by at most
# $\delta\sum_{j=1}^{n+1}c^{-j}\le(n+1)\,c^{-n-1}\delta$. Keep the first $N$ waves,
# where $\frac{r^N}{1-r}\le\frac\varepsilon4$, their peaks to
# $\delta=\frac{\varepsilon c^N}{4N^2}$ and their scales to $\frac\varepsilon{4N}$.
# Then the sum is off by less than $\varepsilon$. The number of choices has the logarithm
# $N\bigl(\ln\frac1\delta+\ln\frac{1}{\varepsilon}+O(\ln N)\bigr)$
# $=N\bigl(2L+N\ln\frac1c+O(\ln N)\bigr)$, with $N=L/\ln\frac1r+O(1)$.
#
# For the lower bound fix all peaks, and let each $s_n$ be a multiple of $3\varepsilon$ in
# $[-r^n,r^n]$. Two sums whose scales first differ at $n$ differ by at least $3\varepsilon$ on $P_n$,
# where all later waves vanish. So
# $H(\varepsilon)\ge\sum_n\ln\bigl(1+\lfloor\frac{2r^n}{3\varepsilon}\rfloor\bigr)+O(L)$,
# which is $\sum_{n<N}(L-n\ln\frac1r)$ up to lower order. $\square$
#
# The order is $L^2$ with equation (4) and without it. What limits such networks is the
# composition: a wave repeats itself in exponentially many places, and one number has to serve
# them all. What (4) takes away is a factor at most.
#
# ## What to take away
#
# Depth is used to the full for what a compositional network can say: with $n+2$ peaks and one scale
# it is a best spline of $2^n$ pieces for its own limit. But with about as many numbers as layers it
# can say little. Each peak has its place value, $\prod_{j<n}a_j(1-a_j)$, as a digit has,
# and the words that can be written with them are few.
#
# ## Rerun this page
#
# ```{rerun} -p depth 4 -p c 0.2
# ```
