import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError, indices, type Noise, seeded, type Tensor, tensor } from '../../../lib/index.ts';
import { indrnn, linear, lru, model } from '../../../nn/index.ts';
import { describeCell } from '../../../trainers/testing/index.ts';
import { numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';
import { describeRelated } from './related.ts';

const dense = (inputs: number) => (noise: Noise) => noise.normal([inputs]);
const sizes = fc.record({
  inputs: fc.integer({ min: 1, max: 5 }),
  units: fc.integer({ min: 1, max: 6 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
});
const rows = (x: Tensor) => x.toArray() as number[][];

describe('diagonal cells', () => {
  describe('laws', () => {
    // With relu, differences across its kink would fail: this seed keeps all units away from it.
    describeCell({ cell: indrnn({ inputs: 3, units: 2 }), input: dense(3), seed: 2 });
    describeCell({
      name: 'indrnn with tanh on class indices',
      cell: indrnn({ inputs: 4, units: 3, activation: 'tanh' }),
      input: (noise) => noise.integer(4),
    });
    describeRelated({
      name: 'lru',
      cell: lru({ inputs: 3, units: 2, radii: [0.3, 0.9] }),
      input: dense(3),
    });
    describeCell({
      name: 'lru with a readout',
      cell: model({ cell: lru({ inputs: 2, units: 1, outputs: 3 }), readout: linear({ outputs: 2 }) }),
      input: dense(2),
    });
  });

  for (const activation of ['relu', 'tanh'] as const)
    it(`indrnn: h' = ${activation}(w·x + u∘h + b)`, () => {
      const act = activation === 'relu' ? (z: number) => Math.max(z, 0) : Math.tanh;
      fc.assert(
        fc.property(sizes, ({ inputs, units, seed }) => {
          const noise = seeded(seed);
          const cell = indrnn({ inputs, units, activation });
          const params = cell.init(noise);
          const [h, x] = [noise.normal([units]), noise.normal([inputs])];
          const [w, u, b] = [rows(params.w), numbersOf(params.u), numbersOf(params.b)];
          const expected = numbersOf(h).map((own, i) =>
            act(numbersOf(x).reduce((z, value, k) => z + w[k][i] * value, b[i] + u[i] * own)),
          );
          const { state, output } = cell.step(params, h, x);
          requireClose(numbersOf(state), expected, 1e-14, 'state');
          expect(output).to.equal(state);
        }),
        { seed: 1, numRuns: 30 },
      );
    });

  it('indrnn: defaults to relu, with u in [0, 1]', () => {
    const cell = indrnn({ inputs: 3, units: 400 });
    const { w, u, b } = cell.init(seeded(1));
    expect([w.shape, u.shape, b.shape, cell.outputs]).to.deep.equal([[3, 400], [400], [400], 400]);
    expect(Math.min(...numbersOf(u))).to.be.within(0, 0.02);
    expect(Math.max(...numbersOf(u))).to.be.within(0.98, 1);
    expect(Math.max(...numbersOf([w, b]).map(Math.abs))).to.be.within(0.55, 1 / Math.sqrt(3));
    const drawn = indrnn({ inputs: 1, units: 2, init: { recurrent: () => tensor([7, 8]) } }).init(seeded(1));
    expect(drawn.u.toArray()).to.deep.equal([7, 8]);
    expect(Math.min(...numbersOf(cell.step({ w, u, b }, cell.start(), tensor([1, -2, 1])).state))).to.equal(
      0,
    );
  });

  it("lru: h' = λ∘h + γ∘(B x) and y = Re(C h') + D x, with λ = exp(-exp(ν) + i exp(θ))", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), ({ inputs, units, seed }, outputs) => {
        const noise = seeded(seed);
        const cell = lru({ inputs, units, outputs });
        const params = cell.init(noise);
        const h = { re: noise.normal([units]), im: noise.normal([units]) };
        const x = noise.normal([inputs]);
        const [nu, theta, gamma] = [numbersOf(params.nu), numbersOf(params.theta), numbersOf(params.gamma)];
        const drive = (part: Tensor, i: number) =>
          numbersOf(x).reduce((z, value, k) => z + rows(part)[k][i] * value, 0);
        const next = nu.map((_, i) => {
          const modulus = Math.exp(-Math.exp(nu[i]));
          const [a, b] = [modulus * Math.cos(Math.exp(theta[i])), modulus * Math.sin(Math.exp(theta[i]))];
          const [p, q] = [numbersOf(h.re)[i], numbersOf(h.im)[i]];
          return {
            re: a * p - b * q + Math.exp(gamma[i]) * drive(params.b.re, i),
            im: a * q + b * p + Math.exp(gamma[i]) * drive(params.b.im, i),
          };
        });
        const y = rows(params.c.re).map((row, o) =>
          next.reduce(
            (sum, { re, im }, i) => sum + row[i] * re - rows(params.c.im)[o][i] * im,
            drive(params.d, o),
          ),
        );
        const { state, output } = cell.step(params, h, x);
        requireClose(
          numbersOf(state),
          [...next.map(({ re }) => re), ...next.map(({ im }) => im)],
          1e-13,
          'state',
        );
        requireClose(numbersOf(output), y, 1e-13, 'output');
      }),
      { seed: 2, numRuns: 30 },
    );
  });

  it('lru: starts on the ring, uniform in area, with γ = √(1-|λ|²)', () => {
    const { nu, theta, gamma } = lru({
      inputs: 2,
      units: 2000,
      radii: [0.5, 0.9],
      maxPhase: Math.PI / 10,
    }).init(seeded(3));
    const moduli = numbersOf(nu).map((value) => Math.exp(-Math.exp(value)));
    const phases = numbersOf(theta).map(Math.exp);
    expect(Math.min(...moduli)).to.be.within(0.5, 0.505);
    expect(Math.max(...moduli)).to.be.within(0.895, 0.9);
    // Half of the area lies within √((0.5² + 0.9²)/2).
    expect(moduli.filter((value) => value < Math.sqrt(0.53)).length / 2000).to.be.closeTo(0.5, 0.04);
    expect(Math.min(...phases)).to.be.within(0, 0.01);
    expect(Math.max(...phases)).to.be.within(0.3, Math.PI / 10);
    requireClose(
      numbersOf(gamma).map(Math.exp),
      moduli.map((value) => Math.sqrt(1 - value * value)),
      1e-12,
      'γ',
    );
    for (const value of numbersOf(lru({ inputs: 2, units: 2000 }).init(seeded(4))))
      expect(Number.isFinite(value)).to.equal(true);
  });

  it('lru: shapes, and class indices as one-hot vectors', () => {
    const cell = lru({ inputs: 4, units: 3 });
    const params = cell.init(seeded(5));
    expect([params.nu, params.b.re, params.c.im, params.d].map(({ shape }) => shape)).to.deep.equal([
      [3],
      [4, 3],
      [4, 3],
      [4, 4],
    ]);
    expect([cell.outputs, lru({ inputs: 4, units: 3, outputs: 2 }).outputs]).to.deep.equal([4, 2]);
    const [a, b, c] = [2, indices(2), tensor([0, 0, 1, 0])].map((x) =>
      numbersOf(cell.step(params, cell.start(), x)),
    );
    expect(b).to.deep.equal(a);
    requireClose(c, a, 1e-15, 'dense');
  });

  it('explain what is wrong with their options', () => {
    expect(() => indrnn({ inputs: 0, units: 2 })).to.throw(
      ConfigurationError,
      'indrnn: inputs must be a whole number',
    );
    expect(() => indrnn({ inputs: 1, units: 2, activation: 'sin' as never })).to.throw(
      ConfigurationError,
      'activation must be relu or tanh, got "sin"',
    );
    expect(() => lru({ inputs: 1, units: 2, outputs: 1.5 })).to.throw(
      ConfigurationError,
      'lru: outputs must be a whole number',
    );
    for (const radii of [
      [0.5, 0.5],
      [-0.1, 0.5],
      [0.5, 1.1],
      [Number.NaN, 1],
    ] as const)
      expect(() => lru({ inputs: 1, units: 2, radii })).to.throw(
        ConfigurationError,
        'radii must be two numbers',
      );
    for (const maxPhase of [0, 7, Number.NaN])
      expect(() => lru({ inputs: 1, units: 2, maxPhase })).to.throw(ConfigurationError, 'maxPhase');
  });
});
