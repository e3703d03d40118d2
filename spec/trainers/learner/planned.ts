import { expect } from 'chai';
import fc from 'fast-check';
import { dataOf, indices, readSafetensors, readSafetensorsMetadata, Tensor } from '../../../lib/index.ts';
import {
  type Cell,
  crossEntropy,
  embedded,
  embedding,
  gru,
  linear,
  lstm,
  model,
  rnn,
} from '../../../nn/index.ts';
import {
  adam,
  artbp,
  bptt,
  chain,
  clipByGlobalNorm,
  type Estimator,
  grow,
  inverseSqrt,
  type Learner,
  type LearnerConfig,
  momentum,
  noBackTrack,
  type Optimizer,
  rflo,
  rmsprop,
  rtrl,
  sgd,
  snap,
  tbptt,
  uoro,
} from '../../../trainers/index.ts';
import { numbersOf } from '../../../trainers/testing/numbers.ts';
import { size } from '../../support/size.ts';

export type Any = Learner<unknown, unknown, unknown, unknown>;
export type Config = LearnerConfig<unknown, unknown, unknown, unknown>;

export const estimators: Readonly<Record<string, () => Estimator>> = {
  uoro: () => uoro(),
  'uoro of window 3': () => uoro({ window: 3 }),
  'uoro of rank 2': () => uoro({ rank: 2 }),
  'joint uoro': () => uoro({ lanes: 'joint' }),
  rtrl: () => rtrl(),
  'tbptt 1': () => tbptt({ window: 1 }),
  'tbptt 4': () => tbptt({ window: 4 }),
  'tbptt 1 to 2': () => tbptt({ window: grow(1, 2) }),
  'bptt 3': () => bptt({ length: 3 }),
};
export const everyEstimator: typeof estimators = {
  ...estimators,
  'tbptt of stride 1': () => tbptt({ window: 3, stride: 1 }),
  snap: () => snap({ n: 1 }),
  rflo: () => rflo({ leak: 0.5 }),
  noBackTrack: () => noBackTrack(),
  'artbp of at most 5': () => shortSegments(5),
};

/** ARTBP whose segments are cut, so that as many steps as its longest window are few. */
function shortSegments(window: number): Estimator {
  const { drawLength = () => 1, ...own } = artbp({ keep: 0.6 });
  return { ...own, window, stride: window, drawLength: (noise) => Math.min(window, drawLength(noise)) };
}

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  sgd: () => sgd({ rate: 0.05 }),
  'sgd that slows': () => sgd({ rate: inverseSqrt(0.05, 0.1) }),
  momentum: () => momentum({ rate: 0.02 }),
  adam: () => adam({ rate: inverseSqrt(0.02, 0.03) }),
  rmsprop: () => rmsprop({ rate: 0.01 }),
  clipped: () => chain(clipByGlobalNorm(0.1), momentum({ rate: 0.1 })),
};
const cells = { rnn, gru, lstm };

/** Characters in, logits out. */
export function characters(
  kind: keyof typeof cells,
  units: number,
  size = 2,
): Cell<unknown, unknown, unknown> {
  const cell = cells[kind]({ inputs: size, units }) as unknown as ReturnType<typeof rnn>;
  return model({
    cell: embedded(embedding({ symbols: 5, size }), cell),
    readout: linear({ outputs: 5 }),
  }) as unknown as Cell<unknown, unknown, unknown>;
}

/** An action on a learner. */
export type Action =
  | 'step'
  | 'observe'
  | 'reset'
  | 'save'
  | 'gradient'
  | 'parameters'
  | 'state'
  | 'influence'
  | 'predict';

export const scenario = fc.record({
  estimator: fc.constantFrom(...Object.keys(estimators)),
  optimizer: fc.constantFrom(...Object.keys(optimizers)),
  kind: fc.constantFrom(...(Object.keys(cells) as (keyof typeof cells)[])),
  units: fc.integer({ min: 3, max: 4 }),
  lanes: fc.integer({ min: 1, max: 3 }),
  dtype: fc.constantFrom('float32' as const, 'float64' as const),
  seed: fc.integer({ min: 1, max: 1000 }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

export function configOf({ estimator, optimizer, kind, units, lanes, dtype, seed }: Scenario): Config {
  return {
    model: characters(kind, units),
    loss: crossEntropy as never,
    estimator: estimators[estimator](),
    optimizer: optimizers[optimizer](),
    dtype,
    seed,
    lanes,
  };
}

/** Symbols for step t of the lanes; a number when there is one lane. */
export function symbols(t: number, lanes: number, phase = 0): number | Tensor {
  const one = (lane: number) => (7 * t + 3 * lane + 2 * phase + ((t * t) >> 2)) % 5;
  return lanes === 1 ? one(0) : indices(Array.from({ length: lanes }, (_, lane) => one(lane)));
}

/** Moves a learner, or looks at it. */
export function act(learner: Any, action: Action, t: number): number | undefined {
  const { lanes = 1 } = learner.config;
  switch (action) {
    case 'step':
      return learner.step(symbols(t, lanes), symbols(t, lanes, 1)).loss;
    case 'observe':
      learner.observe(symbols(t, lanes));
      return;
    case 'reset':
      learner.resetState();
      return;
    case 'save':
      learner.save();
      return;
    case 'predict':
      learner.predict(symbols(t, lanes));
      return;
    default:
      numbersOf(learner[action]);
  }
}

export const moves = fc.array(
  fc.constantFrom<Action>('step', 'step', 'step', 'step', 'step', 'observe', 'reset'),
  {
    minLength: 4,
    maxLength: 24,
  },
);
export const looks = fc.constantFrom<Action>(
  'save',
  'gradient',
  'parameters',
  'state',
  'influence',
  'predict',
);

/** All that can be seen of a learner, as bytes. */
export function bytesOf(learner: Any): string {
  return Buffer.from(learner.save()).toString('base64');
}

/** @throws AssertionError, a short one, when two learners are not the same to the last bit. */
export function requireSame(learner: Any, twin: Any, what: string): void {
  if (bytesOf(learner) === bytesOf(twin)) return;
  const described = (one: Any) => ({
    learner: JSON.parse(readSafetensorsMetadata(one.save()).learner),
    ...readSafetensors(one.save()),
  });
  const [own, other] = [described(learner), described(twin)];
  for (const key of new Set([...Object.keys(own), ...Object.keys(other)]))
    expect(JSON.stringify(shown(own[key as 'learner'])), `${what}: ${key}`).to.equal(
      JSON.stringify(shown(other[key as 'learner'])),
    );
  expect.fail(`${what}: the bytes differ`);
}

function shown(value: unknown): unknown {
  return value instanceof Tensor ? [value.dtype, value.shape, [...dataOf(value)].map(String)] : value;
}

export function forAll<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void, numRuns: number): void {
  fc.assert(fc.property(arbitrary, check), { seed: 1, numRuns: size(Math.ceil(numRuns / 4), numRuns) });
}
