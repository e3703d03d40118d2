"""The faults of the impostors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Dict, List, Tuple

import numpy as np

from .case import Case
from .reference import Reference
from .reference.cells import CELLS
from .reference.estimators import Dense
from .reference.noisy import norm
from .reference.step import Step, like

Applies = Callable[[Case], bool]


def on(estimator: str, cells: Tuple[str, ...] = tuple(CELLS), **settings: Any) -> Applies:
    return lambda case: (
        case.estimator == estimator
        and case.cell in cells
        and case.rate == 0
        and all(case.settings.get(k) == v for k, v in settings.items())
    )


def impostor(**methods: Any) -> Any:
    return type("Impostor", (Reference,), methods)()


def stepwise(change: Callable[[Case, Step], Step]) -> Dict[str, Any]:
    """The reference with other derivatives of a step."""

    def step(self: Any, case: Case, parameters: Any, state: Any, x: Any, target: Any) -> Step:
        return change(case, Reference.step(self, case, parameters, state, x, target))

    return {"step": step}


def with_case(change: Callable[[Case], Case]) -> Dict[str, Any]:
    """The reference that runs another case."""

    def learn(self: Any, case: Case, *args: Any, **more: Any) -> Any:
        return Reference.learn(self, change(case), *args, **more)

    return {"learn": learn}


def dense(carry: Callable[[Step, np.ndarray], np.ndarray]) -> Callable[..., Any]:
    return lambda self, case: self.learn(case, Dense(carry))


def late(self: Any, case: Case, held: List[Step], stride: int, rule: Any) -> Any:
    """Pairs the influence of before the step with the derivative at the state after it."""
    own = held[-1].after @ held[-1].I + rule.pull(held[-1].after)
    return {**like(case.cell_parameters, own), **held[-1].readout}


def new_pair(self: Any, case: Case, held: List[Step], stride: int, rule: Any) -> Any:
    """Advances first, and takes the pair of after the step for all."""
    self.count = getattr(self, "count", -1) + 1
    Reference.advance(self, case, rule, held, self.count)
    return {**like(case.cell_parameters, rule.pull(held[-1].after)), **held[-1].readout}


def nothing(self: Any, *_: Any) -> None:
    """In place of an advance that is done already."""


def first_signs(self: Any, case: Case, update: int) -> Any:
    return case.signs[0]


def next_signs(self: Any, case: Case, update: int) -> Any:
    return case.signs[(update + 1) % len(case.signs)]


def backward_signs(self: Any, case: Case, update: int) -> Any:
    return [{name: value[::-1] for name, value in draw.items()} for draw in case.signs[update]]


def one_sign(self: Any, case: Case, update: int) -> Any:
    first = next(iter(case.signs[update][0].values()))[0]
    return [{name: np.full_like(value, first) for name, value in draw.items()} for draw in case.signs[update]]


def one_pair_of_signs(self: Any, case: Case, update: int) -> Any:
    return [case.signs[update][0]] * len(case.signs[update])


def cut_window(self: Any, case: Case, held: List[Step], stride: int, rule: Any) -> Any:
    return Reference.gradient(self, case, held[1:] if len(held) > 2 else held, stride, rule)


def mean_gradient(self: Any, case: Case, held: List[Step], stride: int, rule: Any) -> Any:
    own = Reference.gradient(self, case, held, stride, rule)
    return {name: value / stride for name, value in own.items()}


def through_all(self: Any, case: Case) -> Any:
    return self.learn(case, window=len(case.inputs), stride=case.settings["stride"])


def all_losses(self: Any, case: Case, held: List[Step], stride: int, rule: Any) -> Any:
    """Counts the losses of every held step again."""
    return Reference.gradient(self, case, held, len(held), rule)


def no_offset(case: Case) -> Case:
    return replace(case, options={"forget_offset": 0.0})


def cut_memory(case: Case, step: Step) -> Step:
    """The memory's own path through time is left out."""
    J = step.J.copy()
    J[:, case.sizes["units"] :] = 0
    return replace(step, J=J)


def detached_gate(case: Case, step: Step) -> Step:
    """What the first gate does to the state is taken for a constant."""
    I = step.I.copy()
    first = [
        name
        for name in case.cell_parameters
        if name.split(".")[0] == next(iter(case.cell_parameters)).split(".")[0]
    ]
    I[:, : sum(case.parameters[name].size for name in first)] = 0
    return replace(step, I=I)


def raw_balance(self: Any, w: float, v: float, epsilon: float) -> float:
    """Another place for ε, as in several implementations of the paper."""
    return float(np.sqrt(w / (v + epsilon)) + epsilon)


def no_root(self: Any, w: float, v: float, epsilon: float) -> float:
    return (w + epsilon) / (v + epsilon)


def largest_norm(self: Any, step: Step, pair: Any, signs: Any, epsilon: float) -> Any:
    rho1 = self.balance(norm(signs @ step.I), 1.0, epsilon)
    rho0 = self.balance(norm(pair[1]), norm(step.J @ pair[0]), epsilon)
    return [rho0 * (step.J @ pair[0]) + rho1 * signs, pair[1] / rho0 + (signs @ step.I) / rho1]


def odd_scale(self: Any, step: Step, pair: Any, signs: Any, epsilon: float) -> Any:
    pushed, own = step.J @ pair[0], signs @ step.I
    rho0 = self.balance(norm(pair[1]), norm(pushed), epsilon)
    rho1 = self.balance(norm(own), norm(signs), epsilon) * np.exp(0.5 * signs[0])
    return [rho0 * pushed + rho1 * signs, pair[1] / rho0 + own / rho1]


def transposed(step: Step) -> Step:
    return replace(step, J=step.J.T)
