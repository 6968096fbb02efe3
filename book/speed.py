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
# # Speed: arithmetic, bytes, and where the time goes
#
# A network of depth {glue:text}`speed_depth` and width 4 has {glue:text}`speed_parameters`
# parameters. To train one is quick; the tables of the paper, with several seeds,
# take millions of *model-epochs*: one network, one epoch of full-batch Adam, forward pass,
# backward pass and update. For networks this small the time has little to do with how much there is
# to compute. This page counts what there is, measures what it costs on the machine that built the
# book, and explains the difference.
#
# ```{admonition} What this page settles
# :class: tip
# A model-epoch takes {glue:text}`speed_flops` floating-point operations,
# by a formula that a count confirms. A loop over `nn.Sequential` makes
# {glue:text}`speed_loop_operations` calls of torch for them,
# and a stack of {glue:text}`speed_models` networks {glue:text}`speed_stack_operations` a network,
# but the bytes moved remain: {glue:text}`speed_loop_bytes` kB and {glue:text}`speed_stack_bytes`
# kB. On the machine that built this page the fused engine takes {glue:text}`speed_numba_time` µs on
# one thread, the loop {glue:text}`speed_ratio` times as much;
# the fused engine reaches {glue:text}`speed_share` of the peak.
# ```

# %% tags=["parameters"]
models: int = 30  # networks in the stack, at least 1
points: int = 500  # points of each network, at least 2
depth: int = 5  # hidden layers, at least 2 and at most 20
dtype: str = "float32"  # precision, one of float32, float64
rounds: int = 12  # turns of each contestant, at least 1
turn: float = 0.02  # seconds a turn, positive
largest: int = 1000  # most networks in the cost laws, at least 10

# %% tags=["hide-input"]
import tracemalloc

import numpy as np
import torch
import xarray as xr
from torch.nn.functional import mse_loss
from torch.utils.flop_counter import FlopCounterMode

from compnet_book import figures, tables, words
from compnet_lib import engines
from compnet_lib.engines import timing
from compnet_lib.experiments import cost_law, descent, exponents, stack_of

figures.use_style()
torch.set_num_threads(1)
net, x, y = stack_of(models, points, depth, dtype=dtype)
words.glue("speed", models=models, depth=depth, dtype=dtype, parameters=net.parameters)

# %% [markdown]
# ## What there is to compute
#
# A layer with $w_{l-1}$ inputs and $w_l$ outputs is a matrix.
# At each of $n$ points it costs $w_lw_{l-1}$ multiplications and as many additions.
# On the way back the same matrix is met twice. The gradient of a weight is a sum over the points of
# error times signal: $w_lw_{l-1}$ products a point again.
# And the errors go through the transposed matrix to the layer before, but for the first,
# whose input needs no error. With $w_0=w_{L+1}=1$,
#
# $$2n\Bigl(\underbrace{\sum_{l=1}^{L+1}w_lw_{l-1}}_{\text{forward}}+\underbrace{\sum_{l=1}^{L+1}w_lw_{l-1}}_{\text{gradient of the weights}}
# +\underbrace{\sum_{l=2}^{L+1}w_lw_{l-1}}_{\text{errors}}\Bigr).$$
#
# Biases, ReLUs and the loss cost a few operations per signal, and the update some per parameter,
# whatever the number of points; the formula leaves them out.
# PyTorch can count the operations of its matrix products while it trains a network.
# It finds the same number, {glue:text}`speed_flops`:

# %%
w = [1, *[4] * depth, 1]
products = [a * b for a, b in zip(w, w[1:])]
operations = 2 * points * (2 * sum(products) + sum(products[1:]))

module, column = net.to_torch(0), torch.from_numpy(x)[:, None]
with FlopCounterMode(display=False) as counter:
    module(column).square().mean().backward()
assert counter.get_total_flops() == operations == timing.flops(net.widths, points)
words.glue("speed", ",", flops=operations)

# %% [markdown]
# What would be the least time for that? A processor multiplies and adds in one instruction,
# on all the lanes of a register at once. `timing.fma_peak` lets it do nothing else:
# Horner's rule on six independent chains, for a short vector in the first cache.
# One thread reaches {glue:text}`speed_peak_single` GFLOP/s (billions of operations a second) in
# float32 and {glue:text}`speed_peak_double` in float64, where a register has half the lanes.
# At that rate a model-epoch in {glue:text}`speed_dtype` would take {glue:text}`speed_least` µs.
#
# ## Four ways to write it
#
# **A loop** over the networks, as one would write it:

# %%
modules = [net.to_torch(i) for i in range(min(models, 4))]
target = torch.from_numpy(y)[:, None]


def loop(epochs):
    for module in modules:
        adam = torch.optim.Adam(module.parameters(), lr=1e-3)
        for _ in range(epochs):
            adam.zero_grad()
            mse_loss(module(column), target).backward()
            adam.step()


# %% [markdown]
# **A stack**: the weights of all the networks in one array a layer,
# the signals in one array a layer, and autograd as before.
# The signals may lie in memory in two ways: as (models, points, width),
# which is how PyTorch's own layers have it, or as (models, width, points). The same numbers,
# and the same operations:


# %%
def stack(points_last):
    turned = (lambda a: a) if points_last else (lambda a: a.mT)
    share = lambda a: turned(a.expand(models, 1, points))
    inputs, targets = map(share, map(torch.from_numpy, (x, y)))
    weights = map(turned, map(torch.from_numpy, net.weights))
    biases = [torch.from_numpy(b)[:, :, None] for b in net.biases]
    start = [w.contiguous() for w in weights], [*map(turned, biases)]

    def run(epochs):
        free = lambda a: a.clone().requires_grad_()
        ws, bs = ([*map(free, group)] for group in start)
        adam = torch.optim.Adam([*ws, *bs], lr=1e-3)
        for _ in range(epochs):
            adam.zero_grad()
            signal = inputs
            for i, (w, b) in enumerate(zip(ws, bs)):
                signal = signal.relu() if i else signal
                factors = (w, signal) if points_last else (signal, w)
                signal = torch.baddbmm(b, *factors)
            (signal - targets).square().mean((1, 2)).sum().backward()
            adam.step()

    return run


# %% [markdown]
# **The torch engine** of the library is the second layout with the backward pass written out,
# in place, for as many networks at a time as the caches hold.
# **The numba engine** is one compiled loop: all operations of a network's epoch *fused*,
# then its next epoch, then the next network. All of them do the same arithmetic.

# %%
LOOP, WIDE, LONG = "loop over nn.Sequential", "stack (points, width)", "stack (width, points)"
TORCH, NUMBA = "torch engine", "numba engine"
contestants = {LOOP: loop, WIDE: stack(False), LONG: stack(True)}
contestants |= {TORCH: descent("torch", net, x, y), NUMBA: descent("numba", net, x, y)}
labels = {"contestant": list(contestants)}
trained = xr.DataArray([len(modules), *[models] * 4], labels)

# %% [markdown]
# ## What they move
#
# Before a number can be multiplied it has to be brought to the processor.
# Each torch operation reads arrays and writes one, and the next operation reads it again.
# The sizes of all these arrays, noted while the contestants train (`timing.traffic`),
# give the bytes that a model-epoch moves. The numba engine calls no operations,
# so we count by hand the rows of points that its loops pass over.
# In a layer of four neurons with four inputs they are
#
# | | read | written |
# |---|--:|--:|
# | forward: signals in, signals out | 4 | 4 |
# | gradient of the weights and biases: errors and signals | 8 | |
# | backward: errors, and signals for the ReLU; errors | 8 | 4 |
#
# and {glue:text}`speed_end_rows` more for the first layer, the output and the loss.
# The quotient of operations and bytes is the *arithmetic intensity*.
# The last column is how much there is in work at one time, the signals and errors of one network,
# of one stack, or of what the engine takes on at once: it decides which cache the bytes come from,
# or whether they come from memory.


# %%
def traffic(name):
    """Bytes and calls of one epoch after the first."""
    here = {"workers": 0} if name == TORCH else {}  # operations on other threads are not seen
    one = timing.traffic(lambda: contestants[name](1, **here))
    two = timing.traffic(lambda: contestants[name](2, **here))
    return two.bytes - one.bytes, two.operations - one.operations


first, last, back, gradient = 1 + 4, 4 + 1 + 3 + 2 + 3, 1 + 4 + 4, 1 + 4
end_rows = first + last + back + gradient
row = points * net.dtype.itemsize
by_hand = models * (end_rows + (8 + 8 + 12) * (depth - 1)) * row, np.nan
found = np.array([*map(traffic, (LOOP, WIDE, LONG, TORCH)), by_hand])
moved, calls = (xr.DataArray(column, labels) / trained for column in found.T)
assert moved.loc[WIDE] == moved.loc[LONG] and calls.loc[WIDE] == calls.loc[LONG]
signals = 2 * 4 * depth * row  # and errors, of one network
chunk = max(1, engines.select("torch", "cpu")[0].CHUNK_BYTES // (signals // 2))
tile = min(points, engines.select("numba", "cpu")[0].TILE) * net.dtype.itemsize
at_once = [signals, *[signals * models] * 2, signals * min(models, chunk), (4 * depth + 8) * tile]
in_work, intensity = xr.DataArray(at_once, labels), operations / moved

# %% tags=["hide-input", "float-luck"]
kilobytes = {"loop_bytes": moved.loc[LOOP], "numba_bytes": moved.loc[NUMBA]}
kilobytes |= {"stack_bytes": moved.loc[LONG], "numba_work": in_work.loc[NUMBA]}
words.glue("speed", ".0f", **{name: value / 1000 for name, value in kilobytes.items()})
words.glue("speed", ".0f", loop_operations=calls.loc[LOOP])
words.glue("speed", ".1f", stack_operations=calls.loc[LONG])
words.glue("speed", ".2f", intensity=intensity.loc[LONG], numba_intensity=intensity.loc[NUMBA])
words.glue("speed", intensities=words.between(intensity.loc[[LOOP, WIDE, LONG, TORCH]]))
words.glue("speed", end_rows=end_rows, rounds=rounds, turn=f"{turn * 1000:g}")

# %% [markdown]
# The two layouts do not differ here: they move the same arrays. What stacking saves is calls.
# A call of torch costs time before it touches a number,
# and the loop makes {glue:text}`speed_loop_operations` of them for every network and epoch.

# %% tags=["float-luck"]
tables.columns(
    "a model-epoch",
    {
        "calls of torch": (calls, ".1f"),
        "kB moved": (moved / 1000, ".0f"),
        "operations a byte": (intensity, ".2f"),
        "kB in work at once": (in_work / 1000, ",.0f"),
    },
)

# %% [markdown]
# ## What the machine allows
#
# A processor that needs $b$ bytes for an operation cannot do more operations a second than bytes
# arrive, divided by $b$. So the rate is at most the lesser of the peak and intensity times
# bandwidth, a slanted and a level line on logarithmic axes: the *roofline*.
# How many bytes arrive depends on where they come from.
# `timing.bandwidth` measures $a=b+2c$ on arrays of several sizes,
# from the first cache to the memory.

# %% tags=["float-luck"]
SIZES = {16_000: "16 kB", 256_000: "256 kB", 4_000_000: "4 MB", 128_000_000: "128 MB"}
reach = {size: timing.bandwidth(size, dtype, rounds) for size in SIZES}
fma_peaks = lambda: {kind: timing.fma_peak(kind, 4 * rounds) for kind in ("float32", "float64")}
before = fma_peaks()
best = timing.take_turns(contestants, rounds, turn)
peaks = {kind: max(rate, before[kind]) for kind, rate in fma_peaks().items()}
peak = peaks[dtype]
times = xr.DataArray([best[name] for name in contestants], labels) / trained
rates, over = operations / times, times.loc[LOOP] / times
roof = np.minimum(1, intensity.loc[LONG] * xr.DataArray(list(reach.values())) / peak)
least, per_call = operations / peak, times.loc[LOOP] / calls.loc[LOOP]

# %% tags=["hide-input", "float-luck"]
*_, near, far = reach.values()
giga = {"peak_single": peaks["float32"], "peak_double": peaks["float64"]}
giga |= {"memory_bytes": far, "middle_bytes": near}
words.glue("speed", ".0f", **{name: value / 1e9 for name, value in giga.items()})
reached = rates / peak
words.glue("speed", ".0%", memory_roof=roof[-1], cache_roof=roof[-2], share=reached.loc[NUMBA])
words.glue("speed", ".0%", stack_share=reached.loc[LONG], torch_share=reached.loc[TORCH])
micro = {"least": least, "numba_time": times.loc[NUMBA], "call": per_call}
words.glue("speed", ".1f", **{name: value * 1e6 for name, value in micro.items()})
layouts = times.loc[WIDE] / times.loc[LONG]
words.glue("speed", ".1f", needed=peak / far, layout_ratio=layouts)
ratios = {"ratio": over.loc[NUMBA], "loop_stack": over.loc[LONG], "torch_ratio": over.loc[TORCH]}
called, spent = calls.loc[LONG] * per_call * 1e6, times.loc[LONG] * 1e6
words.glue("speed", ".0f", stack_calls=called, stack_time=spent, **ratios)

# %% tags=["hide-input"]
figure, axis = figures.panels(1, 1, 3.8)
span = np.geomspace(0.03, 150, 400)
for (size, label), colour, dashes in zip(SIZES.items(), (0, 2, 3, 1), ("-", "--", "-.", ":")):
    look = {"color": figures.LIGHT[colour], "linestyle": dashes, "linewidth": 1.2}
    axis.plot(span, np.minimum(peak, span * reach[size]) / 1e9, label=label, **look)
axis.axhline(peak / 1e9, color=figures.GREY, linestyle="-", linewidth=0.8)
axis.annotate("peak", (150, peak / 1e9), ha="right", va="bottom", color=figures.GREY)
look, place = {"color": figures.LIGHT[4], "fontsize": "small", "va": "center"}, -np.inf
arrow = {"arrowstyle": "-", "color": figures.GREY, "linewidth": 0.6, "shrinkB": 4}
for k in rates.argsort().values:
    point = float(intensity[k]), float(rates[k] / 1e9)
    axis.plot(*point, "osD^P"[k], color=figures.LIGHT[4], markersize=6)
    place = max(np.log10(point[1]), place + 0.17)  # labels never closer than a line
    axis.annotate(list(contestants)[k], point, (2, 10**place), arrowprops=arrow, **look)
axis.set(xscale="log", xlabel="operations a byte", xlim=(0.03, 150))
axis.set(yscale="log", ylabel="GFLOP/s", ylim=(0.1, 2.2 * peak / 1e9))
axis.legend(title="bandwidth of", loc="lower right", fontsize="small")
figures.show(
    figure,
    "fig-speed-roofline",
    caption="Roofline, one thread. Slanted: the bandwidth measured on arrays of the size named; "
    "level: the measured peak. Points: the contestants, by the bytes that their operations move.",
    alt="Logarithmic axes, operations a byte against billions of operations a second. Four slanted "
    "lines, one for each array size, end at a level line, the peak. Four points stand nearly above "
    "one another: the loop lowest, then the stacks and the torch engine. The numba engine is the "
    "highest, to the right of them.",
)

# %% [markdown]
# In {numref}`fig-speed-roofline` the four that work with arrays of torch stand nearly above one
# another, at {glue:text}`speed_intensities` operations a byte; the numba engine stands to the right
# of them, at {glue:text}`speed_numba_intensity`. With data from memory ({glue:text}`speed_memory_bytes` GB a second)
# the peak needs {glue:text}`speed_needed` operations for every byte,
# and a stack has {glue:text}`speed_intensity`: its matrices are four by four,
# so each number brought in is used in few products before it is sent away.
# If every operation were as quick as the triad, stacking would stop at
# {glue:text}`speed_cache_roof` of the peak with bytes at the rate for 4 MB
# ({glue:text}`speed_middle_bytes` GB a second), and at {glue:text}`speed_memory_roof` from memory,
# where a stack ends up that is large enough. That bound does not ask how well an operation is
# written. It holds for every way that goes from array to array.
#
# The loop waits for something else. One network fits a cache near the processor,
# but there are {glue:text}`speed_call` µs to each call, with next to nothing to do in it.
# At that rate the calls of the stack would still be {glue:text}`speed_stack_calls` µs of its
# {glue:text}`speed_stack_time`. With more networks in a stack the calls of each become fewer;
# its bytes remain.
#
# ## What fusing changes
#
# The numba engine's loops pass over {glue:text}`speed_numba_bytes` kB a model-epoch,
# which is not much less. But these bytes come from nearer, and more is done with each:
#
# - **The signals stay in the cache.** Only one network is in work,
#   {glue:text}`speed_numba_work` kB, for all its epochs. From memory come its parameters,
#   Adam's two averages and its data, once for many epochs.
# - **The weights stay in registers, four by four.** A loop takes sixteen weights into registers and
#   then passes over the points once. Each signal loaded is used four times, for several sums,
#   which do not wait for one another.
# - **Points lie along the lanes.** Signals are rows of points,
#   so a register holds neighbouring points, and one instruction serves all of them.
#   The two layouts of the stack differ in this only: with the width last,
#   a row is four numbers long. Between their times is a factor of {glue:text}`speed_layout_ratio`.
# - **Nothing is called.** The ReLU, the bias and the loss are done where the numbers are,
#   and there are no calls to pay for.
#
# ## The comparison
#
# The contestants took turns, {glue:text}`speed_rounds` rounds of {glue:text}`speed_turn` ms each,
# on one thread, so that what else the machine was doing falls on all of them;
# the best round of each counts.
#
# Stacking is worth a factor of {glue:text}`speed_loop_stack` over the loop,
# writing out the backward pass makes it {glue:text}`speed_torch_ratio`,
# and fusing {glue:text}`speed_ratio`. The stack reaches {glue:text}`speed_stack_share` of the peak,
# the torch engine {glue:text}`speed_torch_share`, the numba engine {glue:text}`speed_share`
# ({numref}`fig-speed-comparison`). Larger stacks, two threads, both precisions,
# other shapes and one contestant more, `torch.func.vmap`, are compared by `make bench`.

# %% tags=["hide-input"]
figure, axis = figures.panels(1, 1, 2.6)
for row, name in enumerate(contestants):
    colour = figures.LIGHT[0 if name in (TORCH, NUMBA) else 1]
    axis.barh(row, float(times[row] * 1e6), color=colour, alpha=0.8, height=0.6)
    axis.annotate(f"  {over[row]:.0f} ×", (float(times[row] * 1e6), row), va="center")
axis.axvline(least * 1e6, color=figures.GREY, linestyle=":")
axis.set_yticks(range(len(contestants)), contestants)
axis.set(xscale="log", xlabel="µs a model-epoch", ylim=(len(contestants) - 0.4, -0.6))
axis.set(xlim=(least * 1e6 / 3, float(times.max()) * 4e6))
figures.show(
    figure,
    "fig-speed-comparison",
    caption="Time of a model-epoch, with the ratio to the loop. "
    "Dotted: the arithmetic alone, at the measured peak.",
    alt="Horizontal bars on a logarithmic axis, microseconds per model-epoch, longest for the loop "
    "over nn.Sequential and shortest for the numba engine; each bar is labelled with its ratio to "
    "the loop. A dotted line marks the time that the arithmetic alone would take at the peak.",
)

# %% tags=["float-luck"]
tables.columns(
    "contestant",
    {
        "µs a model-epoch": (times * 1e6, ".1f"),
        "times the loop's speed": (over, ".1f"),
        "billion operations a second": (rates / 1e9, ".1f"),
        "share of the peak": (rates / peak, ".1%"),
    },
)

# %% [markdown]
# ## Cost laws
#
# If time followed the arithmetic, it would grow in proportion to the networks, to the points,
# and nearly to the depth, and with the square of the width. For the numba engine:

# %% tags=["float-luck"]
scales = {
    "models": sorted({*map(int, np.geomspace(1, largest, 7).round())}),
    "points": [50, 100, 200, 500, 1000, 2000, 5000],
    "depth": [2, 3, 4, 6, 8, 12],
    "width": [4, 5, 6, 8, 12, 16, 20],
}


size = {"models": models, "points": points, "depth": depth, "dtype": dtype}
turns = {"rounds": rounds, "turn": turn / 2}
laws = {what: cost_law("numba", what, grown, **turns, **size) for what, grown in scales.items()}

# %% tags=["float-luck"]
train = descent("numba", *stack_of(**size | {"models": largest}))
tracemalloc.start()
train(2)
memory = tracemalloc.get_traced_memory()[1] / largest / 1000
tracemalloc.stop()
words.glue("speed", memory=f"{memory:.1f}", largest=f"{largest:,}")

# %% tags=["hide-input"]
figure, axes = figures.panels(2, 2, 2.3)
for axis, (what, law) in zip(axes.flat, laws.items()):
    axis.plot(law[what], law.time * 1e3, "o", color=figures.LIGHT[0], markersize=5)
    line = law.operations / law.operations[-1] * law.time[-1] * 1e3
    axis.plot(law[what], line, color=figures.GREY, linestyle="--", linewidth=1)
    axis.set(xscale="log", yscale="log", xlabel="networks" if what == "models" else what)
    if what in ("depth", "width"):
        shown = scales["depth"] if what == "depth" else [4, 8, 12, 16, 20]
        axis.set_xticks(shown, map(str, shown))
        axis.minorticks_off()
figure.supylabel("milliseconds an epoch", fontsize="medium")
figures.show(
    figure,
    "fig-speed-laws",
    caption="Time of one epoch of the whole stack by the numba engine. "
    "Dashed: the operations of the formula, at the rate of the last point.",
    alt="Four panels on logarithmic axes, milliseconds an epoch against networks, points, depth "
    "and width. Dots follow grey dashed lines, the operations of the formula at a constant rate, "
    "at the upper ends; against the width they rise in steps at multiples of four.",
)

# %% [markdown]
# An exponent of 1 is a straight line through the origin.
# The table takes it from the middle of each range to its end,
# where the fixed cost of starting the loops weighs least;
# with few points this cost is what {numref}`fig-speed-laws` shows above the dashed line.
# The width goes up in steps, since neurons are padded to multiples of four:
# five are computed as eight.

# %% tags=["float-luck"]
ends = {what: f"{grown[len(grown) // 2]:,} to {grown[-1]:,}" for what, grown in scales.items()}
paces = {what: (f"{pace:.2f}" for pace in exponents(law)) for what, law in laws.items()}
headers = ["range of the exponent", "exponent of the operations", "exponent of the time"]
tables.table([[what, ends[what], *paces[what]] for what in laws], ["growing", *headers])

# %% [markdown]
# Memory grows with the networks too: besides the stack,
# the engine took {glue:text}`speed_memory` kB a network at most, for their parameters,
# Adam's averages and the data, measured while {glue:text}`speed_largest` networks trained.
# The signals are those of one network for each thread.
#
# ## What to take away
#
# Small networks are not limited by arithmetic. One at a time, they wait for calls.
# A stack makes the calls of each network fewer, but the bytes that each moves stay what they were,
# however many there are in it. Only doing all operations while the numbers are at hand gets past
# that. What is left to gain is at most the distance to the peak.
#
# ## Rerun this page
#
# ```{rerun} -p models 120 -p dtype float64
# ```
