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
# # Depth that pays
#
# The promise of depth is a rate. A layer of four neurons costs 20 parameters, whatever the depth; in the construction of {cite:t}`milkert2023` it doubles the
# linear pieces, and twice the pieces can mean a sixteenth of the error. This page measures what a layer pays in practice, for every way of finding the
# weights that the book knows, and asks of each where it stops and what stops it: what the networks can express, or how they are trained.
#
# ```{admonition} What this page settles
# :class: tip
# From depth 2 to depth {glue:text}`depth_deepest` each layer divides the squared error, in the geometric mean over the curves other than $x^2$, by
# {glue:text}`depth_factor_peaks` if the peaks alone are trained, by {glue:text}`depth_factor_adam` after Adam, by {glue:text}`depth_factor_refined` after
# second-order training from pretrained peaks, and by {glue:text}`depth_factor_grown` if networks are grown layer by layer; second-order training from
# PyTorch's default start gives {glue:text}`depth_factor_default`. On $x^2$ the peaks alone give {glue:text}`depth_square`, where 16 is the law of the
# construction. At depth {glue:text}`depth_deepest` the grown networks are {glue:text}`depth_shallow` times as close as the best network with one hidden layer
# and as many parameters.
# ```

# %% tags=["parameters"]
deepest: int = 8     # hidden layers of the deepest, at least 3 and at most 12
rounds: int = 12     # rounds of the search at each depth, at least 0
seeds: int = 2       # repetitions, at least 1
models: int = 10     # networks of Adam a seed and curve, at least 1
starts: int = 6      # pretrained starts to be refined, at least 4
epochs: int = 1000   # epochs of each of Adam's phases, at least 1
only: str = "all"    # curves, one of all, x^2, x^3, x^11, sin, tanh
extra: str = "none"  # one more curve, a curve or none

# %% tags=["hide-input"]
import numpy as np
from myst_nb import glue

import compnet_lib as cn
from compnet_lib import plotting
from compnet_lib.published import CURVES
from compnet_lib.splines import free_knot_bound

plotting.use_style()
names = ["x^2", *CURVES] if only == "all" else [only]
curves = [cn.TARGETS[name] for name in names]
if extra != "none":
    curves.append(cn.Target.read(extra))
titles = [f"${curve.formula}$" for curve in curves]
square = [k for k, curve in enumerate(curves) if curve is cn.TARGETS["x^2"]]
others = [k for k in range(len(curves)) if k not in square] or square
depths = np.arange(2, deepest + 1)
BEST, COPIES = 4, 2  # of each curve's networks so many are grown, in so many copies each
for name, value in (("deepest", deepest), ("rounds", rounds), ("seeds", seeds), ("models", models), ("starts", starts), ("twice", 2 * starts), ("epochs", epochs), ("best", BEST), ("copies", COPIES), ("curves", len(curves))):
    glue(f"depth_{name}", value, display=False)


def two(value):
    return f"{value:.2g}" if value < 99.5 else f"{value:,.0f}"


def over_curves(values, axis=-1):
    """The geometric mean over the curves other than the parabola."""
    return np.exp(np.log(np.take(values, others, axis=axis)).mean(axis=axis))


# %% [markdown]
# ## What a layer could pay
#
# The best continuous function with $N$ linear pieces has a mean squared error that falls as $N^{-4}$ ({doc}`how_close`). From this follow three yardsticks.
#
# - **The law of the construction.** A wave doubles the pieces, $N=2^d$, so a layer can pay a factor of $2^4=16$. On $x^2$ it does, exactly
#   ({prf:ref}`thm-yarotsky`).
# - **The limit.** A hidden neuron bends at most once on each piece of its input. Four neurons cut a piece into at most five: no layer can multiply the pieces
#   by more than 5, or pay more than $5^4=625$ in the long run.
# - **The shallow alternative.** A network with one hidden layer of $H$ neurons has $3H+1$ parameters and at most $H+1$ pieces. Another 20 parameters there
#   are $6\tfrac23$ neurons, and they add pieces where a layer multiplies them. What that pays falls with the size:

# %%
parameters = [13 + 20 * (depth - 1) for depth in depths]
shallow = np.array([(count - 1) / 3 + 1 for count in parameters])
plotting.table([[depth, count, f"{pieces:.1f}", 2**depth,
                 f"{((pieces + 20 / 3) / pieces) ** 4:.1f}"]
                for depth, count, pieces in zip(depths, parameters, shallow)],
               ["depth", "parameters", "pieces of a shallow one",
                "pieces of the construction", "20 parameters more pay"])

# %% [markdown]
# So a layer that pays less than about 2 pays no more than the same parameters would in a single hidden layer.
#
# ## Six ways, and the rule
#
# For each curve and every depth from 2 to {glue:text}`depth_deepest`, and for {glue:text}`depth_seeds` seeds:
#
# - **peaks**: the peaks alone, with differentiability enforced; the best of {glue:text}`depth_models` random starts, {glue:text}`depth_epochs` epochs of Adam.
# - **free scales**: the same, with free ratios: $d$ numbers more.
# - **Adam**: all weights, by the paper's two phases ({doc}`tables_1_and_2`); the best of {glue:text}`depth_models`.
# - **refined**: all weights, by one run of Levenberg–Marquardt on the exact error (`cn.refine`, 200 steps), from {glue:text}`depth_starts` networks with
#   pretrained peaks and from noisy copies of them; the best of {glue:text}`depth_twice`.
# - **grown**: a search at depth 2 (`cn.closest`); then the {glue:text}`depth_best` best networks are given one more layer, which at first passes its input on
#   (`cn.deepen`), in {glue:text}`depth_copies` copies each with noise of several sizes on that layer, and refined again; and so on, up to depth
#   {glue:text}`depth_deepest` (`cn.grow`, {glue:text}`depth_rounds` rounds).
# - **default start**: as *refined*, from {glue:text}`depth_twice` random networks.
#
# The ways differ in what they cost: growing takes seconds a curve, Adam a fraction of one. The page {doc}`which_optimizer` compares at equal time; here the
# question is what depth does to each way.
#
# **The rule.** The error is the exact integral of the squared difference, as a mean over the interval. Of each seed we take the closest network, and over
# seeds the median. A way's *factor per layer* from depth $a$ to $b$ is $(E_a/E_b)^{1/(b-a)}$. It *saturates* at the first depth $d$ with $E_d\le2E_{d'}$ for
# all deeper $d'$ on the page: all further layers together pay less than 2.

# %% tags=["hide-input", "float-luck"]
WAYS = {"peaks": (plotting.LIGHT[2], "-.", "^"), "free scales": (plotting.LIGHT[3], ":", "D"), "Adam": (plotting.LIGHT[1], "--", "s"), "default start": (plotting.GREY, (0, (1, 1)), "P"),
        "refined": (plotting.LIGHT[4], (0, (5, 1)), "v"), "grown": (plotting.LIGHT[0], "-", "o")}
SHOWN = ("peaks", "free scales", "Adam", "refined", "grown", "default start")
error, pieces = ({way: np.empty((seeds, len(depths), len(curves))) for way in (*WAYS, "Adam, refined")} for _ in range(2))
grid = np.array([np.linspace(*curve.interval, 500) for curve in curves])
each = lambda count: [curve for curve in curves for _ in range(count)]  # noqa: E731
grown_nets = {}


def note(way, seed, level, net, loss=None):
    """Keep the closest network of each curve; `net` has equally many of each. Returns these networks."""
    loss = (cn.mse(net, each(len(net) // len(curves))) if loss is None else loss).reshape(len(curves), -1)
    rows = loss.argmin(1) + np.arange(len(curves)) * loss.shape[1]
    error[way][seed, level] = loss.min(1)
    pieces[way][seed, level] = [cn.linear_regions(net[row], *curve.interval)[0] for row, curve in zip(rows, curves)]
    return net[rows]


for seed in range(seeds):
    grown = None
    for level, depth in enumerate(map(int, depths)):
        peaks = cn.pretrained(curves, depth, models, seed=seed, epochs=epochs)
        note("peaks", seed, level, peaks)
        drawn = cn.sample_peaks(models, depth, seed, 0.15, 0.85)
        free = [cn.pretrain(drawn, curve, x, epochs=epochs, lr=1e-2, differentiable=False).net.with_biases() for curve, x in zip(curves, grid)]
        note("free scales", seed, level, cn.ReLUNet.concatenate(free))
        adam = cn.run_regime("enforced", curves, grid, models=models, seeds=[seed], depth=depth, epochs=epochs).net
        after = cn.refine(note("Adam", seed, level, adam), curves, iterations=200)
        note("Adam, refined", seed, level, after.net, after.loss)
        refined = cn.closest(curves, depth, models=starts, rounds=0, seed=seed)
        note("refined", seed, level, refined.net, refined.loss)
        random = cn.default_init(2 * starts, depth, 4, seed).with_biases()
        found = cn.search(cn.ReLUNet.concatenate([random] * len(curves)), each(2 * starts), rounds=0)
        note("default start", seed, level, found.net, found.loss)
        if grown is None:
            grown = cn.closest(curves, depth, models=max(starts, 2 * BEST), rounds=rounds, best=BEST, seed=seed)
        else:
            grown = cn.grow(grown.net, each(BEST), copies=COPIES, rounds=rounds, best=BEST, seed=seed)
        note("grown", seed, level, grown.net, grown.loss)

middle = {way: np.median(values, axis=0) for way, values in error.items()}
used = {way: np.median(values, axis=0) for way, values in pieces.items()}


def factor(way, first=0, last=-1):
    """Per layer, for each curve."""
    steps = depths[last] - depths[first]
    return (middle[way][first] / middle[way][last]) ** (1 / steps)


def saturates(way, k):
    """The first depth all deeper networks are at most twice as close as, or None if that is the deepest."""
    values = middle[way][:, k]
    first = next(i for i in range(len(depths)) if values[i] <= 2 * values[i:].min())
    return int(depths[first]) if first < len(depths) - 1 else None


for way in WAYS:
    glue(f"depth_factor_{way.split()[0].lower()}", two(over_curves(factor(way))), display=False)
glue("depth_square", two(factor("peaks")[square[0]]) if square else "(not run)", display=False)

# %% [markdown]
# ## What came out

# %% tags=["hide-input"] mystnb={"image": {"alt": "One panel a curve: squared error on a logarithmic axis against depth. The grey lines of the default start are the highest or nearly so and fall little. The peaks alone fall along the dotted line of slope 16 on the parabola and are level elsewhere. Adam levels off. The refined networks are far lower, the grown ones lowest, and fall all the way."}, "figure": {"caption": "Mean squared error against depth: the closest network of each way, median over seeds; thin vertical lines span the seeds. Dotted grey: a factor of 16 a layer, from where the peaks stand at depth 2.", "name": "fig-depth-errors"}}
rows = -(-len(curves) // 3)
figure, axes = plotting.panels(rows, min(3, len(curves)), 2.7, sharex=True, sharey=True, squeeze=False)
for k, (axis, title) in enumerate(zip(axes.flat, titles)):
    axis.plot(depths, middle["peaks"][0, k] / 16.0 ** (depths - 2), color=plotting.GREY, linestyle=":", linewidth=1)
    for way, (colour, line, marker) in WAYS.items():
        axis.vlines(depths, error[way][:, :, k].min(0), error[way][:, :, k].max(0), color=colour, linewidth=0.8, alpha=0.6)
        axis.plot(depths, middle[way][:, k], color=colour, linestyle=line, marker=marker, markersize=3.5, linewidth=1.2, label=way)
    axis.set(yscale="log", title=title)
for axis in axes.flat[len(curves):]:
    axis.set_visible(False)
for axis in axes[:, 0]:
    axis.set(ylabel="mean squared error")
for axis in list(axes.flat[:len(curves)])[-axes.shape[1]:]:
    axis.set(xlabel="depth")
    axis.tick_params(labelbottom=True)
handles, labels = axes[0, 0].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside upper center", ncols=6, fontsize=8, columnspacing=1.2, handlelength=2.2);

# %% tags=["hide-input", "float-luck"]
half = len(depths) // 2
plotting.table([[f"{way}, to depth {depths[half]}", *(two(one) for one in factor(way, 0, half))] for way in SHOWN]
               + [[f"{way}, from depth {depths[half]}", *(two(one) for one in factor(way, half, -1))] for way in SHOWN], ["factor per layer", *titles])

# %% tags=["hide-input", "float-luck"]
glue("depth_top_grown", f"{over_curves(factor('grown', 0, half)):.0f}", display=False)
glue("depth_late_grown", two(over_curves(factor("grown", half, -1))), display=False)
plotting.table([[way, *(saturates(way, k) or f"not by {deepest}" for k in range(len(curves)))] for way in SHOWN], ["saturates at depth", *titles])

# %% [markdown]
# On $x^2$ the law holds for the peaks alone: the peaks that are best are all $\frac12$, and Adam finds them. On the other curves the first layers of grown
# networks pay {glue:text}`depth_top_grown` each, in the geometric mean over these curves up to depth {glue:text}`depth_half`, and the later ones
# {glue:text}`depth_late_grown`. The rest of the page is about what stops each way.
#
# ## The peaks alone: what they can express
#
# Under condition (4) the scales follow from the peaks. Sums with such scales are few: of the paper's curves only $x^2$ is one, and the distance of the others
# from them is bounded from below, at any depth ({doc}`recovering_peaks`, where D-q1 is settled). The lines of *peaks* in {numref}`fig-depth-errors` are level
# where they have come down to this distance. This is a limit of expressivity, and more depth cannot move it. Free scales give up condition (4), and with it
# differentiability ({doc}`second_derivatives`; what is gained by that is D-q3, answered in {doc}`beyond_the_paper`). At depth {glue:text}`depth_deepest` they
# bring the error down by a factor of {glue:text}`depth_free_gain` (geometric mean over the curves other than $x^2$), and then are level as well.
#
# ## Adam: where it leads
#
# Adam trains all weights. The networks that it could reach include those that the other ways find, so its line is no limit of expressivity. Either it has not
# arrived at the minimum that it is near, or there is no better one near. To tell, we take the closest network of Adam of each seed and go on from there with
# 200 steps of Levenberg–Marquardt:

# %% tags=["hide-input", "float-luck"]
gain = middle["Adam"] / middle["Adam, refined"]
glue("depth_half", int(depths[half]), display=False)
glue("depth_free_gain", two(over_curves((middle["peaks"] / middle["free scales"])[-1])), display=False)
glue("depth_adam_gain", two(over_curves(gain[-1])), display=False)
glue("depth_most", 2**deepest, display=False)
for way in WAYS:
    glue(f"depth_pieces_{way.split()[0].lower()}", f"{over_curves(used[way][-1]):.0f}", display=False)
glue("depth_adam_second", two(over_curves(factor("Adam, refined"))), display=False)
plotting.table([[depth, *(two(one) for one in row)] for depth, row in zip(depths, gain)], ["Adam / then refined, at depth", *titles])

# %% [markdown]
# The table has the factors by which the error falls. At depth {glue:text}`depth_deepest` it is {glue:text}`depth_adam_gain` in the geometric mean over the
# curves other than $x^2$; what a layer pays becomes {glue:text}`depth_adam_second`, where after Adam alone it was {glue:text}`depth_factor_adam`. So a part
# of the error was still on its way down. The rest is where Adam has led. Pretraining hands over networks with $2^d$ pieces, {glue:text}`depth_most` at depth
# {glue:text}`depth_deepest`; the closest networks of Adam have {glue:text}`depth_pieces_adam` there, in the geometric mean. The second phase wears the waves
# away ({doc}`inside_the_networks`), and more layers start with more to lose.
#
# ## Refined and grown: how many pieces, and how well placed
#
# An error can be large because a network has few pieces or because it has put them in the wrong places. The asymptote of the best splines,
# {eq}`depth-asymptote`, tells the two apart:
#
# $$E_{\text{best}}(N)=\frac{1}{720\,N^4}\,\frac{1}{b-a}\Bigl(\int_a^b|f''|^{2/5}\Bigr)^5.$$ (depth-asymptote)
#
# A network with $N$ pieces cannot be closer than about that, and a network near it has wasted none. The figure shows all networks of the page, each curve's
# errors divided by its own $E_{\text{best}}(1)$, so that one line serves all curves.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Logarithmic axes, linear pieces against error, with a slanted line of slope minus four. The grown networks lie just above the line from a few pieces to more than a hundred. The refined ones lie further above it, Adam's and the peaks' far above, and the default starts end at few pieces."}, "figure": {"caption": "All networks of {numref}`fig-depth-errors` by their number of linear pieces; errors divided by the constant of each curve. Line: the best splines. Height above the line: pieces badly placed.", "name": "fig-depth-pieces"}}
figure, axis = plotting.panels(1, 1, 3.8)
constant = np.array([free_knot_bound(curve, 1) for curve in curves])
for way, (colour, _, marker) in WAYS.items():
    axis.plot(pieces[way].ravel(), (error[way] / constant).ravel(), marker, color=colour, markersize=3.5, linestyle="none", alpha=0.8, label=way)
most = max(values.max() for values in pieces.values())
span = np.array([2, 1.3 * most])
axis.plot(span, span**-4.0, color=plotting.GREY, linestyle="-", linewidth=1, zorder=0)
axis.set(xscale="log", yscale="log", xlabel="linear pieces", ylabel="error / constant of the curve")
axis.legend(fontsize=8, loc="lower left");

# %% tags=["hide-input", "float-luck"]
placed = {way: (values / constant) * used[way] ** 4 for way, values in middle.items()}
glue("depth_placed_grown", two(over_curves(placed["grown"]).max()), display=False)
glue("depth_placed_refined", two(over_curves(placed["refined"])[-1]), display=False)
glue("depth_placed_grown_last", two(over_curves(placed["grown"])[-1]), display=False)
glue("depth_more_grown", two(over_curves(used["grown"][-1] / used["grown"][0]) ** (1 / (depths[-1] - 2))), display=False)
glue("depth_more_refined", two(over_curves(used["refined"][-1] / used["refined"][0]) ** (1 / (depths[-1] - 2))), display=False)
plotting.table([[depth, 2**depth, *(f"{over_curves(used[way])[level]:.0f} ({two(over_curves(placed[way])[level])})" for way in SHOWN)] for level, depth in enumerate(depths)],
               ["depth", "construction", *SHOWN])

# %% [markdown]
# The table gives the pieces and, in brackets, by how much the error exceeds that of the best spline with as many pieces (geometric means over the curves
# other than $x^2$). Grown networks are at most {glue:text}`depth_placed_grown` times above the best spline with as many pieces at any depth. A layer
# multiplies them by {glue:text}`depth_more_grown`, between depth 2 and {glue:text}`depth_deepest`. To pay 16 it would have to double them. Networks refined
# directly from deep pretrained starts end {glue:text}`depth_placed_refined` times above the best spline with their number of pieces at depth
# {glue:text}`depth_deepest`, where grown ones stand at {glue:text}`depth_placed_grown_last`.
#
# What limits the grown networks is not on this page: longer searches find more pieces and smaller errors at every depth. On two cores,
# `-p only sin -p seeds 1 -p rounds 100` takes about a minute.
#
# ## Does a layer pay more than its parameters would elsewhere?
#
# A network with one hidden layer and $P$ parameters has at most $(P-1)/3+1$ pieces, and no network can be closer than the best spline with that many. Against
# this bound, which a shallow network reaches at best:

# %% tags=["hide-input"] mystnb={"image": {"alt": "Parameters against error on a logarithmic axis, one panel a curve: a dashed line for the best shallow network falls slowly; the line of the grown networks starts near it and falls away below it."}, "figure": {"caption": "Error against the number of parameters: the grown networks and the bound for networks with one hidden layer. Where the bound stands above, depth has paid more than width would.", "name": "fig-depth-shallow"}}
bound = np.array([[free_knot_bound(curve, count) for curve in curves] for count in shallow])
figure, axes = plotting.panels(1, len(curves), 2.5, sharey=True, squeeze=False)
for k, (axis, title) in enumerate(zip(axes[0], titles)):
    axis.plot(parameters, bound[:, k], color=plotting.LIGHT[1], linestyle="--", linewidth=1.2, label="one hidden layer, bound")
    axis.plot(parameters, middle["grown"][:, k], color=plotting.LIGHT[0], marker="o", markersize=3.5, linewidth=1.2, label="grown")
    axis.set(yscale="log", title=title, xlabel="parameters")
axes[0, 0].set(ylabel="mean squared error")
handles, labels = axes[0, 0].get_legend_handles_labels()
figure.legend(handles, labels, loc="outside upper center", ncols=2, fontsize=8);

# %% tags=["hide-input", "float-luck"]
paid = bound / middle["grown"]
glue("depth_shallow", two(over_curves(paid[-1])), display=False)
plotting.table([[depth, count, *(two(one) for one in row)] for depth, count, row in zip(depths, parameters, paid)], ["depth", "parameters", *titles])

# %% [markdown]
# The table gives by what factor the grown networks are below the bound. The gain from depth is {glue:text}`depth_shallow` at depth
# {glue:text}`depth_deepest`, in the geometric mean over the curves other than $x^2$. It is a comparison of parameters, not of anything else: to find the deep
# networks took a search, and the best spline takes milliseconds ({doc}`how_close`).
#
# ## What to take away
#
# That a layer pays 16 is true of the one curve which the construction makes. For others the peaks alone stop paying after a few layers, because of what sums
# of waves under (4) can express. Adam can express more and keeps fewer pieces, {glue:text}`depth_pieces_adam` of {glue:text}`depth_most` at depth
# {glue:text}`depth_deepest`. With second-order training from the same starts a layer pays {glue:text}`depth_factor_refined`, and
# {glue:text}`depth_factor_grown` if networks are grown, with {glue:text}`depth_pieces_grown` pieces at depth {glue:text}`depth_deepest`. From a default start
# a layer pays {glue:text}`depth_factor_default`: there are {glue:text}`depth_pieces_default` pieces to be placed.
#
# ## Rerun this page
#
# ```{rerun} -p only sin -p seeds 1 -p rounds 100
# ```
