from ._grid import (
    grid as grid,
)
from ._measure import (
    error_at as error_at,
    measure as measure,
    nets as nets,
)
from ._raced import (
    followed as followed,
    raced as raced,
)
from ._redrawn import (
    redrawn as redrawn,
)
from ._searched import (
    nearest as nearest,
    searched as searched,
)
from .compositional._published import (
    CELLS as CELLS,
    CURVES as CURVES,
    published as published,
    published_grid as published_grid,
    REGIMES as REGIMES,
    STATISTICS as STATISTICS,
)
from .compositional._reading import (
    paper_curves as paper_curves,
    Reading as Reading,
)
from .compositional._regularized import (
    regularized as regularized,
)
from .compositional.depths import (
    each_depth as each_depth,
)
from .compositional.regimes import (
    begin_regime as begin_regime,
    run_regime as run_regime,
)
from .compositional.splits import (
    evenly as evenly,
    on_unit_square as on_unit_square,
    placed as placed,
    split as split,
    SPLITS as SPLITS,
)
from .cost import (
    cost_law as cost_law,
    descent as descent,
    exponents as exponents,
    stack_of as stack_of,
)
from .function_space._by_layer import (
    roughness_by_layer as roughness_by_layer,
)
from .function_space._cubic import (
    cubic_in_gap as cubic_in_gap,
    flat_start as flat_start,
    output_limit as output_limit,
)
from .function_space._curves import (
    space_curves as space_curves,
)
from .function_space._descended import (
    descended as descended,
)
from .function_space._displaced import (
    displaced as displaced,
)
from .function_space._gap import (
    gap_roughness as gap_roughness,
)
from .function_space._gaps import (
    beside_gap as beside_gap,
    gap_curves as gap_curves,
    gap_points as gap_points,
)
from .function_space._meet import (
    bends_followed as bends_followed,
    built_or_default as built_or_default,
    output_bends as output_bends,
    trained_three_ways as trained_three_ways,
)
from .function_space._moving import (
    broken_lines as broken_lines,
    moves_beside as moves_beside,
)
from .function_space._normalized import (
    normalized_descent as normalized_descent,
)
from .function_space._optimized import (
    optimized as optimized,
    RATES as RATES,
)
from .function_space._pieces import (
    count_pieces as count_pieces,
    sd_growth as sd_growth,
    trained_pieces as trained_pieces,
    trial_means as trial_means,
)
from .function_space._printed import (
    printed as printed,
)
from .function_space._spiky import (
    spiky_and_standard as spiky_and_standard,
)
from .function_space._starts import (
    by_layer as by_layer,
    flatness as flatness,
    from_starts as from_starts,
)
from .function_space._tracked import (
    mobility as mobility,
    tracked as tracked,
)
from .inverse_stability._angles import (
    angle_instances as angle_instances,
)
from .inverse_stability._dimension import (
    functional_dimension as functional_dimension,
)
from .inverse_stability._exploding import (
    exploding as exploding,
)
from .inverse_stability._extremal import (
    extremal_networks as extremal_networks,
)
from .inverse_stability._instances import (
    PAIRS as PAIRS,
    stability_instances as stability_instances,
)
from .inverse_stability._learned import (
    balanced_or_not as balanced_or_not,
    peaks_or_weights as peaks_or_weights,
)
from .inverse_stability._moduli import (
    peak_moduli as peak_moduli,
)
from .inverse_stability._nested import (
    peak_distances as peak_distances,
    peak_gram as peak_gram,
)
from .inverse_stability._pathologies import (
    parameter_distance as parameter_distance,
    parametrizations as parametrizations,
    PATHOLOGIES as PATHOLOGIES,
    pathologies as pathologies,
    pathology as pathology,
    uniform_norm as uniform_norm,
)
from .inverse_stability._trained import (
    restricted_training as restricted_training,
)
from .robustness import (
    noise_at as noise_at,
    shaken as shaken,
    under_noise as under_noise,
)
from .statistics import (
    bootstrap as bootstrap,
    by_curve as by_curve,
    counted as counted,
    Interval as Interval,
    intervals as intervals,
    median_ratio as median_ratio,
    over_models as over_models,
    pooled as pooled,
    pooled_median as pooled_median,
    rank_correlation as rank_correlation,
    share as share,
)
