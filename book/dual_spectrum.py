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
# # Beyond the paper: a spectrum that is its own dual
#
# With one peak $a\ne\frac12$ in every layer the derivative $F'$ is singular:
# it falls, and almost everywhere it stands still. All of its fall happens on a set without length.
# How large are the sets on which $F'$ is steep, and how steep is it there?
# The answer is a curve, the spectrum, and the flip $a\to1-a$ of {doc}`beyond_the_paper`,
# which exchanges lengths and drops, leaves it where it is.
#
# ```{admonition} What this page settles
# :class: tip
# For a constant peak the spectrum of $F'$ is the same after the flip, and so it is symmetric under
# $\alpha\to1/\alpha$.
#
# At a point that is no bend, the slopes of $F'$ over cells decide whether $F''$ is 0 or $-\infty$
# ({prf:ref}`lem-cells-decide`). The points at which the drop of a cell is its length to the power
# $\alpha$ have dimension $f(\alpha)=\min_q(q\alpha+\tau(q))$, where $\tau$ is its own inverse;
# hence $f(\alpha)=\alpha f(1/\alpha)$ ({prf:ref}`thm-spectrum`). For
# $a=$ {glue:text}`spectrum_peak` the set where $F''=-\infty$ has the dimension
# {glue:text}`spectrum_dimension`, and {glue:text}`spectrum_other` for $a=$
# {glue:text}`spectrum_second`.
# ```
#
# The statements on this page are not in the paper. The tools are those for digit frequencies of
# {cite:t}`eggleston1949`.

# %% tags=["parameters"]
peak: float = 0.7  # the constant peak, in (0.5, 1)
second: float = 0.85  # another one, in (0.5, 1)
level: int = 8  # level of the cells in exact checks, at least 2 and at most 12

# %% tags=["hide-input"]
from fractions import Fraction
from math import comb, log

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import figures, tables, words
from compnet_book.symbolic import vanishes

figures.use_style()
words.glue(spectrum_peak=f"{peak:g}", spectrum_second=f"{second:g}")

# %% [markdown]
# As in {doc}`beyond_the_paper`, $h_a=1-a_0-F'/C$ is the shape of $F'$, which increases from 0 to 1.
# On a cell $I$ of level $n$ it rises by the cell's *drop*. A left step, digit 0,
# multiplies the length by $a_j$ and the drop by $1-a_j$, a right step by $1-a_j$ and $a_j$.
# The slope over the cell is $M_n=\text{drop}/\text{length}$, the size of $F''/C$ at that scale.
#
# ## What the cells decide
#
# ```{prf:lemma} Cells decide
# :label: lem-cells-decide
# Let $c\le a_j\le1-c$ for all $j$, with some $c>0$, and let $x\in(0,1)$ be no bend.
# Then $F''(x)=-\infty$ if and only if $M_n(x)\to\infty$,
# and $F''(x)=0$ if and only if $M_n(x)\to0$, where $M_n(x)$ belongs to the cell around $x$.
# ```
#
# *Only if*: $M_n(x)$ is a weighted mean of the difference quotients of $h_a$ from $x$ to the two
# ends of the cell.
#
# *If.* Let $y$ be near $x$, and let $z$ be the point, between them, that divides the last cell
# with both of them. Let this cell have level $n$; $n\to\infty$ as $y\to x$.
# For $m>n$ let $A_m$ and $B_m$ be the cells of level $m$ with the end $z$,
# on the side of $x$ and on that of $y$. After the first one their digits are the same,
# 1 and then 0 for ever, so lengths, drops and slopes of $A_m$ and $B_m$ agree up to factors that
# depend on $c$ only. The same holds for two successive levels.
# Let $x\in A_m$ but $x\notin A_{m+1}$, and $y\in B_k$ but $y\notin B_{k+1}$
# (if $y=z$, only $x$ matters). Then $|x-z|$ is between the lengths of $A_{m+1}$ and $A_m$,
# and $|h(x)-h(z)|$ is at least the drop of $A_{m+1}$: the quotient from $x$ to $z$ is at least
# $c\,M_m(x)$, and in the same way that from $z$ to $y$ is at least $c$ times the slope over $B_k$.
#
# If $|y-z|\le|x-z|$, the quotient from $x$ to $y$ is at least $\frac12c\,M_m(x)$.
# If $|y-z|>|x-z|$, it is at least $\frac12c$ times the slope over $B_k$,
# which is, up to a factor, that over $A_k$. For $k\le m$ the cell $A_k$ contains $x$,
# and its slope is $M_k(x)$. And $k$ exceeds $m$ by a bounded number only,
# because $B_k$ is longer than $A_{m+1}$ while each step shortens it by a factor of at most $1-c$;
# so the slope is, up to a factor, $M_m(x)$. In all cases the quotient is at least
# a constant times the least of $M_{n+1}(x),M_{n+2}(x),\dots$ So if $M_n(x)\to\infty$, all
# difference quotients tend to $\infty$. For the second part take the inverse function.
# It is $h_{1-a}$ ({prf:ref}`prop-conjugacy`), and over the cell around $h_a(x)$ its slope is
# $1/M_n(x)$. $\square$
#
# ## The spectrum
#
# From here on all peaks are one number $a\ne\frac12$.
# The *exponent* of a point is the limit of $\ln\text{drop}/\ln\text{length}$ over the cells around
# it, if it exists. Let $E_\alpha$ be the points with the exponent $\alpha$.
# Where $\alpha<1$ the slopes $M_n$ grow without bound, where $\alpha>1$ they tend to 0.
#
# ```{prf:theorem} A self-dual spectrum
# :label: thm-spectrum
# 1. For each real $q$ there is one $\tau(q)$ with
#
#    $$(1-a)^q\,a^{\tau}+a^q\,(1-a)^{\tau}=1,$$
#
#    and $\tau(\tau(q))=q$. The flip $a\to1-a$ does not change $\tau$.
# 2. For every $\alpha$ strictly between $\frac{\ln a}{\ln(1-a)}$ and $\frac{\ln(1-a)}{\ln a}$
#    the set $E_\alpha$ has the Hausdorff dimension $f(\alpha)=\min_q\bigl(q\alpha+\tau(q)\bigr)$.
# 3. $f(\alpha)=\alpha\,f(1/\alpha)$.
# 4. The set of points with $F''=-\infty$ has the dimension $f(1)=\dfrac{\ln4}{|\ln(a(1-a))|}$.
# ```
#
# *Part 1.* For fixed $q$ the left side decreases strictly in $\tau$, from $\infty$ to 0.
# Exchanging $q$ and $\tau$ exchanges the two terms; so does the flip.
#
# *The sum over cells.* The left side is what a step does to $\text{drop}^q\,\text{length}^\tau$,
# summed over the two parts of a cell. So over all cells of level $n$
#
# $$\sum\text{drop}^q\,\text{length}^{\tau}=\bigl((1-a)^qa^\tau+a^q(1-a)^\tau\bigr)^n,$$ (eq-spectrum-sum)
#
# which is 1 for $\tau=\tau(q)$. On exact cells, for whole numbers $q$ and $\tau$:

# %%
ratio = Fraction(str(peak))
length = np.diff(cn.mesh([ratio] * level))
drop = np.diff(cn.mesh([1 - ratio] * level))
for q in range(-2, 4):
    for tau in range(-2, 4):
        step = (1 - ratio) ** q * ratio**tau + ratio**q * (1 - ratio) ** tau
        assert sum(drop**q * length**tau) == step**level

# %% [markdown]
# *Part 2, at most.* Let $q$ be any number and $s>q\alpha+\tau(q)$.
# At a point of $E_\alpha$ $\text{drop}^q\ge\text{length}^{s-\tau(q)}$ from some level on.
# Take the points for which this is so from level $m$ on. For $n\ge m$ the cells of level $n$ around
# them have $\sum\text{length}^s\le\sum\text{drop}^q\,\text{length}^{\tau(q)}\le1$,
# and they become small; so these points have dimension at most $s$.
# $E_\alpha$ is their union over $m$, and $s$ and $q$ are free:
# its dimension is at most $\inf_q(q\alpha+\tau(q))$.
#
# *Part 2, at least.* Put $p=(1-a)^qa^{\tau(q)}$, so that $1-p=a^q(1-a)^{\tau(q)}$,
# and choose a point at random: each digit is 0 with probability $p$, independently.
# Call the probability of a set its mass. By the law of large numbers
# $-\frac1n\ln\text{length}$, $-\frac1n\ln\text{drop}$ and $-\frac1n\ln\text{mass}$
# of the cells around almost every such point tend to
#
# $$\lambda=-p\ln a-(1-p)\ln(1-a),\quad\Lambda=-p\ln(1-a)-(1-p)\ln a,\quad -p\ln p-(1-p)\ln(1-p).$$
#
# The third is $q\Lambda+\tau\lambda$. So almost every point has the exponent
# $\alpha=\Lambda/\lambda$, and the mass of its cells is $\text{length}^{q\alpha+\tau+o(1)}$.
# An interval of length $r$ meets at most $\frac2c+2$ cells with lengths in $[cr,r]$ that do not
# overlap, $c=\min(a,1-a)$, and they cover it. Hence a set of positive mass, on which the mass of
# cells is at most $\text{length}^s$ from some level on, has dimension at least $s$
# (the mass distribution principle, {cite:t}`falconer2014`). So $E_\alpha$ has dimension at least
# $q\alpha+\tau(q)$. Both bounds together: the infimum is attained at this $q$.
# The implicit function has the derivative $\tau'(q)=-\Lambda/\lambda=-\alpha$, as SymPy finds:

# %%
a, q, tau = sp.symbols("a q tau", positive=True)
sides = [(1 - a) ** q * a**tau, a**q * (1 - a) ** tau]
slope = -sum(sp.diff(side, q) for side in sides) / sum(sp.diff(side, tau) for side in sides)
p, rest = sides
exponent = (p * sp.log(1 - a) + rest * sp.log(a)) / (p * sp.log(a) + rest * sp.log(1 - a))
assert vanishes(slope + exponent)

# %% [markdown]
# For each $p\in(0,1)$ there is such a $q$: the equations $q\ln(1-a)+\tau\ln a=\ln p$ and
# $q\ln a+\tau\ln(1-a)=\ln(1-p)$ have one solution, as $\ln^2(1-a)\ne\ln^2a$, and for it
# $\tau=\tau(q)$. As $p$ goes from 0 to 1, $\Lambda/\lambda$ goes through all values strictly
# between the two ends.
#
# *Part 3.* Exchanging $p$ and $1-p$ exchanges $q$ and $\tau(q)$, and $\Lambda$ and $\lambda$.
# So $\alpha$ becomes $1/\alpha$, and $f(\alpha)=(q\Lambda+\tau\lambda)/\lambda$ becomes
# $(\tau\lambda+q\Lambda)/\Lambda=f(\alpha)/\alpha$.
#
# *Part 4.* Bends are countable and do not matter; at all other points $F''=-\infty$ is
# $M_n\to\infty$ ({prf:ref}`lem-cells-decide`). Such a point has $\text{drop}\ge\text{length}$ from
# some level on. Let $q=\tau(q)$, that is $2(a(1-a))^q=1$. Over the cells with
# $\text{drop}\ge\text{length}$ we have $\sum\text{length}^{2q}\le\sum\text{drop}^q\,\text{length}^q\le1$,
# so the dimension is at most $2q=\ln4/|\ln(a(1-a))|$. Here $p=1-p=\frac12$, so $\alpha=1$ and
# $2q=f(1)$. And for every $\alpha<1$ the points of $E_\alpha$ have $M_n\to\infty$:
# the dimension is at least $f(\alpha)$, and $f(\alpha)\to f(1)$. $\square$
#
# Part 3 in words: $h_a$, whose inverse is $h_{1-a}$, carries $E_\alpha$ of $a$ to $E_{1/\alpha}$ of
# $1-a$, and the two peaks have one spectrum.


# %%
def spectrum(a, p):
    """alpha and f(alpha) of the points whose digits are 0 with frequency p."""
    by_length = -p * np.log(a) - (1 - p) * np.log(1 - a)
    by_drop = -p * np.log(1 - a) - (1 - p) * np.log(a)
    by_mass = -p * np.log(p) - (1 - p) * np.log(1 - p)
    return by_drop / by_length, by_mass / by_length


# %% tags=["hide-input"]
frequencies = np.linspace(1e-6, 1 - 1e-6, 2001)
figure, axis = figures.panels(1, 1, 3.4)
for a_, colour, line in zip((0.6, peak, second), figures.LIGHT, ("-", "--", "-.")):
    axis.plot(*spectrum(a_, frequencies), line, color=colour, label=f"$a={a_:g}$")
    middle = log(4) / -log(a_ * (1 - a_))
    axis.plot(1, middle, "o", color=colour)
axis.plot([0, 1], [0, 1], color=figures.GREY, linestyle=":", linewidth=1)
axis.annotate("$f=\\alpha$", (0.1, 0.45), color=figures.GREY)
axis.axvline(1, color=figures.GREY, linestyle=":", linewidth=1)
axis.legend(loc="lower right")
axis.set(xlabel="exponent $\\alpha$", ylabel="dimension $f$", xlim=(0, 5), ylim=(0, 1.05))
figures.show(
    figure,
    "fig-spectrum",
    caption=(
        "The further a constant peak is from $\\frac12$, the more exponents occur, and the smaller "
        "is the set where $F''=-\\infty$ (circles, $\\alpha=1$). Each curve goes into itself under "
        "$(\\alpha,f)\\to(1/\\alpha,f/\\alpha)$: it touches the line $f=\\alpha$ as often as "
        "the line $f=1$."
    ),
    alt=(
        "Three concave arches over the exponent, the narrowest for peaks at 0.6; each touches the "
        "diagonal to the left of one and the height one to the right of one. A circle marks each "
        "curve at exponent one."
    ),
)

# %% [markdown]
# Where a curve of {numref}`fig-spectrum` has the height 1 ($q=0$, $p=a$) is the exponent of almost
# every point: there $F''=0$. Where it touches the diagonal ($q=1$, $p=1-a$) is the exponent at which
# $F'$ falls. The two exponents are inverse to each other. For the two peaks of this page:

# %%
rows, dimensions = [], []
for a_ in (peak, second):
    dimensions.append(spectrum(a_, 0.5)[1])
    assert abs(dimensions[-1] - log(4) / -log(a_ * (1 - a_))) < 1e-12
    usual, falls = spectrum(a_, a_), spectrum(a_, 1 - a_)  # q = 0 and q = 1
    assert abs(usual[1] - 1) < 1e-12 and abs(falls[1] - falls[0]) < 1e-12
    rows.append([f"{a_:g}", f"{usual[0]:.3f}", f"{falls[0]:.3f}", f"{dimensions[-1]:.3f}"])
words.glue(spectrum_dimension=f"{dimensions[0]:.3f}", spectrum_other=f"{dimensions[1]:.3f}")
tables.table(
    rows,
    [
        "$a$",
        "exponent almost everywhere",
        "exponent where $F'$ falls, and its dimension",
        "dimension of $F''=-\\infty$",
    ],
)

# %% [markdown]
# The count behind part 4, on exact cells: of the $2^n$ cells of level $n$ those at least as steep
# as the diagonal are those with at most half of their digits 0, and with
# $t=\ln4/|\ln(a(1-a))|$ the sum of $\text{length}^t$ over them stays below 1, at every level
# by the proof; counted up to level 199:

# %%
dimension = dimensions[0]
steep = drop >= length
assert steep.sum() == sum(comb(level, zeros) for zeros in range(level // 2 + 1))
covers = []
for n in range(1, 200):
    zeros = np.arange(n // 2 + 1)
    sizes = zeros * log(peak) + (n - zeros) * log(1 - peak)
    counts = [log(comb(n, int(k))) for k in zeros]
    covers.append(np.exp(counts + dimension * sizes).sum())
assert max(covers) < 1

# %% [markdown]
# ## What to take away
#
# Length and drop play the same part: what the one is for $a$, the other is for $1-a$.
# So everything that counts cells by both of them is symmetric,
# and the set where $F''=-\infty$ has a dimension that can be read off one number, $a(1-a)$.
# The fall itself fits into a smaller one.
#
# ## Rerun this page
#
# ```{rerun} -p peak 0.6 -p second 0.75
# ```
