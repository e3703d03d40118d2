// One step of UORO with jax-js: its own autodiff, everything under one jit.
import { defaultDevice, grad, init, jit, jvp, nn, numpy as np, vjp } from '@jax-js/jax';

/** Contestants for a problem, by name. */
export async function contestants(problem) {
  await init('wasm');
  defaultDevice('wasm');
  return { 'jax-js (jit)': () => contestant(problem) };
}

const keep = (tree) => (Array.isArray(tree) ? tree.map(keep) : tree.ref);

function preactivation([w, u, b], x, h) {
  return np.dot(x, w).add(np.dot(u, h)).add(b);
}

const cells = {
  rnn: ([w, u, b], h, x) => np.tanh(preactivation([w, u, b], x, h)),
  gru([wr, ur, br, wz, uz, bz, wc, uc, bc], h, x) {
    const r = nn.sigmoid(preactivation([wr, ur, br], x.ref, h.ref));
    const z = nn.sigmoid(preactivation([wz, uz, bz], x.ref, h.ref));
    const c = np.tanh(preactivation([wc, uc, bc], x, r.mul(h.ref)));
    return z.ref.mul(c).add(np.array(1).sub(z).mul(h));
  },
};

const norm = (leaves) =>
  np.sqrt(leaves.map((leaf) => np.sum(np.square(leaf))).reduce((sum, part) => sum.add(part)));

function contestant({ cell, units, symbols, rate, leaves }) {
  const state = cells[cell];
  const shapes = leaves.map((leaf, i) =>
    leaf.length === units || i === leaves.length - 1 ? [leaf.length] : [leaf.length / units, units],
  );
  const array = (leaf, i) => np.array(Float32Array.from(leaf)).reshape(shapes[i]);
  const epsilon = 1e-5;

  const step = jit((own, readout, pair, h, s, x, y, signs) => {
    const [next, pull] = vjp((parameters) => state(parameters, h.ref, x.ref), [keep(own)]);
    const [, pushed] = jvp((before) => state(keep(own), before, x.ref), [h.ref], [s]);
    const lossOf = ([w, b], output) => np.sum(nn.logSoftmax(np.dot(w, output).add(b)).mul(y.ref)).neg();
    const loss = lossOf(keep(readout), next.ref);
    const [dReadout, cotangent] = grad((both) => lossOf(both[0], both[1]))([keep(readout), next.ref]);
    const [direct] = pull(cotangent.ref);
    const [immediate] = pull(signs.ref);
    pull.dispose();
    const along = np.dot(cotangent, pushed.ref);
    const balance = (a, b) => np.sqrt(a.add(epsilon).div(b.add(epsilon)));
    const rho0 = balance(norm(keep(pair)), norm([pushed.ref]));
    const rho1 = balance(norm(keep(immediate)), norm([signs.ref]));
    const updated = own.map((w, i) => w.sub(along.ref.mul(pair[i].ref).add(direct[i]).mul(rate)));
    const carried = pair.map((t, i) => t.div(rho0.ref).add(immediate[i].div(rho1.ref)));
    const out = readout.map((w, i) => w.sub(dReadout[i].mul(rate)));
    const tangent = pushed.mul(rho0).add(signs.mul(rho1));
    along.dispose();
    for (const leaf of [h, x, y]) leaf.dispose();
    return [loss, updated, out, carried, next, tangent];
  });

  const all = leaves.map(array);
  let [own, readout] = [all.slice(0, -2), all.slice(-2)];
  let pair = own.map((_, i) => np.zeros(shapes[i]));
  let [h, s] = [np.zeros([units]), np.zeros([units])];
  const oneHot = Array.from({ length: symbols }, (_, k) =>
    np.array(Float32Array.from({ length: symbols }, (_, i) => (i === k ? 1 : 0))),
  );
  return {
    name: 'jax-js (jit)',
    step(input, target, signs) {
      let loss;
      [loss, own, readout, pair, h, s] = step(
        own,
        readout,
        pair,
        h,
        s,
        oneHot[input].ref,
        oneHot[target].ref,
        np.array(signs),
      );
      return loss.js();
    },
    parameters: () => [...own, ...readout].map((leaf) => Float32Array.from(leaf.ref.dataSync())),
  };
}
