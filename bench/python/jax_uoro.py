"""UORO with SGD in JAX: its own autodiff, the whole step under one jit, on one CPU thread."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

from problem import check, load, measure, missing

try:
    import jax
    import jax.numpy as jnp
except ImportError:
    missing("JAX")


def preactivation(w, u, b, x, h):
    return w[x] + u @ h + b


def rnn(p, h, x):
    return jnp.tanh(preactivation(*p, x, h))


def gru(p, h, x):
    r = jax.nn.sigmoid(preactivation(*p[0:3], x, h))
    z = jax.nn.sigmoid(preactivation(*p[3:6], x, h))
    c = jnp.tanh(preactivation(*p[6:9], x, r * h))
    return z * c + (1 - z) * h


def norm(leaves):
    return jnp.sqrt(sum(jnp.vdot(leaf, leaf) for leaf in leaves))


def balance(a, b):
    return jnp.sqrt((a + 1e-5) / (b + 1e-5))


problem = load()
units, period, rate = problem["units"], problem["period"], problem["rate"]
cell = rnn if problem["cell"] == "rnn" else gru


def learn(own, readout, pair, h, s, x, y, signs):
    after, pull = jax.vjp(lambda p: cell(p, h, x), own)
    _, pushed = jax.jvp(lambda before: cell(own, before, x), (h,), (s,))
    loss_of = lambda p, output: -jax.nn.log_softmax(p[0] @ output + p[1])[y]
    loss, (of_readout, cotangent) = jax.value_and_grad(loss_of, (0, 1))(readout, after)
    (direct,), (immediate,) = pull(cotangent), pull(signs)
    along = jnp.vdot(cotangent, pushed)
    rho0, rho1 = balance(norm(pair), norm([pushed])), balance(norm(immediate), norm([signs]))
    own = [w - rate * (along * t + g) for w, t, g in zip(own, pair, direct)]
    readout = [w - rate * g for w, g in zip(readout, of_readout)]
    pair = [t / rho0 + i / rho1 for t, i in zip(pair, immediate)]
    return loss, (own, readout, pair, after, rho0 * pushed + rho1 * signs)


learn = jax.jit(learn, donate_argnums=(0, 1, 2, 3, 4))
leaves = [jnp.asarray(leaf, jnp.float32) for leaf in problem["leaves"]]
leaves = [leaf if len(leaf) == units or i == len(leaves) - 1 else leaf.reshape(-1, units) for i, leaf in enumerate(leaves)]
carried = (leaves[:-2], leaves[-2:], [jnp.zeros_like(leaf) for leaf in leaves[:-2]], jnp.zeros(units), jnp.zeros(units))
stream, signs = problem["stream"], [jnp.asarray(draw, jnp.float32) for draw in problem["signs"]]


def step(t):
    global carried
    loss, carried = learn(*carried, stream[t % period], stream[(t + 1) % period], signs[t % period])
    return float(loss)


check(problem, step, lambda: [leaf.flatten().tolist() for leaf in carried[0] + carried[1]])
measure(step)
