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
# # Inside the networks
#
# An error says how well a network fits, not what it does to get there.
# The paper opens two networks, one started at random and one built from triangles,
# shows the signals of their neurons, and draws its conclusions from the pictures.
# This page draws the first of the pictures again and counts what it shows in all networks
# started at random, exactly, from the places where neurons cross 0.
# Those built from triangles have the next page: {doc}`structure_kept`.
#
# ```{admonition} What this page settles
# :class: tip
# Networks started at random make few bends, and many end constant.
# After training {glue:text}`in_collapsed` of the default networks are constant,
# and {glue:text}`in_bendless` are a line without a bend.
# Those that are not constant have {glue:text}`in_bends` bends in the median,
# at most {glue:text}`in_bends_most`, with {glue:text}`in_neurons` neurons.
# The paper's figure 5 shows a network whose first two layers both add no bend;
# so it is in {glue:text}`in_first_two` of the networks,
# and in {glue:text}`in_alike` while a later layer does bend.
# ```

# %% tags=["parameters"]
models: int = 30  # networks a seed, curve and kind, at least 1
seeds: str = "20"  # repetitions, a number or a range
points: int = 500  # evenly spaced points, at least 2
epochs: int = 1000  # epochs, at least 1
lr: float = 1e-3  # learning rate, positive
depth: int = 5  # hidden layers, at least 3 and at most 8
width: int = 4  # neurons of a layer, at least 1
extra: str = "none"  # one more curve, a curve or none

# %% tags=["hide-input"]
import numpy as np
from IPython.display import Markdown, display

import compnet_lib as cn
from compnet_book import claims, figures, parameters, tables, words
from compnet_book.curves import explained
from compnet_lib import experiments
from compnet_lib.experiments import bootstrap, counted, evenly, intervals, pooled, pooled_median

figures.use_style()

# %% [markdown]
# ## What is counted
#
# The signal of a neuron before its ReLU is itself the output of a shorter network,
# so it is piecewise linear, and its corners can be found as in {doc}`triangles_to_weights`:
# by propagating breakpoints, not by looking at a grid. From the corners everything follows:
# whether a signal crosses 0, how often, whether it is monotone.
# A signal that does not cross 0 wastes its ReLU: the neuron is linear, or it is silent.
# One that crosses 0 at $k$ places gets $k$ bends. What lies within 64 roundings of float32 of 0,
# relative to the signal, counts as 0.
#
# - A layer is **wasted** on an interval if none of its neurons crosses 0 there,
#   and **dead** if none is ever positive.
# - A network has **collapsed** if its output is constant.
#
# ## What is trained, and the rules
#
# Two regimes of {doc}`tables_1_and_2`, whose networks start at random: *default* and *RAAI*.
# There are {glue:text}`in_seeds` seeds, and for each of them and each curve
# {glue:text}`in_models` networks.

# %% tags=["hide-input"]
curves = experiments.paper_curves(extra)
display(*[Markdown(explained(curve)) for curve in curves[4:]])

# %%
x = evenly(curves, points)
options = {"models": models, "epochs": epochs, "lr": lr, "depth": depth, "width": width}
regimes = ["default", "raai"]
runs = cn.grid(regimes, curves, x, seeds=parameters.seeds(seeds), **options)
assert not runs.diverged.any()


def look(net, curve):
    found, shape = cn.insides(net, *curve.interval), (len(net), depth, width)
    names = "sign", "crossings", "monotone"
    neurons = {name: (("layer", "neuron"), getattr(found, name).reshape(shape)) for name in names}
    return neurons | {"regions": found.regions, "collapsed": found.collapsed}


layers = {"layer": range(1, depth + 1)}
before, after = (cn.measure(runs, look, of=of).assign_coords(layers) for of in ("start", "net"))
start, end = before.sel(regime="default"), after.sel(regime="default")
crossing = end.sign == 0
wasted, bends = (~crossing).all("neuron"), end.regions - 1

# %% tags=["hide-input"]
words.glue("in", models=models, epochs=epochs, lr=lr, neurons=depth * width, seeds=len(runs.seed))

# %% [markdown]
# Each statement is held against a rule ({ref}`where it comes from <rules>`).
# Shares come with intervals of 95%: bootstrapped over seeds,
# since the networks of a seed start alike for every curve,
# and exact binomial ones where independent networks are counted.
#
# | claim | holds, if |
# |:--|:--|
# | figure 5 | networks like the one in the figure occur, and more than half of the neurons from layer 3 on keep one sign |
# | monotone | in more than half of the networks like the one in the figure every neuron that crosses 0 is monotone and crosses it once; with a correction, if most such neurons of default networks are and do |
# | bends | from more than 95% of the starts come networks with fewer bends than neurons, for every curve |
# | collapse | the interval of the share of constant networks meets 40% to 60%, and those no better than a constant carry more than half of the error |
# | RAAI | some networks collapse, fewer than half as many as of the default ones, and those no better than a constant carry more than half of the error |
# | line | a bend-free line within a tenth of the least-squares error occurs, and fewer than 5% are bend-free |
# | signs | no neuron changes its sign below the bound computed for its network, and the median of regions after training is at most the number of neurons, and below $2^d$ |
#
# "More" and "fewer" are said of the whole interval. A network is *like the one in the figure* if its
# first two layers are wasted and a later one is not. That figure 5 shows one network,
# from which the paper draws conclusions, and not what is typical, is why occurrence is asked for;
# how typical it is, the tables say.
# The rule on signs is for a sentence of the *digest*, a summary of a later version of the paper.
# It lists as its third mechanism that gradient descent "does not directly optimize for efficient
# ReLU usage".
#
# ## Figure 5: inside a default network
#
# Most neurons of a default network keep one sign; all of the first two layers do in a minority.
# The paper's caption: "Approximation produced with standard methodologies.
# The layers are shown before ReLU is applied." Which network it is, we do not know.
# {numref}`fig-inside-default` shows the one with the median error among those of the first seed for
# the first curve that have not collapsed.

# %% tags=["hide-input"]
shown, found = runs.sel(regime="default").isel(seed=0, curve=0), end.isel(seed=0, curve=0)
errors = shown.loss.where(~found.collapsed | found.collapsed.all())
chosen = int(errors.argsort()[int(errors.count()) // 2])
grid = np.linspace(*curves[0].interval, 801)
figure, axes = figures.panels(-(-(depth + 1) // 3), 3, 1.9, sharex=True)
network = cn.nets(shown.isel(model=chosen))
for layer, (axis, signals) in enumerate(zip(axes.flat, network.layers(grid))):
    axis.axhline(0, color=figures.GREY, linewidth=0.8, linestyle="-")
    axis.set_title(f"layer {layer + 1}" if layer < depth else "output")
    for neuron, signal in enumerate(signals[0]):
        crosses = layer == depth or found.sign[chosen, layer, neuron] == 0
        axis.plot(grid, signal, color=figures.LIGHT[neuron % 5], linestyle="-" if crosses else ":")
axis.plot(grid, curves[0](grid), color=figures.GREY, linestyle="-", linewidth=4, alpha=0.4)
figures.hide_unused(axes.flat, depth + 1)
figure.supxlabel("$x$", fontsize="medium")
figures.show(
    figure,
    "fig-inside-default",
    caption="Most neurons of a default network keep one sign (dotted), few cross 0 (solid). "
    "Signals before ReLU after training; last, the output on the curve (the paper's figure 5).",
    alt="A panel for each layer, with the neurons' signals as nearly straight lines, most of them "
    "on one side of zero; a last one with the output, a polyline of few pieces, on the curve.",
)

# %% [markdown]
# Over all default networks, at the start and after training:
# the share of networks in which a layer is wasted, the share of its neurons that keep one sign,
# and of those that cross 0 the share that are monotone.

# %% tags=["float-luck"]
columns, everywhere = {}, ["seed", "curve", "model", "neuron"]
for when, found in (("start", start), ("trained", end)):
    crosses = found.sign == 0
    columns[f"wasted, {when}"] = (~crosses).all("neuron").mean(everywhere[:3])
    columns[f"one sign, {when}"] = (~crosses).mean(everywhere)
    share = (found.monotone & crosses).sum(everywhere) / crosses.sum(everywhere).clip(1)
    columns[f"monotone, {when}"] = share
tables.columns("layer", columns, form=words.percent)

# %% tags=["hide-input", "float-luck"]
like = wasted.sel(layer=[1, 2]).all("layer") & ~wasted.all("layer")
straight = ((end.monotone & (end.crossings == 1)) | ~crossing).all(["layer", "neuron"])
alike, alone = pooled(like), pooled(like & straight, like)
first_two = pooled(wasted.sel(layer=[1, 2]).all("layer"))
one_sign = pooled(~crossing.sel(layer=slice(3, None)))
monotone, once = (pooled(crossing & hits, crossing) for hits in (end.monotone, end.crossings == 1))
few = counted((bends < depth * width).all("curve"))
lively = bends.values[~end.collapsed.values]
words.glue("in", bends=int(np.median(lively)) if lively.size else 0)
words.glue("in", bends_most=bends.max(), adds_most=end.crossings.max())
shares = {"first_two": first_two, "one_sign": one_sign, "monotone": monotone, "once": once}
shares |= {"alike": alike, "alone": alone}
words.glue("in", words.share, few=few, **shares)

# %% [markdown]
# If the first two layers are wasted, they pass on lines,
# and the third layer "could be formed directly from the input", as the paper says.
# That happens in {glue:text}`in_first_two` of the networks, and in {glue:text}`in_alike` while a
# later layer does bend. Of the neurons from layer 3 on {glue:text}`in_one_sign` keep one sign.

# %% tags=["float-luck"]
claims.decide(
    "C-fig5",
    holds=alike.low > 0 and one_sign.low > 0.5,
    note=f"Networks like the one in the figure occur: {words.share(alike)} of the default networks "
    "after training. That a neuron keeps one sign is typical, that all neurons of the first two "
    "layers do is not.",
    failure="By the stated rules no networks like the one in the figure were found, or most "
    "neurons from layer 3 on do not keep one sign.",
    numbers={
        "first two layers wasted, a later one not": words.share(alike),
        "first two layers wasted": words.share(first_two),
        "neurons from layer 3 on that keep one sign": words.share(one_sign),
    },
)

# %% [markdown]
# In {glue:text}`in_alone` of the networks like the one in the figure all neurons that cross 0 are
# monotone and cross it once. Of those of all default networks {glue:text}`in_monotone` are
# monotone, and {glue:text}`in_once` cross 0 just once; the most that one ReLU adds is
# {glue:text}`in_adds_most` bends. In the first layer all signals are lines, and so monotone;
# a signal that is not monotone can cross 0 more than once, which is where folding begins.

# %% tags=["float-luck"]
claims.decide(
    "C-monotone",
    holds=alone.low > 0.5,
    corrected=monotone.low > 0.5 and once.low > 0.5,
    correction="Most neurons that cross 0 are monotone and cross it once, but not all: it is so in "
    f"{words.share(alone)} of the networks like the one in the figure.",
    note=f"It is so in {words.share(alone)} of the networks like the one in the figure. Of all "
    f"neurons of default networks that cross 0, {words.share(monotone)} are monotone.",
    failure="By the stated rules not even most of the neurons that cross 0 are monotone and cross "
    "it once.",
    numbers={
        "networks like the figure's where all are": words.share(alone),
        "monotone, of all that cross 0": words.share(monotone),
        "crossing once": words.share(once),
        "most bends added by one ReLU": end.crossings.max().item(),
    },
)

# %% [markdown]
# For every curve fewer bends than neurons come from {glue:text}`in_few` of the starts.
# A spline of one hidden layer through some of the data has one bend a neuron:

# %%
neurons = depth * width
at = np.linspace(0, 1, neurons + 2)[1:]
slopes = np.diff(at**3) / np.diff(at)
steps = np.diff(slopes, prepend=0)  # by which each neuron turns the line
weights = [np.ones((1, neurons, 1)), steps[None, None]]
spline = cn.ReLUNet(weights, [-at[None, :-1], at[None, :1] ** 3])
assert np.allclose(spline(at), at**3)
assert cn.linear_regions(spline)[0] == neurons + 1

# %% [markdown]
# It is constant up to the first of its points. From there on each of its {glue:text}`in_neurons`
# neurons bends it once, at a point of the curve.

# %% tags=["float-luck"]
claims.decide(
    "C-bend-per-neuron",
    holds=few.low > 0.95 and bool(cn.linear_regions(spline)[0] - 1 == neurons),
    note=f"From {words.share(few)} of the starts come networks with fewer bends than hidden "
    f"neurons, for every curve, after training at the rate {lr:g}; the spline has one a neuron.",
    failure="By the stated rule not clearly more than 95% of the starts lead to fewer bends than "
    "neurons, or the spline has not one a neuron.",
    numbers={
        "starts with fewer bends than neurons for every curve": words.share(few),
        "most bends": bends.max().item(),
        "neurons": neurons,
    },
)

# %% [markdown]
# ## Collapse
#
# A dead layer makes a network constant, and no gradient reaches what lies before it.
# At the start {glue:text}`in_born` of the default networks are constant,
# after training {glue:text}`in_collapsed`; {glue:text}`in_dead` then have a dead layer.
#
# Two definitions: the output is constant; the error is no better than that of the best constant,
# the variance of the curve (within 1%). With exact binomial intervals,
# over {glue:text}`in_seeds` times {glue:text}`in_models` networks a curve:

# %% tags=["float-luck"]
relative = runs.loss / runs.y.var("point")
useless = relative >= 0.99
kinds = {"constant at the start": before.collapsed, "constant after training": after.collapsed}
kinds["no better than a constant"] = useless
counts = {name: intervals(hits, ["seed", "model"], counted) for name, hits in kinds.items()}
tables.columns("networks", counts, rows=["regime", "curve"], form=words.percent)

# %% tags=["hide-input", "float-luck"]
born = pooled(start.collapsed)
dead = pooled((end.sign < 0).all("neuron").any("layer"))
collapsed, raai_collapsed = map(pooled, after.collapsed)  # a regime each
carried, raai_carried = map(pooled, relative.where(useless, 0), relative)
bendless = (bends == 0) & ~end.collapsed
bend_free = pooled(bendless)
lines = [np.polyval(np.polyfit(u, v, 1), u) for u, v in zip(x, runs.y.values)]
misfit = ((runs.y - np.array(lines)) ** 2).mean("point")
best_line = bendless & (runs.loss.sel(regime="default") <= 1.1 * misfit)
words.glue("in", bendless_count=bendless.sum(), default_count=bendless.size)
words.glue("in", best_line=best_line.sum())
words.glue("in", words.share, born=born, dead=dead, collapsed=collapsed, bendless=bend_free)
words.glue("in", words.share, raai_collapsed=raai_collapsed)
words.glue("in", words.share, carried=carried, raai_carried=raai_carried)

# %% [markdown]
# Those no better than a constant carry {glue:text}`in_carried` of the whole error,
# relative to the curves' variances. Of the RAAI networks, in our reading of RAAI,
# {glue:text}`in_raai_collapsed` end up constant; those no better than a constant carry
# {glue:text}`in_raai_carried` of the error. {doc}`tables_1_and_2` has the doubt about that reading.
#
# A network without a bend need not be constant. After training {glue:text}`in_bendless_count` of
# {glue:text}`in_default_count` default networks are lines with a slope,
# and {glue:text}`in_best_line` of these are within a tenth of the least-squares error.

# %% tags=["float-luck"]
claims.decide(
    "C-collapse",
    holds=collapsed.low <= 0.6 and collapsed.high >= 0.4 and carried.low > 0.5,
    note=f"{words.share(collapsed)} of the default networks have a constant output after training "
    f"at the rate {lr:g}; those no better than a constant carry {words.share(carried)} of the "
    "error.",
    failure="By the stated rule the share of constant networks is not around a half, or those no "
    "better than a constant do not carry most of the error.",
    numbers={
        "constant": words.share(collapsed),
        "at the start": words.share(born),
        "share of the error": words.share(carried),
    },
)

# %% tags=["float-luck"]
fewer = raai_collapsed.value > 0 and raai_collapsed.high < collapsed.low / 2
claims.decide(
    "C-raai-collapse",
    holds=fewer and raai_carried.low > 0.5,
    note=f"In our reading of RAAI, at the rate {lr:g}: {words.share(raai_collapsed)} of the "
    f"networks are constant after training, of the default ones {words.share(collapsed)}; those no "
    f"better than a constant carry {words.share(raai_carried)} of the error.",
    failure="By the stated rule, in our reading of RAAI: none are constant after training, or not "
    "clearly fewer than half as many as of the default ones, or they do not carry most of the "
    "error.",
    numbers={
        "constant": words.share(raai_collapsed),
        "of the default ones": words.share(collapsed),
        "share of the error": words.share(raai_carried),
    },
)

# %% tags=["float-luck"]
claims.decide(
    "C-line-of-best-fit",
    holds=bool(best_line.any()) and bend_free.high < 0.05,
    note=f"{bendless.sum():d} of {bendless.size} default networks are lines with a slope after "
    f"training, {best_line.sum():d} of them within a tenth of the least-squares error.",
    failure="By the stated rule no bend-free line within a tenth of the least-squares error was "
    "found, or bend-free lines are not rare.",
    numbers={
        "bend-free lines": f"{bendless.sum():d} of {bendless.size}",
        "within a tenth of the least squares": best_line.sum().item(),
        "share": words.share(bend_free),
    },
)

# %% [markdown]
# ## Can training add bends?
#
# ```{prf:proposition} A sign is locally constant
# :label: prop-sign
# Let the signal $z$ of a neuron be positive on all of $[0,1]$, or negative.
# Then there is a $t>0$ such that it stays so for all weights and biases that differ from the given
# ones by at most $t$ each. In particular the number of bends which that neuron adds is constant
# near these weights, and its derivative is 0.
# ```
#
# The signal is continuous on the compact interval, so it has a distance $m>0$ from 0,
# and it depends continuously on the weights, uniformly in $x$. For a bound,
# let $h$ be the largest outputs of the layer before and $D$ by how much they can change;
# then the signals of the next layer change by at most $|A|D+t\,(\sum D+\sum h+1)$,
# and ReLU does not enlarge a change. By induction over the layers all changes go to 0 with $t$,
# and $t$ can be chosen so that they stay below $m$. $\square$
#
# This is what "bends cannot be introduced by infinitesimal adjustments" can mean exactly.
# A negative neuron has no gradient at all; a positive one has the gradient of a linear neuron.
# It says nothing of finite steps. The library computes the $t$ of that bound for each network
# (`cn.safe_change`). Below it no neuron may change its sign; above, we count.
# All weights and biases of the default networks are changed by $\pm t$, with random signs:

# %% tags=["float-luck"]
wide = cn.nets(runs.sel(regime="default"), "start").astype(np.float64)
ends = np.tile(np.repeat([c.interval for c in curves], models, 0).T, runs.sizes["seed"])
sign, safe = cn.insides(wide, *ends).sign, cn.safe_change(wide, *ends)
rng = np.random.default_rng(0)


def moved(array, by):
    return array + (rng.choice([-1.0, 1.0], array.shape).T * by).T


def changed(by):
    """Whether neurons of one sign cross 0 after every parameter moved by `by`, one a network."""
    weights = [moved(w, by) for w in wide.weights]
    net = cn.ReLUNet(weights, [b if b is None else moved(b, by) for b in wide.biases])
    return (cn.insides(net, *ends).sign == 0) & (sign != 0)


bound = np.where(np.isfinite(safe), safe, 0) * 0.999
within_bound = sum(int(changed(bound).sum()) for _ in range(3))
steps = (1e-4, 1e-3, 1e-2, 1e-1)
crossed = [changed(np.full(len(wide), t)).sum() / (sign != 0).sum() for t in steps]
rows = [[words.power(t, 0), words.percent(share)] for t, share in zip(steps, crossed)]
tables.table(rows, ["change $t$ of every parameter", "neurons of one sign that come to cross 0"])

# %% tags=["hide-input", "float-luck"]
gained = pooled(crossing & (start.sign != 0), start.sign != 0)
lost = pooled(~crossing & (start.sign == 0), start.sign == 0)


regions = [bootstrap(found.regions, pooled_median) for found in (start, end)]
medians = [f"{found.value:g}" for found in regions]
words.glue("in", within_bound=within_bound, safe=words.power(np.median(safe), 0))
words.glue("in", words.share, gained=gained, lost=lost)
words.glue("in", regions_start=medians[0], regions_end=medians[1], regions_built=2**depth)

# %% [markdown]
# With $t$ below the bound, {glue:text}`in_within_bound` neurons change.
# The bound is {glue:text}`in_safe` in the median network;
# one step of Adam moves a parameter by up to about the learning rate, {glue:text}`in_lr`,
# and training takes {glue:text}`in_epochs` steps, so it is no infinitesimal change.
# In training {glue:text}`in_gained` of the neurons that keep one sign at the start come to cross 0,
# and {glue:text}`in_lost` of those that cross 0 stop doing so.
# The median number of regions goes from {glue:text}`in_regions_start` to
# {glue:text}`in_regions_end`; a compositional network of this depth starts with
# {glue:text}`in_regions_built` ({numref}`fig-regions-random`).

# %% tags=["hide-input"]
figure, axis = figures.panels(1, 1, 1.7)
at = {"start": before.regions, "trained": after.regions}
counts = {f"{words.REGIMES[name]}, {k}": at[k].sel(regime=name) for name in regimes for k in at}
figures.regions(axis, counts, 2**depth)
figures.show(
    figure,
    "fig-regions-random",
    caption="Networks started at random have few linear regions, of the $2^d$ at the dotted line. "
    "Bars from the 5% to the 95% quantile, ticks at the medians.",
    alt="Four horizontal bars, default and RAAI at the start and trained, between one and about "
    "ten regions, left of a dotted line at the number of a compositional network.",
)

# %% tags=["float-luck"]
most = regions[1].high
scarce = most <= depth * width and most < 2**depth
claims.decide(
    "D-mech3",
    holds=within_bound == 0 and scarce,
    note="No sign changes below a bound computed for each network. Finite steps are not bound by "
    "that; in the median the regions stay at or below the number of neurons.",
    failure="A sign changed below the bound, or the median of regions is not clearly at or below "
    "the number of neurons and below $2^d$.",
    numbers={
        "signs changed below the bound": within_bound,
        "neurons of one sign that come to cross 0 in training": words.share(gained),
        "regions, median": f"{medians[0]} at the start, {medians[1]} after training",
    },
)

# %% [markdown]
# ## What to take away
#
# In default networks {glue:text}`in_one_sign` of the neurons from layer 3 on keep one sign,
# {glue:text}`in_once` of those that cross 0 do so once,
# and {glue:text}`in_collapsed` of the networks end constant.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# ```{rerun} -p seeds 5 -p depth 6
# ```
