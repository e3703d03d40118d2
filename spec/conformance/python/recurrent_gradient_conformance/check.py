"""Runs an implementation on the cases."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import Any, Dict, Iterator, List, Optional

import numpy as np

from .case import Case, NotOffered
from .compare import Mismatch, require_case
from .reference import Reference

#: The most runs for a mean over all signs.
MOST_RUNS = 512


@dataclass(frozen=True)
class Result:
    """passes, fails or not offered, and why."""

    case: Case
    verdict: str
    sentence: str = ""
    #: The largest distance, relative to the largest number of an array.
    distance: Optional[float] = None


def check(implementation: Any, cases: List[Case]) -> List[Result]:
    """Runs each case by the function of its estimator's name; `forward` first, once for each cell.

    @param implementation: an object or a module with functions such as rtrl(case); those that it lacks count
    as not offered.
    """
    return [check_case(implementation, case) for case in with_forward(cases)]


def with_forward(cases: List[Case]) -> List[Case]:
    """The cases, and before those of a cell one of its forward pass."""
    result, seen = [], set()
    for case in cases:
        if case.cell not in seen:
            seen.add(case.cell)
            result.append(replace(case, name="forward", estimator="forward", settings={}, rate=0.0, signs=[]))
        result.append(case)
    for i, case in enumerate(result):
        if case.estimator == "forward":
            result[i] = replace(case, expected={"forward": case.expected["forward"]})
    return result


def check_case(implementation: Any, case: Case, diagnose: bool = True) -> Result:
    """Runs one case.

    @param diagnose: whether a failure of an estimator that draws says if its mean over all signs is right.
    """
    function = getattr(implementation, case.estimator, None)
    if not callable(function):
        return Result(case, "not offered")
    try:
        with np.errstate(all="ignore"):
            updates = function(case.given())
        distance, left = require_case(case, updates)
    except NotOffered as reason:
        return Result(case, "not offered", str(reason))
    except Mismatch as mismatch:
        return Result(case, "fails", f"{mismatch}{_diagnosis(function, case) if diagnose else ''}")
    except Exception as error:  # whatever an implementation throws is its failure
        return Result(case, "fails", f"it threw {type(error).__name__}: {error}")
    return Result(case, "passes", "; ".join(f"{name} not compared" for name in left), distance)


def _diagnosis(function: Any, case: Case) -> str:
    """For an estimator that draws: whether its mean over all signs is right."""
    if not case.signs or case.rate > 0:
        return ""
    try:
        gap = bias(function, case)
    except Exception:  # what broke is said already
        return ""
    if gap is None:
        return ""
    if gap < 1e-9:
        return (
            "; its mean over all signs is exact, so it is unbiased by other scales or another order of signs"
        )
    return f"; its mean over all signs is biased too, {gap:.1e} from the exact gradient"


def bias(function: Any, case: Case) -> Optional[float]:
    """How far the mean of the gradient over all signs is from RTRL's, at the third step or the second window;
    None if that takes too many runs."""
    window = case.settings.get("window", 1)
    steps = 2 * window if window > 1 else 3
    draws = case.signs[: steps // window - 1]
    total = sum(value.size for update in draws for draw in update for value in draw.values())
    if 2**total > MOST_RUNS or len(case.signs) == 1:
        return None
    short = case.shortened(steps)
    runs = [
        function(replace(short, signs=signs).given())[-1]["gradient"]
        for signs in _all_signs(case, len(draws))
    ]
    mean = {name: np.mean([np.asarray(run[name], float) for run in runs], axis=0) for name in runs[0]}
    exact = replace(short, settings={}, signs=[])
    rows = Reference().learn(exact, _exact(), window=window, stride=window)
    right = rows[-1]["gradient"]
    largest = max(np.max(np.abs(value)) for value in right.values())
    return float(max(np.max(np.abs(mean[name] - right[name])) for name in right) / largest)


def _exact() -> Any:
    from .reference.estimators import Dense

    return Dense(lambda own, G: own.J @ G + own.I)


def _all_signs(case: Case, updates: int) -> Iterator[List[List[Dict[str, np.ndarray]]]]:
    """Every sequence of signs of the first updates; the later ones as they are."""
    first = case.signs[:updates]
    total = sum(value.size for update in first for draw in update for value in draw.values())
    for flips in itertools.product((1.0, -1.0), repeat=total):
        rest = iter(flips)
        yield [
            *(
                [
                    {name: np.array([next(rest) for _ in value]) for name, value in draw.items()}
                    for draw in update
                ]
                for update in first
            ),
            *case.signs[updates:],
        ]
