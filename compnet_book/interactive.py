"""Pictures that move on the built page: data here, drawn by a small script in `book/_static`.

Nothing is fetched: the data are in the page, the script is a file of the book. Where the script
does not run, such as in a notebook, the picture of the last moment stands there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

import compnet_lib as cn
from compnet_lib._core import checks

from .palette import GREY, LIGHT

DIGITS = 2
"""After the point, of all places and values: what a picture of 360 units can show."""
WIDTH, HEIGHT, ROW = 360, 240, 8
"""Of the picture, and of the row of ticks of a layer, in its own units."""
MOST = 200_000
"""Bytes of a replay at most: it is a part of the page."""


class Replay:
    """Breakpoints on their way through a training, as a picture that plays: see :func:`replay`.

    `data` is what the page holds: `epochs`; for each of them in `frames` the places of the
    breakpoints, their layers, and the ends and bends of the network's function with its values;
    `depth`, the number of layers; `curve`, the data; and `box`, the ends of both axes.
    """

    def __init__(self, data: Mapping[str, Any], label: str) -> None:
        self.data, self.label = dict(data), label

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        written = json.dumps(self.data, separators=(",", ":"), sort_keys=True).replace(
            "<", "\\u003c"
        )
        return {
            "text/html": f'<book-replay data-label="{escape(self.label)}">'
            f'{self._still()}<script type="application/json">{written}</script></book-replay>',
            "text/plain": self.label,
        }

    def _still(self) -> str:
        """The picture of the last moment."""
        low, high, bottom, top = self.data["box"]
        across = lambda x: WIDTH * (x - low) / (high - low)
        up = lambda y: (HEIGHT - 6 * ROW) * (top - y) / (top - bottom)
        frame = self.data["frames"][-1]
        dots = "".join(f"M{across(x):.1f} {up(y):.1f}h0" for x, y in zip(*self.data["curve"]))
        line = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in zip(frame["x"], frame["y"]))
        ticks = "".join(
            f'<path d="M{across(x):.1f} {HEIGHT - (6 - layer) * ROW}v{ROW - 2}" '
            f'stroke="{LIGHT[layer % len(LIGHT)]}" stroke-width="1.5"/>'
            for x, layer in zip(frame["breakpoints"], frame["layers"])
        )
        return (
            f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(self.label)}" '
            f'fill="none"><path class="replay-curve" d="{dots}" stroke="{GREY}" stroke-width="2" '
            f'stroke-linecap="round"/><polyline class="replay-net" points="{line}" '
            f'stroke="currentColor" stroke-width="1.5"/><g class="replay-ticks">{ticks}</g></svg>'
        )


def replay(
    snapshots: Mapping[int, cn.ReLUNet], x: ArrayLike, y: ArrayLike, *, label: str
) -> Replay:
    """A replay of one network's breakpoints and function, for the built page.

    Args:
        snapshots: a stack of one network for each epoch, of five hidden layers at most.
        x, y: the data, (points,): their range is what is shown.
        label: what one sees, in words.

    Raises:
        TypeError, ValueError: an argument is not as said, or the replay would be larger
            than `MOST` bytes.
    """
    if not isinstance(snapshots, Mapping) or not snapshots:
        raise TypeError(f"snapshots must be a mapping of stacks, got {checks.brief(snapshots)}")
    if any(len(net) != 1 or net.depth > len(LIGHT) for net in snapshots.values()):
        raise ValueError("snapshots must hold stacks of one network, of five hidden layers at most")
    points, values = (np.asarray(checks.numeric(n, a), float) for n, a in (("x", x), ("y", y)))
    checks.shaped("y", values, points.shape)
    low, high = points.min(), points.max()
    reach = values.max() - values.min()
    box = [low, high, values.min() - 0.15 * reach, values.max() + 0.15 * reach]
    few = slice(None, None, max(1, len(points) // 100))
    data = {
        "depth": next(iter(snapshots.values())).depth,
        "epochs": sorted(snapshots),
        "frames": [_frame(snapshots[epoch], low, high) for epoch in sorted(snapshots)],
        "curve": [_rounded(points[few]), _rounded(values[few])],
        "box": _rounded(box),
    }
    if (size := len(json.dumps(data))) > MOST:
        raise ValueError(f"snapshots must be fewer: the replay would have {size:,} bytes")
    return Replay(data, label)


def _frame(net: cn.ReLUNet, low: float, high: float) -> dict[str, list]:
    found = cn.to_breakpoints(net)[0]
    inside = (low <= found.breakpoints) & (found.breakpoints <= high)
    bends = found.bends(low, high)[0]
    ends = np.concatenate([[low], bends, [high]])
    return {
        "breakpoints": _rounded(found.breakpoints[inside]),
        "layers": found.layer[inside].tolist(),
        "x": _rounded(ends),
        "y": _rounded(found.function(ends)),
    }


def _rounded(values: Sequence[float] | np.ndarray) -> list[float]:
    return [round(float(value), DIGITS) + 0.0 for value in values]
