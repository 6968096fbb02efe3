"""Two-layer networks in the plane whose lines keep an angle from one another, and what the uniform
norm then says about their parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..._core import checks, memory
from ..._core import seeds as numbers

if TYPE_CHECKING:
    import xarray as xr


def angle_instances(instances: int = 2000, *, lines: int = 3, seed: int = 0) -> xr.Dataset:
    r"""Close functions in the plane, measured in the uniform norm on the unit disc.

    A network $\sum_ip_i\max(\langle u_i,x\rangle,0)$ with unit vectors $u_i$, in a half-plane, has
    its directions turned and its products changed, each by up to some size between 1e-8 and .1.
    With $\varepsilon$ the largest difference on the disc, $p$ the least product of both networks in
    size and $\theta$ the least angle between two lines of one of them, the lines turn by at most
    $\varphi=2\arctan(2\varepsilon/p)$ if $\varphi<\theta/2$, and a product $p_i$ that becomes $q$
    changes by at most
    $2\varepsilon\cot\frac\theta4+|q|\sin\varphi\,(\tan\frac\varphi2+\cot\frac\theta2)$.

    Args:
        instances: pairs of networks, at least 1.
        lines: of each network, from 2 to 8.
        seed: an integer of at least 0.

    Returns:
        A data set over `instance`: `difference`, $\varepsilon$; `angle`, $\theta$; `turn`, the
        largest angle between a line and the one it becomes, and `turn_bound`; `change`, the
        largest change of a product, and `change_bound`; and `covered`, whether $\varphi<\theta/2$.

    Raises:
        TypeError, ValueError: an argument is of the wrong type or outside its limits.
    """
    import xarray as xr

    instances, lines = (
        checks.integer("instances", instances, 1),
        checks.integer("lines", lines, 2, 8),
    )
    (seed,) = numbers.several("seed", [seed])
    memory.fit("instances", instances, 2000 * instances * lines)
    rng = np.random.default_rng(seed)
    sizes = instances, lines
    shares = rng.dirichlet(np.ones(lines), instances)
    gaps = np.pi / (2 * lines) + np.pi / 2 * shares
    first = np.cumsum(gaps, 1) + rng.uniform(0, np.pi, (instances, 1))
    amount = 10 ** rng.uniform(-8, -1, (2, instances, 1))
    second = first + amount[0] * rng.uniform(-1, 1, sizes)
    p = rng.choice([-1.0, 1.0], sizes) * rng.uniform(1, 2, sizes)
    q = p + amount[1] * rng.uniform(-1, 1, sizes)
    difference = _largest_on_disc(np.concatenate([first, second], 1), np.concatenate([p, -q], 1))
    angle = np.minimum(_least_angle(first), _least_angle(second))
    least = np.abs(np.concatenate([p, q], 1)).min(1)
    turn = 2 * np.arctan(2 * difference / least)
    tilt = np.sin(turn) * (np.tan(turn / 2) + 1 / np.tan(angle / 2))
    bound = 2 * difference[:, None] / np.tan(angle / 4)[:, None] + np.abs(q) * tilt[:, None]
    columns = {
        "difference": difference,
        "angle": angle,
        "turn": np.abs(second - first).max(1),
        "turn_bound": turn,
        "change": np.abs(q - p).max(1),
        "change_bound": bound.max(1),
        "covered": turn < angle / 2,
    }
    return xr.Dataset({name: ("instance", column) for name, column in columns.items()})


def _least_angle(lines: NDArray) -> NDArray:
    """Between two of the lines in a half-plane, by their increasing angles."""
    around = np.concatenate([lines, lines[:, :1] + np.pi], 1)
    return np.diff(around, axis=1).min(1)


def _largest_on_disc(angles: NDArray, products: NDArray) -> NDArray:
    r"""The largest $|\sum_ip_i\max(\langle u_i,x\rangle,0)|$ on the unit disc, (instances,): on
    each sector between neighbouring lines the sum is linear, $\langle v,x\rangle$, and largest at
    an end or along $v$."""
    u = np.stack([np.cos(angles), np.sin(angles)], -1)
    ends = np.sort(np.concatenate([angles + np.pi / 2, angles - np.pi / 2], 1) % (2 * np.pi), 1)
    after = np.concatenate([ends[:, 1:], ends[:, :1] + 2 * np.pi], 1)
    point = lambda at: np.stack([np.cos(at), np.sin(at)], -1)
    on = np.einsum("nsd,nid->nsi", point((ends + after) / 2), u) > 0
    v = np.einsum("nsi,ni,nid->nsd", on, products, u)
    at_ends = np.abs(np.einsum("nsd,nsd->ns", v, point(ends)))
    along = np.arctan2(v[..., 1], v[..., 0])
    inside = ((along - ends) % np.pi) <= after - ends
    return np.maximum(at_ends, np.where(inside, np.hypot(*np.moveaxis(v, -1, 0)), 0)).max(1)
