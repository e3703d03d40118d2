"""The estimators of CONVENTIONS.md, on the derivatives of single steps."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

import numpy as np

from ..case import Case, NotOffered
from .cells import CELLS
from .noisy import Noisy
from .step import Step, flat, immediate, like, read_out

Updates = List[Dict[str, Any]]


class Reference(Noisy):
    """Every estimator of the vectors. A subclass with another `step` runs them on other derivatives; one that
    returns no `groups` does not offer those estimators that need them."""

    def step(
        self, case: Case, parameters: Dict[str, Any], state: Dict[str, np.ndarray], x: np.ndarray, target: Any
    ) -> Step:
        if case.cell not in CELLS:
            raise NotOffered(case.cell)
        new, J, local, groups = CELLS[case.cell](case, parameters, state, x)
        output, loss, error, readout = read_out(case, parameters, new["h"], target)
        after = np.zeros(len(J))
        after[: len(error)] = error
        return Step(new, loss, output, J, immediate(case, groups), after, readout, groups, local)

    def forward(self, case: Case) -> List[Dict[str, Any]]:
        result, state = [], case.state
        for x, target in zip(case.inputs, case.targets):
            own = self.step(case, case.parameters, state, x, target)
            state = own.state
            result.append({"state": own.state, "output": own.output, "loss": own.loss})
        return result

    def bptt(self, case: Case) -> Updates:
        length = case.settings["length"]
        return self.learn(case, window=length, stride=length)

    def tbptt(self, case: Case) -> Updates:
        return self.learn(case, **case.settings)

    def frozen(self, case: Case) -> Updates:
        return self.learn(case)

    def rtrl(self, case: Case) -> Updates:
        return self.learn(case, Dense(lambda own, G: own.J @ G + own.I))

    def snap(self, case: Case) -> Updates:
        if case.settings["n"] != 1:
            raise NotOffered("snap with n > 1")
        return self.learn(case, Dense(lambda own, G: reached(case, own) * (own.J @ G + own.I)))

    def own_unit_traces(self, case: Case) -> Updates:
        return self.learn(case, Dense(lambda own, G: own_unit(case, own) * (own.J @ G + own.I)))

    def e_prop(self, case: Case) -> Updates:
        def advance(own: Step, G: np.ndarray) -> np.ndarray:
            if own.local is None:
                raise NotOffered("e_prop without the local part of J")
            return own_unit(case, own) * (own.local @ G + own.I)

        return self.learn(case, Dense(advance))

    def rflo(self, case: Case) -> Updates:
        leak = case.settings["leak"]
        return self.learn(case, Dense(lambda own, G: (1 - leak) * G + own.I))

    def learn(self, case: Case, rule: Optional[Any] = None, window: int = 1, stride: int = 1) -> Updates:
        """Runs the stream. Every `stride` steps the losses since the last update are pulled back through the
        last `window` steps, each at the parameters that it had; what arrives there meets the influence."""
        parameters, state = dict(case.parameters), case.state
        held: List[Step] = []
        losses: List[float] = []
        updates: Updates = []
        for t, (x, target) in enumerate(zip(case.inputs, case.targets)):
            own = self.step(case, parameters, state, x, target)
            held = [*held, own][-window:]
            losses.append(own.loss)
            state = own.state
            if (t + 1) % stride > 0:
                continue
            gradient = self.gradient(case, held, stride, rule)
            if rule is not None:
                self.advance(case, rule, held, len(updates))
                held = []
            elif window == stride:
                held = []
            parameters = self.moved(case, parameters, gradient)
            shown = {} if rule is None else {"influence": rule.shown(case)}
            updates.append({"losses": losses, "gradient": gradient, "parameters": parameters, **shown})
            losses = []
        return updates

    def moved(self, case: Case, parameters: Dict[str, Any], gradient: Dict[str, Any]) -> Dict[str, Any]:
        return {name: value - case.rate * gradient[name] for name, value in parameters.items()}

    def gradient(
        self, case: Case, held: List[Step], stride: int, rule: Optional[Any]
    ) -> Dict[str, np.ndarray]:
        """The losses of the last `stride` of the held steps, pulled back through all of them."""
        if rule is not None and case.settings.get("pairing") == "published":
            return self.published(case, held[-1], rule)
        before = np.zeros_like(held[-1].after)
        own = np.zeros(held[-1].I.shape[1])
        readout = {name: np.zeros_like(value) for name, value in held[-1].readout.items()}
        for i, step in reversed(list(enumerate(held))):
            after = before
            if i >= len(held) - stride:
                after = after + step.after
                readout = {name: value + step.readout[name] for name, value in readout.items()}
            own = own + after @ step.I
            before = after @ step.J
        if rule is not None:
            own = own + rule.pull(before)
            readout = rule.pull_readout(before, readout)
        return {**like(case.cell_parameters, own), **readout}

    def published(self, case: Case, step: Step, rule: Any) -> Dict[str, np.ndarray]:
        """The influence after the step with ∂ℓ/∂s'."""
        own = step.after @ rule.after(step)
        return {**like(case.cell_parameters, own), **step.readout}

    def advance(self, case: Case, rule: Any, held: List[Step], update: int) -> None:
        """Several steps are one transition: their J multiplied, their I carried to the end."""
        J, I = held[0].J, held[0].I
        for step in held[1:]:
            J, I = step.J @ J, step.J @ I + step.I
        last = held[-1]
        rule.advance(
            Step(last.state, last.loss, last.output, J, I, last.after, last.readout, last.groups, last.local),
            update,
        )


class Dense:
    """An influence in full, [S, P], that starts at zero."""

    def __init__(self, carry: Callable[[Step, np.ndarray], np.ndarray]) -> None:
        self.carry = carry
        self.G: Any = 0.0

    def after(self, step: Step) -> np.ndarray:
        G = self.G if np.ndim(self.G) else np.zeros_like(step.I)
        return self.carry(step, G)

    def advance(self, step: Step, update: int) -> None:
        self.G = self.after(step)

    def pull(self, cotangent: np.ndarray) -> Any:
        return cotangent @ self.G if np.ndim(self.G) else 0.0

    def pull_readout(self, cotangent: np.ndarray, readout: Dict[str, np.ndarray]) -> Dict[str, np.ndarray]:
        return readout

    def shown(self, case: Case) -> Dict[str, Any]:
        return by_state(case, self.G)


def by_state(case: Case, G: np.ndarray) -> Dict[str, Any]:
    """[S, P] as records: of the state's names, each of the parameters' names."""
    rows, at = {}, 0
    for name, value in case.state.items():
        rows[name] = like(case.cell_parameters, G[at : at + len(value)])
        at += len(value)
    return rows


def reached(case: Case, step: Step) -> np.ndarray:
    """1 where I can be other than zero, whatever the numbers are."""
    if step.groups is None:
        raise NotOffered("snap without groups")
    ones = [
        type(group)(group.reach, {name: np.ones_like(z) for name, z in group.z.items()}, group.reach)
        for group in step.groups
    ]
    return (immediate(case, ones) != 0).astype(float)


def own_unit(case: Case, step: Step) -> np.ndarray:
    """1 where a parameter meets its own unit: the last axis of w, the first of u, the only one of a bias."""
    units = case.sizes["units"]

    def unit_of(name: str, shape: Any) -> np.ndarray:
        own = np.arange(units)
        return (
            np.broadcast_to(own[:, None], shape)
            if name.split(".")[-1] == "u"
            else np.broadcast_to(own, shape)
        )

    columns = flat({name: unit_of(name, value.shape) for name, value in case.cell_parameters.items()})
    rows = np.arange(step.J.shape[0]) % units
    return (rows[:, None] == columns).astype(float)
