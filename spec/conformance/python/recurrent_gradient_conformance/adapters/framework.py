"""Shared by the adapters of frameworks that differentiate."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np

from ..case import Case
from ..reference import Reference

Arrays = Dict[str, np.ndarray]


class Framework(Reference):
    """The derivatives of each step, and BPTT, by a framework; the rest is the reference.

    A subclass has `step`, as the reference, and `unrolled`.
    """

    def unrolled(
        self, case: Case, parameters: Arrays, state: Arrays, begin: int, end: int, scored: int
    ) -> Tuple[List[float], Arrays, Arrays]:
        """One run forwards and one backwards: the losses of the steps begin to end - 1, the gradient of
        the sum of the last `scored` of them, and the state in the end."""
        raise NotImplementedError

    def bptt(self, case: Case) -> List[Dict[str, Any]]:
        return self.windows(case, len(case.inputs))

    def tbptt(self, case: Case) -> List[Dict[str, Any]]:
        window, stride = case.settings["window"], case.settings["stride"]
        if window == stride:
            return self.windows(case, window)
        # Steps keep the parameters that they had, which a run of the whole window at today's does not.
        return Reference.tbptt(self, case) if case.rate > 0 else self.rolling(case, window, stride)

    def windows(self, case: Case, window: int) -> List[Dict[str, Any]]:
        parameters, state, updates = dict(case.parameters), case.state, []
        for begin in range(0, len(case.inputs), window):
            losses, gradient, state = self.unrolled(case, parameters, state, begin, begin + window, window)
            parameters = self.moved(case, parameters, gradient)
            updates.append({"losses": losses, "gradient": gradient, "parameters": parameters})
        return updates

    def rolling(self, case: Case, window: int, stride: int) -> List[Dict[str, Any]]:
        states = [case.state, *(own["state"] for own in self.forward(case))]
        updates = []
        for end in range(stride, len(case.inputs) + 1, stride):
            begin = max(0, end - window)
            _, gradient, _ = self.unrolled(case, case.parameters, states[begin], begin, end, stride)
            updates.append({"gradient": gradient})
        return updates
