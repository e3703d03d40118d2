"""Learning steps in NumPy, on one thread, with derivatives by hand and in place.

A call takes about a microsecond, so there are few: gates that read the same vector are one matrix, to which inputs and
biases belong. Lanes are a batch.
"""

from problem import check, load, missing, serve

try:
    import numpy as np
except ImportError:
    missing("NumPy")

problem = load()
units, period, rate, lanes, window = problem["units"], problem["period"], np.float32(problem["rate"]), problem["lanes"], problem["window"]
estimator, cell = problem["estimator"], problem["cell"]
stream, targets = (np.array(problem[name]).reshape(period, lanes) for name in ("inputs", "targets"))
symbols = 32
gate_count = {"rnn": 1, "gru": 3, "lstm": 4}[cell]


def zeros(*shape):
    return np.zeros(shape, np.float32)


def leaves():
    return [np.array(leaf, np.float32) for leaf in problem["leaves"]]


def sigmoid(x):
    """In place."""
    np.negative(x, x)
    np.exp(x, x)
    x += 1
    return np.reciprocal(x, x)


def gates(begin, end):
    """Gates as a matrix [symbols + units + 1, columns] that a row [one-hot input, h, 1] is multiplied with."""
    own = leaves()[3 * begin : 3 * end]
    each = zip(own[0::3], own[1::3], own[2::3])
    return np.concatenate([np.concatenate([w.reshape(symbols, units), u.reshape(units, units).T, b[None]]) for w, u, b in each], 1)


def leaves_of(matrices, readout):
    """The parameters of the problem, from those of the step."""
    own = []
    for matrix in matrices:
        for gate in np.split(matrix, matrix.shape[1] // units, 1):
            own += [gate[:symbols], gate[symbols:-1].T, gate[-1]]
    return [leaf.ravel().tolist() for leaf in own + [readout[:, :-1], readout[:, -1]]]


class Readout:
    """Of one state."""

    def __init__(self):
        w, b = leaves()[-2:]
        self.w = np.concatenate([w.reshape(symbols, units), b[:, None]], 1)
        self.change = zeros(symbols, units + 1)
        self.seen, self.error, self.cotangent = zeros(units + 1), zeros(symbols), zeros(units + 1)
        self.seen[-1] = 1

    def predict(self, h, y):
        """The loss; the gradient of h is in `cotangent`."""
        error = self.error
        self.seen[:-1] = h
        np.dot(self.w, self.seen, error)
        error -= error.max()
        logit = error[y]
        np.exp(error, error)
        total = error.sum()
        error /= total
        error[y] -= 1
        np.dot(error, self.w, self.cotangent)
        return np.log(total) - logit

    def learn(self):
        self.error *= rate
        np.multiply(self.error[:, None], self.seen, self.change)
        self.w -= self.change


def outer(z, d, out):
    """Each of the two is the faster one for some sizes."""
    if out.size < 1 << 16:
        np.dot(z[:, None], d[None], out)
    else:
        np.einsum("i,j->ij", z, d, out=out)


class Pair:
    """Gates that read the same vector, and their θ̃."""

    def __init__(self, begin, end):
        self.w = gates(begin, end)
        rows, columns = self.w.shape
        self.t, self.change = zeros(rows, columns), zeros(rows, columns)
        # The vectors that the weights multiply, for the value and for its tangent.
        self.read, self.tangent = zeros(rows), zeros(rows)
        self.read[-1] = 1
        self.out, self.pushed = zeros(columns), zeros(columns)
        # For each column the gradient and the immediate influence.
        self.d, self.n = zeros(columns), zeros(columns)

    def push(self, x, h, s):
        read = self.read
        read[:symbols] = 0
        read[x] = 1
        read[symbols:-1] = h
        self.tangent[symbols:-1] = s
        return np.dot(read, self.w, self.out), np.dot(self.tangent, self.w, self.pushed)

    def squares(self):
        """Of the immediate influence."""
        return np.dot(self.n, self.n) * np.dot(self.read, self.read)

    def absorb(self, along, keep, share):
        """Learns along θ̃ and moves it on."""
        w, t, change = self.w, self.t, self.change
        self.d *= -rate
        self.n *= share
        np.multiply(t, -rate * along, change)
        w += change
        outer(self.read, self.d, change)
        w += change
        t *= keep
        outer(self.read, self.n, change)
        t += change
        flat = t.ravel()
        return np.dot(flat, flat)


class Uoro:
    """Steps of one lane."""

    name = "NumPy, by hand"

    def __init__(self):
        self.first = Pair(0, 1 if cell == "rnn" else 2)
        self.candidate = None if cell == "rnn" else Pair(2, 3)
        self.readout = Readout()
        self.h, self.s, self.size = zeros(units), zeros(units), 0.0
        self.signs = np.array(problem["signs"], np.float32).reshape(period, units)
        self.x, self.y = stream[:, 0].tolist(), targets[:, 0].tolist()

    def update(self, t):
        x, y, nu, h, s, first, candidate = self.x[t], self.y[t], self.signs[t], self.h, self.s, self.first, self.candidate
        if candidate is None:
            after, pushed = first.push(x, h, s)
            np.tanh(after, after)
            slope = 1 - after * after
            pushed *= slope
        else:
            out, tangents = first.push(x, h, s)
            sigmoid(out)
            slopes = out * (1 - out)
            tangents *= slopes
            r, z = out[:units], out[units:]
            rh = r * h
            inner = tangents[:units] * h
            inner += r * s
            c, of_candidate = candidate.push(x, rh, inner)
            np.tanh(c, c)
            ahead = c - h
            slope = (1 - c * c) * z
            of_z = ahead * slopes[units:]
            after = h + z * ahead
            pushed = ahead * tangents[units:] + of_candidate * slope + (1 - z) * s
        loss = self.readout.predict(after, y)
        cotangent = self.readout.cotangent[:-1]
        along = np.dot(cotangent, pushed)
        if candidate is None:
            np.multiply(cotangent, slope, first.d)
            np.multiply(nu, slope, first.n)
            immediate = first.squares()
        else:
            np.multiply(cotangent, slope, candidate.d)
            np.multiply(nu, slope, candidate.n)
            np.multiply(cotangent, of_z, first.d[units:])
            np.multiply(nu, of_z, first.n[units:])
            u, gate = candidate.w[symbols:-1], slopes[:units] * h
            np.multiply(np.dot(u, candidate.d), gate, first.d[:units])
            np.multiply(np.dot(u, candidate.n), gate, first.n[:units])
            immediate = first.squares() + candidate.squares()
        rho0 = ((self.size**0.5 + 1e-5) / (float(np.dot(pushed, pushed)) ** 0.5 + 1e-5)) ** 0.5
        rho1 = ((float(immediate) ** 0.5 + 1e-5) / (units**0.5 + 1e-5)) ** 0.5
        keep, share = np.float32(1 / rho0), np.float32(1 / rho1)
        size = first.absorb(along, keep, share)
        if candidate is not None:
            size += candidate.absorb(along, keep, share)
        self.size = float(size)
        self.readout.learn()
        np.multiply(pushed, np.float32(rho0), s)
        s += np.float32(rho1) * nu
        h[:] = after
        return [loss]

    def parameters(self):
        return leaves_of([pair.w for pair in (self.first, self.candidate) if pair is not None], self.readout.w)


class Window:
    """Windows of a batch of lanes; what does not wait for another step is one product for all steps."""

    name = "NumPy, by hand"

    def __init__(self):
        self.first = gates(0, 1 if cell == "rnn" else 2)
        self.candidate = None if cell == "rnn" else gates(2, 3)
        w, b = leaves()[-2:]
        self.readout = np.concatenate([w.reshape(symbols, units), b[:, None]], 1)
        columns = self.first.shape[1]
        # The steps' states with a one behind, so that the bias of the readout is a column; the first is before the window.
        self.h = zeros(window + 1, lanes, units + 1)
        self.h[:, :, -1] = 1
        self.out, self.c, self.rh = zeros(window, lanes, columns), zeros(window, lanes, units), zeros(window, lanes, units)
        self.d_first, self.d_candidate = np.empty_like(self.out), np.empty_like(self.c)
        self.product, self.scratch = zeros(lanes, columns), zeros(lanes, units)
        # A column for each step and lane: one-hot input, what the gates read, and one.
        self.seen = zeros(window, lanes, len(self.first))
        self.seen[:, :, -1] = 1
        self.changes = [np.empty_like(m) for m in (self.first, self.candidate, self.readout) if m is not None]
        self.at = np.arange(window * lanes)
        updates = range(0, period, window)
        self.given = [(stream[t : t + window].ravel(), targets[t : t + window].ravel()) for t in updates]

    def learn(self, matrix, change, left, right):
        np.matmul(left.reshape(window * lanes, -1).T, right.reshape(window * lanes, -1), change)
        change *= rate
        matrix -= change

    def update(self, t):
        x, y = self.given[t // window]
        h, out, first, candidate, product, scratch = self.h, self.out, self.first, self.candidate, self.product, self.scratch
        states, u = h[:, :, :units], first[symbols:-1]
        np.take(first, x, 0, out.reshape(len(x), -1), "clip")
        out += first[-1]
        if candidate is None:
            for now, before, after in zip(out, states, states[1:]):
                np.matmul(before, u, product)
                now += product
                np.tanh(now, after)
        else:
            c_all, u_c = self.c, candidate[symbols:-1]
            np.take(candidate, x, 0, c_all.reshape(len(x), -1), "clip")
            c_all += candidate[-1]
            for now, c, rh, before, after in zip(out, c_all, self.rh, states, states[1:]):
                np.matmul(before, u, product)
                now += product
                sigmoid(now)
                np.multiply(now[:, :units], before, rh)
                np.matmul(rh, u_c, scratch)
                c += scratch
                np.tanh(c, c)
                np.subtract(c, before, scratch)
                np.multiply(scratch, now[:, units:], scratch)
                np.add(before, scratch, after)
        error = h[1:].reshape(len(x), -1) @ self.readout.T
        error -= error.max(1, keepdims=True)
        logits = error[self.at, y]
        np.exp(error, error)
        total = error.sum(1)
        error /= total[:, None]
        error[self.at, y] -= 1
        losses = np.log(total) - logits
        if lanes > 1:
            error /= lanes
        back = (error @ self.readout[:, :-1]).reshape(window, lanes, units)
        d_first = self.d_first
        if candidate is None:
            slopes = 1 - states[1:] * states[1:]
            d = None
            for now, cotangent, slope in zip(d_first[::-1], back[::-1], slopes[::-1]):
                if d is not None:
                    np.matmul(d, u.T, scratch)
                    cotangent += scratch
                d = np.multiply(cotangent, slope, now)
        else:
            before, r, z = states[:-1], out[:, :, :units], out[:, :, units:]
            keep = 1 - z
            of_c, of_z, of_r = z * (1 - c_all * c_all), (c_all - before) * z * keep, before * r * (1 - r)
            later = zeros(lanes, units)
            for i in range(window - 1, -1, -1):
                d, dc, now = back[i], self.d_candidate[i], d_first[i]
                d += later
                np.multiply(d, of_c[i], dc)
                np.matmul(dc, u_c.T, scratch)
                np.multiply(scratch, of_r[i], now[:, :units])
                np.multiply(d, of_z[i], now[:, units:])
                if i == 0:
                    break
                np.matmul(now, u.T, later)
                scratch *= r[i]
                later += scratch
                d *= keep[i]
                later += d
        seen = self.seen
        seen[:, :, :symbols] = 0
        seen.reshape(len(x), -1)[self.at, x] = 1
        seen[:, :, symbols:-1] = states[:-1]
        self.learn(first, self.changes[0], seen, d_first)
        if candidate is not None:
            seen[:, :, symbols:-1] = self.rh
            self.learn(candidate, self.changes[1], seen, self.d_candidate)
        self.learn(self.readout, self.changes[-1], error, h[1:])
        h[0] = h[-1]
        return losses.reshape(window, lanes).mean(1).tolist()

    def parameters(self):
        return leaves_of([m for m in (self.first, self.candidate) if m is not None], self.readout)


class Rtrl:
    """Dense RTRL of one lane: the influence of all parameters on the state is one matrix, [state, parameters]."""

    name = "NumPy, by hand"

    def __init__(self):
        self.matrices = [gates(g, g + 1) for g in range(gate_count)]
        self.readout = Readout()
        rows = symbols + units + 1
        self.state = zeros(2 * units if cell == "lstm" else units)
        self.influence, self.next = (zeros(len(self.state), gate_count * rows * units) for _ in range(2))
        self.gradient = zeros(gate_count * rows * units)
        self.reads = [zeros(rows) for _ in range(gate_count)]
        self.share = zeros(units, units + 1, units)

    def update(self, t):
        x, y = int(stream[t, 0]), int(targets[t, 0])
        h = self.state[:units]
        u = [matrix[symbols:-1].T for matrix in self.matrices]

        def preactivation(g, z):
            read = self.reads[g]
            read[:symbols] = 0
            read[x], read[-1] = 1, 1
            read[symbols:-1] = z
            return np.dot(read, self.matrices[g])

        # `of` is what the state depends on through the pre-activation of each gate: a diagonal as a vector, or a matrix.
        if cell == "rnn":
            after = np.tanh(preactivation(0, h))
            of = [[1 - after * after]]
            jacobian = of[0][0][:, None] * u[0]
        elif cell == "gru":
            r, z = sigmoid(preactivation(0, h)), sigmoid(preactivation(1, h))
            c = np.tanh(preactivation(2, r * h))
            after = h + z * (c - h)
            of_z, of_c = (c - h) * z * (1 - z), z * (1 - c * c)
            through = of_c[:, None] * u[2]
            of_r = through * (h * r * (1 - r))
            of = [[of_r], [of_z], [of_c]]
            jacobian = of_r @ u[0] + of_z[:, None] * u[1] + through * r
            jacobian.ravel()[:: units + 1] += 1 - z
        else:
            i, f, o = sigmoid(preactivation(0, h)), sigmoid(preactivation(1, h) + np.float32(1)), sigmoid(preactivation(2, h))
            proposal = np.tanh(preactivation(3, h))
            memory = self.state[units:]
            now = f * memory + i * proposal
            bent = np.tanh(now)
            after = np.concatenate([o * bent, now])
            through = o * (1 - bent * bent)
            of_memory = [proposal * i * (1 - i), memory * f * (1 - f), None, i * (1 - proposal * proposal)]
            of = [[bent * o * (1 - o), None] if d is None else [through * d, d] for d in of_memory]
            jacobian = zeros(2 * units, 2 * units)
            lower = sum(d[:, None] * m for d, m in zip(of_memory, u) if d is not None)
            jacobian[units:, :units] = lower
            jacobian[:units, :units] = through[:, None] * lower + of[2][0][:, None] * u[2]
            jacobian[units:, units:].flat[:: units + 1] = f
            jacobian[:units, units:].flat[:: units + 1] = through * f
        np.matmul(jacobian, self.influence, self.next)
        self.influence, self.next = self.next, self.influence
        # [gate, row, unit]: what a row of a unit's gate has read.
        shaped = self.influence.reshape(-1, units, gate_count, symbols + units + 1, units)
        for g, parts in enumerate(of):
            read = self.reads[g][symbols:]
            for part, influence in zip(parts, shaped):
                if part is None:
                    continue
                of_input, of_others = influence[:, g, x], influence[:, g, symbols:]
                if part.ndim == 1:
                    np.einsum("ii->i", of_input)[:] += part
                    np.einsum("iji->ij", of_others)[:] += part[:, None] * read
                else:
                    of_input += part
                    of_others += np.multiply(part[:, None], read[:, None], self.share)
        loss = self.readout.predict(after[:units], y)
        np.dot(self.readout.cotangent[:-1], self.influence[:units], self.gradient)
        self.gradient *= rate
        for matrix, change in zip(self.matrices, self.gradient.reshape(gate_count, -1, units)):
            matrix -= change
        self.readout.learn()
        self.state = after
        return [loss]

    def parameters(self):
        return leaves_of(self.matrices, self.readout.w)


make = {"uoro": Uoro, "rtrl": Rtrl}.get(estimator, Window)
checked = make()
check(problem, make.name, [loss for t in range(0, period, window) for loss in checked.update(t)], checked.parameters())
timed = make()


def run(count):
    for t in range(0, count // window * window, window):
        timed.update(t % period)
    return count // window * window


serve({make.name: run})
