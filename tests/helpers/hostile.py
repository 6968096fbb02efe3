"""Hostile calls of everything public: good arguments for all parameters but one or two,
and for these whatever a caller might hand over by mistake.

What is public is read from the doors, and its parameters from its signature, so that a new name is
called as well; a parameter of a new name needs a good value in `GOOD` or `OWN`.
"""

import importlib
import inspect
import re
import signal
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction as Q
from functools import cache
from typing import Any

import numpy as np
import sympy as sp
import torch
import xarray as xr

import compnet_lib as cn
from compnet_lib import experiments
from compnet_lib.functions.splines import Spline
from compnet_lib.training.traces import Trace
from helpers.imports import doors

SECONDS = 5.0
"""What a call may take, but for compiling."""
COMPILING = 180.0
"""What it may take with that."""

# What is public


@dataclass(frozen=True)
class Call:
    """A public callable: its name, and good arguments for it."""

    name: str
    function: Callable
    good: dict[str, Any]
    names: tuple[str, ...]


def made_by_the_library(found: Any) -> bool:
    """Whether a class is a container that only the library fills: it checks nothing."""
    containers = (
        cn.Breakpoints,
        cn.Continuous,
        cn.Segments,
        cn.Insides,
        cn.Interrupted,
        cn.PiecewiseLinear,
        cn.Refined,
        cn.Reparametrized,
        cn.Restricted,
        cn.Result,
    )
    plain = isinstance(found, type) and (
        issubclass(found, tuple) or getattr(found, "_is_protocol", False)
    )
    return plain or found in containers or found is cn.Regularizer  # which `train` checks


@cache
def calls() -> dict[str, Call]:
    """Every public callable, and every public method of what there is an example of."""
    found = {}
    for door, names in doors().items():
        if door.startswith("compnet_lib"):
            for name in names:
                value = getattr(importlib.import_module(door), name)
                if callable(value) and not made_by_the_library(value):
                    found[name] = value
    for example in examples():
        for name, _ in inspect.getmembers(type(example), callable):
            if name in ("read", "from_formula"):
                continue  # formulas have a generator of their own
            if not name.startswith("_") or name in ("__call__", "__getitem__"):
                found[f"{type(example).__name__}.{name}"] = getattr(example, name)
    return {name: _call(name, function) for name, function in found.items()}


def _call(name: str, function: Callable) -> Call:
    own, good = OWN.get(name, {}), {}
    named = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    known = [p for p in inspect.signature(function).parameters.values() if p.kind in named]
    for p in known:
        if p.name in own:
            good[p.name] = own[p.name]
        elif p.default is inspect.Parameter.empty or p.name in CHEAP:
            good[p.name] = CHEAP[p.name] if p.name in CHEAP else GOOD[p.name]
        else:
            good[p.name] = p.default
    return Call(name, function, good, tuple(p.name for p in known))


# Good arguments

X = np.linspace(0, 1, 5)
SQUARE, SINE = cn.TARGETS["x^2"], cn.TARGETS["sin"]
NET = cn.default_init(2, 2, 3)
WIDE = cn.default_init(2, 2, 3, inputs=2, outputs=2)
EXACT = cn.compositional([Q(1, 3), Q(1, 2)], 1)
SHALLOW = cn.ReLUNet([[[[1.0, 0.5], [-0.5, 1]]], [[[1.0, 1]]]], [None, None])
PEAKS = np.array([[0.3, 0.6], [0.5, 0.25]])


@cache
def examples() -> list[Any]:
    knots = np.array([0.0, 0.5, 1.0])
    return [
        NET,
        SQUARE,
        cn.PiecewiseLinear(knots, knots**2, 0.0, 1.0),
        Spline(knots, knots**2, 0.0, 0.0),
        cn.to_breakpoints(NET)[0],
        cn.insides(NET),
        cn.Regularizer(weight_decay=0.1),
        cn.Reading(),
    ]


@cache
def runs() -> xr.Dataset:
    options = {"models": 2, "seeds": [0, 1], "depth": 2, "epochs": 1}
    return experiments.grid("default", [SQUARE, SINE], X, **options)


@cache
def race() -> xr.Dataset:
    still = {"still": lambda net, target, seconds: Trace(np.zeros(1), np.ones(1), net)}
    return experiments.raced([SQUARE], lambda curve: {"random": (NET, 0.0)}, 1.0, still)


CHEAP = {
    "models": 1,
    "depth": 2,
    "width": 3,
    "epochs": 1,
    "rounds": 0,
    "iterations": 1,
    "seeds": [0, 1],
    "resamples": 20,
    "draws": 1,
    "turn": 1e-4,
}
GOOD = CHEAP | {
    "net": NET,
    "target": SQUARE,
    "targets": SQUARE,
    "curve": SQUARE,
    "curves": [SQUARE],
    "x": X,
    "y": X**2,
    "a": 0.4,
    "peaks": PEAKS,
    "sign": 1,
    "lr": 1e-3,
    "seed": 0,
    "regime": "default",
    "regimes": "default",
    "pieces": 2,
    "name": "left end",
    "points": 5,
    "polynomial": [0, 1, 2],
    "engine": "numba",
    "hits": 3,
    "total": 9,
    "table": 1,
    "breakpoints": 2,
    "axis": 0,
    "dtype": np.float32,
    "index": [0, 1],
    "low": 0,
    "high": 1,
    "sigma": 0.1,
    "sigmas": [0.01, 0.1],
    "seconds": 0.5,
}


def later(make: Callable) -> Any:
    """A good value that is made when it is asked for."""
    return _Later(make)


@dataclass(frozen=True)
class _Later:
    make: Callable


def spread(part: Any) -> experiments.Interval:
    return experiments.bootstrap(part, experiments.pooled_median, resamples=20)


RUNS, LOSSES = later(runs), later(lambda: runs()["loss"])
OWN: dict[str, dict[str, Any]] = {
    "ReLUNet": {"weights": NET.weights, "biases": NET.biases},
    "ReLUNet.concatenate": {"nets": [NET, NET]},
    "Target": {"name": "f", "function": np.exp, "interval": (0, 1), "line": (1.0, 2.0)},
    "Target.from_formula": {"text": "x^2"},
    "Target.read": {"text": "x^2"},
    "PiecewiseLinear": {"knots": X, "values": X, "left": 0.0, "right": 1.0},
    "Regularizer.resolved": {"models": 2, "dtype": np.float64},
    "merging_factor": {"pieces": 5, "k": 2},
    "optimized": {"widths": [2], "seeds": [0], "batch": 2},
    "moves_beside": {"units": 2, "starts": 1, "epochs": 2, "rounds": 1},
    "broken_lines": {"count": 2, "bends": 3},
    "from_breakpoints": {"functions": cn.piecewise_linear(NET)},
    "cells": {"normals": [[1.0, 2.0], [2.0, -1.0]]},
    "seminorm": {"net": SHALLOW, "other": SHALLOW},
    "is_restricted": {"net": SHALLOW},
    "merged": {"net": SHALLOW},
    "balanced": {"net": SHALLOW},
    "lifted": {"net": SHALLOW},
    "switched": {"net": cn.ReLUNet([[[[1.0, 2.0], [-1, -2]]], [[[1.0, 1]]]], [None, None])},
    "matched": {"net": SHALLOW, "g": SHALLOW},
    "reparametrize": {"net": SHALLOW, "g": SHALLOW},
    "recover_peaks": {"F": cn.piecewise_linear(cn.compositional([0.4, 0.6], 1))[0]},
    "retract": {"h": lambda x: x},
    "refine": {"rounds": 1},
    "search": {"best": 1},
    "grow": {"copies": 1},
    "run_regime": {"targets": [SQUARE]},
    "begin_regime": {"targets": [SQUARE]},
    "published": {"target": "x^3"},
    "nets": {"runs": RUNS},
    "measure": {"runs": RUNS, "what": cn.mse},
    "error_at": {"net": NET},
    "nearest": {"runs": RUNS, "error": LOSSES},
    "raced": {
        "starts": lambda curve: {"random": (NET, 0.0)},
        "contestants": {"still": lambda net, *_: Trace(np.zeros(1), np.ones(1), net)},
    },
    "followed": {"runs": later(race), "seconds": [0.1, 0.5]},
    "from_starts": {"starts": {"drawn": NET}},
    "flatness": {"schemes": {"default": {}}, "depths": [1], "widths": [2]},
    "by_layer": {"schemes": {"default": {}}},
    "regularized": {"strengths": {"L1": [0.1]}, "test": (X, X[None] ** 2), "y": X[None] ** 2},
    "each_depth": {"depths": [1], "ways": ["peaks"], "seeds": [0]},
    "searched": {"curves": [SQUARE], "seeds": [0]},
    "descent": {"x": X.astype(np.float32), "y": X.astype(np.float32), "net": NET.astype("float32")},
    "exponents": {"law": later(lambda: law())},
    "cost_law": {"what": "models", "values": [1, 2], "rounds": 1},
    "under_noise": {"net": NET[:1]},
    "noise_at": {"ratios": later(lambda: noise()), "level": 2.0},
    "bootstrap": {"values": [1.0, 2.0, 4.0]},
    "counted": {"hits": [True, False]},
    "pooled": {"part": LOSSES},
    "intervals": {"values": LOSSES, "over": ["seed", "model"], "what": spread},
    "pooled_median": {"sample": PEAKS},
    "rank_correlation": {"pairs": PEAKS},
    "over_models": {"values": LOSSES},
    "median_ratio": {"first": LOSSES, "second": LOSSES},
    "redrawn": {"values": LOSSES, "runs": 20},
    "by_curve": {"values": LOSSES, "function": spread},
    "trained_pieces": {"curves": [SINE], "depths": [1, 2], "units": 4, "trials": 1, "points": 5},
    "trial_means": {"values": LOSSES, "trials": 2, "runs": 20},
    "sd_growth": {"values": np.arange(12.0).reshape(3, 2, 2) ** 2},
    "trained_three_ways": {"curve": SQUARE, "step": 1, "points": 5},
    "built_or_default": {
        "curves": [SQUARE],
        "depths": [1, 2],
        "ways": {"Adam": {"lr": 1e-3}},
        "pretraining": 1,
        "points": 5,
    },
    "bends_followed": {"snapshots": {0: NET, 1: NET}},
    "descended": {"trials": 1, "every": 1},
    "displaced": {"trials": 1},
    "tracked": {"snapshots": {0: NET, 1: NET}},
    "roughness_by_layer": {"snapshots": {0: NET, 1: NET}},
    "mobility": {"tracks": later(lambda: experiments.tracked({0: NET, 1: NET}))},
    "Insides.keeps": {"share": 0.5},
    "share": {"hits": 3},
    "flat_start": {"draw": "even"},
    "cubic_in_gap": {"draws": ["even"], "widths": [8]},
    "gap_roughness": {
        "widths": [2],
        "curves": experiments.gap_curves(),
        "trials": 1,
        "points": 3,
        "epochs": 100,
    },
    "peak_distances": {"first": [0.3, 0.6], "second": [0.5, 0.25, 0.5]},
    "peak_gram": {"peaks": [0.3, 0.6]},
    "peak_moduli": {"depths": [1, 2], "starts": 1, "steps": 2},
    "peaks_or_weights": {"step": 1},
    "spiky_and_standard": {"starts": ["spiky deep"], "trials": 1, "pretraining": 1, "points": 5},
    "select": {"gpu": False},
    "stability_instances": {"instances": 36, "neurons": 2},
    "angle_instances": {"instances": 2, "lines": 2},
    "restricted_training": {"curves": [SQUARE], "points": 3},
    "exploding": {"steps": 3, "every": 1},
    "pathology": {"example": "2.3", "ks": [1, 2]},
    "pathologies": {"ks": [1, 2]},
    "uniform_norm": {"net": SHALLOW},
    "parameter_distance": {"net": SHALLOW, "other": SHALLOW},
    "parametrizations": {"g": SHALLOW, "factors": [0.5, 2.0]},
}


@cache
def law() -> xr.Dataset:
    return xr.Dataset(
        {"time": ("models", [1.0, 2.0, 4.0]), "operations": ("models", [1, 2, 4])},
        {"models": [1, 2, 4]},
    )


@cache
def noise() -> xr.DataArray:
    return experiments.under_noise(NET[:1], [SQUARE], [0.01, 0.1], draws=2)


# Hostile arguments


class Reads:
    """Something that NumPy can read, as pandas's columns are."""

    def __init__(self, values: Any):
        self.values = np.asarray(values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return self.values if dtype is None else self.values.astype(dtype)


class Broken:
    """Something that raises wherever it is looked at."""

    def __repr__(self) -> str:
        raise RuntimeError("no words")

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise RuntimeError("no array")


def raising(*_: Any, **__: Any) -> Any:
    raise RuntimeError("it does not work")


GARBAGE: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "np.True_": lambda: np.True_,
    "empty text": lambda: "",
    "text": lambda: "SQ",
    "long text": lambda: "x+" * 5000,
    "bytes": lambda: b"ab",
    "bytearray": lambda: bytearray(b"ab"),
    "dict": lambda: {0: 0.2, 1: 0.5},
    "set": lambda: {0.25, 0.5},
    "generator": lambda: (v for v in (0.25, 0.5)),
    "object": object,
    "broken": Broken,
    "class": lambda: float,
    "module": lambda: np,
    "Ellipsis": lambda: ...,
    "slice": lambda: slice(None),
    "NotImplemented": lambda: NotImplemented,
    "complex": lambda: 1 + 2j,
    "nan": lambda: float("nan"),
    "inf": lambda: float("inf"),
    "-inf": lambda: -float("inf"),
    "-0.0": lambda: -0.0,
    "denormal": lambda: 5e-324,
    "1e308": lambda: 1e308,
    "-1e308": lambda: -1e308,
    "-1": lambda: -1,
    "0": lambda: 0,
    "0.5": lambda: 0.5,
    "10**400": lambda: 10**400,
    "-10**400": lambda: -(10**400),
    "10**30": lambda: 10**30,
    "10**5000": lambda: 10**5000,
    "Fraction(10**400)": lambda: Q(10**400),
    "Fraction(1, 10**400)": lambda: Q(1, 10**400),
    "Fraction": lambda: Q(1, 3),
    "2**64": lambda: 2**64,
    "0-d int": lambda: np.array(3),
    "0-d float": lambda: np.array(0.25),
    "0-d object": lambda: np.array(None),
    "0-d masked": lambda: np.ma.masked,
    "timedelta": lambda: np.timedelta64(3, "ns"),
    "datetime": lambda: np.datetime64("2026-01-01"),
    "uint8": lambda: np.uint8(3),
    "float16": lambda: np.float16(0.25),
    "longdouble": lambda: np.longdouble("1e4000"),
    "empty list": list,
    "empty array": lambda: np.zeros((0, 3)),
    "ragged": lambda: [[0.1], [0.1, 0.2]],
    "list of None": lambda: [None, None],
    "list of text": lambda: ["a", "b"],
    "list of bool": lambda: [True, False],
    "list of 10**400": lambda: [10**400, 1],
    "list of 10**30": lambda: [10**30, 1],
    "list of Fraction": lambda: [Q(1, 3), Q(1, 2)],
    "list of huge Fraction": lambda: [Q(10**400), Q(1, 2)],
    "nested": lambda: [[[[0.5]]]],
    "itself": lambda: (lambda v: v.append(v) or v)([]),
    "nan array": lambda: np.array([0.5, np.nan]),
    "inf array": lambda: np.array([0.5, np.inf]),
    "complex array": lambda: np.array([0.5, 1j]),
    "objects": lambda: np.array([object(), None]),
    "bool array": lambda: np.array([True, False]),
    "structured": lambda: np.zeros(2, [("a", "f8"), ("b", "i4")]),
    "dates": lambda: np.array(["2026-01-01"] * 2, "M8[D]"),
    "times": lambda: np.array([1, 2], "m8[s]"),
    "text array": lambda: np.array(["a", "b"]),
    "masked": lambda: np.ma.array([0.25, 0.5], mask=[True, False]),
    "list of masked": lambda: [np.ma.array([0.25, 0.5], mask=[True, False])] * 2,
    "matrix of 1e308": lambda: np.full((2, 2), 1e308),
    "tensor": lambda: torch.tensor([0.25, 0.5]),
    "tensor with gradient": lambda: torch.tensor([0.25, 0.5], requires_grad=True),
    "0-d tensor": lambda: torch.tensor(0.25, requires_grad=True),
    "list of tensors": lambda: [torch.tensor(0.25, requires_grad=True), torch.tensor(0.5)],
    "bfloat16": lambda: torch.tensor([0.25, 0.5], dtype=torch.bfloat16),
    "int tensor": lambda: torch.tensor([1, 2]),
    "bool tensor": lambda: torch.tensor([True, False]),
    "complex tensor": lambda: torch.tensor([0.5 + 1j]),
    "sparse tensor": lambda: torch.eye(2).to_sparse(),
    "nan tensor": lambda: torch.tensor([0.5, float("nan")]),
    "empty tensor": lambda: torch.zeros(0),
    "meta tensor": lambda: torch.zeros(2, device="meta"),
    "sympy symbol": lambda: sp.Symbol("s"),
    "sympy number": lambda: sp.Rational(1, 3),
    "sympy pi": lambda: sp.pi / 4,
    "sympy infinity": lambda: sp.oo,
    "sympy nan": lambda: sp.nan,
    "sympy I": lambda: sp.I,
    "sympy true": lambda: sp.true,
    "sympy list": lambda: [sp.Rational(1, 3), sp.Symbol("s")],
    "DataArray": lambda: xr.DataArray([0.25, 0.5]),
    "Reads": lambda: Reads([0.25, 0.5]),
    "Reads objects": lambda: Reads(np.array([None, 0.5])),
    "raises": lambda: raising,
    "gives text": lambda: lambda *_, **__: "a",
    "gives None": lambda: lambda *_, **__: None,
    "gives nan": lambda: lambda *_, **__: float("nan"),
    "gives complex": lambda: lambda x, *_, **__: np.multiply(x, 1j),
    "gives another shape": lambda: lambda *_, **__: np.zeros((7, 2)),
    "gives masked": lambda: lambda *_, **__: np.ma.masked,
    "net": lambda: NET,
    "empty net": lambda: NET[[]],
    "no members": lambda: NET[:0],
    "wide net": lambda: WIDE,
    "exact net": lambda: EXACT,
    "huge net": lambda: cn.ReLUNet([w * 1e308 for w in NET.weights], NET.biases),
    "tiny net": lambda: cn.ReLUNet([w * 1e-320 for w in NET.weights], NET.biases),
    "diverged net": lambda: cn.ReLUNet._trusted([w * np.nan for w in NET.weights], NET.biases),
    "target": lambda: SINE,
    "list of targets": lambda: [SQUARE, SINE],
    "list of one thing": lambda: [SQUARE, 1],
}
LARGE: dict[str, Callable[[], Any]] = {
    "10**6": lambda: 10**6,
    "10**9": lambda: 10**9,
    "2**31": lambda: 2**31,
    "2**63 - 1": lambda: 2**63 - 1,
}
PATIENT = {"epochs", "rounds", "iterations", "resamples", "draws", "workers", "seconds", "turn"}
"""Where a large number is a wish for a long run."""

VARIANTS: dict[str, Callable[[np.ndarray], Any]] = {
    "Fortran": np.asfortranarray,
    "negative strides": lambda a: a[::-1].copy()[::-1],
    "gaps": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "big-endian": lambda a: a.astype(">f8"),
    "float16": lambda a: a.astype(np.float16),
    "float32": lambda a: a.astype(np.float32),
    "longdouble": lambda a: a.astype(np.longdouble),
    "read-only": lambda a: _read_only(a),
    "list": lambda a: a.tolist(),
    "tuple": lambda a: tuple(a.tolist()),
    "memoryview": lambda a: memoryview(np.ascontiguousarray(a)),
    "matrix": lambda a: a.view(np.matrix) if a.ndim == 2 else a,
    "unmasked": lambda a: np.ma.array(a),
    "tensor": lambda a: torch.tensor(a),
    "tensor with gradient": lambda a: torch.tensor(a, requires_grad=True),
    "Reads": Reads,
    "stacked": lambda a: np.stack([a] * 3),
    "first": lambda a: a[:1],
    "empty": lambda a: a[:0],
    "negative": lambda a: -a,
    "times 1e300": lambda a: a * 1e300,
    "times 1e-320": lambda a: a * 1e-320,
}


def _read_only(a: np.ndarray) -> np.ndarray:
    a = a.copy()
    a.flags.writeable = False
    return a


def hostile(call: Call, name: str) -> dict[str, Callable[[], Any]]:
    """Hostile values for a parameter: garbage, and variants of what is good there."""
    found = dict(GARBAGE)
    if name not in PATIENT:
        found |= LARGE
    if name in ("seconds", "turn"):
        for long in ("1e308", "2**64", "10**30", "uint8", "0-d int"):
            del found[long]
    if name == "contestants":
        del found["None"]  # all of them, which need seconds
    good = call.good[name]
    if isinstance(good, (list, np.ndarray)) and (a := _array(good)) is not None:
        for label, variant in VARIANTS.items():
            found[f"good, {label}"] = lambda variant=variant, a=a: variant(a)
    return found


def _array(value: Any) -> np.ndarray | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            array = np.asarray(value)
    except Exception:
        return None
    return array.astype(float) if array.dtype.kind in "if" and array.ndim else None


# What a call may answer


class Late(BaseException):
    """A call took too long."""


@contextmanager
def limited(seconds: float) -> Any:
    def stop(*_: Any) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


FURTHER = {"cost_law": {"points": 5, "depth": 2}}
"""What is passed on by name to another function."""


def arguments(call: Call, **bad: Any) -> dict[str, Any]:
    """The call's good arguments, but for the bad ones."""
    good = {n: v.make() if isinstance(v, _Later) else v for n, v in call.good.items()}
    return good | bad


def answer(call: Call, given: dict[str, Any]) -> tuple[Any, str]:
    """What a call gives, and what is wrong with how it refuses, if it does: "" if nothing."""
    found = _answer(call, given, SECONDS)
    if LATE in found[1]:  # it may have been compiling, which is for once
        found = _answer(call, given, COMPILING)
        found = found if LATE in found[1] else _answer(call, given, SECONDS)
    return found


LATE = "no answer in"


def _answer(call: Call, given: dict[str, Any], seconds: float) -> tuple[Any, str]:
    try:
        with limited(seconds), warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
            warnings.simplefilter("error")
            positional = [given[name] for name in call.names if name == "index"]
            named = {name: v for name, v in given.items() if name != "index"}
            return call.function(*positional, **named | FURTHER.get(call.name, {})), ""
    except Late:
        return None, f"{LATE} {seconds} seconds"
    except RuntimeWarning as warning:
        return None, "" if "overflow" in str(warning) else f"RuntimeWarning: {warning}"
    except Exception as error:
        own = [v for n, v in given.items() if CALLBACKS & {n, f"{call.name} {n}"}]
        if any(callable(v) and all(v is not g for g in call.good.values()) for v in own):
            return None, ""  # what a caller's own function raises is the caller's
        if not isinstance(error, (TypeError, ValueError, IndexError)):
            return None, f"{type(error).__name__}: {str(error)[:300]}"
        return None, refused(call, str(error), isinstance(error, IndexError))
    except BaseException as error:
        return None, f"{type(error).__name__}: {str(error)[:300]}"


def refused(call: Call, message: str, index: bool) -> str:
    """What is wrong with a refusal: it is short, begins with a parameter, and says what it must
    or may be."""
    if index and not call.name.endswith("__getitem__"):
        return f"IndexError: {message[:200]}"
    names = "|".join(map(re.escape, sorted(call.names + NAMES.get(call.name, ()), key=len)[::-1]))
    if not re.match(rf"({names})\b.*\b(must|may)\b", message, re.DOTALL):
        return f"unnamed: {message[:300]}"
    return "" if len(message) < 1000 else f"{len(message)} characters: {message[:200]}"


CALLBACKS = {"what", "statistic", "starts", "contestants", "by_curve function"}
"""Functions that may raise what they like; those of a curve may not."""
NAMES: dict[str, tuple[str, ...]] = {
    "Target.__call__": ("function",),
    "PiecewiseLinear.squared_error": ("function",),
    "error_at": ("function",),
    "paper_curves": ("text",),
    "descended": ("models", "targets"),
    "displaced": ("models", "targets", "pieces"),
}
"""What an error may name besides parameters: what is asked of an object itself."""


def unsound(found: Any, path: str = "result") -> str:
    """Where a result holds what no result should: NaN, infinity, or objects that are not exact."""
    if isinstance(found, np.ndarray) and found.dtype.kind in "fc":
        return "" if np.isfinite(found).all() else f"{path} is not finite"
    if isinstance(found, torch.Tensor):
        return "" if bool(found.isfinite().all()) else f"{path} is not finite"
    if isinstance(found, (float, np.floating)):
        return "" if np.isfinite(found) else f"{path} is {found}"
    if isinstance(found, np.ndarray) and found.dtype.kind in "OV":
        exact = (int, Q, sp.Basic)
        strange = [v for v in found.flat if not isinstance(v, exact)]
        return f"{path} holds {strange[0]!r:.80}" if strange else ""
    if isinstance(found, xr.Dataset | xr.DataArray):
        return ""
    if isinstance(found, cn.ReLUNet):
        return unsound([*found.weights, *(b for b in found.biases if b is not None)], path)
    if is_dataclass(found) and not isinstance(found, type):
        return unsound({f.name: getattr(found, f.name) for f in fields(found)}, path)
    if isinstance(found, dict):
        return next(filter(None, (unsound(v, f"{path}.{k}") for k, v in found.items())), "")
    if isinstance(found, (list, tuple)):
        return next(filter(None, (unsound(v, f"{path}[{k}]") for k, v in enumerate(found))), "")
    return ""


def overflowing(value: Any) -> bool:
    """Whether a network is handed over whose numbers do not stay finite."""
    arrays = value.weights if isinstance(value, cn.ReLUNet) else []
    return any(a.dtype != object and not (np.abs(a).max(initial=0) < 1e300) for a in arrays)


def plain(value: Any) -> Any:
    """A float64 copy in C order of an array in whatever form, or None if there is no other."""
    if isinstance(value, torch.Tensor) and value.dtype not in (torch.float32, torch.float64):
        return None  # torch computes in bfloat16, and with integers in float32
    if isinstance(value, torch.Tensor) and value.layout == torch.strided and not value.is_meta:
        value = value.detach().double().numpy() if not value.is_complex() else None
    if isinstance(value, (Reads, memoryview, list, tuple)):
        value = _array(value) if not isinstance(value, Reads) else value.values
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "iuf":
        return None
    with np.errstate(all="ignore"):
        return np.array(value, np.float64, order="C", subok=False)


def alike(found: Any, wanted: Any, share: float) -> bool:
    """Whether two results are the same to a share of their size, as far as they hold numbers."""
    if isinstance(found, cn.ReLUNet):
        found, wanted = (
            [*n.weights, *(b for b in n.biases if b is not None)] for n in (found, wanted)
        )
    found, wanted = (
        v.detach().double().numpy() if isinstance(v, torch.Tensor) else v for v in (found, wanted)
    )
    if isinstance(found, (list, tuple)) and isinstance(wanted, (list, tuple)):
        return len(found) == len(wanted) and all(
            alike(one, other, share) for one, other in zip(found, wanted)
        )
    if is_dataclass(found) and not isinstance(found, type):
        pairs = ((getattr(found, f.name), getattr(wanted, f.name)) for f in fields(found))
        return all(alike(one, other, share) for one, other in pairs)
    if isinstance(found, (float, np.floating)) or (
        isinstance(found, np.ndarray) and found.dtype.kind in "fiu"
    ):
        found, wanted = np.asarray(found, float), np.asarray(wanted, float)
        scale = np.abs(wanted).max(initial=1e-300)
        return found.shape == wanted.shape and bool((abs(found - wanted) <= share * scale).all())
    return True


def wrong(call: Call, bad: dict[str, Any], label: str = "") -> str:
    """What is wrong with the answer to hostile arguments: "" if nothing."""
    found, problem = answer(call, arguments(call, **bad))
    passed = call.name == "by_curve" or any(map(overflowing, bad.values()))
    problem = problem or ("" if passed else unsound(found))
    if problem or found is None:
        return problem
    same = {name: plain(value) for name, value in bad.items()}
    if all(v is None for v in same.values()) or "generator" in label:
        return ""
    other = bad | {name: v for name, v in same.items() if v is not None}
    wanted, problem = answer(call, arguments(call, **other))
    single = any("float32" in str(getattr(v, "dtype", "")) for v in bad.values())
    if problem or (wanted is not None and not alike(found, wanted, 1e-4 if single else 1e-12)):
        return f"{problem or 'another result'} on a plain copy of the argument"
    return ""
