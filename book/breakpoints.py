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
# # Breakpoints and delta-slopes
#
# A ReLU network of one variable is a broken line. {cite:t}`functionspace2020` look at the line and
# not at the weights: where does it bend, by how much, and which neuron makes it bend?
# Each neuron of the first hidden layer makes one *breakpoint*; a deeper one makes as many as its
# input has zeros. {numref}`fig-breakpoints` shows all of them for one random network.

# %% tags=["parameters"]
depth: int = 3  # hidden layers of the networks, at least 2 and at most 6
width: int = 8  # neurons in each, at least 2 and at most 20
networks: int = 200  # random networks that are counted, at least 1 and at most 2000
seed: int = 0  # of the random networks, at least 0

# %% tags=["hide-input"]
from fractions import Fraction
from itertools import product
from math import prod

import numpy as np
import sympy as sp

import compnet_lib as cn
from compnet_book import claims, figures, tables, words
from compnet_book.exact import rational_nets
from compnet_book.symbolic import vanishes

figures.use_style()
Q = Fraction
nets = cn.default_init(networks, depth, width, seed)
induced = cn.to_breakpoints(nets)
words.glue("breakpoints", depth=depth, width=width, networks=networks)

# %% tags=["hide-input"]
shown = induced[0]
reach = 1.3 * np.sort(abs(shown.breakpoints))[int(0.9 * len(shown))]
x = np.linspace(-reach, reach, 1001)
figure, axes = figures.panels(2, 1, 1.9, sharex=True)
axes[0].plot(x, nets[0](x)[0], color=figures.LIGHT[4], linewidth=1)
axes[1].axhline(0, color=figures.GREY, linewidth=0.8)
for layer in range(depth):
    colour, marker = figures.LIGHT[layer % 5], "osDv^P"[layer]
    for active in (True, False):
        own = (shown.layer == layer) & (shown.active == active) & (abs(shown.breakpoints) < reach)
        at = shown.breakpoints[own]
        fill = {"markerfacecolor": colour if active else "none", "color": colour, "markersize": 5}
        label = f"layer {layer + 1}" if active else None
        height = np.interp(at, x, nets[0](x)[0])
        axes[0].plot(at, height, marker, label=label, **fill)
        axes[1].plot(at, shown.delta_slopes[own], marker, **fill)
        axes[1].vlines(at, 0, shown.delta_slopes[own], color=colour, linewidth=1)
axes[0].set_ylabel("network")
axes[1].set(ylabel="delta-slope", xlabel="$x$")
figures.legend(figure, axes[0], "upper", columns=6)
figures.show(
    figure,
    "fig-breakpoints",
    caption="A random network bends only at the breakpoints of its neurons. Above: the network as "
    "PyTorch starts it, with its breakpoints by layer; hollow markers are not active. Below: by "
    "how much the slope changes at each. The few breakpoints farthest from 0 are outside.",
    alt="Two panels over the same axis. Above, a broken line with markers on it, in a colour and "
    "shape for each hidden layer. Below, at each marker a vertical stem up or down from zero, "
    "longer and shorter, for the change of slope.",
)

# %% [markdown]
# ```{admonition} What this page settles
# :class: tip
# Weights, breakpoints with delta-slopes, and pieces are three parametrizations of the same
# functions ({prf:ref}`prop-three`); the slope changes by $s_i\mu_i$, not by $\mu_i$.
# Any broken line with $H$ bends is a network with $H+1$ neurons in one layer, and mostly not one
# with $H$ ({prf:ref}`prop-back`).
#
# In deep networks a bend needs a breakpoint, but a breakpoint need not be a bend
# ({prf:ref}`thm-delta-slopes`). The paper's sum over paths counts each bias once for every path
# that *passes* its neuron; it belongs to the paths that *start* there ({prf:ref}`thm-paths`).
# ```
#
# ## Three parametrizations of one hidden layer
#
# ```{prf:proposition} Equations (1) to (3)
# :label: prop-three
# Let $w_i\ne0$, $\beta_i=-b_i/w_i$, $\mu_i=w_iv_i$ and $s_i=\operatorname{sgn}w_i$. Then
#
# $$\sum_{i=1}^Hv_i(w_ix+b_i)_+=\sum_{i=1}^H\mu_i(x-\beta_i)\,[\,s_i(x-\beta_i)>0\,].$$ (eq-three)
#
# If the $\beta_i$ are distinct, this is a broken line with $H$ breakpoints and $P=H+1$ pieces.
# At $\beta_i$ its slope changes by $s_i\mu_i$.
# ```
#
# *Proof.* One neuron at a time: with $w=s|w|$ the sign of $wx+b=w(x-\beta)$ is that of
# $s(x-\beta)$. The slope of the term is $\mu$ on the side on which the neuron is on, and 0 on the
# other; from left to right it changes by $\mu$ if $s=1$, and by $-\mu$ if $s=-1$. $\square$

# %%
at, beta, v = sp.symbols("x beta v", real=True)
size = sp.Symbol("w", positive=True)
for s in (1, -1):
    w = s * size
    neuron = v * sp.Max(0, w * (at - beta))  # b = -w beta
    sides = {side: neuron.subs(at, beta + side * size).simplify() for side in (-1, 1)}
    slopes = [sides[side] / (side * size) for side in (-1, 1)]
    assert vanishes(slopes[1] - slopes[0] - s * (w * v))

# %% [markdown]
# The paper has "changing the slope by $\mu_i$ from one piece to the next", which is so where
# $s_i=1$. Its (3) numbers the pieces from 1 to $P=H+1$ between knots $\beta_0<\dots<\beta_P$;
# there are $H$ breakpoints, and pieces 0 to $H$, as its appendix has it.
# All three forms in rational numbers, on random networks: `cn.piecewise_linear` finds the pieces by
# propagation and knows nothing of (2).

# %%
rng = np.random.default_rng(seed)
shallow = rational_nets(rng, 20, [1, 6, 1], over=9973)  # with distinct breakpoints
printed = corrected = pieces = True
for net, f in zip(shallow, cn.piecewise_linear(shallow)):
    w, b, v = net.weights[0][0, :, 0], net.biases[0][0], net.weights[1][0, 0]
    beta, mu, s = -b / w, w * v, np.where(w > 0, 1, -1)
    points = np.concatenate([beta, beta + Q(1, 3), [Q(-50), Q(50)]])
    terms = mu * (points[:, None] - beta) * (s * (points[:, None] - beta) > 0)
    values = terms.sum(1) + net.biases[1][0, 0]  # and the output bias, which (1) does not have
    assert (net(points)[0] == values).all() and (f(points) == values).all()
    bent, order = f.simplify(), np.argsort(beta)
    assert (bent.knots == beta[order]).all()
    pieces &= len(bent.knots) == len(w) and len(bent.slopes) == len(w) + 1
    printed &= bool((bent.delta_slopes == mu[order]).all())
    corrected &= bool((bent.delta_slopes == (s * mu)[order]).all())

# %%
claims.settle(
    "F-eq1-3",
    holds=printed,
    corrected=corrected,
    correction="At $\\beta_i$ the slope, from left to right, changes by $s_i\\mu_i$.",
    kind="mathematical",
    part="text",
    errata=claims.erratum(
        "equation (3), section 2.1",
        printed="A sum over $p=1,\\dots,P$ with the $P=H+1$ breakpoints "
        "$\\beta_0<\\dots<\\beta_P$.",
        correct="A sum over $p=0,\\dots,H$ with the $H$ breakpoints and $\\beta_0=-\\infty$, "
        "$\\beta_{H+1}=\\infty$, as in section 5.1.",
        kind="typographical",
        part="formula",
        shown=pieces,
    ),
    numbers={"networks in exact numbers": len(shallow)},
    note="Only for $s_i=-1$ is the printed change wrong.",
)

# %% [markdown]
# ## And back
#
# ```{prf:proposition} From a broken line to a network
# :label: prop-back
# A continuous piecewise linear function with $H\ge1$ bends $\beta_i$, changes of slope
# $\delta_i\ne0$ there, and slope $m$ at the far left is a network with $H+1$ neurons in one hidden
# layer and an output bias. It is one with $H$ neurons if and only if $-m$ is a sum of some of the
# $\delta_i$: of the infinitely many $m$, for at most $2^H$.
# ```
#
# *Proof.* Each bend needs a neuron with its breakpoint there. With $H$ neurons each bend has
# exactly one; at the far left those with $s_i=-1$ are on, and each adds $-\delta_i$ to the slope.
# The orientations are free and give the sums; the output bias gives the height.
# With one neuron more, a bend has two of opposite orientation, which share its $\delta_i$ in any
# proportion, and the left one of them can have any slope. $\square$
#
# `cn.from_breakpoints` makes such a network. In which direction the other bends face is free,
# and decides about rounding: they face away from the bend nearest to 0,
# so that far ones cost no digits near it.

# %%
knots = np.array([Q(-2), Q(-1, 3), Q(1, 2), Q(3)])
line = cn.PiecewiseLinear(knots, np.array([Q(1), Q(0), Q(2), Q(-1)]), Q(1, 5), Q(4))
made = cn.from_breakpoints(line)
points = np.concatenate([knots, knots + Q(1, 7), [Q(-40)]])
assert made.widths == (5,) and (made(points)[0] == line(points)).all()

# %%
x = np.linspace(-5, 5, 1001)
worst = max(abs(cn.from_breakpoints(found)(x) - net(x)).max() for found, net in zip(induced, nets))
assert worst < 1e-12
words.glue("breakpoints", worst=words.power(10.0 ** np.ceil(np.log10(worst)), 0))

# %% [markdown]
# So a deep network becomes a shallow one. For the {glue:text}`breakpoints_networks` random networks
# of {glue:text}`breakpoints_depth` layers the two differ by less than
# {glue:text}`breakpoints_worst` on $[-5,5]$.
#
# ## Deep networks: what makes a bend
#
# ```{prf:definition} Definition 1, breakpoints of deep networks
# :label: def-breakpoint
# Let $z_i$ be the input of neuron $i$ of a hidden layer, as a function of $x$. Its zeros are the
# *breakpoints* that the neuron induces. One is *active* if on some path from the input through the
# neuron to the output all other neurons have positive inputs there,
# and *degenerate* if another neuron has the same breakpoint.
# ```
#
# An interval on which $z_i$ vanishes has a breakpoint at each end here.
# Two neurons of one layer may share a breakpoint, too.
#
# ```{prf:theorem} Which breakpoints are bends
# :label: thm-delta-slopes
# 1. A network is linear around every $x$ that is no breakpoint.
# 2. At a breakpoint $\beta$ of neuron $i$ that is not degenerate the slope of the network changes
#    by
#
#    $$\lvert z_i'(\beta)\rvert\cdot g_i,\qquad g_i=\sum_{p}\prod_{w\in p}w,$$
#
#    where $p$ runs through the paths from $i$ to the output whose other neurons have positive
#    inputs at $\beta$. If it is not active, $z_i'(\beta)\,g_i=0$.
# 3. At a degenerate one, let $d_j^-,d_j^+\in\{0,1\}$ say whether neuron $j$ is on to the left
#    and to the right, and let $z_j^{\prime\pm}$ be its slopes there. The slope of the network
#    changes by the sum over the neurons with this breakpoint of
#
#    $$(d_j^+-d_j^-)\cdot\frac{z_j^{\prime-}+z_j^{\prime+}}2\cdot\bar g_j,$$
#
#    with $\bar g_j$ as $g_j$, but a factor $\frac12(d_k^-+d_k^+)$ for each later neuron $k$ on a
#    path.
# ```
#
# *Proof.* 1. Near $x$ no neuron switches. 3. Let $z'^\pm$ be the vectors of slopes of a layer,
# $D^\pm$ the diagonal matrices of the $d_j^\pm$, and $W$ the next weights. The next slopes are
# $WD^\pm z'^\pm$, and
#
# $$D^+z'^+-D^-z'^-=(D^+-D^-)\frac{z'^-+z'^+}2+\frac{D^-+D^+}2(z'^+-z'^-).$$
#
# The first term is what the layer itself adds, the second carries on what came before.
# From layer to layer this gives the sum. 2. If no other neuron switches at $\beta$, then $z_i$ is
# linear there and $z_i'(\beta)\ne0$, so $d_i^+-d_i^-=\operatorname{sgn}z_i'$, and the factors
# $\frac12(d_k^-+d_k^+)$ are 0 or 1. If $\beta$ is not active, some other layer has no positive
# input: before neuron $i$, then $z_i$ is constant around $\beta$; or after it, then there is no
# path. $\square$

# %%
before, after, on_left, on_right = sp.symbols("z_- z_+ d_- d_+")
switched = (on_right - on_left) * (before + after) / 2
carried = (on_left + on_right) / 2 * (after - before)
assert vanishes(on_right * after - on_left * before - switched - carried)

# %% [markdown]
# `cn.to_breakpoints` lists the breakpoints of every neuron with these terms as `.delta_slopes`.
# In exact numbers, they add up to the bends of the function, also in networks of small whole
# numbers, where many breakpoints coincide:

# %%
coarse = [rational_nets(rng, 10, [1, *[4] * depth, 1], over) for over in (1, 7)]
entries, degenerate, idle = 0, 0, True
for net in coarse:
    for found, f in zip(cn.to_breakpoints(net), cn.piecewise_linear(net)):
        bent = f.simplify()
        at = [found.delta_slopes[found.breakpoints == x].sum() for x in bent.knots]
        assert bent.delta_slopes.tolist() == at
        assert found.delta_slopes.sum() == f.right - f.left
        entries, degenerate = entries + len(found), degenerate + found.degenerate.sum()
        idle &= not found.delta_slopes[~found.active & ~found.degenerate].any()
assert idle
words.glue("breakpoints", entries=f"{entries:,}", degenerate=f"{degenerate:,}")

# %% [markdown]
# That were {glue:text}`breakpoints_entries` breakpoints, of which
# {glue:text}`breakpoints_degenerate` are degenerate. After its definition the paper says that the
# network "is non-differentiable at $x$ if $x=\beta$" for some breakpoint, and that without
# degenerate ones "the converse also holds", since with them changes of slope may cancel.
# The remark in parentheses shows that *if* stands for *only if*: it explains how a breakpoint may
# fail to be a bend. Three networks with at most two neurons a layer:

# %%
one = lambda *rows: np.array([[[Q(v) for v in row] for row in rows]])
row = lambda *values: np.array([[Q(v) for v in values]])
dead = cn.ReLUNet([one([1]), one([-1]), one([1])], [row(0), row(-1), row(0)])
cancelled = cn.ReLUNet([one([1]), one([1], [1]), one([1, -1])], [row(0), row(1, 1), row(0)])
chain = cn.ReLUNet([one([1]), one([1]), one([1])], [row(0), row(0), row(0)])
kinds = {}
for name, net in {"dead": dead, "cancelled": cancelled, "chain": chain}.items():
    (found,) = cn.to_breakpoints(net)
    bends = Q(0) in found.bends()[0]
    kinds[name] = [bool(found.active.any()), bool(found.degenerate.any()), bool(bends)]
assert kinds["dead"] == [False, False, False]
assert kinds["cancelled"] == [True, False, False]
assert kinds["chain"] == [False, True, True]

# %% [markdown]
# The first has a dead second layer: its breakpoint 0 is no bend. In the second two paths cancel:
# 0 is active and not degenerate, and still no bend. In the third both neurons have the breakpoint
# 0, neither is active, since the other one's input is not positive, and the network bends there.

# %%
cancels = kinds["cancelled"] == [True, False, False]
claims.settle(
    "F-def1",
    holds=kinds["dead"][2],
    corrected=idle and kinds["chain"][2],
    correction="The output is non-differentiable at $x$ *only if* $x$ is a breakpoint, and where "
    "it is not degenerate only if it is active. Without degenerate breakpoints the converse holds "
    "for active ones, for almost all weights: the slope changes by $\\lvert z_i'\\rvert g_i$.",
    kind="typographical",
    part="text",
    errata=claims.erratum(
        "section 4 of the appendix, after Definition 1",
        printed="If no degenerate breakpoints exist, a network is non-differentiable at its active "
        "breakpoints.",
        correct="It is, unless the products of the weights on the active paths from the neuron to "
        "the output cancel.",
        kind="mathematical",
        part="text",
        shown=cancels,
    ),
    numbers={"breakpoints in exact numbers": entries, "degenerate": int(degenerate)},
)

# %% [markdown]
# ## The sum over paths
#
# ```{prf:theorem} Section 5.8, inputs as sums over paths
# :label: thm-paths
# At a place $x$, the input of neuron $i$ of layer $\ell$ is
#
# $$z_i^{(\ell)}=x\sum_{p}\mu_p+b_i^{(\ell)}
# +\sum_{v<\ell}\sum_{j}b_j^{(v)}\sum_{q:(v,j)\to i}\;\prod_{w\in q}w,$$
#
# where $p$ runs through the paths of active neurons from the input to $i$, $\mu_p$ is the product
# of the weights on $p$, $j$ through the active neurons of layer $v$, and $q$ through the paths of
# active neurons from $j$ to $i$.
# ```
#
# *Proof.* By induction: $z_i^{(\ell+1)}=b_i^{(\ell+1)}+\sum_jw_{ij}z_j^{(\ell)}$ over the active
# $j$, and each term of $z_j^{(\ell)}$ gets one weight more. $\square$
#
# The paper writes $z_i^{(\ell)}=\sum_p\mu_p(x-\gamma_p)+b_i^{(\ell)}$, with
# $\gamma_p=-\sum_vb_{p[v]}^{(v)}\big/\prod_{w\in p[:v]}w$. Then a bias $b_j^{(v)}$ is counted once
# for each path from the input *through* $j$, and not once for each path *from* $j$:
# too often by the number of active paths that lead to $j$. That number is 1 in the first hidden
# layer, where every neuron has one weight, and there the form agrees. Both, in exact numbers:


# %%
def two_sums(net, x, layer):
    """The input of neuron 0 of a layer by the theorem, and by the printed form."""
    weights, biases = [w[0] for w in net.weights], [b[0] for b in net.biases]
    active = [np.flatnonzero(z[0, :, 0] > 0) for z in net.layers(np.array([x]))]
    right = printed = biases[layer][0]

    def through(path, start):
        """The product of the weights from the neurons on a path, one a layer, to neuron 0."""
        steps = zip(weights[start + 1 :], path, [*path[1:], 0])
        return prod((w[after, before] for w, before, after in steps), start=Q(1))

    for path in product(*active[:layer]):
        mu = weights[0][path[0], 0] * through(path, 0)
        right, printed = right + mu * x, printed + mu * x
        printed += sum(biases[v][j] * through(path[v:], v) for v, j in enumerate(path))
    for v in range(layer):
        right += sum(biases[v][q[0]] * through(q, v) for q in product(*active[v:layer]))
    return right, printed


holds, corrected, second = True, True, True
for net in rational_nets(rng, 10, [1, *[4] * depth, 1]):
    for x in (Q(-3), Q(0), Q(1, 2), Q(5)):
        for layer, z in enumerate(net.layers(np.array([x]))[1:], start=1):
            right, printed = two_sums(net, x, layer)
            corrected &= bool(right == z[0, 0, 0])
            holds &= bool(printed == z[0, 0, 0])
            second &= bool(printed == z[0, 0, 0]) or layer > 1
assert second

# %%
claims.settle(
    "F-sec5.8",
    holds=holds,
    corrected=corrected,
    correction="$z_i^{(\\ell)}=\\sum_p\\mu_px+b_i^{(\\ell)}$ $+\\sum_{v<\\ell}\\sum_jb_j^{(v)}$ "
    "$\\sum_{q:(v,j)\\to i}\\prod_{w\\in q}w$, with the active paths $q$ from neuron $j$ of layer "
    "$v$: a bias is counted once for each path that starts at its neuron.",
    kind="mathematical",
    part="formula",
    errata=[
        *claims.erratum(
            "section 5.8, second line of $z_i^{(4)}$",
            printed="$\\sum_j(\\sum_pw_{ij}^{(4)}\\cdots+b_j^{(3)})$",
            correct="$\\sum_jw_{ij}^{(4)}(\\sum_p\\cdots+b_j^{(3)})$",
            kind="typographical",
            part="proof",
            shown=second,
        ),
        *claims.erratum(
            "section 5.8, the recurrence for $\\gamma_p^{(\\ell)}$",
            printed="$b^{(\\ell)}_{p[\\ell-1]}$",
            correct="$b^{(\\ell)}_{p[\\ell]}$, as in the sum beside it.",
            kind="typographical",
            part="formula",
            shown=second,
        ),
    ],
    note="The two agree for $\\ell\\le2$.",
)

# %% [markdown]
# ## How many there are
#
# How many breakpoints does a neuron of a random network induce, layer by layer, how many of them
# are active, and what do they contribute? The networks are those of {numref}`fig-breakpoints`,
# as PyTorch starts them.

# %%
layers = np.concatenate([found.layer for found in induced])
active = np.concatenate([found.active for found in induced])
jumps = np.concatenate([found.delta_slopes for found in induced])
rows = {}
for layer in range(depth):
    own = layers == layer
    mean = own.sum() / (networks * width)
    typical = np.sqrt(np.mean(jumps[own] ** 2)) if own.any() else np.nan
    rows[f"layer {layer + 1}"] = [f"{mean:.2f}", f"{active[own].mean():.0%}", words.power(typical)]
bends = np.array([len(found.bends()[0]) for found in induced])
assert rows["layer 1"][0] == "1.00"
words.glue("breakpoints", bends=f"{bends.mean():.1f}", units=depth * width)
words.glue("breakpoints", deepest=rows[f"layer {depth}"][0])
tables.rows("random networks", rows, ["a neuron", "active", "delta-slope (root mean square)"])

# %% [markdown]
# A neuron of the first layer has exactly one; one of the last has
# {glue:text}`breakpoints_deepest` on average. A network with {glue:text}`breakpoints_units` neurons
# bends {glue:text}`breakpoints_bends` times on average: as often as it has neurons, or less.
# How this comes from the random weights is the subject of the next chapter,
# and what training makes of it that of those after it.
#
# ## What to take away
#
# A network of one variable is its breakpoints and delta-slopes, and a deep one has a shallow twin
# with one neuron for each bend and one more. What depth adds is not the bends themselves, but that
# one neuron has several, and that they come and go while the weights change.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# ```{rerun} -p depth 5 -p width 8
# ```
