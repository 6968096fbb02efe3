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
# # From triangles to ReLU weights
#
# A sum of composed triangles is a function; to train it as a network one needs weights.
# Four neurons a layer are enough, and the weights can be read off the peaks.
# The network then has $2^d$ linear regions before it has seen any data,
# where a random network of the same shape has a handful.
#
# ```{admonition} What this page settles
# :class: tip
# A sum of $d$ waves is a ReLU network of $d$ layers of four neurons,
# and with the scales of equation (4) it has $2^d$ linear regions from the start.
#
# The matrices of section 7.1 compute $x\pm\sum_{i<d}s_iW_i$ exactly,
# once the signs for subtraction and the last ratio are filled in ({prf:ref}`thm-weights`).
# The regions are counted ({prf:ref}`prop-regions`):
# {glue:text}`regions` at depth {glue:text}`deepest`, counted from rational weights,
# where random networks have {glue:text}`random_regions` in the median.
# With free scales regions can be lost.
# Weights that hold ratios instead of scales do not improve the condition number,
# but under steps of one size they keep the change of the output's slope from growing like $2^d$.
# ```

# %% tags=["parameters"]
depth: int = 10  # depth up to which regions are counted, at least 2 and at most 14
networks: int = 200  # random networks counted at each depth, at least 1
seed: int = 0  # random seed, at least 0

# %% tags=["hide-input"]
from fractions import Fraction
from itertools import pairwise

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import claims, figures, tables, words
from compnet_book.conditioning import condition_number, direct_network, sensitivity
from compnet_book.exact import chord_slopes, rational_peaks
from compnet_book.symbolic import vanishes

figures.use_style()
rng = np.random.default_rng(seed)
half = Fraction(1, 2)
words.glue(deepest=depth)

# %% [markdown]
# ## A triangle from two neurons
#
# The first neuron, $t_1$, passes its input on. The second, $t_2$,
# is silent until the input reaches the peak $a$, and then takes away enough to turn the slope round
# (section 3 of the paper): $T_a(x) = \frac1a\,t_1 - \frac1{a-a^2}\,t_2$ with $t_1=\max(x,0)$ and
# $t_2=\max(x-a,0)$. On both sides of the peak:

# %%
x, a = sp.symbols("x a", positive=True)
weights = sp.Matrix([[1 / a, -1 / (a - a**2)]])
below, above = sp.Matrix([x, 0]), sp.Matrix([x, x - a])  # t1, t2
rising = weights * below - sp.Matrix([x / a])
falling = weights * above - sp.Matrix([(1 - x) / (1 - a)])
assert vanishes(rising, falling)
sp.Eq(sp.Symbol("T_a"), (weights * sp.Matrix(sp.symbols("t_1 t_2")))[0])

# %% [markdown]
# The second weight undoes the rise, $\frac1a$, and adds the fall, $\frac1{1-a}$:

# %%
claims.decide(
    "C-sec3-triangle",
    holds=vanishes(rising, falling, weights[1] + 1 / a + 1 / (1 - a)),
    note="Both sides of the peak, and $-1/(a-a^2)$ $=-(1/a+1/(1-a))$, symbolically.",
    failure="The two neurons do not make the triangle.",
)

# %% [markdown]
# ## All layers
#
# The next triangle needs this combination as its input, twice: for its own $t_1$ and $t_2$.
# A third neuron adds up the waves, and a fourth carries a constant from which the biases are taken.
# Instead of the scales $s_i$ of the waves, which decay fast,
# the matrices hold their ratios $S_i=s_i/s_{i-1}$, so the signals themselves shrink from layer to
# layer.
#
# ```{prf:theorem} Section 7.1, completed
# :label: thm-weights
# Let $a_0,\dots,a_{d-1}\in(0,1)$, and let $S_0,\dots,S_{d-2}\ge0$ and $S_{d-1}$ be real numbers;
# $s_i=S_0S_1\cdots S_i$, $\alpha_i=S_i/a_i$, $\beta_i=-S_i/(a_i-a_i^2)$, and
#
# $$I(x)=\begin{bmatrix}x\\x\\x-a_0\\1\end{bmatrix},\quad
# H_i=\begin{bmatrix}1&\pm\alpha_i&\pm\beta_i&0\\0&\alpha_i&\beta_i&0\\0&\alpha_i&\beta_i&-S_ia_{i+1}\\0&0&0&S_i\end{bmatrix},$$
#
# $$O=\begin{bmatrix}1&\pm\alpha_{d-1}&\pm\beta_{d-1}&0\end{bmatrix}.$$
#
# Wherever the first neuron's ReLU does not clip, the network with the $d$ hidden layers
# $I,H_0,\dots,H_{d-2}$, a ReLU after each, and the output $O$ computes
# $x\pm\sum_{i=0}^{d-1}s_iW_i(x)$ on $[0,1]$.
# ```
#
# Print has $d=n+1$ peaks and adds the waves, with $H_{-1}$ for $I$, and this is right for ratios
# that are not negative. Three things have to be filled in.
# A negative ratio before the last is lost in the ReLUs of $t_1$ and the bias neuron.
# With $S_{d-1}=(1-a_{d-1})\,a_d$ the last ratio asks for one
# number more than there are peaks; we call $a_d$ the *closing* number and train it with the peaks.
# And to subtract the waves, as section 4.1 does for two curves, the entries $\alpha_i,\beta_i$ of
# the first row, and of $O$, change sign; then free scales can clip the sum (below).
#
# The proof is an induction. After the ReLU of layer $H_{i-1}$, or of $I$ if $i=0$,
# the four neurons hold a partial sum $f=x\pm\sum_{j<i}s_jW_j$,
# the scaled wave $sW$ with $W=W_{i-1}$, its part above the peak, $s\max(W-a_i,0)$,
# and the scale $s=s_{i-1}$. For $i=0$ this is $I(x)$ with $W_{-1}=x$ and $s_{-1}=1$.
# One multiplication by $H_i$ must give the same with $W$ replaced by $T_{a_i}(W)$,
# $s$ by $sS_i$ and $a_i$ by $a_{i+1}$, before the ReLU. On both sides of the peak:

# %%
f, W, s, S, next_peak = sp.symbols("f W s S a_next", positive=True)
sigma = sp.Symbol("sigma", real=True)  # the sign
alpha, beta = S / a, -S / (a - a**2)
H = sp.Matrix(
    [
        [1, sigma * alpha, sigma * beta, 0],
        [0, alpha, beta, 0],
        [0, alpha, beta, -S * next_peak],
        [0, 0, 0, S],
    ]
)
for above, T in ((0, W / a), (W - a, (1 - W) / (1 - a))):
    new = H * sp.Matrix([f, s * W, s * above, s])
    wanted = [f + sigma * s * S * T, s * S * T, s * S * (T - next_peak), s * S]
    assert vanishes(new - sp.Matrix(wanted))

# %% [markdown]
# For $S\ge0$ the signals $sST$ and $sS$ are not negative, so their ReLU does nothing,
# and the ReLU of the third leaves what lies above the next peak: the induction closes.
# $O$ is the first row of $H_{d-1}$, so the output is the next partial sum, for any real $S_{d-1}$.
# $\square$
#
# In the library this is `cn.compositional`. The picture is drawn from its weights,
# one line for each that is not zero.

# %% tags=["hide-input"]
shown = cn.compositional([0.3, 0.6, 0.45], +1)
names, ink = ["sum", "$t_1$", "$t_2$", "bias"], [figures.LIGHT[k] for k in (4, 0, 1, 2)]
figure, axis = figures.panels(1, 1, 2.9)
heights = [[1.5], *[[3, 2, 1, 0]] * 3, [1.5]]
for layer, matrix in enumerate(shown.weights):
    for out, into in zip(*np.nonzero(matrix[0])):
        colour = ink[into] if layer else figures.GREY
        axis.plot(
            [layer, layer + 1],
            [heights[layer][into], heights[layer + 1][out]],
            color=colour,
            linestyle="-",
            linewidth=1.2,
        )
for layer, column in enumerate(heights):
    labels = ["$x$"] if layer == 0 else ["$y$"] if layer == 4 else names
    for height, label, colour in zip(column, labels, ink if len(column) > 1 else [figures.GREY]):
        axis.annotate(
            label,
            (layer, height),
            ha="center",
            va="center",
            color=colour,
            bbox={"boxstyle": "round,pad=0.3", "facecolor": "white", "edgecolor": colour},
        )
for layer, label in enumerate(["input", "$I$", "$H_0$", "$H_1$", "output"]):
    axis.annotate(label, (layer, -0.8), ha="center", color=figures.GREY)
axis.set(xlim=(-0.3, 4.3), ylim=(-1, 3.5))
axis.axis("off")
figures.show(
    figure,
    "fig-network",
    caption=(
        "Between two layers of a compositional network nine weights are "
        "enough: each line is a weight that is not zero, here at depth 3 (the "
        "paper's figure 2). Colours tell from which neuron a line starts."
    ),
    alt=(
        "Diagram of a network of three hidden layers of four neurons named "
        "sum, t1, t2 and bias, with a line for every non-zero weight; t1 and "
        "t2 of each layer feed sum, t1 and t2 of the next."
    ),
)

# %% [markdown]
# Every neuron that takes the wave takes $t_1$ and $t_2$ in one proportion, $\beta_i:\alpha_i$.
# The same network with rational weights:

# %%
drawn = [Fraction(3, 10), Fraction(3, 5), Fraction(9, 20)]
network = cn.compositional(drawn, +1)
shared = []
for (matrix,), peak in zip(network.weights[1:], drawn):
    shared.append({row[2] / row[1] for row in matrix if row[1] != 0} == {-1 / (1 - peak)})
not_zero = sum((matrix != 0).sum() for matrix in network.weights)
claims.decide(
    "C-fig2",
    holds=all(shared),
    numbers={"non-zero weights, depth 3": int(not_zero)},
    note=(
        "Every neuron that takes a wave combines $t_1$ and $t_2$ in one proportion, $-1/(1-a_i)$."
    ),
    failure="A neuron takes $t_1$ and $t_2$ in another proportion.",
)

# %% [markdown]
# What the neurons do with an input from $[0,1]$ is {numref}`fig-signals`: $t_1$ a full wave,
# $t_2$ the part of it above the next peak, the bias neuron a constant,
# all three shrinking together; and the sum, on its way to a curve.

# %% tags=["hide-input"]
grid = np.linspace(0, 1, 1001)
layers = cn.compositional([0.3, 0.6, 0.45, 0.55], +1).layers(grid)[:-1]
figure, axes = figures.panels(1, 4, 2.3, sharey=True)
for k, (axis, signal) in enumerate(zip(axes, layers)):
    for neuron, (name, colour, line) in enumerate(zip(names, ink, ("-", "-", "--", ":"))):
        axis.plot(grid, np.maximum(signal[0, neuron], 0), color=colour, linestyle=line, label=name)
    axis.set(title="$I$" if k == 0 else f"$H_{k - 1}$", xlabel="$x$", xticks=[0, 1])
axes[-1].legend(fontsize="small", loc="center right", bbox_to_anchor=(1.05, 0.55))
figures.show(
    figure,
    "fig-signals",
    caption=(
        "In every layer $t_1$ holds a whole wave and $t_2$ its part above the "
        "next peak, both shrinking with the constant of the bias neuron, "
        "while the sum bends towards its curve (the paper's figure 3). The "
        "waves are added."
    ),
    alt=(
        "Four panels, one a layer: the signal of t1 is a straight line, then "
        "a wave with 1, 2 and 4 teeth, t2 its upper part, the bias neuron a "
        "falling constant, and the sum bends towards a concave curve."
    ),
)

# %% [markdown]
# In exact numbers, at 998 points: the bias neuron holds the scale $s$ of the wave $W$ before the
# layer, $t_1$ holds $sW$ and $t_2$ what of it lies above the next peak.
# Wherever both are active they have the same slope:

# %%
points = np.array([Fraction(k, 997) for k in range(998)])
inputs = [points, *cn.waves(points, drawn)]  # W_{-1}, W_0, W_1, W_2
parts, parallel = [], []
for signal, W, peak in zip(network.layers(points), inputs, drawn):
    _, t1, t2, scale = np.maximum(signal[0], 0)
    parts.append(list(t1) == list(scale * W))
    parts.append(list(t2) == list(scale * np.maximum(W - peak, 0)))
    both = (t2[1:] > 0) & (t2[:-1] > 0)
    parallel.append(both.any() and list(np.diff(t1)[both]) == list(np.diff(t2)[both]))
claims.decide(
    "C-fig3",
    holds=all(parts) and all(parallel),
    note=(
        "In every layer $t_1$ is a whole wave and $t_2$ its part above the "
        "next peak, times the constant of the bias neuron; wherever both are "
        "active they have the same slope."
    ),
    failure="A signal is no wave, or the slopes differ where both are active.",
)

# %% [markdown]
# ## The network equals the series
#
# With rational peaks the weights are rational, and so is everything after them.
# The two sides of {prf:ref}`thm-weights` agree to the last digit, for both signs:

# %%
peaks = rational_peaks(rng, depth, margin=5)
points = [Fraction(k, 89) for k in range(90)]
equal = []
for sign in (+1, -1):
    exact = cn.compositional(peaks, sign)
    equal.append(list(exact(points)[0]) == list(cn.series(points, peaks, sign)))
assert all(equal)

# %% [markdown]
# Ratios "chosen independently" may be any that are not negative; a negative one is lost.
# The last ratio of (4) follows the closing number, which is not in $A$.
# For subtraction the printed signs do not serve, neither with the ratios of subtraction nor with
# a negative first one:


# %%
def adds(ratios, scales):
    """Whether the matrices as printed, with these ratios, compute x plus the scaled waves."""
    printed = cn.compositional(peaks, +1, ratios=ratios)
    return list(printed(points)[0]) == list(points + np.dot(scales, cn.waves(points, peaks)))


points = np.array(points)
free = np.array(rational_peaks(rng, depth))
negative = np.array([-free[0], *free[1:]])
chosen, lost = (adds(S, np.cumprod(S)) for S in (free, negative))
minus = -cn.scales(peaks, -1)
subtracts = [adds(cn.ratios(peaks, -1), minus), adds(minus / np.array([1, *minus[:-1]]), minus)]
closed = [cn.ratios(peaks, +1, closing=closing)[-1] for closing in (half, half / 2)]

# %%
claims.decide(
    "C-sec7.1-weights",
    holds=chosen and lost and closed[0] == closed[1],
    corrected=equal[0] and chosen and not lost and closed[0] != closed[1],
    correction=(
        "The output is $x+\\sum_{i\\le n}s_iW_i$ exactly for $S_0,\\dots,S_{n-1}\\ge0$; a negative "
        "ratio is lost in a ReLU. And $S_n=(1-a_n)a_{n+1}$ needs one number $a_{n+1}$ more than "
        "$A$ has."
    ),
    kind="mathematical",
    part="formula",
    note="The output is $x+\\sum_{i\\le n}s_iW_i$ exactly, for ratios of any sign.",
    failure="The printed matrices do not compute the line plus the waves even for such ratios.",
)

# %% [markdown]
# In floats they agree to rounding: less than $10^{-13}$ apart over 500 networks of depth 12 with
# peaks in $[0.05, 0.95]$:

# %%
spread = rng.uniform(0.05, 0.95, (500, 12))
signs = rng.choice([-1, 1], 500)
network = cn.compositional(spread, signs)
assert np.abs(network(grid) - cn.series(grid, spread, signs)).max() < 1e-13

# %% [markdown]
# ## Scales or ratios as weights
#
# The simpler way is to hold the scales in the first row: $\pm s_i/a_i$ and $\mp s_i/(a_i-a_i^2)$,
# with $t_1$ and $t_2$ at full size and an ordinary bias. The coefficients decay exponentially,
# "so learning these weights directly may cause conditioning issues", says section 3, and it takes
# the ratios. We build both networks of one function (`direct_network` is the simpler one)
# with rational weights, subtracting, and compare them in three ways:
#
# - *Rounding*: the largest error of the output in floats of 64 and of 32 bits.
# - *Gradients*: the Jacobian $J$ of the outputs, at 168 points, by the weights that are not 0. Its
#   largest row by its smallest says how the sizes of gradient entries differ. The condition number
#   of $J$, whose square is that of the Gauss–Newton matrix, is its largest singular value by the
#   smallest that is not 0 (rescaled neurons compute the same function, so some are).
#   Floats lose the smallest one beyond depth 15; here $J$ is exact.
# - *Steps of one size*: all these weights change by $\pm\varepsilon$, signs at random. The output
#   and its slope then change by $\varepsilon$ times the numbers below (root of the mean square).
#
# The last is the fair one for training by Adam with one learning rate, which moves every weight by
# about this rate, whether it is large or small.


# %%
def rounding(net, x, exact, kind):
    """The largest error of the output in floats of this kind, exactly."""
    cast = lambda arrays: [None if a is None else a.astype(kind) for a in arrays]
    output = cn.ReLUNet(cast(net.weights), cast(net.biases))(x.astype(kind))[0]
    return float(max(abs(Fraction(float(y)) - wanted) for y, wanted in zip(output, exact)))


def root_mean_square(values):
    return np.sqrt((values.astype(float) ** 2).mean(-1))


# %%
places, floats = (np.array([Fraction(2 * k + 1, 2 * n) for k in range(n)]) for n in (168, 64))
draw = rational_peaks(rng, 41, margin=10)
kinds = {"scales": direct_network, "ratios": cn.compositional}
rows, spread, kappa, least, turns = [], {}, {}, {}, {}
for d in (5, 10, 20, 40):
    wanted = cn.series(floats, draw[:d], -1, draw[d])
    for name, build in kinds.items():
        net = build(draw[:d], -1, draw[d])
        assert list(net(floats)[0]) == list(wanted)
        by = sensitivity(net, places)
        errors = [rounding(net, floats, wanted, kind) for kind in (np.float64, np.float32)]
        assert errors[0] < 1e-14 and errors[1] < 1e-5
        entries = root_mean_square(by.values)
        entries = entries[entries > 0]  # one weight of the bias neuron acts on nothing
        spread[name, d] = entries.max() / entries.min()
        kappa[name, d] = condition_number(by.values)
        found = [*errors, spread[name, d], kappa[name, d]]
        moved, turned = (np.linalg.norm(root_mean_square(part)) for part in by[1:])
        least[name, d], turns[name, d] = np.abs(by.weights).min(), turned
        cells = [*map(words.power, found), words.factor(moved), words.factor(turned)]
        rows.append([d, name, *cells])

# %% [markdown]
# Ratios leave rounding, the spread of the gradients and the condition numbers as they are;
# they keep the change of the slope small, the last column:

# %%
headers = ["error, 64 bits", "32 bits", "gradients", "condition", "output", "slope"]
tables.table(rows, ["depth", "weights hold", *headers], align=["right", "left", *["right"] * 6])

# %% [markdown]
# The rounding errors are those of the last bit, for both networks alike: floats keep small numbers
# as well as large ones. The spread of the gradients grows from layer to layer by the factors
# {glue:text}`spread_scales` and {glue:text}`spread_ratios`, and the condition numbers by
# {glue:text}`kappa_scales` and {glue:text}`kappa_ratios`. Ratios do not improve them. What they
# improve is the last column: {glue:text}`turns_scales` and {glue:text}`turns_ratios` a layer.
# A change of $\varepsilon$ in a weight $s_i/a_i$ adds $\varepsilon$ times a full wave,
# whose slope doubles from layer to layer; in the network of ratios it adds
# $\varepsilon$ times a signal that has shrunk along with the scales.
# At depth 40 the smallest weight is {glue:text}`least_scales` in the one network,
# {glue:text}`least_ratios` in the other.


# %%
def a_layer(values):
    """By which factor they grow from layer to layer, from depth 5 to 40."""
    return {name: (values[name, 40] / values[name, 5]) ** (1 / 35) for name in kinds}


growth = {"spread": a_layer(spread), "kappa": a_layer(kappa), "turns": a_layer(turns)}
for quantity, factors in growth.items():
    words.glue(quantity, ".2f", **factors)
words.glue("least", words.power, **{name: least[name, 40] for name in kinds})
alike = all(
    0.8 < growth[quantity]["scales"] / growth[quantity]["ratios"] < 1.25
    for quantity in ("spread", "kappa")
)
claims.decide(
    "C-sec3-conditioning",
    holds=least["scales", 40] < 1e-20 < least["ratios", 40]
    and growth["turns"]["scales"] > 1.5
    and growth["turns"]["ratios"] < 1.2,
    numbers={
        f"growth a layer, {what}, weights hold {name}": f"{growth[key][name]:.2f}"
        for key, what in (("turns", "change of the slope"), ("kappa", "condition number"))
        for name in kinds
    },
    note=(
        "To depth 40, under steps of one size in all weights, the slope of the output changes "
        "exponentially more with depth if weights hold the scales. Rounding errors are alike for "
        f"both; condition numbers grow {'alike' if alike else 'differently'}."
    ),
    failure="Steps of one size in all weights change the slope alike for scales and for ratios.",
)

# %% [markdown]
# ## Counting linear regions
#
# ```{prf:proposition} All regions are there
# :label: prop-regions
# With the scales of equation (4), $s_0>0$ and a closing number $a_d\in(0,1)$,
# the function $x\pm\sum_{i<d}s_iW_i$ has exactly $2^d$ linear regions on $[0,1]$.
# So has the network if its sum neuron does not clip; it never does with addition,
# nor with subtraction for $s_0=a_0a_1$.
# ```
#
# A bend of the waves could be invisible in the sum, if the slopes cancel. They do not.
# Take a peak of $W_i$, where $W_i$ has slopes $L>0$ and $-R<0$. Earlier waves are linear near it.
# The next wave falls there to a valley, with slopes $-L/(1-a_{i+1})$ and $R/(1-a_{i+1})$;
# each later one divides by its peak. With $S_n=(1-a_n)a_{n+1}$ the changes of slope of
# $W_i,\dots,W_{d-1}$ add up to $-(L+R)\,s_i$ times
#
# $$\begin{aligned}1-\frac{1}{1-a_{i+1}}\Bigl(S_{i+1}+\frac{S_{i+1}S_{i+2}}{a_{i+2}}+\dots\Bigr)
#  &= 1-a_{i+2}-(1-a_{i+2})\,a_{i+3}-\dots\\ &= \prod_{m=i+2}^{d}(1-a_m),\end{aligned}$$
#
# by equation (9) ({prf:ref}`prop-kink`), and this is positive.
# So all $2^d-1$ bends show, and all have one sign: the sum of the waves is concave. $\square$
# When a sum neuron clips is the matter of {prf:ref}`prop-clipping`: with addition never,
# as nothing is subtracted, and under (4) with subtraction not for $s_0\le a_0a_1$.
#
# Now count. `cn.linear_regions` propagates breakpoints through the weights, layer by layer,
# and takes no samples.

# %%
depths = np.arange(1, depth + 1)
compositional, random = [], []
for d in depths:
    exact = cn.compositional(rational_peaks(rng, d, margin=5), -1)
    compositional.append(int(cn.linear_regions(exact)[0]))
    random.append(cn.linear_regions(cn.default_init(networks, int(d), 4, seed)))
random = np.array(random)  # (depths, networks)
assert compositional == [2**d for d in depths]

# %% tags=["hide-input"]
words.glue(
    regions=f"{compositional[-1]:,}",
    random_regions=int(np.median(random[-1])),
    random_most=int(random.max()),
)
figure, axis = figures.panels(1, 1, 3.0)
axis.plot(depths, compositional, "o-", color=figures.LIGHT[0])
axis.fill_between(
    depths, random.min(1), random.max(1), color=figures.LIGHT[1], alpha=0.25, linewidth=0
)
axis.plot(depths, np.median(random, 1), "s--", color=figures.LIGHT[1])
axis.annotate(
    "compositional: $2^d$",
    (depths[-1], compositional[-1]),
    ha="right",
    xytext=(-14, -2),
    textcoords="offset points",
    color=figures.LIGHT[0],
)
axis.annotate(
    "PyTorch's default",
    (depths[-1], random.max(1)[-1]),
    ha="right",
    xytext=(0, 14),
    textcoords="offset points",
    color=figures.LIGHT[1],
)
axis.set_yscale("log", base=2)
axis.set(xlabel="depth $d$", ylabel="linear regions", xticks=depths)
figures.show(
    figure,
    "fig-regions",
    caption=(
        "Before any training a compositional network four neurons wide has "
        "$2^d$ linear regions on $[0,1]$, and a random one a handful at every "
        "depth. Band: smallest to largest of the random networks; dashed: "
        "their median."
    ),
    alt=(
        "Linear regions against depth on a logarithmic scale: a straight line "
        "of powers of two for compositional networks, and for random networks "
        "a flat band below ten."
    ),
)

# %% [markdown]
# No random network of any depth in {numref}`fig-regions` has more than {glue:text}`random_most`
# regions. {cite:t}`hanin2019` prove that at initialization the average number is bounded by a
# multiple of the number of neurons, however they are arranged;
# the factor depends on the distribution of the weights.
#
# ## Free scales can lose regions, and clip
#
# The paper says that the number of regions is exponential in the depth.
# "Exactly $2^d$", for all weights of this form and throughout training, stands in the abstract of
# another version, which the digest quotes; and that needs (4).
# With both peaks at $\frac12$ and $s=(1,\frac12)$ the middle bend cancels:

# %%
cancelling = cn.compositional([half] * 2, +1, ratios=[Fraction(1), half])
left = int(cn.linear_regions(cancelling)[0])
ends, values = cn.piecewise_linear(cancelling)[0].bends()
pieces = [f"${low}$ to ${high}$" for low, high in pairwise(ends)]
tables.table(zip(pieces, chord_slopes(ends, values)), ["linear region", "slope"])

# %% [markdown]
# Three regions, not four. "Exponential" is not in danger: with positive scales, and where nothing
# clips, at least $2^{d-1}+1$ regions remain ({prf:ref}`prop-lost-regions`). And the activation
# *patterns*, of which the abstract and section 1 speak, are $2^d$ for all positive ratios: a
# pattern says which of the waves are above their next peaks, and scales do not enter. (In the
# example two neighbouring patterns compute the same line.) Here they are counted at the middles of
# all $2^d$ cells, for free ratios, some of which clip the sum, and for a negative one:


# %%
def patterns(peaks, ratios):
    """How many patterns of active neurons other than the sum there are, on [0, 1]."""
    ends = cn.mesh(peaks)
    signals = cn.compositional(peaks, -1, ratios=ratios).layers((ends[1:] + ends[:-1]) / 2)
    active = [signal[0, 1:] > 0 for signal in signals[:-1]]
    return len(set(map(tuple, np.concatenate(active).T)))


kept = []
for d in range(2, min(depth, 8) + 1):
    free = rational_peaks(rng, d)
    kept.append(patterns(rational_peaks(rng, d), free) == 2**d)
    if d > 2:
        assert patterns(rational_peaks(rng, d), [-free[0], *free[1:]]) < 2**d
claims.decide(
    "C-regions",
    holds=compositional == [2**d for d in depths] and all(kept) and left >= 2 + 1,
    numbers={
        f"regions at depth {depth}": f"{compositional[-1]:,}",
        "with s = (1, 1/2) at depth 2": left,
    },
    note=(
        "With the scales of (4) there are $2^d$ regions, if no sum neuron clips. With free "
        "positive ratios there are $2^d$ activation patterns, and, if nothing clips, more than "
        "$2^{d-1}$ regions: for $a_0=a_1=\\frac12$ and $s=(1,\\frac12)$ three of four. A ratio "
        "that training makes negative ends both."
    ),
    failure="Regions or activation patterns are fewer than stated.",
)

# %% [markdown]
# With free ratios, drawn uniformly from $(0,1)$,
# the sum neuron of {glue:text}`clipping` of the subtracting networks of depth 5 is clipped
# somewhere on a grid in $[0,1]$; with the ratios of (4), of none.

# %%
ratios = rng.uniform(0, 1, (networks, 5))
free = cn.compositional(rng.uniform(0.1, 0.9, (networks, 5)), -1, ratios=ratios)
enforced = cn.compositional(rng.uniform(0.1, 0.9, (networks, 5)), -1)
clips = cn.clipped(free, grid) > 0
assert not cn.clipped(enforced, grid).any()
words.glue(clipping=f"{clips.mean():.0%}")

# %% [markdown]
# A clipped network is not the series any more, so the library always differentiates the network,
# and counts the points where it clips (`cn.clipped`).
#
# ## What to take away
#
# The construction turns one number a layer into a matrix of sixteen weights, nine of them not zero.
# With the scales of (4) every layer doubles the number of regions exactly. These scales,
# found for the sake of a smooth limit, keep all bends visible and, with the paper's first scales,
# the sum neuron unclipped.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# ```{rerun} -p depth 8 -p seed 1
# ```
