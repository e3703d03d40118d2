import {
  add,
  type Cell,
  fanIn,
  type Input,
  matmul,
  mul,
  type Noise,
  project,
  type Tensor,
  tanh,
  zeros,
} from 'norewind';

type Parameters = { readonly w: Tensor; readonly u: Tensor };

/** A leaky tanh network: h' = (1 - leak) h + leak tanh(w·x + u·h). Make it yours. */
export function mine(inputs: number, units: number, leak = 0.5): Cell<Parameters, Tensor, Input> {
  return {
    name: 'mine',
    init: (noise) => ({ w: fanIn(units)(noise, [inputs, units]), u: fanIn(units)(noise, [units, units]) }),
    start: () => zeros([units]),
    step({ w, u }, h, x) {
      const candidate = tanh(add(project(x, w), matmul(u, h)));
      const next = add(mul(h, 1 - leak), mul(candidate, leak));
      return { state: next, output: next };
    },
  };
}

/** The cell that `npm test` checks: small, since one law runs every sequence of signs. */
export const checked = { cell: mine(2, 3), input: (noise: Noise) => noise.normal([2]) };
