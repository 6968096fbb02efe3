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
# # Dynamics in function space
#
# Training moves the breakpoints of a deep network, makes new ones and removes others.
# Those of the first layer move least, and there are always as many as neurons;
# the deeper the layer, the more often the number changes. This is what {cite:t}`functionspace2020`
# find in their figure 2, and what comes out here.

# %% tags=["parameters"]
trials: int = 10  # networks for each curve, at least 2
gap_epochs: int = 20000  # at most so many for a curve with a gap, at least 50
gap_lr: float = 5e-5  # learning rate there, positive
epochs: int = 10000  # epochs of all other trainings, at least 50
lr: float = 1e-4  # learning rate where roughness is measured, positive
slow_lr: float = 5e-5  # learning rate with one hidden layer, positive
every: int = 50  # epochs between two looks, at least 1
points: int = 401  # evenly spaced points from -2 to 2, at least 20
units: int = 21  # of one hidden layer, at least 3
plenty: int = 63  # of one with plenty of breakpoints, at least 3
extra: str = "none"  # one more curve from -2 to 2, a formula or none

# %% tags=["hide-input"]
import numpy as np
import sympy as sp
import torch
import xarray as xr

import compnet_lib as cn
from compnet_book import claims, figures, interactive, tables, words
from compnet_book.symbolic import vanishes
from compnet_lib.experiments import (
    bootstrap,
    descended,
    displaced,
    gap_curves,
    gap_points,
    mobility,
    roughness_by_layer,
    space_curves,
    tracked,
)

figures.use_style()
x = np.linspace(-2, 2, points)
gap_x = gap_points(3 * (points - 1) // 2 + 1)
words.glue("moving", trials=trials, every=every, units=units, plenty=plenty)
words.glue("moving", gap_epochs=f"{gap_epochs:,}", epochs=f"{epochs:,}", gap_points=len(gap_x))
words.glue("moving", "g", gap_lr=gap_lr, lr=lr, slow_lr=slow_lr)

# %% tags=["float-luck"]
deep = {"trials": trials, "depth": 5, "width": 8, "every": every}
runs = descended(gap_curves(), gap_x, epochs=gap_epochs, lr=gap_lr, stop=1e-8, **deep)
assert not any(run.diverged.any() for run in runs.values())
tracks = {name: tracked(run.snapshots) for name, run in runs.items()}

# %% tags=["hide-input", "float-luck"]
figure, axis = figures.panels(1, 1, 4.0)
one = tracks["smooth"].sel(track=tracks["smooth"].model.values == 0)
until = min(int(runs["smooth"].finished[0]), max(gap_epochs // 4, every))
for layer, colour in zip(range(1, 6), figures.LIGHT):
    own = one.position.sel(track=one.layer.values == layer, epoch=slice(0, until))
    style = {"color": colour, "linestyle": "-", "linewidth": 0.9, "marker": ".", "markersize": 1.2}
    lines = axis.plot(own.epoch, own.T, **style)
    if lines:
        lines[0].set_label(f"layer {layer}")
axis.axhspan(-0.5, 0.5, color=figures.GREY, alpha=0.15, linewidth=0)
axis.set(ylim=(-3, 3), xlim=(0, until), xlabel="epochs", ylabel="breakpoint")
figures.legend(figure, axis, "upper", 5)
figures.show(
    figure,
    "fig-tracks",
    caption="Breakpoints of the deep layers move, appear and vanish; those of the first move least "
    "and stay. One network of five hidden layers of eight neurons while it learns the smooth curve;"
    " a line for each breakpoint. In the grey band there are no data.",
    alt="Lines in five colours, one a layer, of positions between minus three and three against "
    "epochs. First-layer lines go from side to side and are few; lines of deeper layers wander, "
    "and some begin or end on the way, often two at one point.",
)

# %% [markdown]
# ```{admonition} What this page settles
# :class: tip
# The laws (4) and (5) of Theorem 5 hold as laws of a flow, but not the equalities in their middle:
# breakpoints and delta-slopes do not go down the gradient of the loss by themselves
# ({prf:ref}`thm-flow`). Along that flow $v^2-w^2-b^2$ of every neuron stays as it is
# ({prf:ref}`prop-conserved`). The kernels of section 5.7 have no $\frac1\mu$ for this network
# ({prf:ref}`prop-kernel`).
#
# With one hidden layer of {glue:text}`moving_units` neurons, breakpoints on the interval move by
# {glue:text}`moving_sine_moved` on the sine in the median. Their distance to the places of the best
# fit is {glue:text}`moving_sine_before` before, and {glue:text}`moving_sine_after` after training.
# In five layers the numbers of breakpoints change
# {glue:text}`moving_changes_smooth` times (smooth curve, layers 1 to 5, mean over networks),
# and {glue:text}`moving_changes_sharp` times (sharp curve).
# Of the roughness, layers 3 and 4 have {glue:text}`moving_late_sine` on $\sin\pi x$ after training,
# and {glue:text}`moving_late_slow` on $\sin x$.
# ```
#
# ## What gradient flow does to one neuron
#
# A network with one hidden layer is $\hat f(x)=\sum_iv_i\,(w_ix+b_i)_+$. The loss of this section
# is the paper's, $\ell=\frac12\sum_n(\hat f(x_n)-y_n)^2$, and $\hat e_n=\hat f(x_n)-y_n$:
# only with this sign are the gradients those that its proof begins with.
# $a_i$ says at which points neuron $i$ is on. What the data do to it are two numbers,
# $E_1=\langle\hat e\odot a_i,1\rangle$ and $E_x=\langle\hat e\odot a_i,x\rangle$.
#
# ```{prf:theorem} Theorem 5, equations (4) and (5), with the middle corrected
# :label: thm-flow
# Under gradient flow on weights and biases, where no breakpoint is at a data point and $w_i\ne0$,
# the breakpoint $\beta_i=-b_i/w_i$ and the delta-slope $\mu_i=w_iv_i$ obey
#
# $$\dot\beta_i=\frac{v_i}{w_i}\,(E_1+\beta_iE_x),$$
#
# $$\dot\mu_i=-(v_i^2+w_i^2)\,E_x-w_ib_iE_1.$$
#
# With the loss as a function $\tilde\ell$ of these two,
#
# $$\begin{pmatrix}\dot\beta_i\\\dot\mu_i\end{pmatrix}=-JJ^{\mathsf T}\nabla\tilde\ell,\qquad
# JJ^{\mathsf T}=\begin{pmatrix}\frac{w_i^2+b_i^2}{w_i^4}&\frac{b_iv_i}{w_i^2}\\
# \frac{b_iv_i}{w_i^2}&v_i^2+w_i^2\end{pmatrix}.$$
# ```
#
# The gradients by the weights are sums over the points at which the neuron is on:

# %%
w = sp.Symbol("w", real=True, nonzero=True)
b, v, E_1, E_x = sp.symbols("b v E_1 E_x", real=True)
weights = sp.Matrix([w, b, v])
gradient = sp.Matrix([v * E_x, v * E_1, w * E_x + b * E_1])
beta, mu = -b / w, w * v


def flow(quantity):
    """Its derivative in time, when the weights go down the gradient."""
    return sum(-sp.diff(quantity, p) * g for p, g in zip(weights, gradient))


laws = sp.Matrix([flow(beta), flow(mu)])
law_4 = v / w * (E_1 + beta * E_x)
law_5 = -(v**2 + w**2) * E_x - w * b * E_1
outer = all(vanishes(law - formula) for law, formula in zip(laws, (law_4, law_5)))
assert outer

# %% [markdown]
# As a function of $\beta$ and $\mu$ the neuron is $\mu\,(x-\beta)$ where it is on.
# So $\partial\tilde\ell/\partial\beta=-\mu E_1$ and $\partial\tilde\ell/\partial\mu=E_x-\beta E_1$:
# this is not what the laws have.

# %%
own_gradient = sp.Matrix([-mu * E_1, E_x - beta * E_1])
middle = [vanishes(law + own) for law, own in zip(laws, own_gradient)]
J = sp.Matrix([beta, mu]).jacobian(weights)
through = sp.simplify(laws + J * J.T * own_gradient) == sp.zeros(2, 1)
sp.simplify(J * J.T)

# %% [markdown]
# In general this is no multiple of the identity: gradient descent on weights has a metric of its
# own in function space. Its first entry is $(1+\beta^2)/w^2$, so breakpoints of small $w$,
# and those far out, are moved most by the same slope of the loss.
#
# An independent check: {glue:text}`moving_checked` random networks of 1 to 12 neurons, the gradient
# of all weights by torch, and from it the velocities of breakpoints and delta-slopes.


# %%
def random_case(seed):
    """Weights w, b, v of a network, points, and values to fit."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(3, rng.integers(1, 13))), *rng.normal(size=(2, rng.integers(2, 20)))


def outputs(theta, x):
    return torch.relu(theta[0] * torch.tensor(x)[:, None] + theta[1]) @ theta[2]


def by_torch(theta, x, y):
    """The velocities of (beta, mu) under gradient flow."""
    theta = torch.tensor(theta, requires_grad=True)
    (0.5 * ((outputs(theta, x) - torch.tensor(y)) ** 2).sum()).backward()
    place = lambda theta: torch.stack([-theta[1] / theta[0], theta[0] * theta[2]])
    return torch.func.jvp(place, (theta.detach(),), (-theta.grad,))[1].numpy()


def by_the_laws(theta, x, y):
    w, b, v = theta
    on = w * x[:, None] + b > 0
    e = outputs(torch.tensor(theta), x).numpy() - y
    E_1, E_x = e @ on, (e * x) @ on
    return np.array([v / w * (E_1 - b / w * E_x), -(v**2 + w**2) * E_x - w * b * E_1])


def apart(found, right):
    """The largest difference, relative to the largest number."""
    return abs(found - right).max() / (abs(right).max() or 1)


cases = [random_case(seed) for seed in range(100)]
worst = max(apart(by_the_laws(*case), by_torch(*case)) for case in cases)
words.glue("moving", checked=len(cases))

# %% [markdown]
# A neuron that is off at all points stands still by both; the others agree to rounding:

# %%
proof_line = (w * -gradient[1] - b * -gradient[0]) / w**2
claims.decide(
    "F-thm5",
    holds=outer and all(middle),
    corrected=outer and through and bool(worst < 1e-10),
    correction="The outer equations hold, for $\\ell=\\frac12\\sum(\\hat f-y)^2$ and "
    "$\\hat e=\\hat f-y$. The middle ones do not: "
    "$-\\partial\\tilde\\ell/\\partial\\beta_i=\\mu_i\\langle\\hat e\\odot a_i,1\\rangle$ and "
    "$-\\partial\\tilde\\ell/\\partial\\mu_i=-\\langle\\hat e\\odot a_i,x\\rangle+"
    "\\beta_i\\langle\\hat e\\odot a_i,1\\rangle$. The flow of $(\\beta_i,\\mu_i)$ is "
    "$-JJ^{\\mathsf T}\\nabla\\tilde\\ell$ with $J=\\partial(\\beta_i,\\mu_i)/"
    "\\partial(w_i,b_i,v_i)$.",
    kind="mathematical",
    part="formula",
    errata=claims.erratum(
        "section 5.7, proof of Theorem 5, third line of $d\\beta_i/dt$",
        printed="$\\frac{w_i(-\\partial\\ell/\\partial b_i)-b_i(-\\partial\\ell/\\partial w_i)}"
        "{w_i^2}$",
        correct="The same with a minus in front; the lines before and after it are right.",
        kind="typographical",
        part="proof",
        shown=not vanishes(proof_line - laws[0]) and vanishes(proof_line + laws[0]),
    ),
    numbers={"random networks compared with autograd": len(cases)},
    failure="The outer equations differ from the derivatives that SymPy or torch find.",
)

# %% [markdown]
# ## What stays
#
# ```{prf:proposition} A conserved quantity
# :label: prop-conserved
# Under gradient flow $Q_i=v_i^2-w_i^2-b_i^2$ of every neuron is constant.
# A step of gradient descent with rate $\eta$ changes it by exactly
# $\eta^2(g_v^2-g_w^2-g_b^2)$, where $g$ is the gradient by the neuron's weights.
# ```
#
# Without biases this is known for deep networks, too {cite:p}`du2018balanced`. It ties the two
# parametrizations together: besides $\beta$ and $\mu$ only the sign of $w$ and $Q$ are left of a
# neuron, and the flow keeps $Q$.

# %%
Q, rate = v**2 - w**2 - b**2, sp.Symbol("eta", positive=True)
assert vanishes(flow(Q))
step = dict(zip(weights, weights - rate * gradient))
g_w, g_b, g_v = gradient
change = Q.subs(step, simultaneous=True) - Q
assert vanishes(change - rate**2 * (g_v**2 - g_w**2 - g_b**2))

# %% [markdown]
# So over a fixed time of training the drift is of the order of the rate: half the rate with twice
# the steps, half the drift. On the sine with one hidden layer, the largest over all neurons, in the
# median over networks:


# %%
def balance(net):
    """Q of every neuron, (models, neurons)."""
    return net.weights[1][:, 0] ** 2 - net.weights[0][:, :, 0] ** 2 - net.biases[0] ** 2


sine, quadratic, *others = space_curves(1, extra)
first = cn.default_init(trials, 1, units)
drifts = {}
for parts in (1, 2, 4):
    options = {"optimizer": "gd", "objective": "sum"}
    run = cn.train(first, sine, x, epochs=epochs // 5 * parts, lr=slow_lr / parts, **options)
    drifts[parts] = np.median(abs(balance(run.net) - balance(first)).max(1))
rows = {f"{slow_lr / parts:g}": [drift, drifts[1] / drift] for parts, drift in drifts.items()}
tables.rows("rate", rows, ["drift of $Q$", "times less than at first"], words.two_digits)

# %% [markdown]
# ## What the predictions do
#
# ```{prf:proposition} Section 5.7, corrected
# :label: prop-kernel
# For $\hat f(x)=\sum_rv_r\,\phi(w_rx+b_r)$, with $\phi$ the ReLU, the predictions
# $\hat y_i=\hat f(x_i)$ follow
#
# $$\frac{d\hat y}{dt}=-(H'+G)\,\hat e,$$
#
# $$H'_{ij}=(1+x_ix_j)\sum_rv_r^2a_{r,i}a_{r,j},$$
#
# $$G_{ij}=\sum_r\phi(w_rx_i+b_r)\,\phi(w_rx_j+b_r).$$
# ```
#
# The predictions' velocity is $-KK^{\mathsf T}\hat e$ with their Jacobian $K$ by the weights:
# $v_ra_{r,i}x_i$ by $w_r$, $v_ra_{r,i}$ by $b_r$, and $\phi(w_rx_i+b_r)$ by $v_r$.
# The products of the first two give $H'$, those of the last give $G$.
# The paper starts from the network of Du et al., which has a factor $1/\sqrt\mu$ in front,
# where $\mu$ is the width, and from residuals $y-u$: for these its equation is right.
# "Converting to our notation" it keeps $\frac1\mu$, which network (1) does not have,
# and writes $\hat e$ for $y-\hat y$, though the section began with $\hat e=\hat y-y$.
# In $G$ the bias has slipped into the product with the weight.
# Each of the three alone is enough to miss what torch finds:


# %%
def by_kernels(theta, x, y, sign=-1, divided=False, inside=False):
    """The velocities of the predictions, by the kernels as corrected or with slips."""
    w, b, v = theta
    on = w * x[:, None] + b > 0
    passed = np.maximum(w * (x[:, None] + b) if inside else w * x[:, None] + b, 0)
    H = (1 + np.outer(x, x)) * ((v**2 * on) @ on.T)
    e = outputs(torch.tensor(theta), x).numpy() - y
    return sign * (H + passed @ passed.T) @ e / (len(w) if divided else 1)


def by_jacobian(theta, x, y):
    """The same, and the Jacobian of the predictions by all weights, by torch."""
    theta = torch.tensor(theta)
    K = torch.autograd.functional.jacobian(lambda given: outputs(given, x), theta)
    K = K.reshape(len(x), -1).numpy()
    return -K @ (K.T @ (outputs(theta, x).numpy() - y)), K


# %%
def missed(**slips):
    """The largest error over the cases."""
    return max(apart(by_kernels(*case, **slips), by_jacobian(*case)[0]) for case in cases)


slips = {"sign": {"sign": 1}, "1/μ": {"divided": True}, "bias inside": {"inside": True}}
errors = {"corrected": missed()} | {name: missed(**slip) for name, slip in slips.items()}
tables.rows("form", {name: [each] for name, each in errors.items()}, ["error"], "{:.0e}".format)

# %%
true_velocity, K = by_jacobian(*cases[0])
theta, points_of, y_of = cases[0]
gradient_of = K.T @ (outputs(torch.tensor(theta), points_of).numpy() - y_of)
one_letter = claims.erratum(
    'section 5.7, after "Converting to our notation"',
    printed="$d\\hat y/dt=(H'+G)\\hat e$, in a section that begins with $\\partial\\ell/\\partial "
    "w_i=v_i\\langle\\hat e\\odot a_i,x\\rangle$",
    correct="$\\hat e$ has two signs here: by the first formula it is $\\hat y-y$, by the last "
    "$y-\\hat y$. The line with $y_j-u_j$ is right.",
    kind="typographical",
    part="formula",
    shown=errors["sign"] > 0.1,
)
bracket = claims.erratum(
    "section 5.7, four times in $G$",
    printed="$\\langle w_r,x_i+b_r\\rangle$",
    correct="$\\langle w_r,x_i\\rangle+b_r$",
    kind="typographical",
    part="formula",
    shown=errors["bias inside"] > 0.1,
)
chain = claims.erratum(
    "section 5.7, third line of $du_i/dt$, without biases and with them",
    printed="$\\langle\\partial f/\\partial w_r,\\,\\partial\\ell/\\partial w_r\\rangle$",
    correct="With a minus in front, as $\\dot w_r=-\\partial\\ell/\\partial w_r$; also for $a_r$, "
    "$b_r$. The lines after it have the right sign.",
    kind="typographical",
    part="proof",
    shown=not np.allclose(K @ gradient_of, true_velocity),
)

# %%
by_v = K[:, -theta.shape[1] :]  # the derivatives by the output weights
residual = y_of - outputs(torch.tensor(theta), points_of).numpy()
as_printed = by_v @ (residual.sum() * gradient_of[-theta.shape[1] :])
left_over = claims.erratum(
    "section 5.7, fourth line of $du_i/dt$, without biases",
    printed="$\\sum_j(y_j-u_j)\\,\\partial\\ell(\\theta)/\\partial a_r$",
    correct="$\\sum_j(y_j-u_j)\\,\\partial f(x_j)/\\partial a_r$, as in the next line.",
    kind="typographical",
    part="proof",
    shown=not np.allclose(as_printed, by_v @ (by_v.T @ residual)),
)

# %%
claims.decide(
    "F-sec5.7",
    holds=bool(missed(sign=1, divided=True, inside=True) < 1e-10),
    corrected=bool(errors["corrected"] < 1e-10) and errors["1/μ"] > 0.1,
    correction="For network (1) and $\\hat e=\\hat y-y$: $\\frac{d\\hat y}{dt}=-(H'+G)\\hat e$, "
    "$H'_{ij}=(1+\\langle x_i,x_j\\rangle)\\sum_rv_r^2a_{r,i}a_{r,j}$, "
    "$G_{ij}=\\sum_r\\phi(\\langle w_r,x_i\\rangle+b_r)$ "
    "$\\phi(\\langle w_r,x_j\\rangle+b_r)$. "
    "The factor $\\frac1\\mu$ belongs to a network with $\\mu^{-1/2}$ in front.",
    kind="mathematical",
    part="formula",
    errata=one_letter + bracket + chain + left_over,
    numbers={"random networks compared with autograd": len(cases)},
    failure="The corrected kernels miss the Jacobian's, or the factor makes no difference.",
)

# %% [markdown]
# ## How far breakpoints move in one hidden layer
#
# ```{prf:conjecture} Section 3 of the paper, as a claim to test
# :label: claim-immobile
# "Breakpoints cannot migrate very far from their initial location, even if there are plenty of
# breakpoints overall, leading to highly suboptimal fits."
# ```
#
# The sentence is about networks with one hidden layer and functions that bend far from the origin.
# It is tested on the curves of the paper's Table 1, the sine $\sin\pi x$ and $x^2/2$ from -2 to 2:
# {glue:text}`moving_trials` networks of {glue:text}`moving_units` neurons and as many of
# {glue:text}`moving_plenty`, {glue:text}`moving_epochs` epochs of gradient descent on the sum of
# squares at the rate {glue:text}`moving_slow_lr`, PyTorch's default start.
#
# Each loss is a sum of squares over the points. It is set beside that of the best continuous fit
# with as many breakpoints, and the least that the network's *own* breakpoints allow, if only the
# output weights are chosen by least squares.
#
# The claim holds if, for both widths,
#
# - breakpoints stay near on both curves: of those that start inside the interval, 90% move by less
#   than a quarter of its length;
# - fits of the sine, which bends far from the origin, are poor: the median loss is at least 10
#   times that of the best fit;
# - and the places do it: where training leaves the breakpoints, the least loss they allow is itself
#   at least 10 times that of the best fit.

# %% tags=["float-luck"]
sizes = sorted({units, plenty})
options = {"trials": trials, "epochs": epochs, "lr": slow_lr}
shallow = {n: displaced([sine, quadratic, *others], x, width=n, **options) for n in sizes}
assert all(np.isfinite(found.loss).all() for found in shallow.values())


# %% tags=["float-luck"]
def moves(found):
    """Of breakpoints that start inside: how far they go, and how far the best fit's places are."""
    inside = abs(found.start.values) < 2
    best = np.sort(found.wanted.values)
    order = np.argsort(np.argsort(found.end.values))
    distances = {
        "moved": found.end - found.start,
        "before": found.wanted - found.start,
        "after": np.take_along_axis(best, order, 1) - found.end,
    }
    return {name: abs(np.asarray(each))[inside] for name, each in distances.items()}


went, lost = {}, {}
for n, found in shallow.items():
    for curve in found.curve.values:
        own = found.sel(curve=curve)
        went[n, curve] = moves(own)
        levels = [own[name].median("trial") for name in ("loss", "frozen_start", "frozen_end")]
        lost[n, curve] = np.array([*levels, own.best])

# %% tags=["hide-input", "float-luck"]
names = [str(name) for name in shallow[units].curve.values]
figure, axes = figures.panels(1, len(names), 3.2, sharey=True)
for axis, name in zip(np.ravel(axes), names):
    for n, colour, marker in zip(sizes[::-1], figures.LIGHT[1::-1], ".o"):
        own = shallow[n].sel(curve=name)
        style = {"color": colour, "linestyle": "none", "markersize": 2.5, "alpha": 0.5}
        style["label"] = f"{n} neurons"
        axis.plot(own.start.values.ravel(), own.end.values.ravel(), marker, **style)
    axis.plot([-2, 2], [-2, 2], color=figures.GREY, linestyle="-", linewidth=0.8)
    wanted = np.unique(shallow[units].sel(curve=name).wanted)
    axis.plot(np.full(len(wanted), 2.0), wanted, "_", color=figures.LIGHT[4], markersize=8)
    axis.set(title=name, xlim=(-2.1, 2.1), ylim=(-2.1, 2.1), xlabel="before training")
np.ravel(axes)[0].set_ylabel("after")
figures.legend(figure, np.ravel(axes)[0], "upper", 2)
figures.show(
    figure,
    "fig-displaced",
    caption="Breakpoints end near where they start, and nearer if there are more of them. "
    "Each dot is a breakpoint before and after training, by the number of neurons; ticks at the "
    "right are the breakpoints of the best fit with the smaller number.",
    alt="Two panels of dots around the diagonal, in two colours: a wide cloud for the narrow "
    "networks, a narrower one for the wide networks, narrowest for the quadratic.",
)

# %%
columns = ["moved, median", "moved, 90%", "best places, before", "after"]
rows = {
    f"{curve}, {n}": [
        np.median(own["moved"]),
        np.quantile(own["moved"], 0.9),
        np.median(own["before"]),
        np.median(own["after"]),
    ]
    for (n, curve), own in went.items()
}
tables.rows("curve, neurons", rows, columns, ".2f")

# %% tags=["float-luck"]
columns = ["loss", "places of the start", "places of the end", "best fit"]
rows = {f"{curve}, {n}": own for (n, curve), own in lost.items()}
tables.rows("curve, neurons", rows, columns, words.power)

# %% tags=["hide-input", "float-luck"]
middle = {name: np.median(each) for name, each in went[units, "sine"].items()}
words.glue("moving_sine", ".2f", **middle)
for name in ("sine", "quadratic"):
    loss, _, floor, best = lost[units, name]
    ratio = lost[plenty, name][0] / lost[plenty, name][1]
    words.glue(f"moving_{name}", words.factor, floor=floor / best, rest=loss / floor, solved=ratio)

# %% [markdown]
# The median move on the sine with {glue:text}`moving_units` neurons is
# {glue:text}`moving_sine_moved`: no less than the way to the places of the best fit,
# {glue:text}`moving_sine_before`. But the moves do not go there:
# afterwards the best places are {glue:text}`moving_sine_after` away.
#
# The loss is that of the best fit times two factors. Where training leaves the breakpoints,
# even the best output weights miss the best fit {glue:text}`moving_sine_floor` times on the sine
# and {glue:text}`moving_quadratic_floor` times on the quadratic;
# the trained output weights add a factor of {glue:text}`moving_sine_rest` and
# {glue:text}`moving_quadratic_rest`. With {glue:text}`moving_plenty` neurons the loss is
# {glue:text}`moving_sine_solved` and
# {glue:text}`moving_quadratic_solved` times what
# the breakpoints of the *start* allow: there a reader who froze the breakpoints and solved for the
# output weights would be ahead of gradient descent.

# %% tags=["float-luck"]
judged = [(n, curve) for n in sizes for curve in ("sine", "quadratic")]
near = all(np.quantile(went[key]["moved"], 0.9) < 1 for key in judged)
poor = all(lost[n, "sine"][0] >= 10 * lost[n, "sine"][3] for n in sizes)
by_places = all(lost[n, "sine"][2] >= 10 * lost[n, "sine"][3] for n in sizes)
claims.decide(
    "F-immobile",
    holds=near and poor and by_places,
    corrected=near and poor,
    instead="Breakpoints stay near their start and fits are far from the best; but where training "
    "leaves them, other output weights would fit nearly as well as the best fit does.",
    note=f"With {units} neurons and with {plenty}: 90% of the breakpoints move by less than a "
    "quarter of the interval, and where they end on the sine no output weights come within 10 "
    "times the best fit's loss.",
    failure="Breakpoints move by a quarter of the interval or more, or fits are near the best.",
    numbers={
        f"{curve}, {n} neurons": f"moved {np.median(went[n, curve]['moved']):.2f} in the median, "
        f"{np.quantile(went[n, curve]['moved'], 0.9):.2f} at 90%; loss "
        f"{words.power(lost[n, curve][0])}, with the end's breakpoints at least "
        f"{words.power(lost[n, curve][2])}, best fit {words.power(lost[n, curve][3])}"
        for n, curve in judged
    },
)

# %% [markdown]
# ## Births, deaths and velocities in a deep network
#
# ```{prf:conjecture} Figure 2 of the paper, as a claim to test
# :label: claim-births
# In five hidden layers of eight neurons the number of breakpoints in deeper layers changes more
# often than in shallow ones, while that of the first cannot change. Breakpoints are faster in deeper
# layers than in the first, but not the faster the deeper.
# ```
#
# The networks learn a "smooth" and a "sharp" curve with no data between -0.5 and 0.5.
# The paper draws these curves and prints no formula.
# Here the smooth one is $\sin\pi x$ from -3 to 3; the sharp one is 1 lower on the left and 1 higher
# on the right. Networks are trained on {glue:text}`moving_gap_points` points by gradient descent on
# the sum of squares at the rate {glue:text}`moving_gap_lr`, until two epochs differ by less than
# $10^{-8}$ in the mean of the squares, or for {glue:text}`moving_gap_epochs` epochs.
# {glue:text}`moving_rested` of {glue:text}`moving_all_deep` networks come to rest before.
#
# Breakpoints are found exactly every {glue:text}`moving_every` epochs, on the whole line.
# Which is which is decided like this:
#
# ```{prf:definition} Tracks, births and deaths
# :label: def-tracks
# From one look to the next, breakpoints of the same neuron with the same orientation are matched:
# as many pairs as there can be, with the least sum of distances, in their order.
# What is left over is *born* or has *died*. The *changes* of a layer are the sum,
# over its neurons and all looks, of $|n_{k+1}-n_k|$, where $n_k$ is the number of breakpoints of a
# neuron. The *velocity* of a layer is the mean distance between matched breakpoints that lie within
# the data's interval at both looks, then the mean over networks,
# divided by that of the first layer.
# ```
#
# The claim holds if, on both curves,
#
# - no neuron of the first layer ever changes its number of breakpoints;
# - layers 4 and 5 together have more changes than layers 1 and 2,
# - and each deeper layer is faster than the first,
#   each with its whole bootstrap interval (95%, over networks);
# - the velocities do not rise from every layer to the next.

# %%
rest = {name: run.finished for name, run in runs.items()}
found = [mobility(own, -3, 3, until=rest[name]) for name, own in tracks.items()]
moving = xr.concat(found, dim="curve")
moving = moving.assign_coords(curve=list(tracks))


def to_the_first(velocities, axis):
    """The mean over networks, divided by that of the first layer; pairs of the two."""
    own, first = np.moveaxis(velocities.mean(axis), -1, 0)
    return own / first


velocity = moving.velocity.fillna(0).transpose("curve", "layer", "model").values
speeds = {
    name: [bootstrap(np.stack([layer, own[0]], 1), to_the_first) for layer in own]
    for name, own in zip(tracks, velocity)
}
changes = {
    name: [bootstrap(each, np.mean) for each in own.transpose("layer", "model")]
    for name, own in zip(tracks, moving.changes)
}

# %% tags=["hide-input", "float-luck"]
figure, axes = figures.panels(1, 2, 3.0)
titles = ("changes in number", "velocity, first layer = 1")
for axis, found, title in zip(axes, (changes, speeds), titles):
    looks = ((figures.LIGHT[0], "-", "o"), (figures.LIGHT[1], "--", "s"))
    for shift, (name, own), look in zip((-0.06, 0.06), found.items(), looks):
        places = np.arange(1, 6) + shift
        figures.marked(axis, look, places, [each.value for each in own], label=name)
        axis.vlines(places, [e.low for e in own], [e.high for e in own], color=look[0], alpha=0.5)
    axis.set(title=title, xlabel="layer", xticks=range(1, 6), ylim=(0, None))
axes[1].axhline(1, color=figures.GREY, linestyle=":", linewidth=1)
figures.legend(figure, axes[0], "upper", 2)
figures.show(
    figure,
    "fig-mobility",
    caption="Numbers of breakpoints change more often the deeper the layer, and never in the "
    "first; deeper layers are faster, but not the faster the deeper (the paper's figure 2). "
    "Means over networks with intervals of 95%.",
    alt="Left, changes against layer: zero in the first and rising. Right, velocity against layer "
    "relative to the first: above one in layers two to five, without a trend from there on.",
)

# %% tags=["float-luck"]
late, early = moving.changes.sel(layer=[4, 5]), moving.changes.sel(layer=[1, 2])
more = [bootstrap(each, np.mean) for each in late.sum("layer") - early.sum("layer")]
still = not moving.changes.sel(layer=1).any()
faster = all(each.low > 1 for own in speeds.values() for each in own[1:])
rising = all(np.all(np.diff([each.value for each in own]) > 0) for own in speeds.values())
show = lambda own, how: ", ".join(f"{each.value:{how}}" for each in own)
claims.decide(
    "F-fig2",
    holds=still and all(each.low > 0 for each in more) and faster and not rising,
    note=f"In {trials} networks for each of two curves, which are chosen here: the paper draws its "
    "own without formulas.",
    failure="The first layer's numbers change, or deeper layers do not change more often, or are "
    "not all faster than the first, or are the faster the deeper.",
    numbers={f"changes by layer, {name}": show(own, ".0f") for name, own in changes.items()}
    | {f"relative velocity, {name}": show(own, ".1f") for name, own in speeds.items()},
)

# %% [markdown]
# The network of {numref}`fig-tracks` as it learns, with its breakpoints as ticks below,
# a row for each layer and the first layer on top. Pairs of them are born where the input of a
# neuron comes to touch zero:

# %% tags=["hide-input", "float-luck"]
kept = [epoch for epoch in runs["smooth"].snapshots if epoch <= until]
kept = kept[:: max(1, len(kept) // 100)]
interactive.replay(
    {epoch: runs["smooth"].snapshots[epoch][:1] for epoch in kept},
    gap_x,
    gap_curves()[0](gap_x),
    label="A network's function over the smooth curve, and ticks in five rows for the breakpoints "
    "of its layers, during training.",
)

# %% tags=["hide-input", "float-luck"]
for name, own in changes.items():
    words.glue("moving_changes", **{name: show(own, ".0f")})
rested = sum(int((run.finished < gap_epochs).sum()) for run in runs.values())
turns = moving.births.sel(layer=1).sum().item()
words.glue("moving", rested=rested, all_deep=2 * trials, turns=f"{turns:.0f}")

# %% [markdown]
# In the first layer a breakpoint can do one thing besides moving: leave at one end of the line and
# come back at the other, turned round, when its $w$ changes its sign.
# That happened {glue:text}`moving_turns` times in all networks. By orientation that is a death and
# a birth, and no change in number.
#
# Velocities depend on what is averaged. Medians over the whole line, and births and deaths counted
# by orientation, means over networks:

# %% tags=["hide-output", "float-luck"]
medians = [mobility(own, statistic="median", until=rest[name]) for name, own in tracks.items()]
rows = {}
for name, median in zip(tracks, medians):
    part = moving.sel(curve=name)
    rows[f"births, {name}"] = part.births.mean("model")
    rows[f"deaths, {name}"] = part.deaths.mean("model")
    rows[f"breakpoints at the end, {name}"] = part["last"].mean("model")
    middle = median.velocity.median("model")
    rows[f"relative velocity, medians, {name}"] = middle / max(middle[0], 1e-300)
tables.rows("layer", {key: each.values for key, each in rows.items()}, "12345", ".1f")

# %% [markdown]
# ## Roughness by layer
#
# ```{prf:conjecture} Figure 3 of the paper, as a claim to test
# :label: claim-layers
# At the start the basis functions of deeper layers are less rough than those of the first ones.
# After learning a complex function most of the roughness is in the later layers.
# ```
#
# For this the paper trains four hidden layers of eight neurons from -2 to 2, and sums
# roughness over the neurons of a layer. A neuron of the first layer takes in a straight line;
# so what is summed must be the roughness of what neurons pass *on*,
# the "basis functions" of the next layer. Rate {glue:text}`moving_lr`, {glue:text}`moving_epochs`
# epochs, {glue:text}`moving_trials` networks for each curve.
#
# The figure's curves are $x^2/2$ and, by its caption, $\sin x$. The tables' losses show that what
# they call a sine is $\sin\pi x$ ({doc}`random_initialization`): both are run here.
#
# The claim holds if the mean roughness at the start falls from layer to layer; if after training on
# $\sin x$ layers 3 and 4 have more than half of all roughness, and on $x^2/2$ less than there;
# both with the whole interval (95%, over networks). It holds with a correction if that is so with
# $\sin\pi x$ instead.

# %% tags=["float-luck"]
slow = cn.Target.from_formula("sin(x)", interval=(-2, 2), line=(0, 1))
slow.name = "slow sine"
curves = {r"$x^2/2$": quadratic, r"$\sin\,x$": slow, r"$\sin\,\pi x$": sine}
curves |= {f"${curve.formula}$": curve for curve in others}
deep = {"trials": trials, "depth": 4, "width": 8, "epochs": epochs, "lr": lr, "every": every}
trained = descended(list(curves.values()), x, **deep)
assert not any(run.diverged.any() for run in trained.values())
rough = {
    title: roughness_by_layer(trained[curve.name].snapshots) for title, curve in curves.items()
}

# %% tags=["hide-input", "float-luck"]
figure, axes = figures.panels(1, len(rough), 2.9, sharey=True)
dashes = ["-", "--", "-.", ":"]
for axis, (title, own) in zip(axes, rough.items()):
    for layer, colour, dash in zip(own.layer.values, figures.LIGHT, dashes):
        middle = own.sel(layer=layer).mean("model")
        axis.plot(own.epoch, middle, color=colour, linestyle=dash, label=f"layer {layer}")
    axis.set(title=title, yscale="log")
    axis.set_xticks([0, own.epoch.values[-1]])
axes[0].set_ylabel("roughness")
figure.supxlabel("epochs", fontsize="medium")
figures.legend(figure, axes[0], "upper", 4)
figures.show(
    figure,
    "fig-roughness-layers",
    caption="On the fast sine the order of the layers turns round: the last becomes the roughest "
    "(the paper's figure 3). On the parabola and the slow sine it does not. Mean over networks.",
    alt="Panels of roughness against epochs on a logarithmic axis, four lines, one a layer. At the "
    "start the first layer is highest and the fourth lowest; only in the panel of the sine of pi x "
    "does the order turn round.",
)

# %% tags=["float-luck"]
late = {
    title: own.sel(layer=[3, 4]).sum("layer") / own.sum("layer") for title, own in rough.items()
}
shares = {title: bootstrap(own.isel(epoch=-1), np.mean) for title, own in late.items()}
first = {title: own.isel(epoch=0).mean("model").values for title, own in rough.items()}
last = {title: own.isel(epoch=-1).mean("model").values for title, own in rough.items()}
rows = {f"{title}, start": own for title, own in first.items()}
rows |= {f"{title}, trained": own for title, own in last.items()}
tables.rows("curve", rows, [f"layer {layer}" for layer in range(1, 5)], words.two_digits)


# %% tags=["float-luck"]
def mostly_late(title):
    """Whether most of the roughness is in the last two layers, and more than on the parabola."""
    parabola, own = list(late.values())[0], late[title]
    gap = bootstrap(own.isel(epoch=-1) - parabola.isel(epoch=-1), np.mean)
    return shares[title].low > 0.5 and gap.low > 0


flat = all(np.all(np.diff(own) < 0) for own in first.values())
_, slow_title, fast_title, *_ = rough
claims.decide(
    "F-fig3",
    holds=flat and mostly_late(slow_title),
    corrected=flat and mostly_late(fast_title),
    correction="With $\\sin\\pi x$, the sine of the paper's tables, in place of $\\sin x$: "
    "on $\\sin x$ over $[-2,2]$ most of the roughness stays in the first two layers.",
    kind="measured",
    failure="After training on either sine, not more than half of the roughness is in the last two "
    "layers, or deeper layers do not start smoother.",
    numbers={
        f"share of layers 3 and 4, {title}": words.share(own)
        for title, own in list(shares.items())[:3]
    },
)

# %% tags=["hide-input", "float-luck"]
words.glue("moving_late", words.share, sine=shares[fast_title], slow=shares[slow_title])

# %% [markdown]
# The same of what neurons take *in*, after training, mean over networks. There the first layer has
# no roughness by necessity, so that nothing could start lower:

# %% tags=["hide-output", "float-luck"]
rows = {}
for title, curve in curves.items():
    ends = {moment: trained[curve.name].snapshots[moment] for moment in (0, int(own.epoch[-1]))}
    taken = roughness_by_layer(ends, before=True).mean("model")
    rows |= {f"{title}, {when}": taken[k] for k, when in enumerate(("start", "trained"))}
rows = {name: each.values for name, each in rows.items()}
tables.rows("curve", rows, [f"layer {layer}" for layer in range(1, 5)], words.two_digits)

# %% [markdown]
# ## What to take away
#
# Gradient descent on weights moves breakpoints by a metric of its own, $JJ^{\mathsf T}$.
# In one hidden layer it moves them by about as much as a good fit would need, but not to where it
# needs them. In deep networks breakpoints of the later layers move faster, and appear and vanish;
# what a rough curve asks for is built there.
#
# ## Claims settled here
#
# ```{settled}
# ```
#
# ## Rerun this page
#
# ```{rerun} -p trials 4 -p gap_epochs 5000
# ```
