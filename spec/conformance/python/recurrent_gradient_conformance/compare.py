"""Compares what an implementation returns with the vectors, and says where they part."""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Tuple

import numpy as np

from .case import Case

Leaves = Dict[str, np.ndarray]


class Mismatch(Exception):
    """The first number that is wrong: what, where, and by how much."""


def leaves_of(tree: Any, path: str = "") -> Iterator[Tuple[str, np.ndarray]]:
    """The arrays of nested records, with their paths."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield from leaves_of(value, f"{path} {name}".strip())
    else:
        try:
            yield path, np.asarray(tree, dtype=float)
        except (TypeError, ValueError) as error:
            raise Mismatch(f"{path or 'it'} is {type(tree).__name__}, and no array of numbers") from error


def require_close(what: str, given: Any, expected: Any, tolerance: float) -> float:
    """Each number within tolerance times the largest of its array. Returns the largest distance, so measured.

    An array of zeros is measured by the largest number of all.
    """
    own, right = dict(leaves_of(given)), dict(leaves_of(expected))
    missing, more = [n for n in right if n not in own], [n for n in own if n not in right]
    if missing or more:
        raise Mismatch(
            f"{what}: "
            + "; ".join([*(f"{n} is missing" for n in missing), *(f"{n} is not asked for" for n in more)])
        )
    largest = max((np.max(np.abs(value), initial=0.0) for value in right.values()), default=0.0) or 1.0
    worst = 0.0
    for name, value in right.items():
        if own[name].shape != value.shape:
            raise Mismatch(
                f"{what} {name}: shape {list(own[name].shape)} instead of {list(value.shape)}".replace(
                    "  ", " "
                )
            )
        if value.size == 0:
            continue
        scale = np.max(np.abs(value)) or largest
        gaps = np.abs(own[name] - value) / scale
        gaps = np.where(np.isnan(gaps), np.inf, gaps)
        at = np.unravel_index(int(np.argmax(gaps)), gaps.shape)
        if gaps[at] > tolerance:
            place = f"{name}[{','.join(map(str, at))}]" if at else name
            raise Mismatch(
                f"{what} {place} is {own[name][at]:.15g} instead of {value[at]:.15g}, "
                f"{gaps[at]:.1e} of its array's largest number away"
            )
        worst = max(worst, float(gaps[at]))
    return worst


def dense(case: Case, influence: Dict[str, Any]) -> Dict[str, Dict[str, np.ndarray]]:
    """∂(state)/∂(parameters) in full, from any form. What is drawn can be written in more ways than one,
    so the forms are multiplied out before they are compared."""
    if not isinstance(influence, dict):
        raise Mismatch(f"influence is {type(influence).__name__}, and no record")
    if "pairs" in influence:
        return _mean([_outer(pair) for pair in influence["pairs"]])
    if "groups" in influence:
        return _grouped(case, influence["groups"])
    return influence


def _outer(pair: Dict[str, Leaves]) -> Dict[str, Leaves]:
    return {
        name: {
            key: np.multiply.outer(np.asarray(s, float), np.asarray(theta, float))
            for key, theta in pair["parameters"].items()
        }
        for name, s in pair["state"].items()
    }


def _mean(all: List[Dict[str, Leaves]]) -> Dict[str, Leaves]:
    return {
        name: {key: sum(own[name][key] for own in all) / len(all) for key in all[0][name]} for name in all[0]
    }


def _grouped(case: Case, groups: Dict[str, Any]) -> Dict[str, Leaves]:
    rows: Dict[str, Leaves] = {name: {} for name in case.state}
    for group in groups.values():
        for name in rows:
            for key, z in (group["u"] if "u" in group else group["B"][name]).items():
                A = np.asarray(group["A"][name] if "u" in group else group["A"], float)
                rows[name][key] = _place(key, A, np.asarray(z, float))
    return {name: {key: own[key] for key in case.cell_parameters if key in own} for name, own in rows.items()}


def _place(parameter: str, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """[rows, units] by [inputs], or [units] by [rows, inputs], in the layout of the parameter."""
    product = np.einsum("kj,i->kij", a, z) if a.ndim == 2 else np.einsum("j,ki->kij", a, z)
    kind = parameter.split(".")[-1]
    if kind in ("b", "c"):
        return product[:, 0, :]
    return product if kind == "w" else np.swapaxes(product, 1, 2)


def require_case(case: Case, updates: Any) -> Tuple[float, List[str]]:
    """@returns the largest distance, and what was not returned and so not compared.

    @raises Mismatch for the first number that is wrong.
    """
    expected = case.expected["forward"] if case.estimator == "forward" else case.expected["updates"]
    given = list(updates) if isinstance(updates, (list, tuple)) else None
    if given is None:
        raise Mismatch(f"it returned {type(updates).__name__} instead of a list of updates")
    if len(given) != len(expected):
        raise Mismatch(f"it returned {len(given)} updates instead of {len(expected)}")
    worst, left = 0.0, set()
    for k, (own, right) in enumerate(zip(given, expected)):
        if not isinstance(own, dict):
            raise Mismatch(f"update {k + 1} is {type(own).__name__} instead of a record")
        for key, value in right.items():
            if key not in own:
                if key != "influence":
                    raise Mismatch(f"update {k + 1} has no {key}")
                left.add(key)
                continue
            returned = dense(case, own[key]) if key == "influence" else own[key]
            wanted = dense(case, value) if key == "influence" else value
            worst = max(worst, require_close(f"update {k + 1}, {key}", returned, wanted, case.tolerance))
    if "parameters" in case.expected:
        last: Optional[Any] = given[-1].get("parameters")
        if last is None:
            raise Mismatch("the last update has no parameters")
        worst = max(
            worst, require_close("parameters in the end,", last, case.expected["parameters"], case.tolerance)
        )
    return worst, sorted(left)
