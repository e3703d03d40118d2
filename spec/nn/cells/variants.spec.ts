import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError, indices, seeded, type Tensor, tensor, zeros } from '../../../lib/index.ts';
import {
  type Cell,
  ctrnn,
  cudnnGru,
  type ElementwiseGate,
  elstm,
  irnn,
  minGru,
  peepholeLstm,
  rnn,
  rtu,
} from '../../../nn/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { compare, sigma, sizes, unit } from './loops.ts';

const vectors = (numbers: readonly number[]) => tensor([...numbers]);

/** Σ_k w[k][i] x[k] by loops; w is [inputs, units]. */
const driven = (w: Tensor, i: number, x: readonly number[]) => {
  const rows = w.toArray() as number[][];
  return x.reduce((sum, value, k) => sum + rows[k][i] * value, 0);
};
const own = (x: Tensor, i: number) => numbersOf(x)[i];
/** w·x + u∘c + b for one unit. */
const elementwise = ({ w, u, b }: ElementwiseGate, i: number, x: readonly number[], c: number) =>
  driven(w, i, x) + own(u, i) * c + own(b, i);

describe('variants of the cells compute the published equations', () => {
  const each = (seed: number, check: (drawn: { inputs: number; units: number; seed: number }) => void) =>
    fc.assert(fc.property(sizes, check), { seed, numRuns: 20 });

  it("ctrnn: h' = (1-α) h + α tanh(w·x + u·h + b), and rnn with a leak of 1", () => {
    each(1, ({ inputs, units, seed }) => {
      for (const leak of [undefined, 0.3, 1]) {
        const alpha = leak ?? 0.1;
        const cell = ctrnn({ inputs, units, ...(leak === undefined ? {} : { leak }) });
        const loop = (params: ReturnType<typeof cell.init>, h: number[], x: number[]) => {
          const next = h.map((value, i) => (1 - alpha) * value + alpha * Math.tanh(unit(params, i, x, h)));
          return { state: next, output: next };
        };
        compare(cell, seed, inputs, loop, vectors);
      }
      const [params, x] = [rnn({ inputs, units }).init(seeded(seed)), zeros([inputs])];
      const h = seeded(seed).normal([units]);
      const [leaky, plain] = [ctrnn({ inputs, units, leak: 1 }), rnn({ inputs, units })];
      expect(numbersOf(leaky.step(params, h, x))).to.deep.equal(numbersOf(plain.step(params, h, x)));
    });
  });

  it("irnn: h' = relu(w·x + u·h + b), from the identity", () => {
    each(2, ({ inputs, units, seed }) => {
      const init = {
        input: (noise: { normal(shape: readonly number[]): Tensor }, shape: readonly number[]) =>
          noise.normal(shape),
      };
      const cell = irnn({ inputs, units, init });
      const loop = (params: ReturnType<typeof cell.init>, h: number[], x: number[]) => {
        const next = h.map((_, i) => Math.max(0, unit(params, i, x, h)));
        return { state: next, output: next };
      };
      compare(cell, seed, inputs, loop, vectors);
    });
    const { w, u, b } = irnn({ inputs: 50, units: 40, scale: 0.5 }).init(seeded(1));
    expect(u.toArray()).to.deep.equal(
      Array.from({ length: 40 }, (_, i) => Array.from({ length: 40 }, (_, j) => (i === j ? 0.5 : 0))),
    );
    expect(numbersOf(b)).to.deep.equal(Array(40).fill(0));
    expect(Math.sqrt(numbersOf(w).reduce((sum, value) => sum + value ** 2, 0) / 2000)).to.be.closeTo(
      1e-3,
      1e-4,
    );
  });

  it("minGru: h' = (1-z)∘h + z∘h~, with z and h~ of the input alone", () => {
    each(3, ({ inputs, units, seed }) => {
      const cell = minGru({ inputs, units });
      const loop = ({ update, candidate }: ReturnType<typeof cell.init>, h: number[], x: number[]) => {
        const next = h.map((value, i) => {
          const z = sigma(driven(update.w, i, x) + own(update.b, i));
          return (1 - z) * value + z * (driven(candidate.w, i, x) + own(candidate.b, i));
        });
        return { state: next, output: next };
      };
      compare(cell, seed, inputs, loop, vectors);
    });
  });

  it('elstm: f and c~ see their own memory, and a gate may scale the output', () => {
    each(4, ({ inputs, units, seed }) => {
      for (const outputGate of [false, true]) {
        const cell = elstm({ inputs, units, outputGate });
        const loop = (params: ReturnType<typeof cell.init>, c: number[], x: number[]) => {
          const state = c.map((value, i) => {
            const f = sigma(elementwise(params.forget, i, x, value));
            return f * value + (1 - f) * Math.tanh(elementwise(params.candidate, i, x, value));
          });
          const gate = params.output;
          const output = state.map((value, i) => (gate ? sigma(unit(gate, i, x, state)) * value : value));
          return { state, output };
        };
        compare(cell, seed, inputs, loop, vectors);
      }
    });
  });

  it('rtu: a rotation by ϑ and a contraction by r in the plane of each unit', () => {
    each(5, ({ inputs, units, seed }) => {
      for (const activation of ['linear', 'tanh', 'relu'] as const) {
        const f = { linear: (x: number) => x, tanh: Math.tanh, relu: (x: number) => Math.max(0, x) }[
          activation
        ];
        const cell = rtu({ inputs, units, activation });
        const loop = ({ nu, theta, w1, w2 }: ReturnType<typeof cell.init>, h: number[], x: number[]) => {
          const coordinates = Array.from({ length: units }, (_, i) => {
            const [r, angle] = [Math.exp(-Math.exp(own(nu, i))), Math.exp(own(theta, i))];
            const [g, phi, gamma] = [r * Math.cos(angle), r * Math.sin(angle), Math.sqrt(1 - r * r)];
            const [h1, h2] = [h[i], h[units + i]];
            return [
              f(g * h1 - phi * h2 + gamma * driven(w1, i, x)),
              f(g * h2 + phi * h1 + gamma * driven(w2, i, x)),
            ];
          });
          const state = [...coordinates.map(([h1]) => h1), ...coordinates.map(([, h2]) => h2)];
          return { state, output: state };
        };
        compare(cell, seed, inputs, loop, (state) => ({
          h1: tensor(state.slice(0, units)),
          h2: tensor(state.slice(units)),
        }));
      }
    });
    const { nu, theta } = rtu({ inputs: 1, units: 500, radii: [0.5, 0.9], maxPhase: 1 }).init(seeded(1));
    const moduli = numbersOf(nu).map((value) => Math.exp(-Math.exp(value)));
    expect([Math.min(...moduli) >= 0.5, Math.max(...moduli) <= 0.9]).to.deep.equal([true, true]);
    expect(Math.max(...numbersOf(theta).map(Math.exp))).to.be.within(0.9, 1);
  });

  it('peepholeLstm: gates see the memory of their unit, the output gate the new one', () => {
    fc.assert(
      fc.property(sizes, fc.constantFrom(undefined, 0, -0.3), ({ inputs, units, seed }, forgetOffset) => {
        const cell = peepholeLstm({ inputs, units, ...(forgetOffset === undefined ? {} : { forgetOffset }) });
        const loop = (params: ReturnType<typeof cell.init>, state: number[], x: number[]) => {
          const [h, c] = [state.slice(0, units), state.slice(units)];
          const next = h.map((_, k) => {
            const i = sigma(unit(params.input, k, x, h) + own(params.input.p, k) * c[k]);
            const f = sigma(
              unit(params.forget, k, x, h) + own(params.forget.p, k) * c[k] + (forgetOffset ?? 1),
            );
            const memory = f * c[k] + i * Math.tanh(unit(params.candidate, k, x, h));
            const o = sigma(unit(params.output, k, x, h) + own(params.output.p, k) * memory);
            return { memory, h: o * Math.tanh(memory) };
          });
          const output = next.map(({ h }) => h);
          return { state: [...output, ...next.map(({ memory }) => memory)], output };
        };
        compare(cell, seed, inputs, loop, (state) => ({
          h: tensor(state.slice(0, units)),
          c: tensor(state.slice(units)),
        }));
      }),
      { seed: 6, numRuns: 20 },
    );
  });

  it('cudnnGru: the reset gate acts after the product, and z weighs the old state', () => {
    each(7, ({ inputs, units, seed }) => {
      const cell = cudnnGru({ inputs, units });
      const loop = ({ reset, update, candidate }: ReturnType<typeof cell.init>, h: number[], x: number[]) => {
        const none = { ...candidate, b: zeros([units]), w: zeros([inputs, units]) };
        const next = h.map((value, i) => {
          const [r, z] = [sigma(unit(reset, i, x, h)), sigma(unit(update, i, x, h))];
          const inner = unit(none, i, x, h) + own(candidate.c, i);
          return (1 - z) * Math.tanh(driven(candidate.w, i, x) + own(candidate.b, i) + r * inner) + z * value;
        });
        return { state: next, output: next };
      };
      compare(cell, seed, inputs, loop, vectors);
    });
  });

  const family = { ctrnn, cudnnGru, elstm, irnn, minGru, peepholeLstm, rtu };

  for (const [name, make] of Object.entries(family))
    it(`${name}: a class index equals its one-hot vector; bad sizes are refused by name`, () => {
      const cell = make({ inputs: 5, units: 3 }) as Cell<unknown, unknown, Tensor | number>;
      const params = cell.init(seeded(4));
      const outputs = [3, indices(3), tensor([0, 0, 0, 1, 0])].map((x) =>
        numbersOf(cell.step(params, cell.start(), x).output),
      );
      expect(outputs[1]).to.deep.equal(outputs[0]);
      requireClose(outputs[2], outputs[0], 1e-15, 'dense');
      expect(cell.outputs).to.equal(outputs[0].length);
      expect(() => make({ inputs: 0, units: 2 })).to.throw(
        ConfigurationError,
        `${name}: inputs must be a whole number`,
      );
      expect(() => make({ inputs: 2, units: 1.5 })).to.throw(ConfigurationError, `${name}: units must be`);
    });

  it('explain what is wrong with their own options', () => {
    for (const leak of [0, 1.5, Number.NaN])
      expect(() => ctrnn({ inputs: 1, units: 1, leak })).to.throw(ConfigurationError, 'ctrnn: leak must be');
    expect(() => irnn({ inputs: 1, units: 1, scale: Number.NaN })).to.throw(
      ConfigurationError,
      'irnn: scale',
    );
    expect(() => rtu({ inputs: 1, units: 1, radii: [0.9, 0.5] })).to.throw(ConfigurationError, 'rtu: radii');
    expect(() => rtu({ inputs: 1, units: 1, activation: 'sin' as never })).to.throw(
      ConfigurationError,
      'rtu: activation must be linear or tanh or relu, got "sin"',
    );
  });
});
