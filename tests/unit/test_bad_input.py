"""Wrong arguments are refused before any work is done, in words that name the argument and say what it may be."""
import re
from fractions import Fraction as Q

import numpy as np
import pytest

import compnet_lib as cn

NAN, INF = float("nan"), float("inf")
X = np.linspace(0, 1, 5)
SQUARE = cn.TARGETS["x^2"]
NET, DEEP = cn.default_init(2, 2, 3), cn.default_init(2, 3, 3)
EXACT = cn.compositional([Q(1, 3), Q(1, 2)], 1)
F, G = cn.piecewise_linear(NET)[0], cn.piecewise_linear(EXACT)[0]
PEAKS = np.full((2, 3), 0.4)
W, B = [np.ones((2, 3, 1)), np.ones((2, 1, 3))], [np.ones((2, 3)), None]


def train(net=NET, targets=SQUARE, x=X, epochs=1, lr=1e-3, **options):
    return cn.train(net, targets, x, epochs=epochs, lr=lr, **options)


def held(**fields):
    return train(regularizer=cn.Regularizer(**fields))


def pretrain(peaks=PEAKS, targets=SQUARE, x=X, epochs=1, lr=1e-3, **options):
    return cn.pretrain(peaks, targets, x, epochs=epochs, lr=lr, **options)


def regime(name="default", targets=(SQUARE,), x=X, **options):
    return cn.run_regime(name, targets, x, **{"models": 1, "seeds": [0], "depth": 2, "epochs": 1, **options})


BAD = {  # the public name, then the argument to blame and the call
    "triangle": [("a", lambda: cn.triangle(0.5, 0)), ("a", lambda: cn.triangle(0.5, 1.0)), ("a", lambda: cn.triangle(X, Q(3, 2))), ("a", lambda: cn.triangle(0.5, NAN)),
                 ("x", lambda: cn.triangle("0.5", 0.5)), ("x", lambda: cn.triangle(NAN, 0.5)), ("x", lambda: cn.triangle([0.1, INF], 0.5)), ("x", lambda: cn.triangle(None, 0.5)),
                 ("x", lambda: cn.triangle(True, 0.5)), ("x", lambda: cn.triangle(1j, 0.5)), ("a", lambda: cn.triangle(0.5, None))],
    "wave": [("peaks", lambda: cn.wave(0.5, [])), ("peaks", lambda: cn.wave(0.5, [0.5, 1.5])), ("x", lambda: cn.wave([[0.1], [0.1, 0.2]], [0.5])),
             ("peaks", lambda: cn.wave(0.5, None))],
    "waves": [("peaks", lambda: cn.waves(X, [[[0.5]]])), ("peaks", lambda: cn.waves(X, ["a"])), ("peaks", lambda: cn.waves(X, [[0.5], [0.5, 0.5]])), ("x", lambda: cn.waves({}, [0.5]))],
    "ratios": [("sign", lambda: cn.ratios([0.5], 0)), ("sign", lambda: cn.ratios([0.5], None)), ("sign", lambda: cn.ratios(PEAKS, [1, -1, 1])), ("sign", lambda: cn.ratios(PEAKS, [1, 2])),
               ("closing", lambda: cn.ratios([0.5], 1, 1)), ("peaks", lambda: cn.ratios([0.5, NAN], 1)), ("sign", lambda: cn.ratios([0.5], True))],
    "scales": [("closing", lambda: cn.scales([0.5], 1, 0.0)), ("closing", lambda: cn.scales([0.5], 1, "half")), ("closing", lambda: cn.scales(PEAKS, 1, [0.5] * 3)),
               ("sign", lambda: cn.scales([0.5], "+")), ("peaks", lambda: cn.scales(-PEAKS, 1)), ("closing", lambda: cn.scales([0.5], 1, None)), ("closing", lambda: cn.scales([Q(1, 2)], 1, NAN))],
    "series": [("ratios", lambda: cn.series(X, [0.5, 0.5], 1, ratios=[0.5])), ("sign", lambda: cn.series(X, [0.5], 2)), ("x", lambda: cn.series([NAN], [0.5], 1)),
               ("ratios", lambda: cn.series(X, PEAKS, 1, ratios=[0.5, 0.5, 0.5])), ("closing", lambda: cn.series(X, PEAKS, 1, 1.5))],
    "mesh": [("peaks", lambda: cn.mesh([0.5, 0.0])), ("peaks", lambda: cn.mesh(np.zeros((0, 3)))), ("peaks", lambda: cn.mesh(None))],
    "gram": [("peaks", lambda: cn.gram([INF])), ("peaks", lambda: cn.gram("0.5"))],
    "moments": [("polynomial", lambda: cn.moments([], [0.5])), ("polynomial", lambda: cn.moments(["x"], [0.5])), ("polynomial", lambda: cn.moments([[1, 2]], [0.5])),
                ("polynomial", lambda: cn.moments(SQUARE, [0.5])), ("polynomial", lambda: cn.moments([1, NAN], [0.5])), ("peaks", lambda: cn.moments([1], [1.5]))],
    "series_mse": [("target", lambda: cn.series_mse([0.5], "x^2")), ("target", lambda: cn.series_mse([0.5], cn.TARGETS["sin"])), ("peaks", lambda: cn.series_mse([0], SQUARE)),
                   ("sign", lambda: cn.series_mse([0.5], SQUARE, 0)), ("closing", lambda: cn.series_mse([0.5], SQUARE, closing=2)), ("ratios", lambda: cn.series_mse(PEAKS, SQUARE, ratios=[1.0]))],
    "recover_peaks": [("depth", lambda: cn.recover_peaks(G, 0)), ("depth", lambda: cn.recover_peaks(G, 1.5)), ("F", lambda: cn.recover_peaks("x", 2)), ("end_slopes", lambda: cn.recover_peaks(np.sin, 2)),
                      ("end_slopes", lambda: cn.recover_peaks(G, 2, (1, -1))), ("end_slopes", lambda: cn.recover_peaks(np.sin, 2, (1, 1))), ("end_slopes", lambda: cn.recover_peaks(np.sin, 2, (NAN, -1))),
                      ("end_slopes", lambda: cn.recover_peaks(np.sin, 2, 1)), ("F", lambda: cn.recover_peaks(np.sin, 2, (1.0, -1.0))), ("F", lambda: cn.recover_peaks(NET, 3)),
                      ("F", lambda: cn.recover_peaks(lambda x: "a", 2, (1, -1))), ("F", lambda: cn.recover_peaks(lambda x: 0.1, 1, (1.0, -1.0)))],
    "retract": [("h", lambda: cn.retract(0.5, 2)), ("h", lambda: cn.retract(np.cos, 2)), ("h", lambda: cn.retract(lambda x: 1 - x, 2)), ("depth", lambda: cn.retract(lambda x: x, 0)),
                ("h", lambda: cn.retract(lambda x: x * NAN, 2)), ("h", lambda: cn.retract(lambda x: 0.5, 2)), ("h", lambda: cn.retract(lambda x: np.exp(1 - 1 / np.maximum(x, 1e-9)), 400))],
    "Target": [("name", lambda: cn.Target(1, np.sin)), ("function", lambda: cn.Target("f", None)), ("derivative", lambda: cn.Target("f", np.sin, derivative=1)),
               ("second", lambda: cn.Target("f", np.sin, second="x")), ("interval", lambda: cn.Target("f", np.sin, interval=(1, 1))), ("interval", lambda: cn.Target("f", np.sin, interval=3)),
               ("interval", lambda: cn.Target("f", np.sin, interval=(0, INF))), ("interval", lambda: cn.Target("f", np.sin, interval=(0, "1"))), ("interval", lambda: cn.Target("f", np.sin, interval=None)),
               ("line", lambda: cn.Target("f", np.sin, line=(0, 0))), ("line", lambda: cn.Target("f", np.sin, line=(0,))), ("line", lambda: cn.Target("f", np.sin, line=(0, NAN))),
               ("line", lambda: cn.Target("f", lambda x: x * 0 + 2)), ("sign", lambda: cn.Target("f", np.sin, sign=0)), ("sign", lambda: cn.Target("f", np.sin, sign=[1, 1])),
               ("function", lambda: cn.Target("f", np.log)), ("function", lambda: cn.Target("f", lambda x: "a")), ("function", lambda: cn.Target("f", lambda x: x[:3])),
               ("text", lambda: cn.Target.from_formula(3)), ("text", lambda: cn.Target.from_formula("y")), ("interval", lambda: cn.Target.from_formula("x", interval=(2, 1))),
               ("formula", lambda: cn.Target("f", np.sin, formula=3))],
    "published": [("regime", lambda: cn.published("best", "x^3")), ("target", lambda: cn.published("default", "x^2")), ("statistic", lambda: cn.published("default", "x^3", "median")),
                  ("regime", lambda: cn.published("raai", "x^3", sparse=True)), ("regime", lambda: cn.published(None, "x^3")), ("target", lambda: cn.published("default", SQUARE)),
                  ("statistic", lambda: cn.published("default", "x^3", 0))],
    "ReLUNet": [("weights", lambda: cn.ReLUNet(W[:1], B[:1])), ("biases", lambda: cn.ReLUNet(W, B[:1])), ("weights", lambda: cn.ReLUNet([W[0], W[1][:, :, :2]], B)),
                ("weights", lambda: cn.ReLUNet([W[0], W[1] * NAN], B)), ("biases", lambda: cn.ReLUNet(W, [np.ones((1, 3)), None])), ("weights", lambda: cn.ReLUNet([w[:0] for w in W], B)),
                ("weights", lambda: cn.ReLUNet([W[0].astype(np.float32), W[1]], B)), ("weights", lambda: cn.ReLUNet(["a", W[1]], B)), ("weights", lambda: cn.ReLUNet(None, B)),
                ("biases", lambda: cn.ReLUNet(W, None)), ("weights", lambda: cn.ReLUNet([W[0], np.ones((2, 2, 3))], B)), ("weights", lambda: cn.ReLUNet([W[0] + 1j, W[1]], B)),
                ("x", lambda: NET(np.ones((3, 4)))), ("x", lambda: NET([NAN])), ("x", lambda: NET(None)), ("x", lambda: NET("1")), ("x", lambda: NET(0.5)), ("x", lambda: NET([])),
                ("x", lambda: EXACT(X)), ("x", lambda: NET.layers([[1], [1, 2]])),
                ("nets", lambda: cn.ReLUNet.concatenate([])), ("nets", lambda: cn.ReLUNet.concatenate([NET, DEEP])), ("nets", lambda: cn.ReLUNet.concatenate([NET, None])),
                ("nets", lambda: cn.ReLUNet.concatenate(None)), ("dtype", lambda: NET.astype(int)), ("dtype", lambda: NET.astype("complex")), ("net", lambda: EXACT.to_torch())],
    "compositional": [("peaks", lambda: cn.compositional([0.0, 0.5], 1)), ("peaks", lambda: cn.compositional([], 1)), ("peaks", lambda: cn.compositional([[0.5], [0.5, 0.5]], 1)),
                      ("sign", lambda: cn.compositional([0.5], 0.5)), ("closing", lambda: cn.compositional([0.5], 1, -1)), ("ratios", lambda: cn.compositional([0.5], 1, ratios=[1, 2])),
                      ("ratios", lambda: cn.compositional([0.5], 1, ratios=[INF])), ("line", lambda: cn.compositional([0.5], 1, line=(1, 0))), ("interval", lambda: cn.compositional([0.5], 1, interval=(1, 0))),
                      ("line", lambda: cn.compositional([0.5], 1, line=1)), ("line", lambda: cn.compositional([0.5], 1, line=(0, "a"))), ("interval", lambda: cn.compositional([0.5], 1, interval=(0, NAN))),
                      ("interval", lambda: cn.compositional([0.5], 1, interval=(0, 1, 2))), ("peaks", lambda: cn.compositional(None, 1)), ("line", lambda: cn.compositional([Q(1, 2)], 1, line=(0, NAN)))],
    "clipped": [("net", lambda: cn.clipped(None, X)), ("x", lambda: cn.clipped(NET, [INF])), ("x", lambda: cn.clipped(NET, np.ones((3, 2)))), ("x", lambda: cn.clipped(EXACT, [0.5]))],
    "PiecewiseLinear": [("x", lambda: F([NAN])), ("x", lambda: F("a")), ("x", lambda: G([0.5])), ("low and high", lambda: F.on(1, 1)), ("low", lambda: F.on("0", 1)), ("high", lambda: F.on(0, [1, 2])),
                        ("high", lambda: F.integral(0, None)), ("low", lambda: F.regions(NAN, 1)), ("tol", lambda: F.regions(tol=-1)), ("tol", lambda: F.simplify("no")), ("tol", lambda: G.near_ties(tol=NAN)),
                        ("target", lambda: F.squared_error("x^2")), ("target", lambda: G.squared_error(cn.TARGETS["sin"]))],
    "piecewise_linear": [("net", lambda: cn.piecewise_linear(NET.weights)), ("net", lambda: cn.piecewise_linear(None))],
    "linear_regions": [("net", lambda: cn.linear_regions(F)), ("low and high", lambda: cn.linear_regions(NET, 2, 1)), ("tol", lambda: cn.linear_regions(NET, tol=-1e-9)), ("high", lambda: cn.linear_regions(NET, 0, INF))],
    "insides": [("net", lambda: cn.insides(F)), ("low and high", lambda: cn.insides(NET, 2, 1)), ("low and high", lambda: cn.insides(NET, [0, 1], [1, 1])), ("low", lambda: cn.insides(NET, [0, 0, 0])),
                ("tol", lambda: cn.insides(NET, tol=-1)), ("rim", lambda: cn.insides(NET, rim=0.5)), ("rim", lambda: cn.insides(NET, rim=0)), ("rim", lambda: cn.insides(NET, rim="a"))],
    "safe_change": [("net", lambda: cn.safe_change(F)), ("net", lambda: cn.safe_change(EXACT)), ("low and high", lambda: cn.safe_change(NET, 1, 1)), ("high", lambda: cn.safe_change(NET, 0, NAN))],
    "refine": [("net", lambda: cn.refine(F, SQUARE)), ("net", lambda: cn.refine(EXACT, SQUARE)), ("targets", lambda: cn.refine(NET, "x^2")), ("targets", lambda: cn.refine(NET, np.zeros(3))),
               ("x", lambda: cn.refine(NET, SQUARE, [0.0, NAN])), ("iterations", lambda: cn.refine(NET, SQUARE, iterations=0)), ("rounds", lambda: cn.refine(NET, SQUARE, rounds=1.5)), ("kick", lambda: cn.refine(NET, SQUARE, kick=-1)),
               ("seed", lambda: cn.refine(NET, SQUARE, seed=None))],
    "balance": [("net", lambda: cn.balance(F))],
    "pretrained": [("targets", lambda: cn.pretrained("x^2")), ("targets", lambda: cn.pretrained([SQUARE, SQUARE])), ("depth", lambda: cn.pretrained(SQUARE, 0)), ("models", lambda: cn.pretrained(SQUARE, models=0)),
                   ("seed", lambda: cn.pretrained(SQUARE, seed=-1)), ("epochs", lambda: cn.pretrained(SQUARE, epochs=-1))],
    "closest": [("targets", lambda: cn.closest(None)), ("depth", lambda: cn.closest(SQUARE, 2.0)), ("models", lambda: cn.closest(SQUARE, models=0)), ("rounds", lambda: cn.closest(SQUARE, rounds=-1)),
                ("best", lambda: cn.closest(SQUARE, best=0)), ("best", lambda: cn.closest(SQUARE, models=1, best=3)), ("seed", lambda: cn.closest(SQUARE, seed=None))],
    "search": [("net", lambda: cn.search(F, SQUARE)), ("net", lambda: cn.search(EXACT, SQUARE)), ("targets", lambda: cn.search(NET, [SQUARE])), ("targets", lambda: cn.search(NET, np.zeros(2))),
               ("rounds", lambda: cn.search(NET, SQUARE, rounds=0.5)), ("best", lambda: cn.search(NET, SQUARE, best=9)), ("seed", lambda: cn.search(NET, SQUARE, seed="a"))],
    "grow": [("net", lambda: cn.grow(F, SQUARE)), ("net", lambda: cn.grow(EXACT, SQUARE)), ("targets", lambda: cn.grow(NET, "x^2")), ("copies", lambda: cn.grow(NET, SQUARE, copies=0)), ("rounds", lambda: cn.grow(NET, SQUARE, rounds=-1)),
             ("best", lambda: cn.grow(NET, SQUARE, best=0)), ("seed", lambda: cn.grow(NET, SQUARE, seed=-1))],
    "deepen": [("net", lambda: cn.deepen(F)), ("noise", lambda: cn.deepen(NET, noise=-0.1)), ("noise", lambda: cn.deepen(NET, noise=NAN)), ("seed", lambda: cn.deepen(NET, seed=-1))],
    "free_knot_spline": [("target", lambda: cn.free_knot_spline(np.sin, 3)), ("pieces", lambda: cn.free_knot_spline(SQUARE, 0)), ("pieces", lambda: cn.free_knot_spline(SQUARE, 2.0))],
    "mse": [("net", lambda: cn.mse(None, SQUARE)), ("target", lambda: cn.mse(NET, "x^2")), ("target", lambda: cn.mse(NET, [SQUARE])), ("target", lambda: cn.mse(NET, np.sin)), ("target", lambda: cn.mse(NET, None)),
            ("target", lambda: cn.mse(EXACT, cn.TARGETS["tanh"]))],
    "sample_peaks": [("models", lambda: cn.sample_peaks(0, 1, 0)), ("depth", lambda: cn.sample_peaks(1, 1.0, 0)), ("seed", lambda: cn.sample_peaks(1, 1, -1)), ("seed", lambda: cn.sample_peaks(1, 1, None)),
                     ("low", lambda: cn.sample_peaks(1, 1, 0, low=0)), ("high", lambda: cn.sample_peaks(1, 1, 0, high=NAN)), ("models", lambda: cn.sample_peaks(True, 1, 0)),
                     ("low and high", lambda: cn.sample_peaks(1, 1, 0, 0.9, 0.1))],
    "default_init": [("models", lambda: cn.default_init(0)), ("depth", lambda: cn.default_init(1, 0)), ("width", lambda: cn.default_init(1, 1, "4")), ("seed", lambda: cn.default_init(1, seed=0.5)),
                     ("dtype", lambda: cn.default_init(1, dtype=int)), ("dtype", lambda: cn.default_init(1, dtype=np.float16)), ("dtype", lambda: cn.default_init(1, dtype="single-minded")),
                     ("output_bias", lambda: cn.default_init(1, output_bias="no"))],
    "raai_init": [("models", lambda: cn.raai_init(True)), ("width", lambda: cn.raai_init(1, 1, -4)), ("seed", lambda: cn.raai_init(1, seed=-1)), ("dtype", lambda: cn.raai_init(1, dtype=None)),
                  ("output_bias", lambda: cn.raai_init(1, output_bias=None))],
    "train": [("batch", lambda: train(batch=-1)), ("batch", lambda: train(batch=1.5)), ("seed", lambda: train(seed=-1)), ("seed", lambda: train(seed=[1, 2, 3])), ("seed", lambda: train(seed="a")),
              ("objective", lambda: train(objective="max")), ("mask", lambda: train(mask=np.ones(3))), ("mask", lambda: train(mask=DEEP)), ("mask", lambda: train(mask=NET)),
              ("net", lambda: train(net=PEAKS)), ("net", lambda: train(net=EXACT)), ("targets", lambda: train(targets="x^2")), ("targets", lambda: train(targets=np.sin)), ("targets", lambda: train(targets=None)),
              ("targets", lambda: train(targets=[SQUARE])), ("targets", lambda: train(targets=[SQUARE, 1])), ("targets", lambda: train(targets=X[:3])), ("targets", lambda: train(targets=[NAN] * 5)),
              ("targets", lambda: train(targets=np.ones((3, 5)))), ("targets", lambda: train(targets=[Q(1, 2)] * 5)), ("targets", lambda: train(targets=[])), ("x", lambda: train(x=[INF, 0])), ("x", lambda: train(x=[])),
              ("x", lambda: train(x=np.ones((3, 5)))), ("x", lambda: train(x=X + 1)), ("x", lambda: train(x=[[0, 1], [0]])), ("x", lambda: train(x=None)), ("x", lambda: train(x=[Q(1, 2)])),
              ("epochs", lambda: train(epochs=-1)), ("epochs", lambda: train(epochs=1.0)), ("epochs", lambda: train(epochs=True)), ("epochs", lambda: train(epochs=None)), ("lr", lambda: train(lr=0)), ("lr", lambda: train(lr=-1e-3)),
              ("lr", lambda: train(lr=[1e-3] * 3)), ("lr", lambda: train(lr=NAN)), ("lr", lambda: train(lr="fast")), ("lr", lambda: train(lr=None)), ("every", lambda: train(every=-1)), ("every", lambda: train(every=None)),
              ("optimizer", lambda: train(optimizer="sgd")), ("optimizer", lambda: train(optimizer=None)), ("engine", lambda: train(engine="numpy")), ("device", lambda: train(device="gpu")), ("device", lambda: train(device=0))],
    "Regularizer": [("weight_decay", lambda: held(weight_decay=-1)), ("weight_decay", lambda: held(weight_decay=NAN)), ("weight_decay", lambda: held(weight_decay=[0.1] * 3)), ("l1", lambda: held(l1=-1e-9)),
                    ("l1", lambda: held(l1="much")), ("l1", lambda: held(l1=None)), ("dropout", lambda: held(dropout=1)), ("dropout", lambda: held(dropout=[0.1, -0.1])), ("validation", lambda: held(validation=X)),
                    ("validation", lambda: held(validation=(X, X[:2]))), ("validation", lambda: held(validation=(X * NAN, X))), ("validation", lambda: held(validation=([], []))), ("validation", lambda: held(validation=3)),
                    ("validation", lambda: held(validation=(X, SQUARE))), ("every", lambda: held(every=0)), ("every", lambda: held(every=2.5)), ("regularizer", lambda: train(regularizer=0.1)),
                    ("regularizer", lambda: train(regularizer=cn.Regularizer))],
    "pretrain": [("batch", lambda: pretrain(batch=True)), ("seed", lambda: pretrain(seed=[1])), ("objective", lambda: pretrain(objective=None)),
                 ("peaks", lambda: pretrain(peaks=PEAKS * 3)), ("peaks", lambda: pretrain(peaks=[[Q(1, 2)]])), ("peaks", lambda: pretrain(peaks=NET)), ("peaks", lambda: pretrain(peaks=[])), ("closing", lambda: pretrain(closing=0)),
                 ("closing", lambda: pretrain(closing=[0.5] * 3)), ("closing", lambda: pretrain(closing=None)), ("sign", lambda: pretrain(sign=0)), ("sign", lambda: pretrain(sign=[1, 1, 1])), ("sign", lambda: pretrain(sign="+")),
                 ("differentiable", lambda: pretrain(differentiable=1)), ("ratios", lambda: pretrain(ratios=PEAKS)), ("ratios", lambda: pretrain(differentiable=False, ratios=PEAKS[:, :2])),
                 ("margin", lambda: pretrain(margin=0)), ("margin", lambda: pretrain(margin=0.5)), ("margin", lambda: pretrain(margin=None)), ("targets", lambda: pretrain(targets=[SQUARE] * 3)), ("x", lambda: pretrain(x=-X)),
                 ("epochs", lambda: pretrain(epochs="1")), ("lr", lambda: pretrain(lr=[1e-3, 0])), ("optimizer", lambda: pretrain(optimizer="lbfgs")), ("engine", lambda: pretrain(engine=1)), ("device", lambda: pretrain(device="tpu")),
                 ("every", lambda: pretrain(every=0.5))],
    "Reading": [("lr", lambda: cn.Reading(lr=0)), ("lr", lambda: cn.Reading(lr="fast")), ("epochs", lambda: cn.Reading(epochs=-1)), ("batch", lambda: cn.Reading(batch=2.5)), ("low and high", lambda: cn.Reading(low=0)),
                ("low and high", lambda: cn.Reading(low=0.6, high=0.5)), ("high", lambda: cn.Reading(high=None)), ("biases", lambda: cn.Reading(biases=1)), ("output_bias", lambda: cn.Reading(output_bias="no")),
                ("raai", lambda: cn.Reading(raai="best")), ("margin", lambda: cn.Reading(margin=0.5)), ("optimizer", lambda: cn.Reading(optimizer="sgd")), ("reading", lambda: regime(reading="paper")),
                ("y", lambda: regime(y=np.zeros(7))), ("width", lambda: regime(width=0))],
    "run_regime": [("regime", lambda: regime("best")), ("regime", lambda: regime(1)), ("targets", lambda: regime(targets=SQUARE)), ("targets", lambda: regime(targets=[])), ("targets", lambda: regime(targets=["x^2"])),
                   ("targets", lambda: regime(targets=None)), ("models", lambda: regime(models=0)), ("seeds", lambda: regime(seeds=[])), ("seeds", lambda: regime(seeds=[0.5])), ("seeds", lambda: regime(seeds=3)),
                   ("depth", lambda: regime("skipped", depth=0)), ("epochs", lambda: regime(epochs=-1)), ("lr", lambda: regime(lr=0)), ("every", lambda: regime(every=-1)), ("dtype", lambda: regime(dtype=int)),
                   ("dtype", lambda: regime("enforced", dtype=int)), ("dtype", lambda: regime("skipped", dtype=np.float16)), ("x", lambda: regime(x=[NAN])), ("x", lambda: regime(x=np.ones((3, 5))))],
}


@pytest.mark.parametrize("argument, call", [pytest.param(*row, id=f"{name} {row[0]} {k}") for name, rows in BAD.items() for k, row in enumerate(rows)])
def test_a_wrong_argument_is_named(argument, call):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    message = str(caught.value)
    assert re.search(rf"\b{argument}\b", message) and re.search(r"\b(must|may)\b", message), message


def test_every_public_callable_has_wrong_arguments():
    """`Result`, `Refined` and `Interrupted` are what only training makes, `Insides` what `insides` does."""
    assert set(BAD) == {name for name in cn.__all__ if callable(getattr(cn, name))} - {"Insides", "Interrupted", "Refined", "Result"}
