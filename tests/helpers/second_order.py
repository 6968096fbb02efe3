"""Networks, and what Levenberg-Marquardt steps are made of, by autograd."""

import numpy as np
import torch

import compnet_lib as cn

CURVES = [cn.TARGETS["x^3"], cn.TARGETS["sin"], cn.Target.read("exp(x) on -1 to 2")]
NETS = [
    cn.compositional(cn.sample_peaks(3, 3, 0), -1),
    cn.default_init(3, 2, 5, 1),
    cn.raai_init(3, 4, 3, 2),
    cn.default_init(3, 1, 7, 3),
]


def jacobian(module, x):
    """Of the outputs at `x` by all parameters, by autograd: (points, parameters)."""
    rows = []
    for value in module(torch.from_numpy(x)[:, None])[:, 0]:
        module.zero_grad()
        value.backward(retain_graph=True)
        rows.append(np.concatenate([p.grad.numpy().ravel().copy() for p in module.parameters()]))
    return np.array(rows)


def places(net, curve):
    """Four Gauss nodes on each piece between the knots of `piecewise_linear`,
    pieces longer than a sixteenth cut; the shares of each in the mean."""
    low, high = curve.interval
    x = cn.piecewise_linear(net)[0].on(low, high)[0]
    at, weight = np.polynomial.legendre.leggauss(4)
    cuts = np.concatenate(
        [
            *(
                np.linspace(a, b, int(np.ceil((b - a) / ((high - low) / 16))) + 1)[:-1]
                for a, b in zip(x, x[1:])
            ),
            [high],
        ]
    )
    return (cuts[:-1, None] + np.diff(cuts)[:, None] * (at + 1) / 2).ravel(), (
        np.diff(cuts)[:, None] * weight / 2
    ).ravel() / (high - low)
