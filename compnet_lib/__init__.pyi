from ._core.stops import Interrupted as Interrupted
from .networks.equivalent import balance as balance, deepen as deepen
from .networks.initialize import default_init as default_init, raai_init as raai_init
from .networks.network import ReLUNet as ReLUNet
from .networks.schemes import random_init as random_init, uniform_init as uniform_init
from .targets.target import Target as Target, TARGETS as TARGETS
from .functions._breakpoints import (
    breakpoints as breakpoints,
    Breakpoints as Breakpoints,
    delta_slopes as delta_slopes,
    from_breakpoints as from_breakpoints,
    roughness as roughness,
    to_breakpoints as to_breakpoints,
)
from .functions._insides import Insides as Insides, insides as insides, safe_change as safe_change
from .functions._spiky import spiky_init as spiky_init
from .functions.of_networks import (
    linear_regions as linear_regions,
    mse as mse,
    piecewise_linear as piecewise_linear,
)
from .functions.piecewise import PiecewiseLinear as PiecewiseLinear
from .functions.regression.continuous import (
    Continuous as Continuous,
    continuous_regression as continuous_regression,
)
from .functions.regression.critical import (
    critical_counts as critical_counts,
    critical_fits as critical_fits,
)
from .functions.regression.data import Segments as Segments
from .functions.regression.segmented import (
    merged_regression as merged_regression,
    merging_factor as merging_factor,
    segmented_regression as segmented_regression,
)
from .functions.splines import free_knot_spline as free_knot_spline
from .compositions.integrals import gram as gram, moments as moments, series_mse as series_mse
from .compositions.inverse import recover_peaks as recover_peaks, retract as retract
from .compositions.manifold import clipped as clipped, compositional as compositional
from .compositions.peaks import sample_peaks as sample_peaks
from .compositions._waves import (
    mesh as mesh,
    ratios as ratios,
    scales as scales,
    series as series,
    triangle as triangle,
    wave as wave,
    waves as waves,
)
from .stability._cells import cells as cells
from .stability._reparametrized import (
    reparametrize as reparametrize,
    Reparametrized as Reparametrized,
)
from .stability._restricted import is_restricted as is_restricted, Restricted as Restricted
from .stability._seminorm import seminorm as seminorm
from .engines.regularizer import Regularizer as Regularizer
from .training.first_order import pretrain as pretrain, train as train
from .training.moves import global_moves as global_moves
from .training.result import Result as Result
from .training.second_order import refine as refine, Refined as Refined
from .training._search import search as search
from .training.starts import closest as closest, grow as grow, pretrained as pretrained
from .experiments.compositional._published import CELLS as CELLS, published as published
from .experiments.compositional._reading import Reading as Reading
from .experiments.compositional.regimes import run_regime as run_regime
from .experiments._grid import grid as grid
from .experiments._measure import measure as measure, nets as nets

__version__: str
