// One step of UORO with TensorFlow.js: its reverse mode, and J s̃ as the derivative of cᵀJ with respect to c.

import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';

/** Contestants for a problem, by name; each has its own backend. */
export async function contestants(problem) {
  const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'));
  setWasmPaths(`${wasm}/dist/`);
  const made = {};
  for (const backend of ['cpu', 'wasm'])
    if (await tf.setBackend(backend)) made[`tfjs (${backend})`] = () => contestant(problem, backend);
  return made;
}

function preactivation([w, u, b], x, h) {
  return tf.add(tf.add(tf.matMul(x, w), tf.matMul(h, u, false, true)), b);
}

const cells = {
  rnn: (parameters, h, x) => tf.tanh(preactivation(parameters, x, h)),
  gru([wr, ur, br, wz, uz, bz, wc, uc, bc], h, x) {
    const r = tf.sigmoid(preactivation([wr, ur, br], x, h));
    const z = tf.sigmoid(preactivation([wz, uz, bz], x, h));
    const c = tf.tanh(preactivation([wc, uc, bc], x, tf.mul(r, h)));
    return tf.add(tf.mul(z, c), tf.mul(tf.sub(1, z), h));
  },
};

const norm = (leaves) =>
  tf.sqrt(leaves.map((leaf) => tf.sum(tf.square(leaf))).reduce((sum, part) => tf.add(sum, part)));
const balance = (a, b) => tf.sqrt(tf.div(tf.add(a, 1e-5), tf.add(b, 1e-5)));

function contestant({ cell, units, symbols, rate, leaves }, backend) {
  tf.setBackend(backend);
  const state = cells[cell];
  const last = leaves.length - 1;
  const array = (leaf, i) =>
    tf.tensor2d(
      Float32Array.from(leaf),
      leaf.length === units || i === last ? [1, leaf.length] : [leaf.length / units, units],
    );
  const oneHot = Array.from({ length: symbols }, (_, k) =>
    tf.tensor2d(
      Float32Array.from({ length: symbols }, (_, i) => (i === k ? 1 : 0)),
      [1, symbols],
    ),
  );
  const all = leaves.map(array);
  // The carried tensors: the cell's parameters, the readout's, θ̃, h and s̃.
  let carried = {
    own: all.slice(0, -2),
    readout: all.slice(-2),
    pair: all.slice(0, -2).map((leaf) => tf.zerosLike(leaf)),
    h: tf.zeros([1, units]),
    s: tf.zeros([1, units]),
  };

  function next({ own, readout, pair, h, s }, x, y, signs) {
    const after = state(own, h, x);
    const lossOf = (w, b, output) =>
      tf.neg(tf.sum(tf.mul(tf.logSoftmax(tf.add(tf.matMul(output, w, false, true), b)), y)));
    const { value: loss, grads } = tf.valueAndGrads(lossOf)([...readout, after]);
    const cotangent = grads[2];
    const pull = tf.grads((...parameters) => state(parameters, h, x));
    const direct = pull(own, cotangent);
    const immediate = pull(own, signs);
    const pushed = tf.grad((c) => tf.grad((before) => state(own, before, x))(h, c))(tf.onesLike(signs), s);
    const along = tf.sum(tf.mul(cotangent, pushed));
    const rho0 = balance(norm(pair), norm([pushed]));
    const rho1 = balance(norm(immediate), norm([signs]));
    return {
      loss,
      own: own.map((w, i) => tf.sub(w, tf.mul(tf.add(tf.mul(along, pair[i]), direct[i]), rate))),
      readout: readout.map((w, i) => tf.sub(w, tf.mul(grads[i], rate))),
      pair: pair.map((t, i) => tf.add(tf.div(t, rho0), tf.div(immediate[i], rho1))),
      h: after,
      s: tf.add(tf.mul(pushed, rho0), tf.mul(signs, rho1)),
    };
  }

  return {
    name: `tfjs (${backend})`,
    step(input, target, signs) {
      if (tf.getBackend() !== backend) tf.setBackend(backend);
      const { loss, ...after } = tf.tidy(() =>
        next(carried, oneHot[input], oneHot[target], tf.tensor2d(signs, [1, units])),
      );
      tf.dispose(carried);
      carried = after;
      const [value] = loss.dataSync();
      loss.dispose();
      return value;
    },
    parameters: () => [...carried.own, ...carried.readout].map((leaf) => leaf.dataSync().slice()),
  };
}
