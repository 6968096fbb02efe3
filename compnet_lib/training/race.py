"""Optimizers for one network at a time, each given the same seconds,
all judged by the integral of the squared error.

A contestant is a function `(net, target, seconds) -> Trace`.
What is not part of the method is not timed: compiling, and the judging.
A method without luck is run from the start again and again, each time four times as long,
and each run is timed; so that nothing is restarted or slowed down by being watched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from .._core import checks
from ..engines.regularizer import Regularizer
from ..networks.network import ReLUNet
from ..targets.target import Target
from .first_order import train
from .residuals import Residuals
from .second_order import Refined, refine
from .traces import Record, Trace, growing, timed

__all__ = [
    "CONTESTANTS",
    "adam",
    "adam_falling",
    "gauss_newton",
    "lbfgs",
    "levenberg",
    "levenberg_kicked",
    "levenberg_on_points",
]

POINTS = 500
"""Evenly spaced points, where a method takes points."""
LOOKS = 50
"""Epochs from one look of Adam's at its loss to the next: the best network it saw counts."""
RATES = np.geomspace(1e-2, 1e-6, 9)
"""The learning rates of `adam_falling`."""
RANK = 1e-6
"""Directions whose singular values are a smaller share of the largest count as null for
`gauss_newton`: where several breakpoints coincide but for rounding,
it would leave the linear range."""
ROUND = 80
"""Steps after each of `levenberg_kicked`'s kicks, at most."""


def adam(net: ReLUNet, target: Target, seconds: float) -> Trace:
    """Adam at the constant rate 1e-3 on 500 points in float32, as in the paper's tables."""
    x = _checked(net, target, seconds)
    return growing(
        net, target, seconds, lambda looks: (_descend(net, target, x, looks * LOOKS, 1e-3), True)
    )


def adam_falling(net: ReLUNet, target: Target, seconds: float) -> Trace:
    """Adam with rates that fall from 1e-2 to 1e-6 in equal steps of the logarithm,
    each for the same share of the time; its averages start anew at each rate."""
    x = _checked(net, target, seconds)
    trace, epochs = Record(net, target), LOOKS
    pace = min(timed(lambda: _descend(net, target, x, epochs, 1e-3))[0] for _ in range(3)) / epochs
    for k, rate in enumerate(RATES):
        epochs = int((seconds - trace.seconds[-1]) / (len(RATES) - k) / pace)
        if epochs > 0:
            spent, net = timed(partial(_descend, net, target, x, epochs, rate))
            trace.add(trace.seconds[-1] + spent, net)
            pace = spent / epochs
    return trace.done()


def lbfgs(net: ReLUNet, target: Target, seconds: float) -> Trace:
    """L-BFGS on the exact loss and its exact gradient, by `scipy.optimize.minimize`;
    begun anew where its line search fails, until that leads no lower.

    Source: R. H. Byrd, P. Lu, J. Nocedal and C. Zhu, "A limited memory algorithm for bound
    constrained optimization" (1995).
    """
    from scipy.optimize import minimize

    _checked(net, target, seconds)
    problem, trace = Residuals(net, target), Record(net, target)
    best, least = problem.start, problem.loss(problem.start)

    def slope(theta: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        nonlocal best, least
        r, J = problem(theta)
        value, gradient = (r @ r, 2 * (r @ J)) if len(r) else (np.inf, np.zeros(len(theta)))
        if value < least:
            best, least = theta.copy(), value
            trace.note(perf_counter() - began, value)
        return value, gradient

    def watch(_: object) -> None:
        if perf_counter() - began >= seconds:
            raise StopIteration

    problem(best)  # compiled
    began, before = perf_counter(), np.inf
    while least < before and perf_counter() - began < seconds:
        before = least
        minimize(
            slope,
            best,
            jac=True,
            method="L-BFGS-B",
            callback=watch,
            options={"maxiter": 10**9, "maxfun": 10**9, "ftol": 0, "gtol": 0},
        )
    trace.best = problem.net(best)
    return trace.done()


def gauss_newton(net: ReLUNet, target: Target, seconds: float) -> Trace:
    """Gauss-Newton on the exact loss: the shortest of the steps that fit the residuals' linear
    part best, halved until the loss falls; at an end where thirty halvings do not help."""
    _checked(net, target, seconds)
    problem, trace = Residuals(net, target), Record(net, target)
    theta, now = problem.start, problem.loss(problem.start)
    problem(theta)  # compiled
    began = perf_counter()
    while np.isfinite(now) and perf_counter() - began < seconds:
        r, J = problem(theta)
        step, then = np.linalg.lstsq(J, -r, rcond=RANK)[0], np.inf
        for _ in range(31):
            then = problem.loss(theta + step)
            if then < now:
                break
            step = step / 2
        if not then < now:
            break
        theta, now = theta + step, then
        trace.note(perf_counter() - began, now)
    trace.best = problem.net(theta)
    return trace.done()


def levenberg_on_points(net: ReLUNet, target: Target, seconds: float) -> Trace:
    """Levenberg-Marquardt on 500 points, see :func:`refine`, to its end."""
    x = _checked(net, target, seconds)
    return _refined(net, target, seconds, lambda count: refine(net, target, x, iterations=count))


def levenberg(net: ReLUNet, target: Target, seconds: float) -> Trace:
    """Levenberg-Marquardt on the exact loss, see :func:`refine`, to its end."""
    _checked(net, target, seconds)
    return _refined(net, target, seconds, lambda count: refine(net, target, iterations=count))


def levenberg_kicked(net: ReLUNet, target: Target, seconds: float) -> Trace:
    """Levenberg-Marquardt on the exact loss with kicks, see :func:`refine`,
    in rounds of at most eighty steps."""
    _checked(net, target, seconds)
    return growing(
        net,
        target,
        seconds,
        lambda rounds: (refine(net, target, iterations=ROUND, rounds=rounds).net, True),
    )


CONTESTANTS: Mapping[str, Callable[[ReLUNet, Target, float], Trace]] = MappingProxyType(
    {
        "Adam": adam,
        "Adam, falling rate": adam_falling,
        "L-BFGS": lbfgs,
        "Gauss-Newton": gauss_newton,
        "LM on points": levenberg_on_points,
        "LM": levenberg,
        "LM with kicks": levenberg_kicked,
    }
)
"""The contestants by the names that a page gives them; LM is Levenberg-Marquardt."""


def _checked(net: ReLUNet, target: Target, seconds: float) -> NDArray[np.float64]:
    """The points on which a method without the exact loss trains."""
    Residuals(net, target)
    if checks.number("seconds", seconds) < 0:
        raise ValueError(f"seconds must be at least 0, got {seconds}")
    return target.grid(POINTS)


def _descend(
    net: ReLUNet, target: Target, x: NDArray[np.float64], epochs: int, rate: float
) -> ReLUNet:
    # The points held out are those of the training: of all looks at them, the best counts.
    return train(
        net.astype(np.float32).with_biases(),
        target,
        x,
        epochs=epochs,
        lr=rate,
        device="cpu",
        regularizer=Regularizer(validation=(x, target(x)), every=LOOKS),
    ).net


def _refined(net: ReLUNet, target: Target, seconds: float, run: Callable[[int], Refined]) -> Trace:
    def counted(count: int) -> tuple[ReLUNet, bool]:
        found = run(count)
        return found.net, found.status[0] == "running"

    return growing(net, target, seconds, counted)
