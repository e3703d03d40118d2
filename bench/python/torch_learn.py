"""Learning steps in PyTorch, on one thread.

UORO with SGD and truncated backpropagation have their derivatives by hand, under torch.jit.script: the fastest form.
Truncated backpropagation is by autograd too, step by step, which is what most programs do. Lanes are a batch.
"""

from typing import List, Tuple

from problem import check, load, missing, serve

try:
    import torch
except ImportError:
    missing("PyTorch")

torch.set_num_threads(1)


@torch.jit.script
def absorb(own: List[torch.Tensor], pair: List[torch.Tensor], x: int, along: torch.Tensor, rho0: torch.Tensor, rho1: torch.Tensor,
           d: List[torch.Tensor], n: List[torch.Tensor], seen: List[torch.Tensor], rate: float):
    for g in range(len(d)):
        w, u, b = own[3 * g], own[3 * g + 1], own[3 * g + 2]
        tw, tu, tb = pair[3 * g], pair[3 * g + 1], pair[3 * g + 2]
        scale = -rate * along
        w.add_(tw * scale)
        w[x].sub_(rate * d[g])
        u.add_(tu * scale).addr_(d[g], seen[g], alpha=-rate)
        b.add_(tb * scale).sub_(rate * d[g])
        share = n[g] / rho1
        tw.div_(rho0)
        tw[x].add_(share)
        tu.div_(rho0).addr_(share, seen[g])
        tb.div_(rho0).add_(share)


@torch.jit.script
def rhos(pair: List[torch.Tensor], pushed: torch.Tensor, n: List[torch.Tensor], seen: List[torch.Tensor], signs: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    size = torch.zeros([])
    for leaf in pair:
        flat = leaf.view(-1)
        size = size + torch.dot(flat, flat)
    immediate = torch.zeros([])
    for g in range(len(n)):
        immediate = immediate + torch.dot(n[g], n[g]) * (2 + torch.dot(seen[g], seen[g]))
    rho0 = torch.sqrt((torch.sqrt(size) + 1e-5) / (torch.sqrt(torch.dot(pushed, pushed)) + 1e-5))
    rho1 = torch.sqrt((torch.sqrt(immediate) + 1e-5) / (torch.sqrt(torch.dot(signs, signs)) + 1e-5))
    return rho0, rho1


@torch.jit.script
def read(readout: List[torch.Tensor], after: torch.Tensor, y: int) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    logs = torch.log_softmax(torch.mv(readout[0], after) + readout[1], 0)
    error = torch.exp(logs)
    error[y] -= 1
    return -logs[y], error, torch.mv(readout[0].t(), error)


@torch.jit.script
def step_rnn(own: List[torch.Tensor], readout: List[torch.Tensor], pair: List[torch.Tensor], h: torch.Tensor, s: torch.Tensor, x: int, y: int, signs: torch.Tensor, rate: float) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    after = torch.tanh(own[0][x] + torch.mv(own[1], h) + own[2])
    slope = 1 - after * after
    pushed = slope * torch.mv(own[1], s)
    loss, error, cotangent = read(readout, after, y)
    along = torch.dot(cotangent, pushed)
    d, n, seen = [cotangent * slope], [signs * slope], [h]
    rho0, rho1 = rhos(pair, pushed, n, seen, signs)
    absorb(own, pair, x, along, rho0, rho1, d, n, seen, rate)
    readout[0].addr_(error, after, alpha=-rate)
    readout[1].sub_(rate * error)
    return loss, after, rho0 * pushed + rho1 * signs


@torch.jit.script
def step_gru(own: List[torch.Tensor], readout: List[torch.Tensor], pair: List[torch.Tensor], h: torch.Tensor, s: torch.Tensor, x: int, y: int, signs: torch.Tensor, rate: float) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    r = torch.sigmoid(own[0][x] + torch.mv(own[1], h) + own[2])
    z = torch.sigmoid(own[3][x] + torch.mv(own[4], h) + own[5])
    rh = r * h
    c = torch.tanh(own[6][x] + torch.mv(own[7], rh) + own[8])
    after = z * c + (1 - z) * h
    dr, dz, dc = r * (1 - r), z * (1 - z), 1 - c * c
    seen_tangent = dr * torch.mv(own[1], s) * h + r * s
    pushed = dz * torch.mv(own[4], s) * (c - h) + z * dc * torch.mv(own[7], seen_tangent) + (1 - z) * s
    loss, error, cotangent = read(readout, after, y)
    along = torch.dot(cotangent, pushed)
    gate, slope = (c - h) * dz, z * dc
    back = h * dr
    d = [torch.mv(own[7].t(), cotangent * slope) * back, cotangent * gate, cotangent * slope]
    n = [torch.mv(own[7].t(), signs * slope) * back, signs * gate, signs * slope]
    seen = [h, h, rh]
    rho0, rho1 = rhos(pair, pushed, n, seen, signs)
    absorb(own, pair, x, along, rho0, rho1, d, n, seen, rate)
    readout[0].addr_(error, after, alpha=-rate)
    readout[1].sub_(rate * error)
    return loss, after, rho0 * pushed + rho1 * signs


@torch.jit.script
def read_all(readout: List[torch.Tensor], after: torch.Tensor, y: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """The losses [window, lanes], and the derivatives of their sum over the window and mean over the lanes."""
    logs = torch.log_softmax(torch.matmul(after, readout[0].t()) + readout[1], 2)
    at = y.unsqueeze(2)
    error = torch.exp(logs).scatter_add_(2, at, torch.full(at.shape, -1.0)) / y.size(1)
    return -logs.gather(2, at).squeeze(2), error, torch.matmul(error, readout[0])


@torch.jit.script
def learn_gate(own: List[torch.Tensor], gate: int, d: torch.Tensor, seen: torch.Tensor, x: torch.Tensor, rate: float):
    flat = d.reshape(-1, d.size(2))
    # Added up apart: single shares would be lost in the rounding of the weights.
    rows = torch.zeros_like(own[3 * gate]).index_add_(0, x.reshape(-1), flat)
    own[3 * gate].sub_(rows, alpha=rate)
    own[3 * gate + 1].addmm_(flat.t(), seen.reshape(-1, seen.size(2)), alpha=-rate)
    own[3 * gate + 2].sub_(flat.sum(0), alpha=rate)


@torch.jit.script
def learn_readout(readout: List[torch.Tensor], error: torch.Tensor, after: torch.Tensor, rate: float):
    flat = error.reshape(-1, error.size(2))
    readout[0].addmm_(flat.t(), after.reshape(-1, after.size(2)), alpha=-rate)
    readout[1].sub_(flat.sum(0), alpha=rate)


@torch.jit.script
def window_rnn(own: List[torch.Tensor], readout: List[torch.Tensor], first: torch.Tensor, x: torch.Tensor, y: torch.Tensor, rate: float) -> Tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets are [window, lanes], the state [lanes, units]."""
    given = own[0][x] + own[2]
    u = own[1].t()
    h = first
    states = torch.jit.annotate(List[torch.Tensor], [])
    for t in range(x.size(0)):
        h = torch.tanh(torch.addmm(given[t], h, u))
        states.append(h)
    after = torch.stack(states)
    losses, error, back = read_all(readout, after, y)
    slopes = 1 - after * after
    ds = [slopes[0]] * x.size(0)
    later = torch.zeros_like(h)
    for i in range(x.size(0)):
        t = x.size(0) - 1 - i
        d = (back[t] + later) * slopes[t]
        ds[t] = d
        later = torch.mm(d, own[1])
    before = torch.cat([first.unsqueeze(0), after[:-1]])
    learn_gate(own, 0, torch.stack(ds), before, x, rate)
    learn_readout(readout, error, after, rate)
    return losses, h


@torch.jit.script
def window_gru(own: List[torch.Tensor], readout: List[torch.Tensor], first: torch.Tensor, x: torch.Tensor, y: torch.Tensor, rate: float) -> Tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets are [window, lanes], the state [lanes, units]."""
    n = first.size(1)
    u = torch.cat([own[1], own[4]])
    gates = torch.cat([own[0][x] + own[2], own[3][x] + own[5]], 2)
    candidates = own[6][x] + own[8]
    down = u.t()
    across = own[7].t()
    h = first
    rs = torch.jit.annotate(List[torch.Tensor], [])
    cs = torch.jit.annotate(List[torch.Tensor], [])
    states = torch.jit.annotate(List[torch.Tensor], [])
    for t in range(x.size(0)):
        rz = torch.sigmoid(torch.addmm(gates[t], h, down))
        c = torch.tanh(torch.addmm(candidates[t], rz[:, :n] * h, across))
        h = torch.lerp(h, c, rz[:, n:])
        rs.append(rz)
        cs.append(c)
        states.append(h)
    after = torch.stack(states)
    losses, error, back = read_all(readout, after, y)
    before = torch.cat([first.unsqueeze(0), after[:-1]])
    rz = torch.stack(rs)
    c = torch.stack(cs)
    r, z = rz[:, :, :n], rz[:, :, n:]
    of_candidate = z * (1 - c * c)
    of_z = (c - before) * z * (1 - z)
    of_r = before * r * (1 - r)
    keep = 1 - z
    dcs = [first] * x.size(0)
    drzs = [first] * x.size(0)
    later = torch.zeros_like(h)
    for i in range(x.size(0)):
        t = x.size(0) - 1 - i
        d = back[t] + later
        dc = d * of_candidate[t]
        inner = torch.mm(dc, own[7])
        drz = torch.cat([inner * of_r[t], d * of_z[t]], 1)
        dcs[t] = dc
        drzs[t] = drz
        later = torch.addmm(torch.addcmul(d * keep[t], inner, r[t]), drz, u)
    drz_all = torch.stack(drzs)
    learn_gate(own, 0, drz_all[:, :, :n], before, x, rate)
    learn_gate(own, 1, drz_all[:, :, n:], before, x, rate)
    learn_gate(own, 2, torch.stack(dcs), r * before, x, rate)
    learn_readout(readout, error, after, rate)
    return losses, h


problem = load()
units, period, rate, lanes = problem["units"], problem["period"], problem["rate"], problem["lanes"]
window, is_uoro = problem["window"], problem["estimator"] == "uoro"
step_cell = step_rnn if problem["cell"] == "rnn" else step_gru
window_cell = window_rnn if problem["cell"] == "rnn" else window_gru
stream, targets = torch.tensor(problem["inputs"]).view(period, lanes), torch.tensor(problem["targets"]).view(period, lanes)


def fresh():
    leaves = [torch.tensor(leaf) for leaf in problem["leaves"]]
    last = len(leaves) - 1
    return [leaf if len(leaf) == units or i == last else leaf.view(-1, units) for i, leaf in enumerate(leaves)]


class Uoro:
    """Steps of one lane."""

    name = "PyTorch, by hand, scripted"

    def __init__(self):
        self.leaves = fresh()
        self.own, self.readout = self.leaves[:-2], self.leaves[-2:]
        self.pair = [torch.zeros_like(leaf) for leaf in self.own]
        self.state = [torch.zeros(units), torch.zeros(units)]
        self.signs = torch.tensor(problem["signs"]).view(period, units)
        self.x, self.y = stream[:, 0].tolist(), targets[:, 0].tolist()

    @torch.no_grad()
    def update(self, t):
        loss, *self.state = step_cell(
            self.own, self.readout, self.pair, *self.state, self.x[t], self.y[t], self.signs[t], rate
        )
        return [loss.item()]


def cell(p, h, x):
    def gate(i, h):
        return p[3 * i][x] + h @ p[3 * i + 1].t() + p[3 * i + 2]

    if problem["cell"] == "rnn":
        return torch.tanh(gate(0, h))
    r, z = torch.sigmoid(gate(0, h)), torch.sigmoid(gate(1, h))
    c = torch.tanh(gate(2, r * h))
    return z * c + (1 - z) * h


class Window:
    """Windows of a batch of lanes, with derivatives by hand."""

    name = "PyTorch, by hand, scripted"

    def __init__(self):
        self.leaves = fresh()
        self.own, self.readout = self.leaves[:-2], self.leaves[-2:]
        self.h = torch.zeros(lanes, units)
        self.given = [(stream[t : t + window], targets[t : t + window]) for t in range(0, period, window)]

    @torch.no_grad()
    def update(self, t):
        losses, self.h = window_cell(self.own, self.readout, self.h, *self.given[t // window], rate)
        return losses.mean(1).tolist()


class AutogradWindow:
    """Windows of a batch of lanes."""

    name = "PyTorch, autograd"

    def __init__(self):
        self.leaves = [leaf.requires_grad_() for leaf in fresh()]
        self.h = torch.zeros(lanes, units)

    def update(self, t):
        p, h, losses = self.leaves, self.h, []
        for i in range(t, t + window):
            h = cell(p, h, stream[i])
            losses.append(torch.nn.functional.cross_entropy(h @ p[-2].t() + p[-1], targets[i]))
        torch.stack(losses).sum().backward()
        with torch.no_grad():
            for leaf in p:
                leaf.sub_(leaf.grad, alpha=rate)
                leaf.grad = None
        self.h = h.detach()
        return [loss.item() for loss in losses]


def runner_of(make):
    """The timed form of a learner that has had the losses of the reference."""
    checked = make()
    losses = [loss for t in range(0, period, window) for loss in checked.update(t)]
    check(problem, make.name, losses, [leaf.flatten().tolist() for leaf in checked.leaves])
    timed = make()

    def run(count):
        for t in range(0, count // window * window, window):
            timed.update(t % period)
        return count // window * window

    return run


serve({make.name: runner_of(make) for make in ([Uoro] if is_uoro else [Window, AutogradWindow])})
