import {
  add,
  div,
  gather,
  log,
  mean,
  mul,
  neg,
  relu,
  sqrt,
  square,
  sub,
  sum,
  tanh,
} from '../../../autodiff/index.ts';
import { full, indices, type Noise, seeded, type Tensor, zeros } from '../../../lib/index.ts';
import { type Cell, linear, meanSquare, model } from '../../../nn/index.ts';
import type { Fixture } from '../../../trainers/testing/unrolled.ts';

type Vectors = Readonly<Record<string, Tensor>>;
const draw = (noise: Noise, units: number): Vectors => ({
  u: noise.normal([units]),
  b: noise.normal([units]),
});

/** h' = f(u∘g(h) + b + x), and what else the cell has. */
function units(
  name: string,
  step: (params: Vectors, h: Tensor, x: Tensor) => Tensor,
  start = 0,
  output = (next: Tensor, _h: Tensor) => next,
): Cell<Vectors, Tensor, Tensor> {
  return {
    name,
    outputs: 2,
    init: (noise) => draw(noise, 2),
    start: () => full([2], start),
    step(params, h, x) {
      const next = step(params, h, x);
      return { state: next, output: output(next, h) };
    },
  };
}

const driven = ({ u, b }: Vectors, h: Tensor, x: Tensor) => add(mul(u, h), add(b, x));
/** √|h|, whose derivative at 0 is infinite. */
const root = (h: Tensor) => sqrt(add(h, mul(relu(neg(h)), 2)));

/** Two units that see themselves, in two leaves, of which the second divides by the root of the first. */
const gated: Cell<Vectors, { readonly energy: Tensor; readonly h: Tensor }, Tensor> = {
  name: 'gated',
  outputs: 1,
  init: (noise) => draw(noise, 1),
  start: () => ({ energy: zeros([1]), h: zeros([1]) }),
  step(params, { energy, h }, x) {
    const next = tanh(driven(params, div(h, add(1, sqrt(energy))), sum(x)));
    return { state: { energy: add(mul(energy, 0.8), square(next)), h: next }, output: next };
  },
};

/**
 * Cells that have no finite derivative in the state that they begin in. The first four are made of roots of
 * squares, in which a zero meets an infinity; the others have an infinite J.
 */
export const singular: Readonly<Record<string, Cell<never, never, Tensor>>> = Object.fromEntries(
  Object.entries({
    'root of the energy': units('energy', (params, h, x) =>
      tanh(add(driven(params, h, x), sqrt(sum(square(h))))),
    ),
    'layer norm, ε outside the root': units('layer norm', (params, h, x) => {
      const centred = sub(h, mean(h));
      return tanh(driven(params, div(centred, add(sqrt(mean(square(centred))), 1e-5)), x));
    }),
    'RMS norm, ε outside the root': units('RMS norm', (params, h, x) =>
      tanh(driven(params, div(h, add(sqrt(mean(square(h))), 1e-5)), x)),
    ),
    'distance from where it began': units(
      'distance',
      (params, h, x) => tanh(add(driven(params, h, x), sqrt(square(sub(h, 0.5))))),
      0.5,
    ),
    'root of each unit': units('root', (params, h, x) => tanh(driven(params, root(h), x))),
    'logarithm of a root': units('logarithm', (params, h, x) =>
      tanh(driven(params, log(add(1, root(h))), x)),
    ),
    'root of each unit, from 0.25': units(
      'root from 0.25',
      (params, h, x) => tanh(driven(params, root(sub(h, 0.25)), x)),
      0.25,
    ),
    'root of the old state in the output': units(
      'root in the output',
      (params, h, x) => tanh(driven(params, h, x)),
      0,
      (next, h) => add(next, root(h)),
    ),
    'root in another leaf': gated,
    'units that see each other': units('exchange', ({ u, b }, h, x) =>
      tanh(add(mul(u, root(gather(h, indices([1, 0])))), add(b, x))),
    ),
    'root with a readout': model({
      cell: units('root', (params, h, x) => tanh(driven(params, root(h), x))),
      readout: linear({ outputs: 2 }),
    }),
  }),
) as never;

/** A run of a singular cell from its start state; the parameters are the same for all seeds. */
export function runOf(cell: Cell<never, never, Tensor>, steps: number, seed = 1): Fixture {
  const noise = seeded(seed);
  const own = cell as unknown as Cell<unknown, unknown, Tensor>;
  const parameters = own.init(seeded(7));
  const state = own.start();
  const examples = Array.from({ length: steps }, () => ({
    input: noise.normal([2]),
    target: noise.normal([own.outputs ?? 2]),
  }));
  return { model: own, loss: meanSquare, parameters, state, examples };
}
