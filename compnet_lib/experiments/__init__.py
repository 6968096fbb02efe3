"""What papers leave open, and experiments on it: regimes, splits, published numbers,
labelled grids and their statistics.

The names are listed in `__init__.pyi`, and imported when they are asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
