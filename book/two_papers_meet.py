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
# # Where the two papers meet
#
# One paper says that random networks waste their depth, and counts in breakpoints and delta-slopes;
# the other builds networks that do not. Read in the terms of {cite:t}`functionspace2020`,
# a network of {cite:t}`milkert2023` with $d$ layers has $2^d-1$ breakpoints in $(0,1)$,
# and all of its delta-slopes have one sign.

# %% tags=["parameters"]
depth: int = 5  # hidden layers of four neurons, at least 3 and at most 6
models: int = 20  # networks of each kind, at least 2
draws: int = 1000  # random networks for roughness, at least 2
epochs: int = 1000  # steps of Adam, at least 10
lr: float = 1e-3  # learning rate of Adam, positive
long_epochs: int = 5000  # steps on the curves of Table 2, at least 1
long_lr: float = 5e-5  # learning rate of gradient descent there, positive
seed: int = 0  # of all starts, at least 0

# %% tags=["hide-input"]
from itertools import product
from math import prod

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import figures, tables, words
from compnet_book.exact import rational_peaks
from compnet_book.symbolic import vanishes
from compnet_lib.experiments import (
    bends_followed,
    built_or_default,
    output_bends,
    trained_three_ways,
)

figures.use_style()
rng = np.random.default_rng(seed)
words.glue("meet", depth=depth, models=models, epochs=f"{epochs:,}", most=2**depth - 1)
words.glue("meet", draws=f"{draws:,}", long=f"{long_epochs:,}", twice=2 * depth, rate=f"{lr:g}")

# %% tags=["hide-input"]
figure, axes = figures.panels(1, 3, 2.3, sharex=True)
kinds = {
    "peaks at ½": cn.compositional(np.full((1, depth), 0.5), -1),
    "random peaks": cn.compositional(cn.sample_peaks(1, depth, seed), -1),
    "default": cn.default_init(1, depth, 4, seed),
}
for axis, (title, net), colour in zip(axes, kinds.items(), figures.LIGHT):
    knots, values = cn.piecewise_linear(net)[0].bends(0, 1)
    jumps = np.diff(np.diff(values) / np.diff(knots))
    axis.vlines(knots[1:-1], 0, jumps, color=colour, linewidth=1.4)
    axis.plot(knots[1:-1], jumps, "o", color=colour, markersize=3)
    axis.axhline(0, color=figures.GREY, linewidth=0.8, linestyle="-")
    most = max(abs(jumps).max(initial=0) * 1.15, 1e-3)
    axis.set(title=title, xlabel="$x$", xticks=[0, 0.5, 1], xlim=(-0.02, 1.02))
    axis.set_ylim(-0.1 * most if (jumps >= 0).all() else -most, most)
axes[0].set_ylabel("delta-slope")
figures.show(
    figure,
    "fig-built-slopes",
    caption="Built from triangles, a network has exponentially many breakpoints in its depth, and "
    "all delta-slopes have one sign; a default network has few. Delta-slopes at the breakpoints "
    "in $(0,1)$; the vertical scales differ.",
    alt="Three panels of stems over the unit interval: equal positive stems at equal distances; "
    "unequal positive stems, irregularly placed; and hardly any for the default network.",
)

# %% [markdown]
# ```{admonition} What this page finds
# :class: tip
# The delta-slopes of a compositional network have a closed form ({prf:ref}`thm-built-slopes`),
# and their sum a shorter one ({prf:ref}`thm-total`).
# At depth {glue:text}`meet_depth` the roughness is {glue:text}`meet_rough_half` with peaks at ½,
# {glue:text}`meet_rough_random` in the median for random peaks,
# and {glue:text}`meet_rough_default` for default networks.
# Pretraining moves breakpoints and always keeps {glue:text}`meet_kept` of
# {glue:text}`meet_most`; training the weights from the same start leaves {glue:text}`meet_left`,
# and default training has {glue:text}`meet_end_default` at its end.
# ```
#
# ## The delta-slopes in closed form
#
# The peaks $P_i$ of the wave $W_i$ are where $W_i$ turns for the first time
# ({prf:ref}`def-wave`). With the scales of equation (4) of the compositional paper,
#
# $$s_{n+1}=s_n(1-a_{n+1})\,a_{n+2},$$
#
# where $a_d$ is the closing parameter:
#
# ```{prf:theorem} Delta-slopes of a compositional network
# :label: thm-built-slopes
# For peaks $a_0,\dots,a_{d-1}$ and $a_d$ in $(0,1)$ and $s_0>0$, the network
# $x\pm\sum_{i<d}s_iW_i$ has exactly $2^d-1$ breakpoints in $(0,1)$, the points of
# $P_0\cup\dots\cup P_{d-1}$. At $x\in P_i$ its slope changes by
#
# $$\mu(x)=\mp\frac{s_i\,|W_{i-1}'(x)|}{a_i(1-a_i)}\prod_{k=i+2}^{d}(1-a_k),$$
#
# with $W_{-1}(x)=x$. All have one sign.
# ```
#
# At a peak of $W_i$ the slope of $W_i$ falls from $|W_{i-1}'|/a_i$ to $-|W_{i-1}'|/(1-a_i)$,
# by $|W_{i-1}'|/(a_i(1-a_i))$. There $W_{i+1}$ has a valley with the slopes of $W_i$ divided by
# $1-a_{i+1}$, with the other sign, and every later wave divides them by its $a_n$.
# In units of $s_i|W_{i-1}'|/(a_i(1-a_i))$ the kink that is left after $N$ later waves is a sum,
# and it telescopes. With $a_k$ for $a_{i+k}$:

# %%
a = sp.symbols("a_0:8", positive=True)


def scale(n):
    """s_{i+n} over s_i."""
    return sp.prod([(1 - a[k]) * a[k + 1] for k in range(1, n + 1)])


def left(later):
    """The kink of W_i and of so many later waves."""
    steep = [sp.prod([1 / a[k] for k in range(2, n + 1)]) for n in range(1, later + 1)]
    return 1 - sum(scale(n) * steep[n - 1] for n in range(1, later + 1)) / (1 - a[1])


for later in range(7):
    assert vanishes(left(later) - sp.prod([1 - a[k] for k in range(2, later + 2)]))
sp.factor(left(2))

# %% [markdown]
# The step is the same for every $N$: one more wave subtracts $a_{N+2}\prod_{k=2}^{N+1}(1-a_k)$ from
# $\prod_{k=2}^{N+1}(1-a_k)$. No factor is zero, so no breakpoint cancels, and there is one for each
# of the $2^d-1$ peaks. $\square$
#
# Against the network's own breakpoints, exactly, for random rational peaks and both signs:


# %%
def formula(peaks, closing, first, i, slope):
    """The size of the delta-slope at a peak of W_i, where W_{i-1} has this slope."""
    ends = [*peaks, closing]
    scales = [first]
    for n in range(i):
        scales.append(scales[n] * (1 - ends[n + 1]) * ends[n + 2])
    rest = prod(1 - end for end in ends[i + 2 :])
    return scales[i] * abs(slope) / (ends[i] * (1 - ends[i])) * rest


checked = 0
for sign in (1, -1):
    for count in range(2, depth + 1):
        *peaks, closing = rational_peaks(rng, count + 1)
        first = abs(np.ravel(cn.scales(peaks, sign, closing))[0])
        found = cn.to_breakpoints(cn.compositional(peaks, sign, closing))[0].bends(0, 1)
        places, wanted = cn.mesh(peaks)[1:-1], []
        for number in range(1, 2**count):
            i = count - (number & -number).bit_length()
            step = number & -number  # to the valleys of W_i beside it
            width = cn.mesh(peaks)[number + step] - cn.mesh(peaks)[number - step]
            wanted.append(-sign * formula(peaks, closing, first, i, 1 / width))
        assert list(found[0]) == list(places) and list(found[1]) == wanted
        checked += len(wanted)
words.glue("meet", checked=checked)

# %% [markdown]
# All {glue:text}`meet_checked` agree. Between two valleys of $W_i$ the wave $W_{i-1}$ runs once
# from 0 to 1 or back, so its slope there is one over their distance.
#
# ## How rough they are
#
# The function-space paper calls the sum of the squared delta-slopes the *roughness* $\rho$ of a
# network. It depends on the number of pieces: cut finer, the same curve has smaller steps,
# and $\rho$ tends to 0. The sum of $|\mu|$ does not.
# Since all have one sign it is the difference of the end slopes:
#
# ```{prf:theorem} Total delta-slope
# :label: thm-total
# For the networks of {prf:ref}`thm-built-slopes`
#
# $$\sum|\mu|=\frac{s_0}{a_0(1-a_0)a_1}\Bigl(1-\prod_{k=1}^{d}(1-a_k)\Bigr).$$
#
# ```
#
# At 0 every wave rises, with the slope $\prod_{k\le n}1/a_k$, and at 1 it falls, with the same but
# for $1-a_0$ in place of $a_0$. So both end slopes are sums that telescope as above:

# %%
slopes = [sp.prod([1 / a[k] for k in range(1, n + 1)]) for n in range(6)]
scales = [sp.prod([(1 - a[k]) * a[k + 1] for k in range(1, n + 1)]) for n in range(6)]
for count in range(1, 7):
    rise = sum(s * steep for s, steep in zip(scales[:count], slopes)) / a[0]
    fall = sum(s * steep for s, steep in zip(scales[:count], slopes)) / (1 - a[0])
    total = (1 - sp.prod([1 - a[k] for k in range(1, count + 1)])) / (a[0] * (1 - a[0]) * a[1])
    assert vanishes(rise + fall - total)

# %% [markdown]
# ```{prf:corollary} Peaks at ½
# :label: thm-halves
# With all peaks and $a_d$ at ½ and $s_0=\frac14$ every delta-slope is $\mp2^{1-d}$,
# so $\sum|\mu|=2-2^{1-d}$ and $\rho=4(2^d-1)/4^d$.
# ```
#
# For $|W_{i-1}'|=2^i$ and $s_i=4^{-i-1}$ the formula gives $2^{1-d}$ for every $i$. $\square$
#
# {numref}`fig-roughness` has both measures at the start: in closed form for peaks at ½,
# for {glue:text}`meet_draws` networks with random peaks, and for as many default networks with
# layers of four neurons.

# %%
levels = range(1, depth + 4)
measured = {"random peaks": {}, "default": {}}
for level in levels:
    starts = {
        "random peaks": cn.compositional(cn.sample_peaks(draws, level, seed), -1),
        "default": cn.default_init(draws, level, 4, seed),
    }
    for kind, net in starts.items():
        turns = []
        for f in cn.piecewise_linear(net):
            knots, values = f.bends(0, 1)
            jumps = np.diff(np.diff(values) / np.diff(knots))
            turns.append([np.sum(jumps**2), np.sum(abs(jumps)), len(jumps)])
        measured[kind][level] = np.array(turns).T

# %% tags=["hide-input"]
figure, axes = figures.panels(1, 2, 2.8)
halves = [[4 * (2**d - 1) / 4**d for d in levels], [2 - 2.0 ** (1 - d) for d in levels]]
for place, (axis, title) in enumerate(zip(axes, (r"roughness $\rho$", r"sum of $|\mu|$"))):
    axis.plot(levels, halves[place], "o-", color=figures.LIGHT[0], ms=4, label="peaks at ½")
    for (kind, found), colour, marker, dash in zip(
        measured.items(), figures.LIGHT[1:], "sD", ("--", "-.")
    ):
        low, middle, high = np.array(
            [np.quantile(found[d][place], [0.05, 0.5, 0.95]) for d in levels]
        ).T
        axis.plot(levels, middle, color=colour, marker=marker, ms=4, ls=dash, label=kind)
        axis.fill_between(levels, np.maximum(low, 1e-9), high, color=colour, alpha=0.15, lw=0)
    axis.set(title=title, xlabel="depth", yscale="log", xticks=list(levels)[::2])
    axis.set_ylim(bottom=1e-9 if place == 0 else 1e-5)
figures.legend(figure, axes[0], "lower", 3)
figures.show(
    figure,
    "fig-roughness",
    caption="Deeper compositional networks are less rough and bend as much in all; deeper default "
    "networks lose both. Medians and, shaded, the 5% to 95% quantiles.",
    alt="Two panels on logarithmic axes against depth. Roughness: peaks at one half fall by two a "
    "layer, random peaks fall slowly, default networks fall by orders of magnitude. Sum of sizes: "
    "the first two level off near two, default networks fall.",
)

# %% tags=["hide-input"]
at = {kind: found[depth] for kind, found in measured.items()}
words.glue("meet_rough", words.two_digits, half=4 * (2**depth - 1) / 4**depth)
words.glue("meet_rough", words.two_digits, random=np.median(at["random peaks"][0]))
words.glue("meet_rough", words.power, default=np.median(at["default"][0]))
words.glue("meet", ".1f", few=at["default"][2].mean())
words.glue("meet_sum", ".2f", half=2 - 2.0 ** (1 - depth), random=np.median(at["random peaks"][1]))
words.glue("meet_sum", words.power, default=np.median(at["default"][1]))

# %% [markdown]
# At depth {glue:text}`meet_depth` the sum of $|\mu|$ is {glue:text}`meet_sum_half` with peaks at ½,
# {glue:text}`meet_sum_random` in the median for random ones, and {glue:text}`meet_sum_default` for
# default networks, which have {glue:text}`meet_few` breakpoints in $(0,1)$ on average.
# So a compositional start is not flat, and it need not be: its curvature is of one sign.
#
# ## Breakpoints that move
#
# The function-space paper sees the value of depth in breakpoints that can move, be born and die.
# {glue:text}`meet_models` networks for $x^3$, Adam at the rate {glue:text}`meet_rate` for
# {glue:text}`meet_epochs` steps: the peaks alone (*pretraining*), all weights from the same start,
# and default networks. Bends are followed from every fifth step to the next;
# one that would have gone farther than 0.05 has died, and another was born.

# %%
options = {"models": models, "epochs": epochs, "lr": lr, "seed": seed}
frames = trained_three_ways(cn.TARGETS["x^3"], depth, **options)
moves = {kind: bends_followed(kept, reach=0.05) for kind, kept in frames.items()}

# %% tags=["hide-input", "float-luck"]
figure, axes = figures.panels(1, 3, 2.6, sharex=True, sharey=True)
for axis, (kind, kept), colour in zip(axes, frames.items(), figures.LIGHT):
    busiest = int(moves[kind].bends.max("epoch").values.argmax())
    for epoch in list(kept)[::2]:
        bends = output_bends(kept[epoch][busiest : busiest + 1])[0]
        axis.plot(np.full(len(bends), epoch), bends, ".", color=colour, ms=1.6)
    axis.set(title=kind, xlabel="steps", ylim=(0, 1), xticks=[0, epochs // 2, epochs])
axes[0].set_ylabel("breakpoints")
figures.show(
    figure,
    "fig-moves",
    caption="Pretraining moves all breakpoints and loses none; when all weights move, they die and "
    "are born. One network of each kind, that with the most breakpoints at some time.",
    alt="Three panels of breakpoints against training steps: smooth bundles of lines in "
    "pretraining; lines that merge, end and begin with all weights; few lines by default.",
)

# %% tags=["float-luck"]
rows = {}
for kind, found in moves.items():
    ends = found.bends.mean("model")
    sums = found[["births", "deaths", "path"]].sum("epoch")
    each = sums.path / found.bends.mean("epoch").clip(1)
    rows[kind] = [
        f"{ends[0].item():.1f}",
        f"{ends[-1].item():.1f}",
        f"{sums.births.mean().item():.1f}",
        f"{sums.deaths.mean().item():.1f}",
        f"{each.mean().item():.2f}",
    ]
titles = ["at the start", "at the end", "births", "deaths", "path of a breakpoint"]
tables.rows("mean over networks", rows, titles)

# %% tags=["hide-input", "float-luck"]
words.glue("meet", kept=moves["pretraining"].bends.min())
words.glue("meet", left=rows["all weights"][1], end_default=rows["default"][1])
words.glue("meet", path=rows["pretraining"][4], path_weights=rows["all weights"][4])

# %% [markdown]
# In pretraining a breakpoint travels {glue:text}`meet_path` on average, and with all weights
# {glue:text}`meet_path_weights`; the numbers of births and deaths depend on how often one looks.
# That pretraining has none does not: it follows from {prf:ref}`thm-built-slopes`.
#
# ## The curves of Table 2
#
# {doc}`depth_and_expressivity` trains 40 neurons in up to five layers.
# Four neurons a layer make {glue:text}`meet_depth` and {glue:text}`meet_twice` layers here,
# on two of its curves that are convex, with the interval mapped to $[0,1]$: the exponential,
# and the right half of the quadratic. The whole quadratic has one value at both ends,
# which $x\pm F$ and its multiples do not have.
# Peaks are pretrained for {glue:text}`meet_epochs` steps; then all weights are trained for
# {glue:text}`meet_long` steps, by the paper's gradient descent on the sum of squares and by Adam.
# Pieces on $[0,1]$ are counted; medians over networks.

# %%
mapped = {"quadratic": "x^2", "exponential": "exp(6*x-3)"}
convex = [cn.Target.from_formula(text) for text in mapped.values()]
ways = {
    "gradient descent": {"lr": long_lr, "optimizer": "gd", "objective": "sum"},
    "Adam": {"lr": lr},
}
options = {"models": models // 2, "pretraining": epochs, "epochs": long_epochs, "seed": seed}
met = built_or_default(convex, [depth, 2 * depth], ways, **options)

# %% tags=["hide-output", "float-luck"]
middles = met.median("model")
rows = []
for curve, text in zip(mapped, met.curve.values):
    for level, start, way in product(met.depth.values, met.start.values, met.way.values):
        here = {"curve": text, "depth": level, "start": start, "way": way}
        pieces, squares = (middles[name].sel(here).values for name in ("pieces", "squares"))
        flat = (met.pieces.sel(here | {"moment": "trained"}) == 1).mean().item()
        label = f"{curve}, {level} layers, {start}, {way}"
        counts = [f"{count:g}" for count in pieces]
        rows.append([label, *counts, *map(words.power, squares), words.percent(flat)])
titles = ["curve, depth, start, trained by", "pieces at the start", "pieces, trained"]
titles += ["squares at the start", "squares, trained", "one piece left"]
tables.table(rows, titles)

# %% tags=["hide-input", "float-luck"]
ends = middles.sel(moment="trained")
built, default = ends.sel(start="triangles"), ends.sel(start="default")
lost = middles.pieces.sel(start="triangles", depth=2 * depth)
lost = lost.sel(moment="trained") < lost.sel(moment="start")
words.glue("meet", pairs=built.squares.size, closer=(built.squares < default.squares).sum())
words.glue("meet", richer=(built.pieces > default.pieces).sum(), deep=lost.size, spent=lost.sum())

# %% [markdown]
# The construction has $2^L$ pieces at the start, where default networks have one or a few.
# With it the sum of squares ends below that of the default start in {glue:text}`meet_closer` of
# {glue:text}`meet_pairs` pairs of rows, and the number of pieces above in
# {glue:text}`meet_richer`. With {glue:text}`meet_twice` layers {glue:text}`meet_spent` of
# {glue:text}`meet_deep` rows that start from triangles lose pieces in the median.
# "One piece left" are networks whose output is a straight line after training, as where no
# signal reaches it any more: the exponential has values up to 20,
# and steps of gradient descent at the paper's rate are large on it.
# It is on this curve, too, that deep networks of {doc}`depth_and_expressivity` die.
#
# ## What to take away
#
# In breakpoints and delta-slopes the compositional network is what the function-space paper finds
# that random networks are not: exponentially many breakpoints, with curvature of one sign.
# In pretraining they move together, and none is lost; when all weights are free, many are.
# The price is that one sign: it is for convex and concave curves.
#
# ## Rerun this page
#
# ```{rerun} -p depth 4 -p models 8 -p long_epochs 1000
# ```
