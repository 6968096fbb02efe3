"""Random starts as functions: the corrected statements by independent routes, and perturbations
of them, which must fail.

Densities are compared with probabilities of boxes of b, w, v, found without the density:
given w, both b and v have known distribution functions, and one quadrature over w is left.
"""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from scipy import integrate, special, stats

import compnet_lib as cn
from compnet_lib.experiments import share

B, W, V = 1.1, 0.7, 0.6  # deviations, and bounds
BOXES = [(0.0, 0.4, 0.0, 0.1), (0.3, 1.5, 0.05, 0.3), (1.0, 3.0, 0.1, 0.4), (2.5, 6.0, 0.0, 0.2)]


def gaussian(kind):
    below = {"b": B, "w": W, "v": V}
    law = {name: stats.norm(scale=scale) for name, scale in below.items()}
    return law[kind]


def uniform(kind):
    bound = {"b": B, "w": W, "v": V}[kind]
    return stats.uniform(-bound, 2 * bound)


def by_conditioning(law, box):
    """P(|b/w| and |wv| in a box), both signs of each."""
    b, v, w = law("b"), law("v"), law("w")
    between = lambda one, low, high: 2 * (one.cdf(high) - one.cdf(low))

    def given(u):
        return between(b, box[0] * u, box[1] * u) * between(v, box[2] / u, box[3] / u) * w.pdf(u)

    edges = [B / each for each in box[:2] if each] + [each / V for each in box[2:]]
    inner = sorted({1e-9, W if law is uniform else 8 * W, *(e for e in edges if 0 < e < W)})
    if law is gaussian:
        inner = [1e-9, 0.1, 0.5, 1, 8 * W]
    parts = [
        integrate.quad(given, *ends, epsabs=1e-13, limit=200)[0] for ends in zip(inner, inner[1:])
    ]
    return 2 * sum(parts)


def by_density(density, box):
    """The same from a density: for each beta, along mu on a fine rule, kinks or not."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    total = 0.0
    betas = np.linspace(box[0], box[1], 121)
    mus = np.linspace(box[2], box[3], 41)
    for (b0, b1), (m0, m1) in product(zip(betas, betas[1:]), [(mus[0], mus[-1])]):
        beta = (b1 + b0) / 2 + (b1 - b0) / 2 * nodes
        mu = (m1 + m0) / 2 + (m1 - m0) / 2 * nodes
        values = density(beta[:, None], mu[None])
        total += weights @ values @ weights * (b1 - b0) * (m1 - m0) / 4
    return 4 * total


def joint_gaussian(beta, mu, sign=1, b=B, v=V):
    r = np.sqrt(b**2 + sign * W**2 * beta**2)
    return np.exp(-mu * r / (b * v * W)) / (2 * np.pi * v * r)


def joint_uniform(beta, mu, reach=lambda m, mu: V * m >= mu, over=V):
    m = np.minimum(B / np.maximum(beta, 1e-12), W)
    return reach(m, mu) * (m - mu / over) / (4 * B * W * V)


PERTURBED = {
    "Gaussian": (
        gaussian,
        joint_gaussian,
        {
            "factor": lambda beta, mu: joint_gaussian(beta, mu) * 1.02,
            "scale": lambda beta, mu: joint_gaussian(beta, mu, b=W),
            "power": lambda beta, mu: joint_gaussian(beta, 1.05 * mu),
            "swapped": lambda beta, mu: joint_gaussian(beta, mu, v=W),
        },
    ),
    "uniform": (
        uniform,
        joint_uniform,
        {
            "printed": lambda beta, mu: joint_uniform(
                beta, mu, lambda m, mu: mu <= np.minimum(B * V / np.maximum(beta, 1e-12), min(W, V))
            ),
            "proof": lambda beta, mu: joint_uniform(
                beta, mu, lambda m, mu: mu <= np.minimum(B * W / np.maximum(beta, 1e-12), W * V)
            ),
            "swapped": lambda beta, mu: joint_uniform(beta, mu, over=W),
            "factor": lambda beta, mu: joint_uniform(beta, mu) * 1.02,
        },
    ),
}
EVERYWHERE = [*BOXES, (0.0, 1.2, 0.3, 0.6), (3.0, 6.0, 0.1, 0.4)]


@pytest.mark.parametrize("start", PERTURBED)
def test_joint_density_gives_the_probability_of_each_box(start):
    law, density, perturbed = PERTURBED[start]
    wanted = [by_conditioning(law, box) for box in EVERYWHERE]
    agrees = lambda one: np.allclose(
        [by_density(one, box) for box in EVERYWHERE], wanted, rtol=0, atol=2e-4
    )
    assert agrees(density)
    for name, wrong in perturbed.items():
        assert not agrees(wrong), name


def tail(law, one, other, at, how):
    """P(|one / other| > at) or P(|one · other| > at), given the other."""
    given = lambda u: 4 * law(one).sf(at * u if how == "quotient" else at / u) * law(other).pdf(u)
    top = {"b": B, "w": W, "v": V}[other] if law is uniform else 9.0
    kink = {"b": B, "w": W, "v": V}[one]
    kink = kink / at if how == "quotient" else at / kink
    points = [1e-12, *([kink] if 1e-12 < kink < top else []), top]
    return sum(integrate.quad(given, *ends, epsabs=1e-13)[0] for ends in zip(points, points[1:]))


def beyond(density, at, top):
    edges = [at, *(e for e in (B / W, 5, 50) if at < e < top), top]
    return 2 * sum(
        integrate.quad(density, *ends, epsabs=1e-13)[0] for ends in zip(edges, edges[1:])
    )


S = W * V
MARGINALS = {
    "Cauchy": (
        (gaussian, "b", "w", "quotient", np.inf),
        lambda x: B * W / (np.pi * (W**2 * x**2 + B**2)),
        [
            lambda x: B * W / (np.pi * (B**2 * x**2 + W**2)),
            lambda x: B / (np.pi * (W**2 * x**2 + B**2)),
            lambda x: B * W / (2 * (W**2 * x**2 + B**2)),
        ],
    ),
    "Bessel": (
        (gaussian, "v", "w", "product", 20),
        lambda y: special.k0(y / S) / (np.pi * S),
        [
            lambda y: special.k0(y / np.sqrt(S)) / (np.pi * S),  # Meijer's G as printed
            lambda y: special.k0(y / S) / (2 * np.pi * S),
            lambda y: special.k1(y / S) / (np.pi * S),
        ],
    ),
    "quotient of uniform ones": (
        (uniform, "b", "w", "quotient", np.inf),
        lambda x: np.minimum(B / x, W) ** 2 / (4 * B * W),
        [
            lambda x: np.minimum(B / x, W) ** 2 / (2 * B * W),
            lambda x: np.minimum(W / x, B) ** 2 / (4 * B * W),
            lambda x: np.minimum(B / x, V) ** 2 / (4 * B * W),
        ],
    ),
    "logarithm": (
        (uniform, "v", "w", "product", S),
        lambda y: np.log(S / y) / (2 * S),
        [
            lambda y: np.log(S / y) / S,
            lambda y: np.log(np.sqrt(S) / y) / (2 * S),
            lambda y: np.log(S / y) ** 2 / (2 * S),
        ],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MARGINALS)
def test_marginal_density_gives_the_tails(name):
    (law, one, other, how, top), density, perturbed = MARGINALS[name]
    places = (0.2, 0.5, 2.0) if how == "quotient" else (0.05, 0.1, 0.3)
    wanted = [tail(law, one, other, at, how) for at in places]
    agrees = lambda f: np.allclose([beyond(f, at, top) for at in places], wanted, atol=1e-8, rtol=0)
    assert agrees(density)
    assert not any(agrees(wrong) for wrong in perturbed)


def test_conditional_densities_are_the_joint_one_over_the_marginal():
    mu = np.linspace(0.01, 0.25, 9)
    for beta in (0.3, 1.4, 4.0):
        scale = B * V * W / np.sqrt(B**2 + W**2 * beta**2)
        laplace = joint_gaussian(beta, mu) / MARGINALS["Cauchy"][1](beta)
        np.testing.assert_allclose(laplace, stats.laplace(scale=scale).pdf(mu), rtol=1e-12)
        end = V * min(B / beta, W)
        tent = joint_uniform(np.array(beta), mu) / MARGINALS["quotient of uniform ones"][1](beta)
        np.testing.assert_allclose(tent, stats.triang(0.5, -end, 2 * end).pdf(mu), rtol=1e-12)


def moments(kind, bound):
    """E x² and E x⁴, exactly: Gaussian of a variance, or uniform up to a bound."""
    if kind == "gaussian":
        return bound, 3 * bound**2
    return Fraction(bound) ** 2 / 3, Fraction(bound) ** 4 / 5


def test_moments_of_the_uniform_delta_slope():
    """From those of w and v, which are independent."""
    for a_w, a_v in [(Fraction(1, 2), Fraction(4, 5)), (Fraction(3), Fraction(2, 3))]:
        (w2, w4), (v2, v4) = moments("uniform", a_w), moments("uniform", a_v)
        variance, excess = w2 * v2, w4 * v4 / (w2 * v2) ** 2 - 3
        formulas = {"right": ((a_w * a_v) ** 2 / 9, Fraction(6, 25))}
        a = a_w * a_v
        formulas["printed"] = (2 * a**3 / 9, Fraction(81, 50) / a - 3)
        formulas["proof"] = (a**3 / 9, Fraction(81, 25) / a - 3)
        formulas["factor"] = (a**2 / 3, Fraction(9, 5) - 3)
        for name, (one, other) in formulas.items():
            assert ((one, other) == (variance, excess)) == (name == "right"), name


ROUGHNESS = {
    "right": lambda H: (Fraction(4 * H, (H + 1) ** 2), Fraction(128 * H, (H + 1) ** 4)),
    "printed": lambda H: (Fraction(4 * H, (H + 1) ** 2), Fraction(128, (H + 1) ** 4)),
    "printed otherwise": lambda H: (Fraction(4 * H, (H + 1) ** 2), Fraction(32, (H + 1) ** 2)),
    "approximate": lambda H: (Fraction(4, H), Fraction(128, H**3)),
    "fourth moment": lambda H: (Fraction(4 * H, (H + 1) ** 2), Fraction(144 * H, (H + 1) ** 4)),
}


@pytest.mark.parametrize("name", ROUGHNESS)
def test_mean_and_variance_of_the_roughness(name):
    """From E μ² and E μ⁴ of independent neurons, exactly."""
    for H in (2, 5, 21, 100):
        w2, w4 = moments("gaussian", Fraction(2, H + 1))
        found = H * w2 * w2, H * (w4 * w4 - (w2 * w2) ** 2)
        assert (found == ROUGHNESS[name](H)) == (name == "right")


def test_tail_of_the_roughness_stays_below_the_bounds():
    """The printed one, whose event has no λ, does not; exact binomial intervals."""
    H, rng = 21, np.random.default_rng(0)
    mu = rng.normal(size=(2, 20_000, H)).prod(0) * 2 / (H + 1)
    rho = (mu**2).sum(1)
    mean, variance = map(float, ROUGHNESS["right"](H))
    for away in (0.05, 0.1, 0.3, 1.0):
        for centre, bound in ((mean, away**2 / variance), (4 / H, away**2 * H**3 / 128)):
            hits = int((rho - centre >= away).sum())
            assert share(hits, len(rho), 1 - 1e-6).low <= 1 / (1 + bound)
    above = share(int((rho > 4 / (H + 1)).sum()), len(rho), 1 - 1e-6)
    assert above.low > 1 / (1 + H**3 / 128)


STARTS = {
    "he normal": (lambda H: 4, lambda H, L: 2),
    "glorot normal": (
        lambda H: 4 * H / (H + 1) ** 2,
        lambda H, L: 2 * H / (H + 1) ** 2 * 2.0 ** (1 - L),
    ),
    "default": (lambda H: 1 / 9, lambda H, L: 6.0**-L / 3),
}


def consistent(values, wanted):
    """Within five standard errors."""
    return abs(values.mean() - wanted) <= 5 * values.std() / np.sqrt(len(values))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", STARTS)
def test_expected_roughness_of_the_three_starts(scheme):
    right = STARTS[scheme][0]
    wrong = [lambda H: 4 / H**1.3, lambda H: 2 * right(H), lambda H: right(H) / 2]
    rho = {}
    for H in (4, 30):
        net = cn.random_init(20_000, 1, H, seed=H, scheme=scheme)
        rho[H] = ((net.weights[0][:, :, 0] * net.weights[1][:, 0]) ** 2).sum(1)
    agrees = lambda formula: all(consistent(rho[H], formula(H)) for H in rho)
    assert agrees(right)
    assert not any(map(agrees, wrong))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", STARTS)
@pytest.mark.parametrize("biases", ["zero", "weights"])
def test_expected_squared_slope_at_a_point(scheme, biases):
    """By a difference on each side of a point; a few networks bend between."""
    for depth, width in [(1, 5), (2, 8), (3, 6)]:
        net = cn.random_init(20_000, depth, width, 3, scheme=scheme, biases=biases)
        low, high = net([0.8, 0.8 + 1e-6]).T
        squares = ((high - low) / 1e-6) ** 2
        wanted = STARTS[scheme][1](width, depth)
        assert consistent(squares, wanted)
        perturbed = [wanted / 2, wanted * 2, STARTS[scheme][1](width, depth + 3) / 1.7]
        assert not any(consistent(squares, wrong) for wrong in perturbed)
