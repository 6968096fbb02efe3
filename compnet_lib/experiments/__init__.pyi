from ._grid import (
    grid as grid,
)
from ._measure import (
    error_at as error_at,
)
from ._measure import (
    measure as measure,
)
from ._measure import (
    nets as nets,
)
from ._raced import (
    followed as followed,
)
from ._raced import (
    raced as raced,
)
from ._redrawn import (
    redrawn as redrawn,
)
from ._searched import (
    nearest as nearest,
)
from ._searched import (
    searched as searched,
)
from .compositional._published import (
    CELLS as CELLS,
)
from .compositional._published import (
    CURVES as CURVES,
)
from .compositional._published import (
    REGIMES as REGIMES,
)
from .compositional._published import (
    STATISTICS as STATISTICS,
)
from .compositional._published import (
    published as published,
)
from .compositional._published import (
    published_grid as published_grid,
)
from .compositional._reading import (
    Reading as Reading,
)
from .compositional._reading import (
    paper_curves as paper_curves,
)
from .compositional._regularized import (
    regularized as regularized,
)
from .compositional.depths import (
    each_depth as each_depth,
)
from .compositional.regimes import (
    begin_regime as begin_regime,
)
from .compositional.regimes import (
    run_regime as run_regime,
)
from .compositional.splits import (
    SPLITS as SPLITS,
)
from .compositional.splits import (
    evenly as evenly,
)
from .compositional.splits import (
    on_unit_square as on_unit_square,
)
from .compositional.splits import (
    placed as placed,
)
from .compositional.splits import (
    split as split,
)
from .cost import (
    cost_law as cost_law,
)
from .cost import (
    descent as descent,
)
from .cost import (
    exponents as exponents,
)
from .cost import (
    stack_of as stack_of,
)
from .function_space._by_layer import (
    roughness_by_layer as roughness_by_layer,
)
from .function_space._cubic import (
    cubic_in_gap as cubic_in_gap,
)
from .function_space._cubic import (
    flat_start as flat_start,
)
from .function_space._cubic import (
    output_limit as output_limit,
)
from .function_space._curves import (
    space_curves as space_curves,
)
from .function_space._descended import (
    descended as descended,
)
from .function_space._descended import (
    gap_curves as gap_curves,
)
from .function_space._descended import (
    gap_points as gap_points,
)
from .function_space._displaced import (
    displaced as displaced,
)
from .function_space._gap import (
    beside_gap as beside_gap,
)
from .function_space._gap import (
    gap_roughness as gap_roughness,
)
from .function_space._gap import (
    gap_targets as gap_targets,
)
from .function_space._meet import (
    bends_followed as bends_followed,
)
from .function_space._meet import (
    built_or_default as built_or_default,
)
from .function_space._meet import (
    output_bends as output_bends,
)
from .function_space._meet import (
    trained_three_ways as trained_three_ways,
)
from .function_space._normalized import (
    normalized_descent as normalized_descent,
)
from .function_space._optimized import (
    RATES as RATES,
)
from .function_space._optimized import (
    optimized as optimized,
)
from .function_space._pieces import (
    count_pieces as count_pieces,
)
from .function_space._pieces import (
    sd_growth as sd_growth,
)
from .function_space._pieces import (
    trained_pieces as trained_pieces,
)
from .function_space._pieces import (
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
)
from .function_space._starts import (
    flatness as flatness,
)
from .function_space._starts import (
    from_starts as from_starts,
)
from .function_space._tracked import (
    mobility as mobility,
)
from .function_space._tracked import (
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
)
from .inverse_stability._instances import (
    stability_instances as stability_instances,
)
from .inverse_stability._learned import (
    balanced_or_not as balanced_or_not,
)
from .inverse_stability._learned import (
    peaks_or_weights as peaks_or_weights,
)
from .inverse_stability._moduli import (
    peak_moduli as peak_moduli,
)
from .inverse_stability._nested import (
    peak_distances as peak_distances,
)
from .inverse_stability._nested import (
    peak_gram as peak_gram,
)
from .inverse_stability._pathologies import (
    parameter_distance as parameter_distance,
)
from .inverse_stability._pathologies import (
    parametrizations as parametrizations,
)
from .inverse_stability._pathologies import (
    pathologies as pathologies,
)
from .inverse_stability._pathologies import (
    PATHOLOGIES as PATHOLOGIES,
)
from .inverse_stability._pathologies import (
    pathology as pathology,
)
from .inverse_stability._pathologies import (
    uniform_norm as uniform_norm,
)
from .inverse_stability._trained import (
    restricted_training as restricted_training,
)
from .robustness import (
    noise_at as noise_at,
)
from .robustness import (
    shaken as shaken,
)
from .robustness import (
    under_noise as under_noise,
)
from .statistics import (
    Interval as Interval,
)
from .statistics import (
    bootstrap as bootstrap,
)
from .statistics import (
    by_curve as by_curve,
)
from .statistics import (
    counted as counted,
)
from .statistics import (
    intervals as intervals,
)
from .statistics import (
    median_ratio as median_ratio,
)
from .statistics import (
    over_models as over_models,
)
from .statistics import (
    pooled as pooled,
)
from .statistics import (
    pooled_median as pooled_median,
)
from .statistics import (
    rank_correlation as rank_correlation,
)
from .statistics import (
    share as share,
)
