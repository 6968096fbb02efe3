from ._core.control import (
    Interrupted as Interrupted,
)
from .compositions._waves import (
    mesh as mesh,
)
from .compositions._waves import (
    ratios as ratios,
)
from .compositions._waves import (
    scales as scales,
)
from .compositions._waves import (
    series as series,
)
from .compositions._waves import (
    triangle as triangle,
)
from .compositions._waves import (
    wave as wave,
)
from .compositions._waves import (
    waves as waves,
)
from .compositions.integrals import (
    gram as gram,
)
from .compositions.integrals import (
    moments as moments,
)
from .compositions.integrals import (
    series_mse as series_mse,
)
from .compositions.inverse import (
    recover_peaks as recover_peaks,
)
from .compositions.inverse import (
    retract as retract,
)
from .compositions.manifold import (
    clipped as clipped,
)
from .compositions.manifold import (
    compositional as compositional,
)
from .engines.regularizer import (
    Regularizer as Regularizer,
)
from .experiments.compositional._published import (
    CELLS as CELLS,
)
from .experiments.compositional._published import (
    published as published,
)
from .experiments.compositional.regimes import (
    Reading as Reading,
)
from .experiments.compositional.regimes import (
    run_regime as run_regime,
)
from .functions._insides import (
    Insides as Insides,
)
from .functions._insides import (
    insides as insides,
)
from .functions._insides import (
    safe_change as safe_change,
)
from .functions.of_networks import (
    linear_regions as linear_regions,
)
from .functions.of_networks import (
    mse as mse,
)
from .functions.of_networks import (
    piecewise_linear as piecewise_linear,
)
from .functions.piecewise import (
    PiecewiseLinear as PiecewiseLinear,
)
from .functions.splines import (
    free_knot_spline as free_knot_spline,
)
from .networks.equivalent import (
    balance as balance,
)
from .networks.equivalent import (
    deepen as deepen,
)
from .networks.initialize import (
    default_init as default_init,
)
from .networks.initialize import (
    raai_init as raai_init,
)
from .networks.initialize import (
    sample_peaks as sample_peaks,
)
from .networks.network import (
    ReLUNet as ReLUNet,
)
from .targets.target import (
    TARGETS as TARGETS,
)
from .targets.target import (
    Target as Target,
)
from .training.first_order import (
    Result as Result,
)
from .training.first_order import (
    pretrain as pretrain,
)
from .training.first_order import (
    train as train,
)
from .training.second_order import (
    Refined as Refined,
)
from .training.second_order import (
    refine as refine,
)
from .training.starts import (
    closest as closest,
)
from .training.starts import (
    grow as grow,
)
from .training.starts import (
    pretrained as pretrained,
)
from .training.starts import (
    search as search,
)

__version__: str
