import type { Contestant } from '../contestant.ts';
import type { Problem } from '../problem.ts';
import { partsOf } from './parts.ts';
import { inner, product2, tanhOf } from './products.ts';
import { pairTangentOf } from './uoro-pair.ts';

/**
 * UORO for the tanh RNN by hand: two passes over the recurrent weights, the second also updating θ̃ and its
 * norm. The gradient along the pair is ∂ℓ/∂h'·Js̃, which avoids a product with the transposed recurrent
 * weights.
 */
export function plainUoroRnn(problem: Problem): Contestant {
  const { units } = problem;
  const { gates, readout, all } = partsOf(problem);
  const [{ w, u, b }] = gates;
  const tangent = pairTangentOf(gates, units);
  const vector = () => new Float32Array(units);
  const [h, next, s, pushed, d, n] = [vector(), vector(), vector(), vector(), vector(), vector()];
  const [ds, ns, inputs] = [[d], [n], [h]];
  return {
    name: 'plain JavaScript',
    step(input, target, signs) {
      product2(next, pushed, u.w, h, s, units, units);
      const at = input * units;
      for (let i = 0; i < units; i++) {
        const value = tanhOf(next[i] + w.w[at + i] + b.w[i]);
        const slope = 1 - value * value;
        next[i] = value;
        pushed[i] *= slope;
        n[i] = signs[i] * slope;
      }
      const loss = readout.predict(next, target);
      readout.pull();
      const { cotangent } = readout;
      const along = inner(cotangent, pushed);
      for (let i = 0; i < units; i++) d[i] = cotangent[i] * (1 - next[i] * next[i]);
      readout.w.descent.begin();
      readout.b.descent.begin();
      readout.learn(next);
      const { rho0, rho1 } = tangent.absorb(input, along, pushed, ds, ns, inputs);
      for (let i = 0; i < units; i++) {
        s[i] = rho0 * pushed[i] + rho1 * signs[i];
        h[i] = next[i];
      }
      return loss;
    },
    parameters: () => all.map((leaf) => leaf.w.slice()),
  };
}
