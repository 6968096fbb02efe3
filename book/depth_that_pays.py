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
# The promise of depth is a rate. A layer of four neurons costs 20 parameters, whatever the depth;
# in the construction of {cite:t}`milkert2023` it doubles the linear pieces,
# and twice the pieces can mean a sixteenth of the squared error.
# This page measures what a layer pays in practice, for six ways of finding the weights,
# and asks of each where it stops and what stops it: what the networks can express,
# or how they are trained.
#
# ```{admonition} What this page settles
# :class: tip
# From depth 2 to depth {glue:text}`depth_deepest` a layer divides the squared error by
# {glue:text}`depth_factor_peaks` if the peaks alone are trained,
# by {glue:text}`depth_factor_adam` after Adam, by {glue:text}`depth_factor_refined` after
# second-order training from pretrained peaks, by {glue:text}`depth_factor_grown` if networks are
# grown layer by layer with a search at every depth, and by {glue:text}`depth_factor_default` after
# second-order training from PyTorch's default start. These are geometric means over the layers and
# over the curves other than $x^2$; a number below 1 means that the error grows.
# On $x^2$ the peaks alone give {glue:text}`depth_square`; the law of the construction is 16.
# One hidden layer with as many parameters as depth {glue:text}`depth_deepest` has a largest number
# of pieces; the best splines with so many have, by their asymptote,
# {glue:text}`depth_shallow` times the squared error of the grown networks.
# ```

# %% tags=["parameters"]
deepest: int = 8  # most hidden layers, at least 3 and at most 12
rounds: int = 12  # rounds of the search at each depth, at least 0
longer: int = 100  # the same for one curve at the end, at least 0
seeds: str = "2"  # repetitions, a number or a range
models: int = 10  # networks of Adam a seed and curve, at least 1
starts: int = 6  # pretrained starts to be refined, at least 4
epochs: int = 1000  # epochs of each of Adam's phases, at least 1
only: str = "all"  # curves, one of all, x^2, x^3, x^11, sin, tanh
extra: str = "none"  # one more curve, a curve or none

# %% tags=["hide-input"]
import numpy as np
import xarray as xr

import compnet_lib as cn
from compnet_book import figures, parameters, tables, words
from compnet_lib.experiments import CURVES, each_depth
from compnet_lib.functions.splines import free_knot_bound

figures.use_style()
words.glue("depth", deepest=deepest, rounds=rounds, models=models, starts=starts, longer=longer)
words.glue("depth", twice=2 * starts, thrice=3 * models, epochs=epochs, most=2**deepest)

# %% [markdown]
# ## What a layer could pay
#
# The best continuous function with $N$ linear pieces has a mean squared error that falls as
# $N^{-4}$ ({doc}`how_close`). From this follow three yardsticks.
#
# - **The law of the construction.** A wave doubles the pieces, $N=2^d$,
#   so a layer can pay a factor of $2^4=16$. On $x^2$, with all peaks at $\frac12$, it does,
#   exactly ({prf:ref}`thm-yarotsky`).
# - **The limit.** A hidden neuron bends at most once on each piece of its input.
#   Four neurons cut a piece into at most five: no layer can multiply the pieces by more than 5,
#   and over many layers the mean factor cannot exceed $5^4=625$.
# - **The shallow alternative.** A network with one hidden layer of $H$ neurons has $3H+1$
#   parameters and at most $H+1$ pieces. Another 20 parameters there are $6\tfrac23$ neurons,
#   and they add pieces where a layer can multiply them. What that pays at best,
#   by the fourth power of the pieces, falls with the size:

# %%
depths = xr.DataArray(np.arange(2, deepest + 1), dims="depth")
depths = depths.assign_coords(depth=depths)
sizes = 13 + 20 * (depths - 1)
shallow = (sizes - 1) / 3 + 1
tables.columns(
    "depth",
    {
        "parameters": sizes,
        "pieces, one hidden layer": (shallow, ".1f"),
        "pieces, construction": 2**depths,
        "20 more parameters pay": (((shallow + 20 / 3) / shallow) ** 4, ".1f"),
    },
)

# %% [markdown]
# The third column is the most that one hidden layer with as many parameters can have,
# not rounded to whole neurons. The last is what 20 more parameters would pay there.
# A layer has to pay more than that, or the same parameters may do as well in a single hidden layer.
#
# ## Six ways, and the rule
#
# For each curve and every depth from 2 to {glue:text}`depth_deepest`,
# and for {glue:text}`depth_seeds` seeds:
#
# - **peaks**: the peaks alone, with differentiability enforced;
#   the best of {glue:text}`depth_thrice` random starts, {glue:text}`depth_epochs` epochs of Adam.
# - **peaks, not enforced**: the same with {glue:text}`depth_models` starts,
#   with ratios of the scales that are trained along with the peaks and need not obey equation (4).
# - **Adam**: all weights, by the paper's two phases ({doc}`tables_1_and_2`),
#   with biases in the first layer only, as there; the best of {glue:text}`depth_models`.
# - **refined**: all weights and biases, by one run of Levenberg–Marquardt on the exact error
#   (`cn.refine`, up to 200 steps), from {glue:text}`depth_starts` networks with pretrained peaks
#   and from noisy copies of them; the best of {glue:text}`depth_twice`.
# - **grown**: a search at depth 2 (`cn.closest`); then the {glue:text}`depth_best` best networks
#   are given one more layer, which at first passes its input on (`cn.deepen`),
#   in {glue:text}`depth_copies` copies each, the first as it is,
#   any other with noise on that layer, and a new search starts from these; and so on,
#   up to depth {glue:text}`depth_deepest` (`cn.grow`, {glue:text}`depth_rounds` rounds).
# - **default start**: as *refined*, from {glue:text}`depth_twice` random networks,
#   drawn as PyTorch draws them.
#
# The ways do not cost the same: growing searches at every depth, the others train once.
# So a difference between *grown* and *refined* may be one of effort.
# The page {doc}`which_optimizer` compares at equal time;
# here the question is what depth does to each way.
#
# **The rule.** The error is the exact integral of the squared difference,
# as a mean over the interval. Of each seed we take the closest network,
# and over seeds the median (of two, their mean). A way's *factor per layer* from depth $a$ to $b$
# is $(E_a/E_b)^{1/(b-a)}$. It *saturates* at the first depth $d$ with $E_d\le2E_{d'}$ for all
# deeper $d'$ on the page: all further layers together pay at most 2.
# For the depth before the deepest this rests on one layer.
# Means over the curves are geometric and leave out $x^2$, unless it is the only curve.

# %% tags=["float-luck"]
names = ["x^2", *CURVES] if only == "all" else [only]
curves = [cn.TARGETS[name] for name in names]
curves += [cn.Target.read(extra)] if extra not in ("none", *names) else []
BEST, COPIES = 4, 2  # of each curve's networks so many are grown, in so many copies each
search = {"models": models, "starts": starts, "epochs": epochs, "best": BEST, "copies": COPIES}
repeated = parameters.seeds(seeds)
runs = each_depth(curves, depths.values, seeds=repeated, rounds=rounds, **search)
middle, used = runs.error.median("seed"), runs.pieces.median("seed")


def factor(errors, first=0, last=-1):
    """What a layer pays from one depth to another."""
    steps = max(int(errors.depth[last] - errors.depth[first]), 1)
    return (errors.isel(depth=first) / errors.isel(depth=last)) ** (1 / steps)


def over_curves(values):
    """The geometric mean over the curves other than the parabola."""
    others = [name for name in values.curve.values if name != "x^2"] or ["x^2"]
    return np.exp(np.log(values.sel(curve=others)).mean("curve"))


paid = over_curves(factor(middle))
ratio = middle.sel(way="peaks") / middle.sel(way="peaks, not enforced")

# %% [markdown]
# ## What came out
#
# On $x^2$ peaks that are all $\frac12$ would follow the law. Trained,
# the peaks alone give {glue:text}`depth_square` a layer;
# a difference from 16 is a matter of training, not of what they can express.
# On the other curves the layers of grown networks up to depth {glue:text}`depth_half` pay
# {glue:text}`depth_top_grown` each, in the mean over the curves,
# and the later ones {glue:text}`depth_late_grown`. The rest of the page is about what stops each
# way.

# %% tags=["hide-input"]
rows, columns = -(-len(curves) // 3), min(3, len(curves))
figure, axes = figures.panels(rows, columns, 2.7, sharex=True, sharey=True, squeeze=False)
for axis, name in zip(axes.flat, runs.curve.values):
    law = middle.sel(way="peaks", curve=name)[0] / 16.0 ** (depths - 2)
    axis.plot(depths, law, color=figures.GREY, linestyle="-", linewidth=0.8)
    for way, look in figures.WAYS.items():
        errors = runs.error.sel(way=way, curve=name)
        ends = errors.min("seed"), errors.max("seed")
        axis.vlines(depths, *ends, color=look[0], linewidth=0.8, alpha=0.6)
        figures.marked(axis, look, depths, errors.median("seed"), label=way, linewidth=1.2)
    axis.set(yscale="log", title=words.curve(name))
figure.supylabel("mean squared error", fontsize="medium")
for axis in list(axes.flat[: len(curves)])[-columns:]:
    axis.set(xlabel="depth")
    axis.tick_params(labelbottom=True)
figures.hide_unused(axes.flat, len(curves))
figures.legend(figure, axes[0, 0], "upper", 3)
figures.show(
    figure,
    "fig-depth-errors",
    caption="Mean squared error against depth: the closest network of each way, median over seeds; "
    "thin vertical lines span the seeds. Thin grey line without markers: a factor of 16 a layer, "
    "from where the peaks stand at depth 2.",
    alt="One panel a curve: squared error on a logarithmic axis against depth. Lines with markers "
    "for the six ways: peaks, peaks not enforced, Adam, default start, refined, grown. A thin grey "
    "line without markers falls by a factor of 16 a layer from where the peaks alone stand at "
    "depth 2.",
)

# %% tags=["float-luck"]
half = len(depths) // 2
shown = ["peaks", "peaks, not enforced", "Adam", "refined", "grown", "default start"]
halves = {f"to depth {depths[half]:d}": (0, half), f"from depth {depths[half]:d}": (half, -1)}
factors = [factor(middle.sel(way=shown), *ends) for ends in halves.values()]
factors = xr.concat(factors, xr.DataArray(list(halves), dims="half", name="half"))
tables.columns("factor per layer", factors, form=words.factor)

# %% tags=["float-luck"]
deeper = middle.rename(depth="deeper")
close = (middle <= 2 * deeper) | (deeper.deeper < depths)
saturates = close.all("deeper").idxmax("depth").astype(int).astype(str)
saturates = saturates.where(saturates != str(deepest), f"not by {deepest}")
tables.columns("saturates at depth", saturates.sel(way=shown))

# %% tags=["hide-input", "float-luck"]
grown = middle.sel(way="grown")
words.glue("depth", seeds=len(repeated), best=BEST, copies=COPIES, curves=len(curves))
for way in ("peaks", "Adam", "default start", "refined", "grown"):
    name = way.split()[0].lower()
    words.glue("depth_factor", words.factor, **{name: paid.sel(way=way)})
    words.glue("depth_pieces", ".0f", **{name: over_curves(used.sel(way=way))[-1]})
run = "x^2" in middle.curve
square = words.factor(factor(middle.sel(way="peaks", curve="x^2"))) if run else "(not run)"
words.glue("depth", square=square, half=depths[half])
words.glue("depth", ".0f", top_grown=over_curves(factor(grown, 0, half)))
late = over_curves(factor(grown, half, -1))
words.glue("depth", words.factor, late_grown=late, free_gain=over_curves(ratio)[-1])

# %% [markdown]
# ## The peaks alone: what they can express
#
# Under equation (4) the scales follow from the peaks. Few functions are sums with such scales:
# of the paper's curves only $x^2$ is one. For $x^3$ the distance from all of them is bounded from
# below, at any depth, if the first peak keeps a small distance from 0 and 1
# ({doc}`recovering_peaks`, which answers the first open question of a digest of the paper,
# and searches for the least errors that peaks can reach on $x^3$ and $x^{11}$).
# Such a bound is a limit of expressivity: below it no line of *peaks* in {numref}`fig-depth-errors`
# can go, and more depth cannot move it. Peaks that are *not enforced* give up equation (4),
# and with it differentiability ({doc}`second_derivatives`;
# {doc}`beyond_the_paper` counts what differentiability takes, for its third open question).
# At depth {glue:text}`depth_deepest` the error of the enforced peaks is
# {glue:text}`depth_free_gain` times that of those not enforced, in the mean over the curves.
# Where either way saturates is in the table above.
#
# ## Adam: where it leads
#
# Adam trains all weights. Where its line lies above that of the grown networks,
# the architecture does not stop it, for theirs has the same layers.
# But its networks have biases in the first layer only. Is a better network near,
# which Adam has not come to, or none? To tell, we take the closest network of Adam of each seed and
# go on from there with up to 200 steps of Levenberg–Marquardt. They train all biases, too;
# those of the deeper layers start at 0.
#
# At depth {glue:text}`depth_deepest` the error falls by a factor of {glue:text}`depth_adam_gain`,
# in the mean over the curves;
# what a layer pays from depth 2 on becomes {glue:text}`depth_adam_second`,
# where after Adam alone it was {glue:text}`depth_factor_adam`.
# The table has the factors by which the error falls; had Adam ended in minima of the full
# architecture, all would be 1.

# %% tags=["float-luck"]
gain = middle.sel(way="Adam") / middle.sel(way="Adam, refined")
second = paid.sel(way="Adam, refined")
words.glue("depth", words.factor, adam_gain=over_curves(gain)[-1], adam_second=second)
tables.columns("Adam / then refined, at depth", gain, form=words.factor)

# %% [markdown]
# What was gained was left by Adam or by the missing biases;
# the table does not tell these two apart. What remains is a question of pieces.
# The construction has $2^d$, {glue:text}`depth_most` at depth {glue:text}`depth_deepest`;
# the closest networks of Adam have {glue:text}`depth_pieces_adam` there,
# in the mean over the curves. What becomes of the waves in the second phase is measured in
# {doc}`structure_kept`.
#
# ## Refined and grown: how many pieces, and how well used
#
# An error can be large because a network has few pieces, or because it uses them badly:
# they lie in the wrong places, or take the wrong values there. The asymptote of the best splines,
# {eq}`depth-asymptote`, tells the two apart:
#
# $$E_{\text{best}}(N)=\frac{1}{720\,N^4}\,\frac{1}{b-a}\Bigl(\int_a^b|f''|^{2/5}\Bigr)^5.$$ (depth-asymptote)
#
# Here $[a,b]$ is the curve's interval. With many pieces no network can be closer than about that,
# and a network near it wastes none. The figure shows all networks of {numref}`fig-depth-errors`,
# for every seed, each curve's errors divided by its own $E_{\text{best}}(1)$,
# so that one line serves all curves.

# %%
one_piece = xr.DataArray([free_knot_bound(curve, 1) for curve in curves], {"curve": runs.curve})
placed = middle / one_piece * used**4
well, many = over_curves(placed), 1 / factor(over_curves(used))

# %% tags=["hide-input"]
figure, axis = figures.panels(1, 1, 3.8)
for way, look in figures.WAYS.items():
    points = runs.pieces.sel(way=way), (runs.error / one_piece).sel(way=way)
    figures.marked(axis, look, *points, linestyle="none", alpha=0.8, label=way)
span = np.array([2, 1.3 * runs.pieces.sel(way=list(figures.WAYS)).max()])
axis.plot(span, span**-4.0, color=figures.GREY, linestyle="-", linewidth=1, zorder=0)
axis.set(xscale="log", xlabel="linear pieces")
axis.set(yscale="log", ylabel=r"mean squared error / $E_{\mathrm{best}}(1)$")
axis.legend(fontsize=8, loc="lower left")
figures.show(
    figure,
    "fig-depth-pieces",
    caption="All networks of {numref}`fig-depth-errors` by their number of linear pieces; "
    r"errors divided by $E_{\text{best}}(1)$ of each curve. Line: the asymptote of the best "
    "splines. Height above the line: pieces badly used.",
    alt="Logarithmic axes, linear pieces against error, with a slanted line of slope minus four. "
    "A marker for each network, its shape and colour by way. The height of a marker above the line "
    "shows how badly its pieces are used.",
)

# %% [markdown]
# Grown networks have at most {glue:text}`depth_placed_grown` times $E_{\text{best}}$ at any depth,
# and a layer multiplies their pieces by {glue:text}`depth_more_grown`,
# from depth 2 to {glue:text}`depth_deepest`. To pay 16 with pieces as well used it would have to
# double them. Networks refined directly from deep pretrained starts, without a search,
# have {glue:text}`depth_placed_refined` times $E_{\text{best}}$ at depth
# {glue:text}`depth_deepest`, where grown ones have {glue:text}`depth_placed_grown_last` times.
# The table gives the pieces and, in brackets, the error as a multiple of $E_{\text{best}}$ for as
# many pieces; both from medians over the seeds, in the mean over the curves.

# %% tags=["float-luck"]
each = over_curves(used).sel(way=shown), well.sel(way=shown)
both = lambda pieces, multiple: f"{pieces:.0f} ({words.factor(multiple)})"
cells = xr.apply_ufunc(both, *each, vectorize=True, output_dtypes=[object])
tables.columns("depth", {"construction": 2**depths} | tables.along(cells, "way"))

# %% tags=["hide-input", "float-luck"]
last = {"refined": well.sel(way="refined")[-1], "grown_last": well.sel(way="grown")[-1]}
words.glue("depth_placed", words.factor, grown=well.sel(way="grown").max(), **last)
words.glue("depth_more", words.factor, **tables.along(many.sel(way=["grown", "refined"]), "way"))

# %% [markdown]
# ## One curve, searched for longer
#
# What limits the grown networks, the depth or the search? The search above is short.
# Here is one curve, the sine if it is among them, with one seed and {glue:text}`depth_longer`
# rounds at every depth.
#
# **The rule** ({ref}`where it comes from <rules>`):
# with 100 rounds or more, the error for the sine is to be at most $3.3\cdot10^{-6}$ at depth 2,
# $4\cdot10^{-10}$ at depth 5 and $4\cdot10^{-12}$ at depth 8.
# One search is one draw, whose last digits the machine decides:
# the cell asserts ten times as much, and the text says how large the errors are.

# %% tags=["float-luck"]
others = [curve for curve in curves if curve.name != "x^2"] or curves
curve = next((curve for curve in others if curve.name == "sin"), others[0])
options = search | {"starts": 2 * BEST}
found = each_depth([curve], depths.values, ["grown"], seeds=[0], rounds=longer, **options)
found = found.squeeze(["way", "seed", "curve"])
rule = xr.DataArray([3.3e-6, 4e-10, 4e-12], {"depth": [2, 5, 8]}, dims="depth")
multiples = found.error / rule  # at the depths that both have
judged = curve.name == "sin" and longer >= 100
assert not judged or (multiples <= 10).all()
early, late = factor(found.error, 0, half), factor(found.error, half, -1)
gain = (middle.sel(way="grown", curve=curve.name) / found.error)[-1]

# %% tags=["hide-input", "float-luck"]
words.glue("depth_longer", words.factor, half=early, late=late, gain=gain)
words.glue("depth_longer", words.power, error=found.error[-1])
listed = ", ".join(f"{one:.2f}" for one in multiples.values)
words.glue("depth_longer", rule=listed if judged else "(for the sine, and 100 rounds)")
words.glue("depth_longer", rule_at=", ".join(map(str, multiples.depth.values)))

# %% [markdown]
# At depth {glue:text}`depth_deepest` the error is
# {glue:text}`depth_longer_error`, which is {glue:text}`depth_longer_gain` times closer than the
# median of the shorter searches. Up to depth {glue:text}`depth_half` a layer pays
# {glue:text}`depth_longer_half` in the geometric mean, and from there on
# {glue:text}`depth_longer_late`; 16 is what doubling the pieces would pay,
# and a layer of four neurons can more than double them.
# At depths {glue:text}`depth_longer_rule_at` the errors are
# {glue:text}`depth_longer_rule` times what the rule allows.
# The gain over the shorter search was there to be had at the same depth;
# so the lines of *grown* in {numref}`fig-depth-errors` are not a limit of what these networks can
# express.
#
# In the table the fifth column compares with the best spline of as many pieces,
# the last one with the best that one hidden layer of as many parameters could do,
# as in the next section.

# %% tags=["float-luck"]
least = one_piece.sel(curve=curve.name)
pays = ["", *map(words.factor, found.error[:-1].values / found.error[1:].values)]
tables.columns(
    "depth",
    {
        "error": (found.error, words.power),
        "the layer pays": xr.DataArray(pays, depths.coords),
        "pieces": found.pieces,
        "error / best spline": found.error * found.pieces**4 / least,
        "one hidden layer / error": least / shallow**4 / found.error,
    },
    form=words.factor,
)

# %% [markdown]
# ## Does a layer pay more than its parameters would elsewhere?
#
# A network with one hidden layer and $P$ parameters has at most $(P-1)/3+1$ pieces,
# and cannot be closer than the best spline with that many.
# We take $E_{\text{best}}$ at this number, not rounded,
# for the error that one hidden layer reaches at best:

# %% tags=["float-luck"]
bound = one_piece / shallow**4
more = bound.transpose("depth", "curve") / middle.sel(way="grown")
words.glue("depth", words.factor, shallow=over_curves(more)[-1])

# %% tags=["hide-input"]
figure, axes = figures.curve_panels(runs.curve.values, 1, 2.5, sharey=True)
for axis, name in zip(axes[0], runs.curve.values):
    asymptote, errors = bound.sel(curve=name), middle.sel(way="grown", curve=name)
    axis.plot(sizes, asymptote, "--", color=figures.LIGHT[1], label="one hidden layer, asymptote")
    figures.marked(axis, figures.WAYS["grown"], sizes, errors, label="grown", linewidth=1.2)
    axis.set(yscale="log", xlabel="parameters")
axes[0, 0].set(ylabel="mean squared error")
figures.legend(figure, axes[0, 0], "upper", 2)
figures.show(
    figure,
    "fig-depth-shallow",
    caption="Error against the number of parameters: the grown networks, and the asymptote of the "
    "best splines with the pieces of one hidden layer. Where the dashed line is the higher one, "
    "depth has paid more than width could.",
    alt="Parameters against error on a logarithmic axis, one panel a curve: a dashed line for the "
    "asymptote with one hidden layer, and a solid line with round markers for the grown networks.",
)

# %% [markdown]
# At depth {glue:text}`depth_deepest` the asymptote is {glue:text}`depth_shallow` times the error
# of the grown networks, in the mean over the curves. The table has this factor for each curve;
# below 1, a single hidden layer could be closer. It is a comparison of parameters,
# not of anything else: the deep networks had to be searched for,
# while the best spline comes from one descent on its knots ({doc}`how_close`).

# %% tags=["float-luck"]
tables.columns(
    "depth", {"parameters": (sizes, "d")} | tables.along(more, "curve"), form=words.factor
)

# %% [markdown]
# ## What to take away
#
# That a layer pays 16 is a law for $x^2$, the curve that the construction makes;
# for other curves what sums of waves under equation (4) can express sets the peaks alone a limit.
# The networks of Adam can express more, and end with {glue:text}`depth_pieces_adam` pieces where
# the construction has {glue:text}`depth_most`, at depth {glue:text}`depth_deepest`.
# With second-order training from pretrained peaks a layer pays {glue:text}`depth_factor_refined`,
# and {glue:text}`depth_factor_grown` if networks are grown and searched at every depth,
# with {glue:text}`depth_pieces_grown` pieces at depth {glue:text}`depth_deepest`.
# From a default start a layer pays {glue:text}`depth_factor_default`,
# and {glue:text}`depth_pieces_default` pieces are there at the end.
#
# ## Rerun this page
#
# ```{rerun} -p only sin -p seeds 1 -p rounds 100
# ```
