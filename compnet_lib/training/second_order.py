"""Second-order training: Levenberg-Marquardt on all weights, with the error integrated exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .._core import checks
from .._core.control import Control, Interrupted, threads
from ..networks.network import ReLUNet
from ..targets.target import Target
from . import kernels
from .first_order import fitted, trainable

STATUS = ("running", "converged", "stalled", "broken")
"""How a member's last round that counted ended: out of iterations; steps too small to matter;
no step that led lower; or not finite."""


@dataclass(frozen=True, eq=False)
class Refined:
    """What refining a stack gave.

    Attributes:
        net: the refined stack, float64, every layer with a bias;
            no member is worse than it came.
        loss: mean squared error of each member, (models,): integrated over its curve's interval,
            or over the points.
        history: the same at the start and after each round, (models, rounds + 1).
        status: one of `STATUS` for each member.
    """

    net: ReLUNet
    loss: np.ndarray
    history: np.ndarray
    status: tuple[str, ...]


def refine(
    net: ReLUNet,
    targets,
    x=None,
    *,
    iterations: int = 100,
    rounds: int = 1,
    kick: float = 0.02,
    seed=0,
) -> Refined:
    r"""Train all weights and biases of a stack by Levenberg-Marquardt in float64.

    The loss is $\frac{1}{\text{high}-\text{low}}\int(\text{net}-f)^2$,
    by four Gauss nodes inside each linear piece of the network;
    breakpoints move with the weights, and the nodes with them.
    With `x` it is the mean squared error at these points.
    Each round after the first starts from the best weights so far, moved at random:
    every weight $w$ by a normal number times $\kappa(|w|+0.05)$,
    where $\kappa$ is `kick` times a power of ten between 0.1 and 1;
    in half of the rounds only one layer is moved, with $3\kappa$.

    Args:
        net: the stack to start from; it is not changed.
        targets: a :class:`Target`, or a sequence of one per member; with `x` also data,
            (points,) or (models, points).
        x: the points, (points,) or (models, points); None integrates.
        iterations: at most so many steps a round, tried ones included.
        rounds: at least 1.
        kick: positive.
        seed: of the kicks, an integer for all members or one per member.

    Returns:
        A :class:`Refined`.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value.
        Interrupted: a KeyboardInterrupt came; the exception holds what was reached.

    Source: D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters"
        (1963); the damping follows H. B. Nielsen (1999).
    """
    trainable(net)
    iterations, rounds = (
        checks.integer("iterations", iterations, 1),
        checks.integer("rounds", rounds, 1),
    )
    if checks.number("kick", kick) <= 0:
        raise ValueError(f"kick must be positive, got {kick}")
    models = len(net)
    if isinstance(seed, Sequence | np.ndarray) and not isinstance(seed, str):
        if len(seed) != models:
            raise ValueError(
                f"seed must be one integer, or one for each of the {models} members, got {len(seed)}"
            )
        seeds = [checks.integer("seed", one) for one in seed]
    else:
        seeds = [checks.integer("seed", seed)] * models
    problem = _Problem(targets, x, models)
    net = net.astype(np.float64).with_biases()
    theta = _packed(net)
    widths, loss, status = np.array(net.widths), np.empty(models), np.zeros(models, int)
    history = np.full((models, rounds + 1), np.nan)

    def work(part: slice):
        own = problem.of(part)
        kernels.losses(theta[part], widths, *own, loss[part])
        history[part, 0] = loss[part]
        for k in range(rounds):
            drawn = np.array(
                [np.random.SeedSequence([one, k]).generate_state(1)[0] for one in seeds[part]]
            )
            kernels.refine(
                theta[part],
                widths,
                *own,
                loss[part],
                status[part],
                iterations,
                kick if k else 0.0,
                drawn,
            )
            history[part, k + 1] = loss[part]
            control.advance(part, 1)
            if control.stopped:
                return

    edges = np.linspace(0, models, min(models, 8 * threads()) + 1).astype(int)
    with Control(rounds, models, 0) as control:
        control.run(work, [slice(a, b) for a, b in zip(edges[:-1], edges[1:])])
    found = Refined(_unpacked(theta, net), loss, history, tuple(STATUS[k] for k in status))
    if control.stopped:
        raise Interrupted(found, control.done)
    return found


def one_each(targets, models: int) -> list[Target]:
    """A target for each member: `targets` is one for all, or a sequence."""
    targets = [targets] * models if isinstance(targets, Target) else targets
    if (
        not isinstance(targets, Sequence)
        or isinstance(targets, str)
        or not all(isinstance(t, Target) for t in targets)
    ):
        raise TypeError(
            f"targets must be a Target or a sequence of one per member where there are no points, got {targets!r}"
        )
    if len(targets) != models:
        raise ValueError(
            f"targets must be one Target for each of the {models} members, got {len(targets)}"
        )
    return list(targets)


class Residuals:
    r"""What a second-order method sees of one network: its residuals,
    and their derivatives by all weights and biases, in float64.

    At the Gauss nodes $x_j$ inside the network's linear pieces,
    with the shares $s_j$ of each in the mean, $r_j=\sqrt{s_j}\,(\text{net}(x_j)-f(x_j))$;
    so $\lVert r\rVert^2$ is the integral that :func:`refine` makes small,
    and $2J^\top r$ its gradient, since the error is continuous where pieces meet:
    what the nodes' own moving changes adds up to nothing. With `x`, the nodes are these points,
    of equal shares.

    Args:
        net: a stack of one; it is not changed.
        target: a :class:`Target`.
        x: points, (points,); None integrates.

    Attributes:
        start: the network's parameters, (parameters,): layer by layer,
            the weights row by row and then the biases, as `torch` orders them.
            Layers without biases get zeros.

    Raises:
        TypeError, ValueError: an argument is of the wrong type, shape or value.
    """

    def __init__(self, net: ReLUNet, target: Target, x=None):
        if len(trainable(net)) != 1:
            raise ValueError(f"net must be a stack of one network, got {len(net)}")
        if not isinstance(target, Target):
            raise TypeError(f"target must be a Target, got {target!r}")
        self._shape = net.astype(np.float64).with_biases()
        self.start = _packed(self._shape)[0]
        self._widths, self._problem = np.array(net.widths), _Problem(target, x, 1).of(slice(0, 1))

    def __call__(self, theta) -> tuple[np.ndarray, np.ndarray]:
        """The residuals (nodes,) and the Jacobian (nodes, parameters) at the parameters `theta`;
        no nodes if the network is not finite there."""
        frame, which, edges, coefficients, points, data = self._problem
        k = which[0]
        r, J = kernels.residuals(
            self._row(theta), self._widths, frame[k], edges[k], coefficients[k], points[0], data[0]
        )
        return r, J.T

    def loss(self, theta) -> float:
        """The mean squared error at the parameters `theta`;
        infinite if the network is not finite there."""
        loss = np.empty(1)
        kernels.losses(self._row(theta)[None], self._widths, *self._problem, loss)
        return float(loss[0])

    def net(self, theta) -> ReLUNet:
        """The network with the parameters `theta`."""
        return _unpacked(self._row(theta)[None], self._shape)

    def _row(self, theta):
        theta = np.ascontiguousarray(theta, dtype=np.float64)
        if theta.shape != self.start.shape:
            raise ValueError(f"theta must have shape {self.start.shape}, got {theta.shape}")
        return theta


class _Problem:
    """What the members fit, as the kernels take it."""

    def __init__(self, targets, x, models):
        if x is not None:
            x, y, _ = fitted(targets, x, models, np.dtype(np.float64))
            self.points, self.data = np.ascontiguousarray(x), np.ascontiguousarray(y)
            self.which, self.tables = (
                np.zeros(models, int),
                [(np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 1, 16)))],
            )
            self.frame, self.edges, self.coefficients = self.tables[0]
            return
        targets = one_each(targets, models)
        known = list({id(t): t for t in targets}.values())
        place = {id(t): k for k, t in enumerate(known)}
        tables = [_series(t) for t in known]
        most = max(len(c) for _, c in tables)
        self.which = np.array([place[id(t)] for t in targets])
        self.frame = np.array([t.interval for t in known], dtype=float)
        self.edges = np.stack([np.pad(e, (0, most + 1 - len(e)), mode="edge") for e, _ in tables])
        self.coefficients = np.stack([np.pad(c, ((0, most - len(c)), (0, 0))) for _, c in tables])
        self.points, self.data = np.zeros((1, 0)), np.zeros((models, 0))

    def of(self, part):
        return (
            self.frame,
            self.which[part],
            self.edges,
            self.coefficients,
            self.points[part] if len(self.points) > 1 else self.points,
            self.data[part],
        )


def _series(target):
    """The curve as Chebyshev series of degree 15 on intervals halved until the last terms vanish
    in rounding: edges (pieces + 1,) and coefficients (pieces, 16)."""
    low, high = target.interval
    angle = np.pi * (np.arange(16) + 0.5) / 16
    transform = 2 / 16 * np.cos(np.arange(16)[:, None] * angle)
    transform[0] /= 2
    scale = np.abs(target(np.linspace(low, high, 257))).max()
    edges, rows, waiting = [low], [], [(low, high, 0)]
    while waiting:
        a, b, depth = waiting.pop()
        row = transform @ target((a + b) / 2 + (b - a) / 2 * np.cos(angle))
        if np.abs(row[-2:]).max() > 4e-15 * scale and depth < 40 and len(rows) < 2000:
            waiting += [((a + b) / 2, b, depth + 1), (a, (a + b) / 2, depth + 1)]
        else:
            rows.append(row)
            edges.append(b)
    return np.array(edges), np.array(rows)


def _packed(net):
    return np.concatenate(
        [a.reshape(len(net), -1) for pair in zip(net.weights, net.biases) for a in pair], axis=1
    )


def _unpacked(theta, net):
    at, weights, biases = 0, [], []
    for w, b in zip(net.weights, net.biases):
        size = w[0].size
        weights.append(theta[:, at : at + size].reshape(w.shape).copy())
        biases.append(theta[:, at + size : at + size + b.shape[1]].copy())
        at += size + b.shape[1]
    return ReLUNet._trusted(weights, biases)
