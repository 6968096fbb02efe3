"""The colours of the book's pages, and how each regime is drawn."""

LIGHT = ("#002bc1", "#a11200", "#0aa677", "#8f4a96", "#1c0b0d")
"""Five line colours on a light page, distinct under colour-vision deficiencies."""
DARK = ("#5678f9", "#c76320", "#07ffaf", "#987197", "#e4ff23")
"""The colours that stand for them on a dark page."""
GREY = "#767676"
"""For what stays in the background, on both."""
LOOKS = {
    "default": (LIGHT[1], "--", "s"),
    "raai": (LIGHT[4], (0, (1, 1)), "P"),
    "skipped": (LIGHT[2], "-.", "^"),
    "free": (LIGHT[3], ":", "D"),
    "enforced": (LIGHT[0], "-", "o"),
}
"""How each of the compositional paper's regimes is drawn, on every page: colour, dashes, marker."""
WAYS = {
    "peaks": (LIGHT[2], "-.", "^"),
    "peaks, not enforced": (LIGHT[3], ":", "D"),
    "Adam": (LIGHT[1], "--", "s"),
    "default start": (GREY, (0, (1, 1)), "P"),
    "refined": (LIGHT[4], (0, (5, 1)), "v"),
    "grown": (LIGHT[0], "-", "o"),
}
"""The same for the ways of finding networks at each depth."""
