import numpy as np
import pytest

import compnet_lib as cn

MAKERS = [cn.default_init, cn.raai_init]


def assert_uniform(values, low, high):
    """By the inequality of Dvoretzky, Kiefer and Wolfowitz this fails with probability 1e-6 for
    independent uniform values."""
    values = np.sort(np.ravel(values))
    n = len(values)
    assert low <= values[0] and values[-1] <= high
    cdf = (values - low) / (high - low)
    gap = max((np.arange(1, n + 1) / n - cdf).max(), (cdf - np.arange(n) / n).max())
    assert gap <= np.sqrt(np.log(2e6) / (2 * n))


def assert_mean(samples, wanted):
    """Within five standard errors of independent samples."""
    assert abs(samples.mean() - wanted) <= 5 * samples.std() / np.sqrt(len(samples))


def arrays(net):
    return [a for a in (*net.weights, *net.biases) if a is not None]


def assert_equal(one, other):
    for a, b in zip(arrays(one), arrays(other), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("low, high", [(0.1, 0.9), (0.25, 0.75), (0.4, 0.4)])
def test_peaks_are_uniform(low, high):
    peaks = cn.sample_peaks(2000, 5, 0, low, high)
    assert peaks.shape == (2000, 5) and peaks.dtype == np.float64
    if low < high:
        assert_uniform(peaks, low, high)
        assert_mean((peaks[:, 0] - 0.5) * (peaks[:, 1] - 0.5), 0)
    else:
        assert (peaks == low).all()


def test_default_is_uniform_within_one_over_the_root_of_the_fan_in():
    net = cn.default_init(800, 3, 5, seed=0)
    for w, b, fan_in in zip(net.weights, net.biases, [1, 5, 5, 5]):
        bound = 1 / np.sqrt(fan_in)
        assert_uniform(w, -bound, bound)
        assert_uniform(b, -bound, bound)


def test_default_has_the_shapes_and_bounds_of_torch():
    net = cn.default_init(3, 4, 6, output_bias=False)
    module = net.to_torch()
    assert net.widths == (6,) * 4 and len(net) == 3 and net.biases[-1] is None
    for linear in list(module)[::2]:
        bound = 1 / linear.in_features**0.5
        linear.reset_parameters()
        assert linear.weight.abs().max() <= bound and (
            linear.bias is None or linear.bias.abs().max() <= bound
        )


def test_raai_rows_have_the_moments_of_their_recipe():
    """Of n = fan-in + 1 entries one is Beta(2, 1), of mean 2/3 and mean square 1/2;
    the others are Gaussian minus the row's mean, of variance σ²(1-1/n) and covariance -σ²/n."""
    net = cn.raai_init(6000, 3, 4, seed=0)
    for w, b, fan_in in zip(net.weights, net.biases, [1, 4, 4, 4]):
        rows = np.concatenate([w, b[:, :, None]], axis=2).reshape(-1, fan_in + 1)
        n, variance = fan_in + 1, 0.6007**2 / fan_in
        for column in rows.T:
            assert_mean(column, 2 / 3 / n)
            assert_mean(column**2, 1 / 2 / n + (1 - 1 / n) ** 2 * variance)
        pairs = (rows.sum(1) ** 2 - (rows**2).sum(1)) / (n * (n - 1))
        assert_mean(pairs, -(1 - 2 / n) * variance / n)
        assert ((rows > 0) & (rows < 1)).any(1).all()


@pytest.mark.parametrize("make", MAKERS)
def test_a_larger_stack_begins_with_the_smaller(make):
    assert_equal(make(7, 3, 4, seed=5)[:3], make(3, 3, 4, seed=5))
    np.testing.assert_array_equal(cn.sample_peaks(7, 5, 3)[:2], cn.sample_peaks(2, 5, 3))


@pytest.mark.parametrize("make", MAKERS)
def test_the_seed_decides(make):
    assert_equal(make(2, seed=1), make(2, seed=1))
    starts = [make(2, seed=s).weights[1] for s in (1, 2)]
    assert (
        not np.isclose(starts[0], starts[1]).any()
        and not np.isclose(starts[0][0], starts[0][1]).any()
    )
    assert not np.isclose(cn.sample_peaks(2, 3, 1), cn.sample_peaks(2, 3, 2)).any()


@pytest.mark.parametrize("make", MAKERS)
def test_dtype_rounds_and_the_output_bias_is_left_out(make):
    wide, narrow, unbiased = (
        make(2, seed=4),
        make(2, seed=4, dtype=np.float32),
        make(2, seed=4, output_bias=False),
    )
    assert (wide.dtype, narrow.dtype, unbiased.biases[-1]) == (np.float64, np.float32, None)
    assert_equal(wide.astype(np.float32), narrow)
    assert_equal(cn.ReLUNet(wide.weights, [*wide.biases[:-1], None]), unbiased)
    assert (wide.widths, wide.parameters) == ((4,) * 5, 8 + 4 * 20 + 5)


def test_raai_variants_differ_in_what_is_subtracted():
    """From the entries that the Beta draw left alone: a row's sum is 0 for "row" and "scaled",
    and "none" is what was drawn."""
    nets = {
        variant: cn.raai_init(500, 3, 4, seed=0, variant=variant)
        for variant in ("row", "weights", "scaled", "none")
    }
    rows = {
        variant: np.concatenate([net.weights[1], net.biases[1][:, :, None]], axis=2)
        for variant, net in nets.items()
    }
    replaced = np.isclose(rows["row"], rows["none"], atol=0)  # the same draw in each variant
    assert (replaced.sum(2) == 1).all()
    kept = ~replaced
    # Differences within a row survive the subtraction of its mean;
    # scaling multiplies them by sqrt(5/4).
    first = kept.argmax(2)[..., None]

    def differences(variant):
        return np.where(kept, rows[variant] - np.take_along_axis(rows[variant], first, 2), 0)

    np.testing.assert_allclose(differences("row"), differences("none"), atol=1e-14)
    np.testing.assert_allclose(
        differences("scaled"), differences("none") * np.sqrt(5 / 4), atol=1e-14
    )
    bias_kept = kept[..., 4]
    np.testing.assert_array_equal(
        rows["weights"][..., 4][bias_kept], rows["none"][..., 4][bias_kept]
    )
    whole = replaced[..., 4]  # rows whose weights are all as drawn
    np.testing.assert_allclose(rows["weights"][whole][:, :4].sum(1), 0, atol=1e-14)
    assert np.abs(rows["row"][whole][:, :4].sum(1)).min() > 0
    with pytest.raises(ValueError, match="variant must"):
        cn.raai_init(1, variant="best")


@pytest.mark.parametrize("make", MAKERS)
def test_several_inputs_and_outputs(make):
    net = make(2, 2, 5, seed=1, inputs=3, outputs=2)
    assert [w.shape for w in net.weights] == [(2, 5, 3), (2, 5, 5), (2, 2, 5)]
    assert (net.biases[-1].shape, make(1, inputs=3, output_bias=False).biases[-1]) == ((2, 2), None)
    assert_equal(make(2, 2, 5, seed=1, inputs=1, outputs=1), make(2, 2, 5, seed=1))


def test_a_seed_may_be_an_array_of_one_number():
    assert_equal(cn.default_init(1, seed=np.array(3)), cn.default_init(1, seed=3))
    assert_equal(cn.default_init(1, seed=2**70), cn.default_init(1, seed=2**70))
