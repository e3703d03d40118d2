import type { Contestant } from '../contestant.ts';
import type { Problem } from '../problem.ts';
import { partsOf } from './parts.ts';
import { product, tanhOf, transposed } from './products.ts';
import { learnGate, learnReadout, outerSumOf } from './window.ts';

/**
 * Truncated backpropagation for the tanh RNN by hand: forward and back once per window; gradients are sums of
 * outer products.
 */
export function plainTbpttRnn(problem: Problem, window: number): Contestant {
  const { units, symbols } = problem;
  const { gates, readout, all } = partsOf(problem);
  const [gate] = gates;
  const { w, u, b } = gate;
  const vectors = (count: number, size: number) =>
    Array.from({ length: count }, () => new Float32Array(size));
  const h = vectors(window + 1, units);
  const [seen, after] = [h.slice(0, window), h.slice(1)];
  const d = vectors(window, units);
  const errors = vectors(window, symbols);
  const inputs = new Array<number>(window).fill(0);
  const [row, back, bias] = [new Float32Array(units), new Float32Array(units), new Float32Array(symbols)];
  const recurrent = outerSumOf(window, units, units);
  const outward = outerSumOf(window, symbols, units);
  let t = 0;
  return {
    name: 'plain JavaScript',
    step(input, target) {
      const next = h[t + 1];
      product(next, u.w, h[t], units, units);
      const at = input * units;
      for (let i = 0; i < units; i++) next[i] = tanhOf(next[i] + w.w[at + i] + b.w[i]);
      const loss = readout.predict(next, target);
      errors[t].set(readout.error);
      readout.pull();
      d[t].set(readout.cotangent);
      inputs[t] = input;
      t++;
      if (t < window) return loss;
      for (t = window - 1; t >= 0; t--) {
        const [dt, value] = [d[t], h[t + 1]];
        if (t < window - 1) {
          transposed(back, u.w, d[t + 1], units, units);
          for (let i = 0; i < units; i++) dt[i] += back[i];
        }
        for (let i = 0; i < units; i++) dt[i] *= 1 - value[i] * value[i];
      }
      t = 0;
      learnGate(gate, recurrent, row, d, seen, inputs);
      learnReadout(readout, outward, bias, errors, after);
      h[0].set(h[window]);
      return loss;
    },
    parameters: () => all.map((leaf) => leaf.w.slice()),
  };
}
