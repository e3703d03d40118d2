import { expect } from 'chai';
import fc from 'fast-check';
import { add, mul } from '../../../autodiff/index.ts';
import { ConfigurationError, seeded, type Tensor, type Tree, tensor, zipTrees } from '../../../lib/index.ts';
import {
  adam,
  type Clock,
  chain,
  clipByGlobalNorm,
  constant,
  cosine,
  inverseSqrt,
  momentum,
  type Optimizer,
  rmsprop,
  type Schedule,
  sgd,
  sqrtDecay,
} from '../../../trainers/index.ts';
import { lengthOf, numbersOf, requireClose } from '../../../trainers/testing/numbers.ts';

type Params = { readonly w: Tensor; readonly inner: readonly [Tensor, Tensor] };

/** The numbers of a parameter after every update, given its start and gradients; `t` counts from 0. */
type Recurrence = (start: number, gradients: readonly number[], rate: (t: number) => number) => number[];

const rate: Schedule = (t) => 0.1 / (1 + t);

/** Each optimiser with the recurrence of its paper, written again for one number. */
const known: Readonly<Record<string, readonly [(rate: number | Schedule) => Optimizer, Recurrence]>> = {
  sgd: [(rate) => sgd({ rate }), (theta, gradients, eta) => scan(theta, gradients, (g, t) => -eta(t) * g)],
  momentum: [
    (rate) => momentum({ rate, decay: 0.7 }),
    (theta, gradients, eta) => {
      let velocity = 0;
      return scan(theta, gradients, (g, t) => {
        velocity = 0.7 * velocity + g;
        return -eta(t) * velocity;
      });
    },
  ],
  adam: [
    (rate) => adam({ rate, beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
    (theta, gradients, eta) => {
      let [m, v] = [0, 0];
      return scan(theta, gradients, (g, t) => {
        m = 0.8 * m + 0.2 * g;
        v = 0.95 * v + 0.05 * g * g;
        return (-eta(t) * m) / (1 - 0.8 ** (t + 1)) / (Math.sqrt(v / (1 - 0.95 ** (t + 1))) + 1e-3);
      });
    },
  ],
  rmsprop: [
    (rate) => rmsprop({ rate, decay: 0.6, epsilon: 1e-3 }),
    (theta, gradients, eta) => {
      let v = 0;
      return scan(theta, gradients, (g, t) => {
        v = 0.6 * v + 0.4 * g * g;
        return (-eta(t) * g) / (Math.sqrt(v) + 1e-3);
      });
    },
  ],
  'rmsprop with a span': [
    (rate) => rmsprop({ rate, span: 3, epsilon: 1e-3 }),
    (theta, gradients, eta) => {
      let v = 0;
      return scan(theta, gradients, (g, t) => {
        const n = Math.min(3, t / 2 + 1);
        v = (1 - 1 / n) * v + (g * g) / n;
        return (-eta(t) * g) / (Math.sqrt(v) + 1e-3);
      });
    },
  ],
  'chain of two': [
    (rate) => chain(sgd({ rate: 2 }), momentum({ rate, decay: 0.5 })),
    (theta, gradients, eta) => {
      let velocity = 0;
      return scan(theta, gradients, (g, t) => {
        velocity = 0.5 * velocity - 2 * g;
        return -eta(t) * velocity;
      });
    },
  ],
};

function scan(start: number, gradients: readonly number[], move: (g: number, t: number) => number): number[] {
  let theta = start;
  return gradients.map((g, t) => {
    theta += move(g, t);
    return theta;
  });
}

function draw(seed: number): Params {
  const noise = seeded(seed);
  return { w: noise.normal([2, 3]), inner: [noise.normal([]), noise.normal([4])] };
}

/** Runs an optimiser over gradients. Its inputs must not change. */
function drive(optimizer: Optimizer, start: Params, gradients: readonly Params[]): Params[] {
  let [parameters, memory] = [start, optimizer.init(start)];
  return gradients.map((gradient, t) => {
    const before = [...numbersOf(parameters), ...numbersOf(memory), ...numbersOf(gradient)];
    const next = optimizer.update(gradient, memory, parameters, {
      steps: (f) => f(t),
      updates: (f) => f(t + 1),
    });
    expect([...numbersOf(parameters), ...numbersOf(memory), ...numbersOf(gradient)]).to.deep.equal(before);
    memory = next.memory;
    parameters = zipTrees(
      parameters as unknown as Tree,
      next.update as unknown as Tree,
      (a, b) => add(a, b),
      'drive',
    ) as unknown as Params;
    return parameters;
  });
}

describe('optimisers', () => {
  for (const [name, [make, recurrence]] of Object.entries(known)) {
    it(`${name} follows its recurrence, element by element, with a schedule and with a number`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 1e6 }),
          fc.integer({ min: 1, max: 6 }),
          fc.boolean(),
          (seed, count, scheduled) => {
            const gradients = Array.from({ length: count }, (_, i) => draw(seed + i + 1));
            const start = draw(seed);
            const eta = scheduled ? rate : () => 0.05;
            const path = drive(make(scheduled ? rate : 0.05), start, gradients);
            const starts = numbersOf(start);
            path.forEach((parameters, t) => {
              const expected = starts.map(
                (theta, i) =>
                  recurrence(
                    theta,
                    gradients.map((gradient) => numbersOf(gradient)[i]),
                    eta,
                  )[t],
              );
              requireClose(numbersOf(parameters), expected, 1e-13, `${name} after update ${t + 1}`);
            });
          },
        ),
        { seed: 1, numRuns: 15 },
      );
    });

    it(`${name} keeps float32, and reports its name and options`, () => {
      const optimizer = make(0.1);
      const single = tensor([3, -2], { dtype: 'float32' });
      let [theta, memory] = [single as Tensor, optimizer.init(single)];
      for (let t = 0; t < 5; t++) {
        const { update, memory: next } = optimizer.update(theta, memory, theta, {
          steps: (f) => f(t),
          updates: (f) => f(t + 1),
        });
        expect(update.dtype).to.equal('float32');
        [theta, memory] = [add(theta, update), next];
      }
      expect(lengthOf(numbersOf(theta))).not.to.equal(Math.hypot(3, 2));
      expect(optimizer.name).to.match(/^[a-z+]+$/i);
      expect(JSON.parse(JSON.stringify(optimizer.settings))).to.deep.equal(optimizer.settings);
    });
  }

  it("adam's first step has the length of the rate, whatever the size of the gradient: its bias corrections", () => {
    for (const g of [1e-6, 1, 1e6]) {
      const optimizer = adam({ rate: 0.25, epsilon: 0 });
      const { update } = optimizer.update(tensor([g, -g]), optimizer.init(tensor([0, 0])), tensor([0, 0]), {
        steps: (f) => f(0),
        updates: (f) => f(1),
      });
      requireClose(numbersOf(update), [-0.25, 0.25], 1e-15, 'first update');
    }
  });

  it("rmsprop's mean square with a span is right from the first update on, without a correction", () => {
    const optimizer = rmsprop({ rate: 0.25, span: 4, epsilon: 0 });
    let memory = optimizer.init(tensor([0, 0]));
    for (let k = 1; k <= 20; k++) {
      const next = optimizer.update(tensor([1e-4, -3]), memory, tensor([0, 0]), {
        steps: (f) => f(k - 1),
        updates: (f) => f(k),
      });
      requireClose(numbersOf(next.update), [-0.25, 0.25], 1e-14, `update ${k}`);
      memory = next.memory;
    }
  });

  describe('rates by path', () => {
    const every = { sgd, momentum, adam, rmsprop };
    const first = (optimizer: Optimizer, step = 0) => {
      const start = draw(1);
      const clock: Clock = { steps: (f) => f(step), updates: (f) => f(1) };
      return optimizer.update(draw(2), optimizer.init(start), start, clock).update;
    };

    for (const [name, make] of Object.entries(every)) {
      it(`${name}: a path of a leaf or of a part has its own rate, and the longest one counts`, () => {
        const one = first(make({ rate: 1 }));
        const wanted = [one.w, ...one.inner].map((leaf, i) => mul(leaf, [0.5, 0.25, 0.125][i]));
        const asRecord = { inner: 0.125, w: 0.5, 'inner[0]': 0.25 };
        const asFunction = (path: string) => ({ w: 0.5, 'inner[0]': 0.25 })[path];
        for (const optimizer of [
          make({ rate: 3, rates: asRecord }),
          make({ rate: 0.125, rates: asFunction }),
          make({ rate: 3, rates: 'inner=0.125, w=0.5,inner[0] = 0.25' }),
        ])
          requireClose(numbersOf(first(optimizer)), numbersOf(wanted), 1e-15, 'update');
      });

      it(`${name}: a number follows the course of the schedule, and a schedule does not`, () => {
        const rates = { w: 0.5, inner: constant(0.5) };
        const at = (step: number) => first(make({ rate: (t) => 2 / (1 + t), rates }), step);
        const [begin, later] = [at(0), at(3)];
        requireClose(numbersOf(later.w), numbersOf(mul(begin.w, 0.25)), 1e-15, 'w');
        requireClose(numbersOf(later.inner[1]), numbersOf(begin.inner[1]), 0, 'inner');
      });

      it(`${name}: tells its rates as a text, from which it can be made again`, () => {
        const { settings } = make({ rate: 1, rates: { w: 0.5, inner: 1e-3 } });
        expect(settings.rates).to.equal('w=0.5,inner=0.001');
        expect(make({ rate: 1, rates: String(settings.rates) }).settings).to.deep.equal(settings);
        expect(make({ rate: 1 }).settings).not.to.have.property('rates');
      });
    }

    it('refuses paths that are no parameters, and what are no rates', () => {
      const start = draw(1);
      for (const [make, message] of [
        [
          () => sgd({ rate: 1, rates: { W: 1 } }).init(start),
          'sgd: rates has W, which is no parameter; did you mean w?',
        ],
        [() => adam({ rate: 1, rates: { readout: 1 } }).init(start), 'there are w, inner[0], inner[1]'],
        [
          () => adam({ rate: 1, rates: 'w' }),
          'adam: rates must be pairs such as cell.forget.u=0.05, got "w"',
        ],
        [() => adam({ rate: 1, rates: 'w=-1' }), 'got "w=-1"'],
        [() => adam({ rate: 1, rates: 'w=1=2' }), 'got "w=1=2"'],
        [() => sgd({ rate: 1, rates: { w: -1 } }), 'sgd: rates must be a record such as'],
        [() => sgd({ rate: 1, rates: () => -1 }).init(start), 'sgd: the rate of w must be'],
        [() => sgd({ rate: (t) => t, rates: { w: 1 } }).init(start), 'begins at 0; give a schedule'],
        [() => rmsprop({ rate: 1, span: 2, decay: 0.5 }), 'rmsprop: has either a decay or a span'],
        [() => rmsprop({ rate: 1, span: 0 }), 'rmsprop: span must be a whole number above zero'],
      ] as const)
        expect(make).to.throw(ConfigurationError, message);
    });
  });

  it('clipByGlobalNorm scales only gradients with a larger norm over all leaves', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (seed, norm) => {
          const gradient = draw(seed);
          const length = lengthOf(numbersOf(gradient));
          const clip = clipByGlobalNorm(norm);
          const { update } = clip.update(gradient, clip.init(gradient), gradient, {
            steps: (f) => f(0),
            updates: (f) => f(1),
          });
          const factor = Math.min(1, norm / length);
          requireClose(
            numbersOf(update),
            numbersOf(gradient).map((x) => x * factor),
            1e-14,
            'clipped',
          );
          if (length <= norm) expect(numbersOf(update)).to.deep.equal(numbersOf(gradient));
        },
      ),
      { seed: 2, numRuns: 60 },
    );
    const clip = clipByGlobalNorm(1);
    const zero = clip.update(tensor([0, 0]), {}, tensor([0, 0]), {
      steps: (f) => f(0),
      updates: (f) => f(1),
    }).update;
    expect(zero.toArray()).to.deep.equal([0, 0]);
  });

  it('a chain has the settings of each, of one that comes twice too', () => {
    const optimizer = chain(clipByGlobalNorm(3), momentum({ rate: 0.1 }), clipByGlobalNorm(2));
    expect(optimizer.settings).to.deep.equal({
      'clipByGlobalNorm.norm': 3,
      'momentum.decay': 0.9,
      'clipByGlobalNorm 2.norm': 2,
    });
  });

  it('a chain passes each update on to the next', () => {
    const optimizer = chain(clipByGlobalNorm(1), sgd({ rate: 0.5 }));
    const [end] = drive(optimizer, draw(1), [draw(2)]);
    const g = numbersOf(draw(2));
    requireClose(
      numbersOf(end),
      numbersOf(draw(1)).map((x, i) => x - (0.5 * g[i]) / lengthOf(g)),
      1e-14,
      'chain',
    );
    expect([optimizer.name, optimizer.settings]).to.deep.equal([
      'clipByGlobalNorm+sgd',
      { 'clipByGlobalNorm.norm': 1 },
    ]);
  });

  it('refuses options out of range', () => {
    for (const [make, message] of [
      [() => sgd({ rate: -1 }), 'rate must be a number of at least 0'],
      [() => sgd({ rate: Number.NaN }), 'got NaN'],
      [() => momentum({ rate: 1, decay: 1.5 }), 'momentum: decay must be a number from 0 to 1'],
      [() => adam({ rate: 1, beta1: 1 }), 'adam: beta1'],
      [() => adam({ rate: 1, epsilon: -1 }), 'adam: epsilon'],
      [() => rmsprop({ rate: 1, decay: -0.1 }), 'rmsprop: decay'],
      [() => clipByGlobalNorm(0), 'clipByGlobalNorm: norm'],
      [() => chain(), 'chain: needs at least one optimiser'],
      [() => inverseSqrt(-1), 'inverseSqrt: gamma'],
      [() => cosine(1, 0), 'cosine: steps'],
    ] as const)
      expect(make).to.throw(ConfigurationError, message);
  });
});

describe('schedules', () => {
  it('constant', () => {
    expect([0, 1, 1e9].map(constant(0.3))).to.deep.equal([0.3, 0.3, 0.3]);
  });

  it('inverseSqrt is γ/(1 + α√t)', () => {
    requireClose([0, 1, 4, 100].map(inverseSqrt(2, 0.5)), [2, 2 / 1.5, 1, 2 / 6], 1e-15, 'inverseSqrt');
    expect(inverseSqrt(3)(9)).to.equal(0.75);
  });

  it('sqrtDecay is γ/√(1 + αt), and both stay at their floor', () => {
    requireClose([0, 4, 12, 1e9].map(sqrtDecay(2, 2, 0.1)), [2, 2 / 3, 0.4, 0.1], 1e-15, 'sqrtDecay');
    expect([0, 1e9].map(inverseSqrt(2, 1, 0.1))).to.deep.equal([2, 0.1]);
  });

  it('cosine descends half a wave and stays at its floor', () => {
    requireClose(
      [0, 25, 50, 75, 100, 1000].map(cosine(1, 100, 0.2)),
      [1, 0.6 + 0.4 * Math.SQRT1_2, 0.6, 0.6 - 0.4 * Math.SQRT1_2, 0.2, 0.2],
      1e-15,
      'cosine',
    );
  });
});
