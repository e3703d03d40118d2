"""The estimators that draw signs."""

from __future__ import annotations

from typing import Any, Dict, List

import numpy as np

from ..case import Case, NotOffered
from .step import Group, Step, flat, like, placed


def norm(x: np.ndarray) -> float:
    return float(np.sqrt(np.sum(np.square(x))))


class Noisy:
    """The part of the reference that draws."""

    def balance(self, w: float, v: float, epsilon: float) -> float:
        """√((‖w‖+ε)/(‖v‖+ε)), by which v is multiplied and w divided."""
        return float(np.sqrt((w + epsilon) / (v + epsilon)))

    def uoro(self, case: Case) -> List[Dict[str, Any]]:
        rule = Pairs(self, case, [self.pair(case) for _ in range(case.settings["rank"])], self.reduce)
        window = case.settings["window"]
        return self.learn(case, rule, window=window, stride=window)

    def no_back_track(self, case: Case) -> List[Dict[str, Any]]:
        return self.learn(case, Pairs(self, case, [self.pair(case)], self.reduce_rows))

    def dodge(self, case: Case) -> List[Dict[str, Any]]:
        return self.learn(case, Direction(case))

    def kf_rtrl(self, case: Case) -> List[Dict[str, Any]]:
        return self.learn(case, Products(self, case, self.reduce_product))

    def reverse_kf_rtrl(self, case: Case) -> List[Dict[str, Any]]:
        return self.learn(case, Products(self, case, self.reduce_reverse))

    def pair(self, case: Case) -> List[np.ndarray]:
        return [np.zeros(len(flat(case.state))), np.zeros(len(flat(case.cell_parameters)))]

    def reduce(
        self, step: Step, pair: List[np.ndarray], signs: np.ndarray, epsilon: float
    ) -> List[np.ndarray]:
        """UORO: one scale for all signs."""
        pushed, own = step.J @ pair[0], signs @ step.I
        rho0 = self.balance(norm(pair[1]), norm(pushed), epsilon)
        rho1 = self.balance(norm(own), norm(signs), epsilon)
        return [rho0 * pushed + rho1 * signs, pair[1] / rho0 + own / rho1]

    def reduce_rows(
        self, step: Step, pair: List[np.ndarray], signs: np.ndarray, epsilon: float
    ) -> List[np.ndarray]:
        """NoBackTrack: a scale for each row of I."""
        pushed = step.J @ pair[0]
        rho0 = self.balance(norm(pair[1]), norm(pushed), epsilon)
        rho = np.array([self.balance(norm(row), 1.0, epsilon) for row in step.I])
        return [rho0 * pushed + rho * signs, pair[1] / rho0 + (signs / rho) @ step.I]

    def reduce_product(
        self, step: Step, group: Group, own: Dict[str, Any], sign: np.ndarray, epsilon: float
    ) -> Dict[str, Any]:
        """KF-RTRL: A ⊗ u, with one sign for the group."""
        carried, z = step.J @ own["A"], group.inputs
        p = self.balance(norm(carried), norm(own["u"]), epsilon)
        q = self.balance(norm(group.D), norm(z), epsilon)
        return {"A": carried / p + sign[0] * group.D / q, "u": p * own["u"] + sign[0] * q * z}

    def reduce_reverse(
        self, step: Step, group: Group, own: Dict[str, Any], signs: np.ndarray, epsilon: float
    ) -> Dict[str, Any]:
        """Reverse KF-RTRL: a sign for each unit."""
        carried, immediate = step.J @ own["B"], np.outer(group.D @ signs, group.inputs)
        p = self.balance(norm(carried), norm(own["A"]), epsilon)
        q = self.balance(norm(immediate), norm(signs), epsilon)
        return {"A": p * own["A"] + q * signs, "B": carried / p + immediate / q}

    def signs(self, case: Case, update: int) -> List[Dict[str, np.ndarray]]:
        """The draws of an update."""
        return case.signs[update]


class Pairs:
    """s̃ ⊗ θ̃, or the mean of several."""

    def __init__(self, owner: Noisy, case: Case, pairs: List[List[np.ndarray]], reduce: Any) -> None:
        self.owner, self.case, self.pairs, self.reduce = owner, case, pairs, reduce

    def advance(self, step: Step, update: int) -> None:
        draws = self.owner.signs(self.case, update)
        epsilon = self.case.settings["epsilon"]
        self.pairs = [self.reduce(step, pair, flat(draw), epsilon) for pair, draw in zip(self.pairs, draws)]

    def pull(self, cotangent: np.ndarray) -> np.ndarray:
        return sum((cotangent @ s) * theta for s, theta in self.pairs) / len(self.pairs)

    def pull_readout(self, cotangent: np.ndarray, readout: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        return readout

    def shown(self, case: Case) -> Dict[str, Any]:
        return {
            "pairs": [
                {"state": like(case.state, s), "parameters": like(case.cell_parameters, theta)}
                for s, theta in self.pairs
            ]
        }


class Direction:
    """ṡ ⊗ v for a direction v that is kept. v has a part for the readout too, which gets noise of mean 0."""

    def __init__(self, case: Case) -> None:
        [[self.v]] = case.signs
        self.v = {name: self.v[name].reshape(value.shape) for name, value in case.parameters.items()}
        self.own = flat({name: self.v[name] for name in case.cell_parameters})
        self.s = np.zeros(len(flat(case.state)))

    def advance(self, step: Step, update: int) -> None:
        self.s = step.J @ self.s + step.I @ self.own

    def pull(self, cotangent: np.ndarray) -> np.ndarray:
        return (cotangent @ self.s) * self.own

    def pull_readout(self, cotangent: np.ndarray, readout: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        return {name: value + (cotangent @ self.s) * self.v[name] for name, value in readout.items()}

    def shown(self, case: Case) -> Dict[str, Any]:
        return {
            "pairs": [{"state": like(case.state, self.s), "parameters": like(case.cell_parameters, self.own)}]
        }


class Products:
    """A ⊗ u for each group of parameters, or A ⊗ B."""

    def __init__(self, owner: Noisy, case: Case, reduce: Any) -> None:
        self.owner, self.case, self.reduce = owner, case, reduce
        self.groups: Dict[str, Dict[str, Any]] = {}

    def advance(self, step: Step, update: int) -> None:
        if step.groups is None:
            raise NotOffered(f"{self.case.estimator} without groups")
        [draw] = self.owner.signs(self.case, update)
        epsilon = self.case.settings["epsilon"]
        self.groups = {
            group.name: self.reduce(
                step, group, self.groups.get(group.name, self.zeros(group)), draw[group.name], epsilon
            )
            for group in step.groups
        }
        self.parts = {group.name: group.z for group in step.groups}

    def zeros(self, group: Group) -> Dict[str, Any]:
        rows, units = group.D.shape
        inputs = len(group.inputs)
        if self.case.estimator == "kf_rtrl":
            return {"A": np.zeros((rows, units)), "u": np.zeros(inputs)}
        return {"A": np.zeros(units), "B": np.zeros((rows, inputs))}

    def pull(self, cotangent: np.ndarray) -> Any:
        if not self.groups:
            return 0.0
        parts: Dict[str, np.ndarray] = {}
        for name, own in self.groups.items():
            a, z = (cotangent @ own["A"], own["u"]) if "u" in own else (own["A"], cotangent @ own["B"])
            for parameter, value in self.split(name, z).items():
                parts[parameter] = placed(parameter, a, value)
        return flat({name: parts[name] for name in self.case.cell_parameters})

    def pull_readout(self, cotangent: np.ndarray, readout: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        return readout

    def split(self, group: str, z: np.ndarray) -> Dict[str, np.ndarray]:
        """z by parameter."""
        return like(self.parts[group], z)

    def shown(self, case: Case) -> Dict[str, Any]:
        shown = {}
        for name, own in self.groups.items():
            if "u" in own:
                shown[name] = {"A": rows_of(case, own["A"]), "u": self.split(name, own["u"])}
            else:
                shown[name] = {
                    "A": own["A"],
                    "B": {key: self.split(name, rows) for key, rows in rows_of(case, own["B"]).items()},
                }
        return {"groups": shown}


def rows_of(case: Case, matrix: np.ndarray) -> Dict[str, np.ndarray]:
    """The rows of a matrix [S, …] by the names of the state."""
    result, at = {}, 0
    for name, value in case.state.items():
        result[name] = matrix[at : at + len(value)]
        at += len(value)
    return result
