"""Compositional ReLU networks: triangle waves, peaks and weights, exact linear regions, and
training of whole stacks.

The public names are listed in `__init__.pyi`, and imported when they are asked for.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
__version__ = "0.1.0"
