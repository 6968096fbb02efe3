"""Compositional ReLU networks: triangle waves, peaks and weights, exact linear regions, and training of whole stacks."""

from .engines import Interrupted
from .equivalent import balance, deepen
from .initialize import default_init, raai_init, sample_peaks
from .insides import Insides, insides, safe_change
from .integrals import gram, moments, series_mse
from .inverse import recover_peaks, retract
from .manifold import clipped, compositional
from .multistart import closest, grow, pretrained, search
from .network import ReLUNet
from .piecewise import PiecewiseLinear, linear_regions, mse, piecewise_linear
from .published import CELLS, published
from .regimes import Reading, run_regime
from .regularizer import Regularizer
from .second_order import Refined, refine
from .splines import free_knot_spline
from .targets import TARGETS, Target
from .training import Result, pretrain, train
from .waves import mesh, ratios, scales, series, triangle, wave, waves

__all__ = [
    "CELLS", "TARGETS", "Insides", "Interrupted", "PiecewiseLinear", "ReLUNet", "Reading", "Refined", "Regularizer", "Result", "Target", "balance", "clipped", "closest",
    "compositional", "deepen", "default_init", "free_knot_spline", "gram", "grow", "insides", "linear_regions", "mesh", "moments", "mse", "piecewise_linear",
    "pretrain", "pretrained", "published", "raai_init", "ratios", "recover_peaks", "refine", "retract", "run_regime", "safe_change", "sample_peaks", "scales", "search", "series",
    "series_mse", "train", "triangle", "wave", "waves",
]
__version__ = "0.1.0"
