"""PyTorch: nn.RNNCell, nn.GRUCell and nn.LSTMCell for single steps, nn.RNN, nn.GRU and nn.LSTM for BPTT."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

import numpy as np
import torch
from torch.func import functional_call

from ..case import Case
from ..reference import Step
from ..reference.step import flat
from .framework import Arrays, Framework

#: Of each cell: the modules, and the names of the gates in the order of their weights.
MODULES: Dict[str, Tuple[Any, Any, List[str]]] = {
    "rnn": (torch.nn.RNNCell, torch.nn.RNN, [""]),
    "cudnn_gru": (torch.nn.GRUCell, torch.nn.GRU, ["reset.", "update.", "candidate."]),
    "lstm": (torch.nn.LSTMCell, torch.nn.LSTM, ["input.", "forget.", "candidate.", "output."]),
}


def weights(case: Case, p: Dict[str, torch.Tensor], suffix: str) -> Dict[str, torch.Tensor]:
    """The weights as the modules have them: gates below each other, with two biases."""
    gates = MODULES[case.cell][2]
    offset = case.options.get("forget_offset", 0.0)
    none = torch.zeros(case.sizes["units"], dtype=torch.float64)
    return {
        f"weight_ih{suffix}": torch.cat([p[f"{g}w"].T for g in gates]),
        f"weight_hh{suffix}": torch.cat([p[f"{g}u"] for g in gates]),
        f"bias_ih{suffix}": torch.cat([p[f"{g}b"] + (offset if g == "forget." else 0.0) for g in gates]),
        f"bias_hh{suffix}": torch.cat([p.get(f"{g}c", none) for g in gates]),
    }


def gru(p: Dict[str, torch.Tensor], h: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """The GRU whose reset gate acts before the product, of which PyTorch has no module."""
    a = {g: x @ p[f"{g}.w"] + p[f"{g}.b"] for g in ("reset", "update", "candidate")}
    r = torch.sigmoid(a["reset"] + p["reset.u"] @ h)
    z = torch.sigmoid(a["update"] + p["update.u"] @ h)
    return z * torch.tanh(a["candidate"] + p["candidate.u"] @ (r * h)) + (1 - z) * h


class PyTorch(Framework):
    """PyTorch on its own cells and recurrent layers."""

    def __init__(self) -> None:
        self.modules: Dict[Tuple[str, int], Any] = {}

    def module(self, case: Case, kind: int) -> Any:
        """The cell (0) or the layer (1), made once."""
        key = (case.cell, kind)
        if key not in self.modules:
            make = MODULES[case.cell][kind]
            self.modules[key] = make(case.sizes["inputs"], case.sizes["units"], dtype=torch.float64)
        return self.modules[key]

    def prepare(self, case: Case) -> None:
        """Makes the cell before vmap needs it: that draws its first weights, which vmap refuses."""
        if case.cell in MODULES:
            self.module(case, 0)

    def next(self, case: Case, p: Any, s: Any, x: Any) -> Any:
        """The new state, by a cell."""
        if case.cell == "gru":
            return {"h": gru(p, s["h"], x)}
        given = (s["h"], s["c"]) if "c" in s else s["h"]
        new = functional_call(self.module(case, 0), weights(case, p, ""), (x, given))
        return {"h": new[0], "c": new[1]} if "c" in s else {"h": new}

    def sequence(self, case: Case, p: Any, s: Any, inputs: Any) -> Tuple[Any, Any]:
        """h after each step, and the last state, by a recurrent layer."""
        if case.cell == "gru":
            outputs = []
            for x in inputs:
                s = self.next(case, p, s, x)
                outputs.append(s["h"])
            return torch.stack(outputs), s
        given = (s["h"][None], s["c"][None]) if "c" in s else s["h"][None]
        outputs, last = functional_call(self.module(case, 1), weights(case, p, "_l0"), (inputs, given))
        return outputs, {"h": last[0][0], "c": last[1][0]} if "c" in s else {"h": last[0]}

    def loss(self, case: Case, p: Any, h: Any, target: Any) -> Tuple[Any, Any]:
        y = p["readout.w"] @ h + p["readout.b"]
        if case.loss == "mean_square":
            return torch.nn.functional.mse_loss(y, torch.as_tensor(target)), y
        return torch.nn.functional.cross_entropy(y[None], torch.as_tensor([target])), y

    def step(self, case: Case, parameters: Any, state: Any, x: Any, target: Any) -> Step:
        self.prepare(case)
        p, s, x = tensors(parameters), tensors(state), torch.as_tensor(x)
        own = {name: p[name] for name in case.cell_parameters}
        joined = lambda p, s: torch.cat(list(self.next(case, p, s, x).values()))  # noqa: E731
        by_state = torch.func.jacfwd(lambda s: joined(p, s))(s)
        by_parameters = torch.func.jacrev(lambda p: joined(p, s))(own)
        new = {name: value.requires_grad_() for name, value in self.next(case, p, s, x).items()}
        readout = {name: p[name].requires_grad_() for name in ("readout.w", "readout.b")}
        loss, output = self.loss(case, readout, new["h"], target)
        error, *direct = torch.autograd.grad(loss, [new["h"], *readout.values()])
        after = {name: np.zeros(len(value)) for name, value in state.items()}
        after["h"] = error.numpy()
        rows = len(flat(state))
        return Step(
            state={name: value.detach().numpy() for name, value in new.items()},
            loss=float(loss.detach()),
            output=output.detach().numpy(),
            J=np.concatenate([by_state[name].detach().numpy() for name in state], axis=1),
            I=np.concatenate(
                [by_parameters[name].detach().numpy().reshape(rows, -1) for name in own], axis=1
            ),
            after=flat(after),
            readout={name: value.numpy() for name, value in zip(readout, direct)},
        )

    def unrolled(
        self, case: Case, parameters: Arrays, state: Arrays, begin: int, end: int, scored: int
    ) -> Tuple[List[float], Arrays, Arrays]:
        p = {name: value.requires_grad_() for name, value in tensors(parameters).items()}
        inputs = torch.as_tensor(np.asarray(case.inputs[begin:end]))
        outputs, last = self.sequence(case, p, tensors(state), inputs)
        losses = [self.loss(case, p, h, y)[0] for h, y in zip(outputs, case.targets[begin:end])]
        gradients = torch.autograd.grad(sum(losses[-scored:]), list(p.values()))
        return (
            [float(loss.detach()) for loss in losses],
            {name: value.numpy() for name, value in zip(p, gradients)},
            {name: value.detach().numpy() for name, value in last.items()},
        )


def tensors(arrays: Arrays) -> Dict[str, torch.Tensor]:
    return {name: torch.tensor(np.asarray(value)) for name, value in arrays.items()}
