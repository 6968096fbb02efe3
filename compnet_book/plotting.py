"""What chapters call that have not moved to `figures`, `tables` and `words`."""

from .figures import STYLE, panels, use_style
from .palette import DARK, GREY, LIGHT, LOOKS
from .tables import table
from .words import interval, power

__all__ = [
    "DARK",
    "GREY",
    "LIGHT",
    "LOOKS",
    "STYLE",
    "interval",
    "panels",
    "power",
    "table",
    "use_style",
]
