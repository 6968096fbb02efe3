"""Second-order training: Levenberg-Marquardt on all weights, with the error integrated exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._core import checks, memory, seeds
from .._core.control import Control, threads
from .._core.stops import Interrupted
from ..networks.network import ReLUNet
from ..networks.packing import Packing
from ..targets.target import Target
from . import kernels
from .fitting import Fitting, univariate_floats

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
        history: the same at the start and after each round, (models, rounds + 1);
            NaN where an interrupt came before.
        status: one of `STATUS` for each member.
    """

    net: ReLUNet
    loss: NDArray[np.float64]
    history: NDArray[np.float64]
    status: tuple[str, ...]


def refine(
    net: ReLUNet,
    targets: Target | Sequence[Target] | ArrayLike,
    x: ArrayLike | None = None,
    *,
    iterations: int = 100,
    rounds: int = 1,
    kick: float = 0.02,
    seed: ArrayLike = 0,
) -> Refined:
    r"""Train all weights and biases of a stack by Levenberg-Marquardt in float64.

    The loss is $\frac{1}{\text{high}-\text{low}}\int(\text{net}-f)^2$,
    by four Gauss nodes inside each linear piece of the network;
    breakpoints move with the weights, and the nodes with them.
    Where a curve is steep or has a kink the pieces are cut finer, see
    :func:`compnet_lib.targets.panels.panels`. A network of more than 4,194,304 knots is broken,
    and stays as it is. With `x` the loss is the mean squared error at these points.
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
        TypeError, ValueError: an argument is of the wrong type, shape or value;
            `net` of several inputs or outputs is refused.
        Interrupted: a KeyboardInterrupt came; the exception holds what was reached, also in a
            round that was not finished.

    Source: D. W. Marquardt, "An algorithm for least-squares estimation of nonlinear parameters"
        (1963); the damping follows H. B. Nielsen (1999).
    """
    models = len(univariate_floats(net))
    iterations = checks.integer("iterations", iterations, 1)
    rounds = checks.integer("rounds", rounds, 1)
    if checks.number("kick", kick) <= 0:
        raise ValueError(f"kick must be positive, got {kick}")
    drawn = seeds.per_member("seed", seed, models)
    drawn = drawn * models if len(drawn) == 1 else drawn
    fitting = Fitting(targets, x, models)
    packing = Packing(net)
    theta = packing.pack(net, np.float64)
    memory.fit("net", net, 16 * packing.size**2 * min(models, threads()))
    widths = np.array([1, *net.widths, 1])
    loss, status = np.full(models, np.nan), np.zeros(models, int)
    history = np.full((models, rounds + 1), np.nan)

    def judge(part: slice) -> None:
        kernels.losses(theta[part], widths, *fitting.of(part), loss[part], control.sign)

    def work(part: slice) -> None:
        own, rows = fitting.of(part), theta[part]
        for k in range(rounds):
            kicks = np.array([seeds.split(one, k) for one in drawn[part]], dtype=np.uint32)
            shares = kick if k else 0.0
            ended = loss[part], status[part]
            kernels.refine(rows, widths, *own, *ended, iterations, shares, kicks, control.sign)
            if control.stopped:
                return
            history[part, k + 1] = loss[part]
            control.advance(part, 1)

    edges = np.linspace(0, models, min(models, 8 * threads()) + 1).astype(int)
    with Control(rounds, models, 0) as control:
        parts = [slice(a, b) for a, b in zip(edges[:-1], edges[1:])]
        control.run(judge, parts, leave=True)
        history[:, 0] = loss
        if not control.stopped:
            control.run(work, parts, leave=True)
        refined = Packing(net.with_biases()).unpack(theta)
        reached = tuple(STATUS[k] for k in status)
        found = Refined(refined, loss.copy(), history.copy(), reached)
        if control.stopped:
            raise Interrupted(found, control.done.copy(), "rounds")
    fitting.judge(loss)
    return found
