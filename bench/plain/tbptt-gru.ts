import type { Contestant } from '../contestant.ts';
import type { Problem } from '../problem.ts';
import { gruTraceOf, stepGru } from './gru-step.ts';
import { partsOf } from './parts.ts';
import { transposed } from './products.ts';
import { learnGate, learnReadout, outerSumOf } from './window.ts';

/** Truncated backpropagation for the GRU by hand. */
export function plainTbpttGru(problem: Problem, window: number): Contestant {
  const { units, symbols } = problem;
  const { gates, readout, all } = partsOf(problem);
  const vectors = (count: number, size: number) =>
    Array.from({ length: count }, () => new Float32Array(size));
  const traces = Array.from({ length: window }, () => gruTraceOf(problem));
  const h = vectors(window + 1, units);
  const [before, after] = [h.slice(0, window), h.slice(1)];
  const seen = traces.map(({ rh }) => rh);
  const [dr, dz, dc] = [vectors(window, units), vectors(window, units), vectors(window, units)];
  const dh = vectors(window + 1, units);
  const errors = vectors(window, symbols);
  const inputs = new Array<number>(window).fill(0);
  const [row, back, bias] = [new Float32Array(units), new Float32Array(units), new Float32Array(symbols)];
  const [reset, update, candidate] = gates;
  const recurrent = outerSumOf(window, units, units);
  const outward = outerSumOf(window, symbols, units);
  let t = 0;

  function pull(): void {
    const [{ r, z, c }, own, ahead] = [traces[t], h[t], dh[t + 1]];
    const [r_, z_, c_] = [dr[t], dz[t], dc[t]];
    for (let i = 0; i < units; i++) {
      c_[i] = ahead[i] * z[i] * (1 - c[i] * c[i]);
      z_[i] = ahead[i] * (c[i] - own[i]) * z[i] * (1 - z[i]);
    }
    transposed(back, candidate.u.w, c_, units, units);
    const last = t === 0;
    for (let i = 0; i < units; i++) {
      r_[i] = back[i] * own[i] * r[i] * (1 - r[i]);
      if (!last) dh[t][i] += ahead[i] * (1 - z[i]) + back[i] * r[i];
    }
    // The initial state of the window is not learnt from.
    if (last) return;
    transposed(back, reset.u.w, r_, units, units);
    for (let i = 0; i < units; i++) dh[t][i] += back[i];
    transposed(back, update.u.w, z_, units, units);
    for (let i = 0; i < units; i++) dh[t][i] += back[i];
  }

  return {
    name: 'plain JavaScript',
    step(input, target) {
      stepGru(gates, traces[t], input, h[t]);
      h[t + 1].set(traces[t].next);
      const loss = readout.predict(h[t + 1], target);
      errors[t].set(readout.error);
      readout.pull();
      dh[t + 1].set(readout.cotangent);
      inputs[t] = input;
      t++;
      if (t < window) return loss;
      for (t = window - 1; t >= 0; t--) pull();
      t = 0;
      learnGate(reset, recurrent, row, dr, before, inputs);
      learnGate(update, recurrent, row, dz, before, inputs);
      learnGate(candidate, recurrent, row, dc, seen, inputs);
      learnReadout(readout, outward, bias, errors, after);
      h[0].set(h[window]);
      return loss;
    },
    parameters: () => all.map((leaf) => leaf.w.slice()),
  };
}
