"""What a page says of a curve."""

from __future__ import annotations

from compnet_lib.targets.shape import turns
from compnet_lib.targets.target import Target


def explained(curve: Target) -> str:
    """How a compositional network is laid along the curve, as a sentence or two in Markdown."""
    low, high = curve.interval
    start, slope = curve.line
    ends = [f"({end:.4g},\\,{start + slope * k:.4g})" for k, end in enumerate((low, high))]
    text = (
        f"${curve.formula}$ on $[{low:.4g},{high:.4g}]$ is {curve.bend}. "
        f"Laid on the line from ${ends[0]}$ to ${ends[1]}$ it needs waves that are "
        f"{'added' if curve.sign > 0 else 'subtracted'}."
    )
    if start:
        text += f" The output bias starts at {start:.4g}, where the line does."
    x = curve.grid()
    told = turns(x, curve(x), 1)
    if "rises" in told and "falls" in told:
        text += (
            f" It {told}; under (4) sums of waves on a line are monotone, "
            "so that pretraining can come near this curve only up to its turn."
        )
    return text
