import type { GateLeaves } from './parts.ts';
import { squares } from './products.ts';

/** UORO's θ̃ of some gates. The readout's part is always zero, so it is not stored. */
export interface PairTangent {
  /**
   * One pass over everything: learns along θ̃, and adds the immediate term to θ̃.
   * @param d per gate the gradient of its pre-activation; `n` the same for the signs; `inputs` the inputs of
   * its recurrent weights.
   */
  absorb(
    symbol: number,
    along: number,
    pushed: Float32Array,
    d: readonly Float32Array[],
    n: readonly Float32Array[],
    inputs: readonly Float32Array[],
  ): Scales;
}

/** The two normalisers of one step. */
interface Scales {
  readonly rho0: number;
  readonly rho1: number;
}

const epsilon = 1e-5;

export function pairTangentOf(gates: readonly GateLeaves[], units: number): PairTangent {
  const tangents = gates.map(({ w, u, b }) => [w, u, b].map((leaf) => new Float32Array(leaf.w.length)));
  const scales = { rho0: 0, rho1: 0 };
  let size = 0;
  return {
    absorb(symbol, along, pushed, d, n, inputs) {
      let immediate = 0;
      for (let g = 0; g < gates.length; g++) immediate += squares(n[g]) * (2 + squares(inputs[g]));
      scales.rho0 = Math.sqrt((Math.sqrt(size) + epsilon) / (Math.sqrt(squares(pushed)) + epsilon));
      scales.rho1 = Math.sqrt((Math.sqrt(immediate) + epsilon) / (Math.sqrt(units) + epsilon));
      const keep = 1 / scales.rho0;
      const share = 1 / scales.rho1;
      size = 0;
      for (let g = 0; g < gates.length; g++) {
        const { w, u, b } = gates[g];
        const [tw, tu, tb] = tangents[g];
        for (let i = 0; i < units; i++) n[g][i] *= share;
        const at = symbol * units;
        w.descent.begin();
        u.descent.begin();
        b.descent.begin();
        size += w.descent.flat(tw, 0, at, along, keep);
        size += w.descent.span(tw, at, along, keep, d[g], n[g]);
        size += w.descent.flat(tw, at + units, w.w.length, along, keep);
        size += u.descent.pair(tu, along, keep, d[g], n[g], inputs[g]);
        size += b.descent.span(tb, 0, along, keep, d[g], n[g]);
      }
      return scales;
    },
  };
}
