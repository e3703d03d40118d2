"""The cells, with their derivatives worked out by hand. Each returns the new state, J, the part of J that
passes through no weights, and the groups of parameters; the output of every cell is h."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np

from ..case import Case
from .step import Group

Derivatives = Tuple[Dict[str, np.ndarray], np.ndarray, np.ndarray, List[Group]]


def sigmoid(a: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-a))


def rnn(case: Case, p: Dict[str, Any], state: Dict[str, np.ndarray], x: np.ndarray) -> Derivatives:
    h = state["h"]
    new = np.tanh(x @ p["w"] + p["u"] @ h + p["b"])
    D = np.diag(1 - new**2)
    return {"h": new}, D @ p["u"], np.zeros_like(D), [group("", D, x, h)]


def gru(case: Case, p: Dict[str, Any], state: Dict[str, np.ndarray], x: np.ndarray) -> Derivatives:
    h = state["h"]
    r = sigmoid(x @ p["reset.w"] + p["reset.u"] @ h + p["reset.b"])
    z = sigmoid(x @ p["update.w"] + p["update.u"] @ h + p["update.b"])
    n = np.tanh(x @ p["candidate.w"] + p["candidate.u"] @ (r * h) + p["candidate.b"])
    Dn = np.diag(z * (1 - n**2))
    Dz = np.diag((n - h) * z * (1 - z))
    # The reset gate acts before the product, so it reaches every unit.
    Dr = Dn @ p["candidate.u"] @ np.diag(h * r * (1 - r))
    local = np.diag(1 - z)
    J = local + Dn @ p["candidate.u"] @ np.diag(r) + Dz @ p["update.u"] + Dr @ p["reset.u"]
    groups = [
        group("reset.", Dr, x, h, reach=np.ones_like(Dr)),
        group("update.", Dz, x, h),
        group("candidate.", Dn, x, r * h),
    ]
    return {"h": z * n + (1 - z) * h}, J, local, groups


def cudnn_gru(case: Case, p: Dict[str, Any], state: Dict[str, np.ndarray], x: np.ndarray) -> Derivatives:
    h = state["h"]
    r = sigmoid(x @ p["reset.w"] + p["reset.u"] @ h + p["reset.b"])
    z = sigmoid(x @ p["update.w"] + p["update.u"] @ h + p["update.b"])
    inner = p["candidate.u"] @ h + p["candidate.c"]
    n = np.tanh(x @ p["candidate.w"] + p["candidate.b"] + r * inner)
    Dn = np.diag((1 - z) * (1 - n**2))
    Dz = np.diag((h - n) * z * (1 - z))
    Dr = Dn @ np.diag(inner * r * (1 - r))
    Du = Dn @ np.diag(r)
    local = np.diag(z)
    J = local + Du @ p["candidate.u"] + Dz @ p["update.u"] + Dr @ p["reset.u"]
    one, eye = np.ones(1), np.eye(len(h))
    groups = [
        group("reset.", Dr, x, h),
        group("update.", Dz, x, h),
        Group(Dn, {"candidate.w": x, "candidate.b": one}, eye),
        Group(Du, {"candidate.u": h, "candidate.c": one}, eye),
    ]
    return {"h": (1 - z) * n + z * h}, J, local, groups


def lstm(case: Case, p: Dict[str, Any], state: Dict[str, np.ndarray], x: np.ndarray) -> Derivatives:
    h, c = state["h"], state["c"]
    sums = {
        g: x @ p[f"{g}.w"] + p[f"{g}.u"] @ h + p[f"{g}.b"] for g in ("input", "forget", "output", "candidate")
    }
    i, o = sigmoid(sums["input"]), sigmoid(sums["output"])
    f = sigmoid(sums["forget"] + case.options["forget_offset"])
    n = np.tanh(sums["candidate"])
    memory = f * c + i * n
    squashed = np.tanh(memory)
    through = o * (1 - squashed**2)  # ∂h'/∂c'

    def by_memory(slope: np.ndarray) -> np.ndarray:
        return np.concatenate([np.diag(through * slope), np.diag(slope)])

    zero, eye = np.zeros((len(h), len(h))), np.eye(len(h))
    both, first = np.concatenate([eye, eye]), np.concatenate([eye, zero])
    D = {
        "input": by_memory(n * i * (1 - i)),
        "forget": by_memory(c * f * (1 - f)),
        "output": np.concatenate([np.diag(squashed * o * (1 - o)), zero]),
        "candidate": by_memory(i * (1 - n**2)),
    }
    local = np.concatenate([np.concatenate([zero, zero]), by_memory(f)], axis=1)
    J = local.copy()
    J[:, : len(h)] += sum(D[g] @ p[f"{g}.u"] for g in D)
    groups = [group(f"{g}.", D[g], x, h, reach=first if g == "output" else both) for g in D]
    return {"h": o * squashed, "c": memory}, J, local, groups


def group(prefix: str, D: np.ndarray, x: np.ndarray, h: np.ndarray, reach: Any = None) -> Group:
    z = {f"{prefix}w": x, f"{prefix}u": h, f"{prefix}b": np.ones(1)}
    return Group(D, z, np.eye(D.shape[1]) if reach is None else reach)


CELLS = {"rnn": rnn, "gru": gru, "cudnn_gru": cudnn_gru, "lstm": lstm}
