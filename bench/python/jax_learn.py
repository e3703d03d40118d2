"""A learning step in JAX, with its own autodiff, on one CPU thread: one jit call an update, and a scan over many.

The scan takes inputs and targets that are all known before it begins. A live stream has one at a time: it takes the calls.
"""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

from problem import check, load, missing, serve

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    missing("JAX")

problem = load()
units, period, rate, lanes = problem["units"], problem["period"], problem["rate"], problem["lanes"]
estimator, window = problem["estimator"], problem["window"]
tree = jax.tree_util.tree_map


# XLA is fastest with few products: the gates share one, and a window is a loop within the loop.


def rnn(p, h, given):
    return jnp.tanh(given + p[1] @ h)


def gru(p, h, given):
    gates = jax.nn.sigmoid(given[: 2 * units] + p[1] @ h)
    r, z = gates[:units], gates[units:]
    c = jnp.tanh(given[2 * units :] + p[3] @ (r * h))
    return z * c + (1 - z) * h


def lstm(p, state, given):
    h, c = state[:units], state[units:]
    gates = given + p[1] @ h
    i, f, o = jax.nn.sigmoid(gates[:units]), jax.nn.sigmoid(gates[units : 2 * units] + 1), jax.nn.sigmoid(gates[2 * units : 3 * units])
    c = f * c + i * jnp.tanh(gates[3 * units :])
    return jnp.concatenate([o * jnp.tanh(c), c])


recurrent = {"rnn": rnn, "gru": gru, "lstm": lstm}[problem["cell"]]
size = 2 * units if problem["cell"] == "lstm" else units


def fused(leaves):
    """The parameters as the step has them, from those of the problem: W, U and b of each gate, and the readout."""
    own, readout = leaves[:-2], leaves[-2:]
    w, u, b = own[0::3], own[1::3], own[2::3]
    # The candidate of a GRU reads another vector than its gates.
    apart = u[2:] if problem["cell"] == "gru" else []
    return [jnp.concatenate(w, 1), jnp.concatenate(u[: len(u) - len(apart)]), jnp.concatenate(b), *apart, *readout]


def apart(leaves):
    """The parameters of the problem, from those of the step."""
    own, readout = leaves[:-2], leaves[-2:]
    count = len(own[2]) // units
    w, u, b = jnp.split(own[0], count, 1), jnp.split(jnp.concatenate([own[1], *own[3:]]), count), jnp.split(own[2], count)
    return [leaf for gate in zip(w, u, b) for leaf in gate] + readout


def given_by(p, x):
    """The share of the inputs in the gates: of one input, or of all of a window at once."""
    return p[0][x] + p[2]


def cell(p, h, x):
    return recurrent(p, h, given_by(p, x))


def loss_of(readout, output, y):
    return -jax.nn.log_softmax(readout[0] @ output[:units] + readout[1])[y]


def norm(leaves):
    return jnp.sqrt(sum(jnp.vdot(leaf, leaf) for leaf in leaves))


def balance(a, b):
    return jnp.sqrt((a + 1e-5) / (b + 1e-5))


def uoro(own, readout, carried, x, y, signs):
    h, s, pair = carried
    after, pull = jax.vjp(lambda p: cell(p, h, x), own)
    _, pushed = jax.jvp(lambda before: cell(own, before, x), (h,), (s,))
    loss, (of_readout, cotangent) = jax.value_and_grad(loss_of, (0, 1))(readout, after, y)
    (direct,), (immediate,) = pull(cotangent), pull(signs)
    along = jnp.vdot(cotangent, pushed)
    rho0, rho1 = balance(norm(pair), norm([pushed])), balance(norm(immediate), norm([signs]))
    gradient = [along * t + g for t, g in zip(pair, direct)] + of_readout
    pair = [t / rho0 + i / rho1 for t, i in zip(pair, immediate)]
    return loss, gradient, (after, rho0 * pushed + rho1 * signs, pair)


def rtrl(own, readout, carried, x, y, _):
    h, influence = carried
    after, (immediate, jacobian) = cell(own, h, x), jax.jacrev(cell, (0, 1))(own, h, x)
    loss, (of_readout, cotangent) = jax.value_and_grad(loss_of, (0, 1))(readout, after, y)
    influence = [jnp.tensordot(jacobian, g, 1) + i for g, i in zip(influence, immediate)]
    return loss, [jnp.tensordot(cotangent, g, 1) for g in influence] + of_readout, (after, influence)


def tbptt(own, readout, carried, xs, ys, _):
    """Of all lanes together: the gradient of their mean loss, with products of matrices over lanes and over the window."""

    def losses(p, r, h, x, y):
        if window == 1:
            h = recurrent(p, h, given_by(p, x[0]))
            states = h[None]
        else:
            h, states = jax.lax.scan(lambda h, given: (recurrent(p, h, given),) * 2, h, given_by(p, x))
        logits = states[:, :units] @ r[0].T + r[1]
        return -jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], 1)[:, 0], h

    def mean(p, r):
        if lanes == 1:
            each, h = losses(p, r, carried[0], xs, ys)
        else:
            all_losses, h = jax.vmap(losses, (None, None, 0, 0, 0))(p, r, carried[0], xs, ys)
            each = all_losses.mean(0)
        return each.sum(), (each, h)

    (_, (each, h)), (of_own, of_readout) = jax.value_and_grad(mean, (0, 1), has_aux=True)(own, readout)
    return each, of_own + of_readout, (h,)


learner = {"uoro": uoro, "rtrl": rtrl}.get(estimator, tbptt)


def adam(gradient, parameters, moments):
    m, v, k = moments
    k = k + 1
    m = [0.9 * a + 0.1 * g for a, g in zip(m, gradient)]
    v = [0.999 * a + 0.001 * g * g for a, g in zip(v, gradient)]
    first, second = 1 / (1 - 0.9**k), 1 / (1 - 0.999**k)
    return [p - rate * (a * first) / (jnp.sqrt(b * second) + 1e-8) for p, a, b in zip(parameters, m, v)], (m, v, k)


def update(all, x, y, signs):
    parameters, moments, carried = all
    own, readout = parameters[:-2], parameters[-2:]
    if lanes == 1 or learner is tbptt:
        loss, gradient, carried = learner(own, readout, carried, x, y, signs)
    else:
        each = jax.vmap(learner, (None, None, 0, 0, 0, 0))
        losses, gradients, carried = each(own, readout, carried, x, y, signs)
        loss, gradient = losses.mean(0), [g.mean(0) for g in gradients]
    if problem["optimizer"] == "adam":
        parameters, moments = adam(gradient, parameters, moments)
    else:
        parameters = [p - rate * g for p, g in zip(parameters, gradient)]
    return (parameters, moments, carried), loss


def fresh():
    leaves = [jnp.asarray(leaf, jnp.float32) for leaf in problem["leaves"]]
    last = len(leaves) - 1
    leaves = fused([leaf if len(leaf) == units or i == last else leaf.reshape(-1, units) for i, leaf in enumerate(leaves)])
    zeros = [jnp.zeros_like(leaf) for leaf in leaves]
    h = jnp.zeros(size)
    carried = {
        "uoro": (h, h, zeros[:-2]),
        "rtrl": (h, [jnp.zeros((size, *leaf.shape)) for leaf in leaves[:-2]]),
    }.get(estimator, (h,))
    if lanes > 1:
        carried = tree(lambda leaf: jnp.tile(leaf, (lanes,) + (1,) * leaf.ndim), carried)
    moments = (zeros, zeros, jnp.float32(0)) if problem["optimizer"] == "adam" else ()
    # A call may write over what it is given, so no two of these share memory.
    return tree(lambda leaf: jnp.array(leaf, copy=True), (leaves, moments, carried))


def arranged(values, width=(), dtype=jnp.int32):
    """The arguments of each of the period's updates: [updates, (lanes,) (window,) ...]."""
    shape = ((lanes,) if lanes > 1 else ()) + ((window,) if learner is tbptt else ())
    updates = period // window
    all = jnp.asarray(values, dtype).reshape(updates, window, lanes, *width)
    all = jnp.moveaxis(all, 2, 1)
    return all.reshape(updates, *shape, *width)


inputs, targets = arranged(problem["inputs"]), arranged(problem["targets"])
signs = arranged(problem["signs"], (size,), jnp.float32) if estimator == "uoro" else inputs
call = jax.jit(update, donate_argnums=0)
# Chunks of what a call may be given are made beforehand, as a stream would have them.
each = [(inputs[i], targets[i], signs[i]) for i in range(period // window)]


@jax.jit
def whole(all, inputs, targets, signs):
    return jax.lax.scan(lambda now, given: update(now, *given), all, (inputs, targets, signs))


def losses_by(how):
    state = fresh()
    if how == "scan":
        state, losses = whole(state, inputs, targets, signs)
        losses = losses.flatten().tolist()
    else:
        losses = []
        for given in each:
            state, loss = call(state, *given)
            losses += jnp.atleast_1d(loss).tolist()
    return losses, [leaf.flatten().tolist() for leaf in apart(state[0])]


for how in ("call", "scan"):
    check(problem, how, *losses_by(how))

states = {"call": fresh(), "scan": fresh()}


def run_calls(count):
    for t in range(count // window):
        states["call"], loss = call(states["call"], *each[t % len(each)])
        loss.block_until_ready()
    return count // window * window


def run_scan(count):
    chunks = max(1, count // period)
    for _ in range(chunks):
        states["scan"], losses = whole(states["scan"], inputs, targets, signs)
        losses.block_until_ready()
    return chunks * period


serve({"JAX, a scan over 256 steps": run_scan, "JAX, a call an update": run_calls})
