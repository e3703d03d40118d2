import { expect } from 'chai';
import fc from 'fast-check';
import {
  ConfigurationError,
  indices,
  type NestedArray,
  seeded,
  type Tensor,
  tensor,
} from '../../../lib/index.ts';
import { type Cell, type Gate, gru, lstm, mgu, rnn } from '../../../nn/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { compare, sigma, sizes, unit } from './loops.ts';

describe('cells compute the published equations', () => {
  it("rnn: h' = tanh(w·x + u·h + b)", () => {
    fc.assert(
      fc.property(sizes, ({ inputs, units, seed, norm }) => {
        const loop = (params: Gate, h: number[], x: number[]) => {
          const next = h.map((_, i) => Math.tanh(unit(params, i, x, h)));
          return { state: next, output: next };
        };
        compare(rnn({ inputs, units, norm }), seed, inputs, loop, (h) => tensor(h));
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('gru: z weighs the candidate, and r enters before the recurrent weights', () => {
    fc.assert(
      fc.property(sizes, ({ inputs, units, seed, norm }) => {
        const cell = gru({ inputs, units, norm });
        const loop = (
          { reset, update, candidate }: ReturnType<typeof cell.init>,
          h: number[],
          x: number[],
        ) => {
          const r = h.map((_, i) => sigma(unit(reset, i, x, h)));
          const z = h.map((_, i) => sigma(unit(update, i, x, h)));
          const proposal = h.map((_, i) =>
            Math.tanh(
              unit(
                candidate,
                i,
                x,
                h.map((value, k) => r[k] * value),
              ),
            ),
          );
          const next = h.map((value, i) => z[i] * proposal[i] + (1 - z[i]) * value);
          return { state: next, output: next };
        };
        compare(cell, seed, inputs, loop, (h) => tensor(h));
      }),
      { seed: 2, numRuns: 30 },
    );
  });

  it('mgu: one gate, f, weighs the candidate and enters before the recurrent weights', () => {
    fc.assert(
      fc.property(sizes, ({ inputs, units, seed, norm }) => {
        const cell = mgu({ inputs, units, norm });
        const loop = ({ forget, candidate }: ReturnType<typeof cell.init>, h: number[], x: number[]) => {
          const f = h.map((_, i) => sigma(unit(forget, i, x, h)));
          const kept = h.map((value, i) => f[i] * value);
          const next = h.map(
            (value, i) => (1 - f[i]) * value + f[i] * Math.tanh(unit(candidate, i, x, kept)),
          );
          return { state: next, output: next };
        };
        compare(cell, seed, inputs, loop, (h) => tensor(h));
      }),
      { seed: 5, numRuns: 30 },
    );
  });

  it('mgu: one step by hand', () => {
    const cell = mgu({ inputs: 1, units: 2 });
    const forget = {
      w: tensor([[1, 0]]),
      u: tensor([
        [0, 0],
        [0, 0],
      ]),
      b: tensor([0, Math.log(3)]),
    };
    const candidate = {
      w: tensor([[0, 1]]),
      u: tensor([
        [0, 1],
        [0, 0],
      ]),
      b: tensor([0, 0]),
    };
    // f = (σ(0), σ(ln 3)) = (1/2, 3/4); f∘h = (1, 3); u_h·(f∘h) = (3, 0); h~ = (tanh 3, 0).
    const { state, output } = cell.step({ forget, candidate }, tensor([2, 4]), tensor([0]));
    expect(output).to.equal(state);
    requireClose(numbersOf(state), [1 + Math.tanh(3) / 2, 1], 1e-15, 'state');
  });

  for (const coupled of [false, true])
    it(`lstm${coupled ? ' with coupled gates' : ''}: with the constant on the forget gate, and { h, c } as its state`, () => {
      fc.assert(
        fc.property(
          sizes,
          fc.constantFrom(undefined, 0, -0.3, 2),
          ({ inputs, units, seed, norm }, forgetOffset) => {
            const more = forgetOffset === undefined ? {} : { forgetOffset };
            const cell = lstm({ inputs, units, norm, coupled, ...more });
            const loop = (params: ReturnType<typeof cell.init>, state: number[], x: number[]) => {
              const [h, c] = [state.slice(0, units), state.slice(units)];
              const next = h.map((_, k) => {
                const f = sigma(unit(params.forget, k, x, h) + (forgetOffset ?? 1));
                const i = 'input' in params ? sigma(unit(params.input, k, x, h)) : 1 - f;
                const o = sigma(unit(params.output, k, x, h));
                const memory = f * c[k] + i * Math.tanh(unit(params.candidate, k, x, h));
                return { c: memory, h: o * Math.tanh(memory) };
              });
              const output = next.map((own) => own.h);
              return {
                state: [...output, ...next.map((own) => own.c)],
                output,
              };
            };
            expect(Object.keys(cell.init(seeded(1)))).to.have.length(coupled ? 3 : 4);
            compare(cell, seed, inputs, loop, (state) => ({
              h: tensor(state.slice(0, units)),
              c: tensor(state.slice(units)),
            }));
          },
        ),
        { seed: 3, numRuns: 30 },
      );
    });

  it('a normalised pre-activation has the length √units whatever the size of the input, and is 0 without one', () => {
    const cell = rnn({
      inputs: 3,
      units: 4,
      norm: 'rms',
      init: { bias: (_, shape) => filled(shape, 0) },
    });
    const params = cell.init(seeded(2));
    for (const size of [1, 1e3, 1e6]) {
      const { output } = cell.step(params, cell.start(), tensor([size, 2 * size, -size]));
      const length = numbersOf(output).reduce((sum, value) => sum + Math.atanh(value) ** 2, 0);
      requireClose([length], [4], size === 1 ? 1e-2 : 1e-6, `the square of the length at ${size}`);
    }
    expect(numbersOf(cell.step(params, cell.start(), tensor([0, 0, 0])).output)).to.deep.equal([0, 0, 0, 0]);
  });

  for (const [name, make] of Object.entries({ rnn, gru, lstm, mgu }))
    it(`${name}: a class index equals its one-hot vector`, () => {
      const cell = make({ inputs: 5, units: 3 }) as unknown as Cell<unknown, unknown, Tensor | number>;
      const params = cell.init(seeded(4));
      const outputs = [3, indices(3), tensor([0, 0, 0, 1, 0])].map((x) =>
        numbersOf(cell.step(params, cell.start(), x).output),
      );
      expect(outputs[1]).to.deep.equal(outputs[0]);
      requireClose(outputs[2], outputs[0], 1e-15, 'dense');
    });

  for (const [name, make] of Object.entries({ rnn, gru, lstm, mgu }))
    it(`${name}: sizes must be whole numbers above zero, and determine the parameters`, () => {
      for (const options of [
        { inputs: 0, units: 2 },
        { inputs: 2, units: 1.5 },
        { inputs: 2, units: Number.NaN },
      ])
        expect(() => make(options)).to.throw(
          ConfigurationError,
          `${name}: ${options.inputs === 0 ? 'inputs' : 'units'} must be a whole number`,
        );
      const cell = make({ inputs: 4, units: 3 });
      expect(cell.outputs).to.equal(3);
      const gates =
        name === 'rnn' ? [cell.init(seeded(1)) as Gate] : (Object.values(cell.init(seeded(1))) as Gate[]);
      for (const { w, u, b } of gates)
        expect([w.shape, u.shape, b.shape]).to.deep.equal([[4, 3], [3, 3], [3]]);
      const bound = 1 / Math.sqrt(3);
      for (const value of gates.flatMap(({ w, u, b }) => numbersOf([w, u, b])))
        expect(Math.abs(value)).to.be.at.most(bound);
      expect(new Set(gates.flatMap(({ w }) => numbersOf(w))).size).to.equal(12 * gates.length);
    });

  it('draws its parameters with the given initialisers', () => {
    const init = {
      input: (_: unknown, shape: readonly number[]) => filled(shape, 2),
      recurrent: (_: unknown, shape: readonly number[]) => filled(shape, 3),
      bias: (_: unknown, shape: readonly number[]) => filled(shape, 4),
    };
    const { w, u, b } = rnn({ inputs: 1, units: 2, init }).init(seeded(1));
    expect([w.toArray(), u.toArray(), b.toArray()] as NestedArray).to.deep.equal([
      [[2, 2]],
      [
        [3, 3],
        [3, 3],
      ],
      [4, 4],
    ]);
  });
});

function filled(shape: readonly number[], value: number): Tensor {
  return tensor(
    shape.length === 1
      ? Array<number>(shape[0]).fill(value)
      : Array.from({ length: shape[0] }, () => Array<number>(shape[1]).fill(value)),
  );
}
