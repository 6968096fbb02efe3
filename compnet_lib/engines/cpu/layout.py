"""How points lie for the compiled loop: in tiles that stay in the cache."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..protocol import Plan
from .kernels import Batches, Data, Manifold, Restraint

TILE = 512
"""Points that go through a network at once: few enough for the cache,
many enough to pay for a loop's start."""
LANES = 64
"""Points are padded to a multiple of so many, a few registers;
short lists to a multiple of a quarter of it."""


def tile_of(points: int) -> int:
    """How many points a tile has: equal tiles, a multiple of some registers' lanes."""
    count = -(-points // TILE)
    lanes = LANES if points >= LANES else LANES // 4
    return -(-points // (count * lanes)) * lanes


def by_rows(data: NDArray, room: int = 0) -> NDArray:
    """(stacks, points) as it is; (stacks, points, numbers) as (stacks, numbers, points), with zeros
    for more numbers if there is `room`."""
    if data.ndim == 2:
        return data
    data = np.moveaxis(data, 2, 1)
    return np.pad(data, [(0, 0), (0, max(0, room - data.shape[1])), (0, 0)])


def tiled(x: NDArray, y: NDArray, tile: int, total: bool = False) -> Data:
    """Points and data, each by rows, in tiles. What fills the last tile repeats the last point, and
    has no share in the loss."""
    points = y.shape[-1]
    tiles, outputs = -(-points // tile), y.size // (len(y) * points)
    share = np.zeros(tiles * tile, x.dtype)
    share[:points] = 2 if total else 2 / (points * outputs)

    def cut(data: NDArray) -> NDArray:
        fill = [*[(0, 0)] * (data.ndim - 1), (0, tiles * tile - points)]
        parts = np.pad(data, fill, mode="edge").reshape(*data.shape[:-1], tiles, tile)
        return np.ascontiguousarray(np.moveaxis(parts, -2, 1))

    return Data(cut(x), cut(y), share.reshape(tiles, tile))


def nothing(models: int, like: Data) -> Data:
    """No points, for `models` members."""
    empty = lambda data: np.zeros((models, 0, *data.shape[2:]), data.dtype)
    return Data(empty(like.x), empty(like.y), like.share[:0])


def of_data(data: Data, part: slice) -> Data:
    """The data of some members."""
    return Data(shared(data.x, part), data.y[part], data.share)


def batched(x: NDArray, y: NDArray, plan: Plan) -> Batches:
    """Points and data, each by rows, to be taken in batches, if the plan has any;
    no order yet."""
    if not plan.batch:
        x, y = x[..., :0], y[..., :0]
    # Writable, though nothing is written: for arrays that are not, the loop is compiled once more.
    x, y = (np.require(data, requirements=["C", "W"]) for data in (x, y))
    return Batches(np.zeros((0, 1, 0), np.int32), x, y, plan.batch, plan.total)


def of_batches(batches: Batches, order: NDArray[np.int32], part: slice) -> Batches:
    """The points of some members, in their order."""
    x, y, order = shared(batches.x, part), batches.y[part], np.ascontiguousarray(order)
    return batches._replace(order=order, x=x, y=y)


def of_restraint(restraint: Restraint, part: slice) -> Restraint:
    """The regularizer of some members."""
    return restraint._replace(
        strengths=restraint.strengths[part],
        keys=restraint.keys[part],
        held=of_data(restraint.held, part),
        best=restraint.best[part],
        least=restraint.least[part],
    )


def of_manifold(manifold: Manifold, part: slice) -> Manifold:
    """The frames of some members."""
    return manifold._replace(frames=manifold.frames[part])


def shared(x: NDArray, part: slice) -> NDArray:
    """The rows of some members, or the one row of all."""
    return x[part] if len(x) > 1 else x
