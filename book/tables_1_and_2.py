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
# # Tables 1 and 2
#
# The paper's main evidence is forty numbers: five ways of training, four curves,
# and of thirty networks each the smallest and the mean error. This page computes all forty again,
# at the paper's scale, and does so for several seeds. A published cell is one draw;
# what it should be held against is a range.
#
# ```{admonition} What this page settles
# :class: tip
# Of the 40 published values {glue:text}`inside` lie within the range found over seeds:
# {glue:text}`inside_compositional` of 24 for the compositional networks,
# {glue:text}`inside_random` of 16 for the random ones. With differentiability enforced it is
# {glue:text}`inside_enforced` of 8. All ranges are over {glue:text}`seeds` seeds.
# The ordering default > skipped > enforced {glue:text}`ordering`.
# The learning rate that the paper prints does not give its tables; ten times as much does.
#
# **The reading was selected on these very tables.** The paper leaves open how the peaks are drawn,
# whether biases are trained, and what the learning rate really was.
# Of several readings we use the one that comes closest to the forty numbers,
# so this page shows that they *can* be reproduced, and how far luck moves them.
# It is no independent test of the reading; the paper's Table 3 can be one.
# ```

# %% tags=["parameters"]
models: int = 30  # networks of each kind, at least 1
points: int = 500  # evenly spaced points, at least 2
epochs: int = 1000  # epochs of each phase, at least 1
lr: float = 1e-3  # learning rate, positive
printed_lr: float = 1e-4  # the paper's, for comparison, positive
seeds: int = 20  # repetitions of every regime, at least 1
printed_seeds: int = 5  # repetitions at the printed rate, at least 1
depth: int = 5  # hidden layers, at least 2
width: int = 4  # neurons in those of random networks, at least 1
extra: str = "none"  # one curve more, a curve or none

# %% tags=["hide-input"]
import numpy as np
from IPython.display import Markdown, display
from myst_nb import glue

import compnet_lib as cn
from compnet_book import claims, plotting
from compnet_lib.experiments.compositional._published import CURVES, REGIMES, SHORT
from compnet_lib.experiments.compositional.regimes import paper_curves

plotting.use_style()
names = list(CURVES)
curves = paper_curves(extra)
titles = {curve.name: curve.formula for curve in curves}
statistics = {"min": np.min, "mean": np.mean}
short = SHORT
x = np.stack([np.linspace(*curve.interval, points) for curve in curves])
for name, label in (("sin", "sine"), ("tanh", "tanh")):
    glue(f"{label}_mean", f"{cn.published('default', name, 'mean'):.3f}", display=False)
    glue(f"{label}_variance", f"{cn.TARGETS[name](x[0]).var():.3f}", display=False)
glue("epochs", epochs, display=False)
glue("points", points, display=False)
glue("lr", lr, display=False)
glue("models", models, display=False)
glue("seeds", seeds, display=False)
glue("table_depth", depth, display=False)
glue("table_width", width, display=False)

# %% [markdown]
# ## What is run
#
# | regime | start | trained | epochs |
# |:--|:--|:--|--:|
# | default | PyTorch's default, no output bias | all weights, hidden biases | {glue:text}`epochs` |
# | RAAI | the randomized asymmetric anti-correlated initialization, in our reading | the same | {glue:text}`epochs` |
# | skipped | compositional, peaks uniform in $[0.1,0.9]$, ratios by (4) | the matrices of {prf:ref}`thm-weights` | {glue:text}`epochs` |
# | not enforced | the same | peaks and free ratios, then the matrices | twice {glue:text}`epochs` |
# | enforced | the same | peaks and the closing number, then the matrices | twice {glue:text}`epochs` |
#
# {glue:text}`table_depth` hidden layers of four neurons ({glue:text}`table_width` in the random
# networks), {glue:text}`points` points, full batch, Adam with learning rate {glue:text}`lr`,
# float32. The compositional networks of one seed start alike in all three regimes and for all four
# curves. Three choices in this table are readings of ours:
# the output layer of the random networks has no bias, since the published means for the sine and
# $\tanh$, {glue:text}`sine_mean` and {glue:text}`tanh_mean`,
# are above the variances of those curves, {glue:text}`sine_variance` and
# {glue:text}`tanh_variance`, to which even dead networks come down if they have one;
# hidden and output biases of compositional networks, which are zero in the paper's matrices,
# stay zero; and what RAAI is precisely we know from its description only ({cite:t}`singh2021`,
# {cite:t}`lu2020`; see `cn.raai_init`).
#
# `cn.run_regime` trains all networks of a regime, of all seeds and curves, as one stack:

# %%
losses = {}
for regime in REGIMES:
    # "skipped" goes on for as long as others pretrain: the control below
    phases = 2 if regime == "skipped" else 1
    result = cn.run_regime(
        regime,
        curves,
        x,
        models=models,
        lr=lr,
        every=epochs,
        seeds=range(seeds),
        epochs=phases * epochs,
        depth=depth,
        width=width,
    )
    assert not result.diverged.any()
    after_one, after_all = result.history[:, 1], result.history[:, -1]
    losses[regime] = after_one.reshape(seeds, len(curves), models)
    if phases == 2:
        losses["control"] = after_all.reshape(seeds, len(curves), models)

# %% tags=["hide-input", "float-luck"]
found = {
    (regime, name, statistic): take(losses[regime][:, k], axis=1)
    for regime in losses
    for k, name in enumerate(titles)
    for statistic, take in statistics.items()
}
cells = [cell for cell in cn.CELLS if cell.table in (1, 2)]
inside = {
    cell[1:4]: found[cell[1:4]].min() <= cell.value <= found[cell[1:4]].max() for cell in cells
}


def among(*regimes):
    return int(sum(within for (regime, *_), within in inside.items() if regime in regimes))


swings = {key: values.max() / values.min() for key, values in found.items() if key[0] in REGIMES}
glue(
    "swing_min",
    f"{np.median([v for key, v in swings.items() if key[2] == 'min']):.1f}",
    display=False,
)
glue("swing_most", f"{max(swings.values()):,.0f}", display=False)
glue(
    "raai_high",
    sum(
        bool(cn.published("raai", name, "mean") > found["raai", name, "mean"].max())
        for name in names
    ),
    display=False,
)
glue("inside", among(*REGIMES), display=False)
glue("inside_compositional", among("skipped", "free", "enforced"), display=False)
glue("inside_random", among("default", "raai"), display=False)
glue("inside_enforced", among("enforced"), display=False)


def verdict(regime, name, statistic):
    if name not in names:
        return "–"
    value, values = cn.published(regime, name, statistic), found[regime, name, statistic]
    if inside[regime, name, statistic]:
        return "inside"
    below = value < values.min()
    return f"{'low' if below else 'high'},\N{NO-BREAK SPACE}{values.min() / value if below else value / values.max():.3g}×"


def cells_of(name):
    rows = []
    for regime, title in short.items():
        for statistic in statistics:
            values = found[regime, name, statistic]
            rows.append(
                [
                    f"{title},\N{NO-BREAK SPACE}{statistic}",
                    plotting.power(cn.published(regime, name, statistic), 2)
                    if name in names
                    else "–",
                    *map(plotting.power, (values.min(), np.median(values), values.max())),
                    verdict(regime, name, statistic),
                ]
            )
    return plotting.table(
        rows,
        ["regime", "published", "lowest", "median", "highest", "verdict"],
        align=["left", *["right"] * 4, "left"],
    )


# %% [markdown]
# ## Table 1
#
# Mean squared errors, as the minimum and the mean over the {glue:text}`models` networks of a seed:
# the published value, and the lowest, median and highest over {glue:text}`seeds` seeds.
# A published value outside the range is called low or high, with the factor by which it misses it.
# For $x^3$:

# %% tags=["hide-input", "float-luck"]
cells_of("x^3")

# %% [markdown]
# For $x^{11}$:

# %% tags=["hide-input", "float-luck"]
cells_of("x^11")

# %% [markdown]
# ## Table 2
#
# For $\sin(\pi x/2)$:

# %% tags=["hide-input", "float-luck"]
cells_of("sin")

# %% [markdown]
# For $\tanh(3x)$:

# %% tags=["hide-input", "float-luck"]
cells_of("tanh")

# %% tags=["hide-input", "float-luck"]
# A reader's own curve has no published numbers beside it.
own = [Markdown(curves[-1].explained()), cells_of(extra)] if extra != "none" else []
display(*own)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Eight panels, minimum and mean for four curves: a bar for the range of each of the five regimes on a logarithmic axis, with a diamond for the published value. Bars descend from default to enforced; the diamonds of RAAI's means lie to the right of their bars."}, "figure": {"caption": "All forty cells. Bars: range over seeds, with the median as a tick. Diamonds: published.", "name": "fig-tables"}}
figure, axes = plotting.panels(2, len(curves), 2.1, sharey=True, sharex="row")
for row, statistic in zip(axes, statistics):
    for axis, name in zip(row, titles):
        for y, regime in enumerate(REGIMES):
            values = found[regime, name, statistic]
            axis.plot(
                [values.min(), values.max()],
                [y, y],
                color=plotting.LIGHT[0],
                linestyle="-",
                linewidth=5,
                alpha=0.45,
                solid_capstyle="butt",
            )
            axis.plot(
                np.median(values), y, "|", color=plotting.LIGHT[0], markersize=11, markeredgewidth=2
            )
            axis.plot(
                *([cn.published(regime, name, statistic)], [y]) if name in names else ([], []),
                "D",
                color=plotting.LIGHT[1],
                markersize=5,
            )
        axis.set_xscale("log")
        axis.set(title=f"${titles[name]}$, {statistic}", ylim=(4.6, -0.6))
        axis.set_yticks(range(5), short.values())
_ = figure.supxlabel("mean squared error", fontsize="medium")

# %% [markdown]
# ## Differentiability enforced
#
# The regime the paper recommends, over {glue:text}`seeds` seeds.
# The quantile is the share of seeds whose value is at most the published one;
# a published value outside the range is called *not reproduced exactly*,
# with the factor by which it misses the range.

# %% tags=["hide-input", "float-luck"]
rows = []
for statistic in statistics:
    for name in names:
        value, values = (
            cn.published("enforced", name, statistic),
            found["enforced", name, statistic],
        )
        rows.append(
            [
                f"{statistic},\N{NO-BREAK SPACE}${cn.TARGETS[name].formula}$",
                plotting.power(value, 2),
                f"{(values <= value).mean():.2f}",
                "reproduced"
                if inside["enforced", name, statistic]
                else f"not reproduced exactly: {verdict('enforced', name, statistic)}",
            ]
        )
plotting.table(
    rows, ["cell", "published", "quantile", "verdict"], align=["left", "right", "right", "left"]
)


# %% tags=["hide-input"]
def ranges(number):
    return {
        f"{short[cell.regime]} {cell.target} {cell.statistic}": (cell.value, found[cell[1:4]])
        for cell in cells
        if cell.table == number
    }


claims.compare("C-tab1", ranges(1))

# %% tags=["hide-input"]
claims.compare("C-tab2", ranges(2))

# %% [markdown]
# ## The ordering
#
# The claim behind the tables is an order: default > skipped > enforced. In the medians over seeds,
# and in what share of the seeds:

# %% tags=["hide-input", "float-luck"]
rows, holds = [], []
for statistic in statistics:
    for name in names:
        chain = np.array(
            [found[regime, name, statistic] for regime in ("default", "skipped", "enforced")]
        )
        middle = [
            np.median(found[regime, name, statistic])
            for regime in ("default", "skipped", "enforced")
        ]
        holds.append(middle[0] > middle[1] > middle[2])
        rows.append(
            [
                f"{statistic},\N{NO-BREAK SPACE}${cn.TARGETS[name].formula}$",
                *map(plotting.power, middle),
                "yes" if holds[-1] else "no",
                f"{(np.diff(chain, axis=0) < 0).all(0).mean():.0%}",
            ]
        )
glue(
    "ordering",
    f"holds in the medians over seeds for {sum(holds)} of the 8 pairs of curve and statistic",
    display=False,
)
plotting.table(
    rows, ["cell", "default", "skipped", "enforced", "in the medians", "in single seeds"]
)

# %% [markdown]
# ## A control the paper lacks
#
# Networks with pretraining are trained for twice as many epochs as those without.
# Here *skipped* gets the same total number, all of it on the weights:

# %% tags=["hide-input", "float-luck"]
rows, gaps = [], []
for statistic in statistics:
    for name in names:
        middle = [
            np.median(found[regime, name, statistic])
            for regime in ("skipped", "control", "enforced")
        ]
        gaps.append((middle[0] / middle[2], middle[1] / middle[2]))
        rows.append(
            [
                f"{statistic},\N{NO-BREAK SPACE}${cn.TARGETS[name].formula}$",
                *map(plotting.power, middle),
                f"{gaps[-1][0]:.1f}",
                f"{gaps[-1][1]:.1f}",
            ]
        )
glue("control_holds", int(sum(after > 1 for _, after in gaps)), display=False)
glue("control_shrinks", int(sum(after < before for before, after in gaps)), display=False)
plotting.table(
    rows,
    [
        "cell",
        f"skipped, {epochs}",
        f"skipped, {2 * epochs}",
        f"enforced, {epochs} + {epochs}",
        "ratio before",
        "ratio at equal epochs",
    ],
)

# %% [markdown]
# At equal epochs enforced pretraining is still ahead in {glue:text}`control_holds` of the 8
# medians; the gap is smaller than the tables suggest in {glue:text}`control_shrinks`.
#
# ## What the printed learning rate gives
#
# Section 4.1 says 0.0001. With that rate, and everything else as above:

# %% tags=["hide-input", "float-luck"]
slow = {}
for regime in ("skipped", "enforced"):
    result = cn.run_regime(
        regime,
        curves,
        x,
        models=models,
        seeds=range(printed_seeds),
        epochs=epochs,
        lr=printed_lr,
        depth=depth,
        width=width,
    )
    slow[regime] = result.loss.reshape(printed_seeds, len(curves), models)
rows, factors = [], []
for statistic, take in statistics.items():
    for k, name in enumerate(names):
        row = [f"{statistic},\N{NO-BREAK SPACE}${cn.TARGETS[name].formula}$"]
        for regime in slow:
            value, value_found = (
                cn.published(regime, name, statistic),
                np.median(take(slow[regime][:, k], axis=1)),
            )
            row += [
                plotting.power(value),
                plotting.power(value_found),
                f"{value_found / value:,.0f}",
            ]
        factors.append(value_found / value)
        rows.append(row)
glue("printed_least", f"{min(factors):,.0f}", display=False)
glue("printed_most", f"{max(factors):,.0f}", display=False)
plotting.table(
    rows, ["cell", "skipped: published", "found", "ratio", "enforced: published", "found", "ratio"]
)

# %% [markdown]
# With differentiability enforced the errors come out {glue:text}`printed_least` to
# {glue:text}`printed_most` times the published ones.
#
# ## What to take away
#
# Held against ranges, {glue:text}`inside` of the forty cells stand,
# and the order of the regimes is no accident of one seed. The single cells are partly luck:
# between the luckiest and the unluckiest seed a minimum over {glue:text}`models` networks changes
# by a factor of {glue:text}`swing_min` in the median, and a mean by up to {glue:text}`swing_most`.
# RAAI is where our reading and the paper part: {glue:text}`raai_high` of its 4 published means lie
# above all of ours.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# A curve of your own, convex or concave, becomes a further column: a formula in $x$,
# and an interval if it is not $[0,1]$.
#
# ```{rerun} -p seeds 5 -p extra "exp(x) on -1 to 2"
# ```
