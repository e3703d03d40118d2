"""One time step, and its derivatives, as flat arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

from ..case import Case


@dataclass
class Group:
    """Parameters that act by one sum a = Σ W z: D = ∂s'/∂a, [S, units], and the parts of z by parameter."""

    D: np.ndarray
    z: Dict[str, np.ndarray]
    #: Where D can be other than zero, whatever the numbers are.
    reach: np.ndarray

    @property
    def name(self) -> str:
        return " ".join(self.z)

    @property
    def inputs(self) -> np.ndarray:
        return np.concatenate(list(self.z.values()))


@dataclass
class Step:
    """The parts of a step that estimators need. S numbers in the state, P in the parameters of the cell."""

    state: Dict[str, np.ndarray]
    loss: float
    output: np.ndarray
    #: ∂s'/∂s, [S, S].
    J: np.ndarray
    #: ∂s'/∂θ, [S, P].
    I: np.ndarray
    #: ∂ℓ/∂s', [S].
    after: np.ndarray
    #: ∂ℓ/∂(readout): what the loss has of the parameters other than through s'.
    readout: Dict[str, np.ndarray]
    groups: Optional[List[Group]] = None
    #: The part of J that passes through no weights, [S, S].
    local: Optional[np.ndarray] = None


def flat(tree: Dict[str, np.ndarray]) -> np.ndarray:
    """All numbers, name after name, each row-major."""
    return np.concatenate([np.ravel(value) for value in tree.values()])


def like(tree: Dict[str, np.ndarray], numbers: np.ndarray) -> Dict[str, np.ndarray]:
    """The inverse of `flat`; with leading axes, these stay in front."""
    result, at = {}, 0
    for name, value in tree.items():
        size = np.size(value)
        result[name] = np.reshape(numbers[..., at : at + size], numbers.shape[:-1] + np.shape(value))
        at += size
    return result


def placed(name: str, a: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The outer product of a [..., units] and z [inputs] in the layout of a parameter: w is [inputs, units],
    u is [units, inputs], and a bias has z = [1]."""
    kind = name.split(".")[-1]
    if kind in ("b", "c"):
        return a * z[0]
    return z[:, None] * a[..., None, :] if kind == "w" else a[..., :, None] * z


def immediate(case: Case, groups: List[Group]) -> np.ndarray:
    """∂s'/∂θ from the groups, [S, P]."""
    parts = {name: placed(name, group.D, z) for group in groups for name, z in group.z.items()}
    return np.concatenate(
        [parts[name].reshape(len(parts[name]), -1) for name in case.cell_parameters], axis=1
    )


def read_out(
    case: Case, parameters: Dict[str, Any], h: np.ndarray, target: Any
) -> Tuple[np.ndarray, float, np.ndarray, Dict[str, np.ndarray]]:
    """Output, loss, ∂ℓ/∂h' and ∂ℓ/∂(readout)."""
    w, b = parameters["readout.w"], parameters["readout.b"]
    y = w @ h + b
    if case.loss == "mean_square":
        loss, error = np.mean((y - target) ** 2), 2 * (y - target) / len(y)
    else:
        shifted = y - np.max(y)
        logs = shifted - np.log(np.sum(np.exp(shifted)))
        loss, error = -logs[target], np.exp(logs)
        error[target] -= 1
    return y, float(loss), w.T @ error, {"readout.w": np.outer(error, h), "readout.b": error}
