import type { Contestant } from '../contestant.ts';
import type { Problem } from '../problem.ts';
import { gruTraceOf, pushGru } from './gru-step.ts';
import { partsOf } from './parts.ts';
import { inner, transposed2 } from './products.ts';
import { pairTangentOf } from './uoro-pair.ts';

/**
 * UORO for the GRU by hand. The cotangents of the loss and of the signs go back through the candidate's
 * recurrent weights in one pass; the gates' transposed weights are not needed.
 */
export function plainUoroGru(problem: Problem): Contestant {
  const { units } = problem;
  const { gates, readout, all } = partsOf(problem);
  const tangent = pairTangentOf(gates, units);
  const trace = gruTraceOf(problem);
  const { r, z, c, rh, next } = trace;
  const vector = () => new Float32Array(units);
  const three = () => [vector(), vector(), vector()];
  const [h, s, pushed, t1, t2] = [vector(), vector(), vector(), vector(), vector()];
  const [ds, ns, inputs] = [three(), three(), [h, h, rh]];
  const [dr, dz, dc] = ds;
  const [nr, nz, nc] = ns;
  return {
    name: 'plain JavaScript',
    step(input, target, signs) {
      pushGru(gates, trace, input, h, s, pushed, t1, t2);
      const loss = readout.predict(next, target);
      readout.pull();
      const { cotangent } = readout;
      const along = inner(cotangent, pushed);
      for (let i = 0; i < units; i++) {
        const slope = z[i] * (1 - c[i] * c[i]);
        const gate = (c[i] - h[i]) * z[i] * (1 - z[i]);
        dc[i] = cotangent[i] * slope;
        nc[i] = signs[i] * slope;
        dz[i] = cotangent[i] * gate;
        nz[i] = signs[i] * gate;
      }
      transposed2(t1, t2, gates[2].u.w, dc, nc, units, units);
      for (let i = 0; i < units; i++) {
        const gate = h[i] * r[i] * (1 - r[i]);
        dr[i] = t1[i] * gate;
        nr[i] = t2[i] * gate;
      }
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
