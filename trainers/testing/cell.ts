import { checkDerivatives, compile, linearize } from '../../autodiff/index.ts';
import {
  cast,
  guard,
  mapTree,
  type Noise,
  type PartialTree,
  pathsOf,
  seeded,
  type Tree,
} from '../../lib/index.ts';
import { aCell, type Cell } from '../../nn/index.ts';
import { rtrl, uoro } from '../index.ts';
import { checkUnbiased } from './agreement.ts';
import { requireLike, requireSameTree } from './alike.ts';
import { checkLaws, describeRun, fewest, type Laws, withExample } from './laws.ts';
import { describeLaws } from './mocha.ts';
import { LawError, namesOf, numbersOf, requireClose, requireLive, UncheckedError } from './numbers.ts';
import { byBackpropagation, byDifferences, fixtureOf } from './unrolled.ts';

/** A cell, and how to test it. */
export interface CellSubject<P, S, X> {
  readonly name?: string;
  /** A small cell, of at most 6 state elements: one law runs every sequence of two signs per element. */
  readonly cell: Cell<P, S, X>;
  /** Draws an input. */
  readonly input: (noise: Noise) => X;
  /** The seed of parameters, state, inputs and targets. Default 1. */
  readonly seed?: number;
}

const checks: guard.Checks<CellSubject<unknown, unknown, unknown>> = {
  name: guard.string,
  cell: guard.needed(aCell),
  input: guard.needed(guard.callable),
  seed: guard.whole(0),
};

function known<P, S, X>(subject: CellSubject<P, S, X>): CellSubject<P, S, X> {
  return guard.options<CellSubject<P, S, X>>(
    'a cell',
    subject,
    checks,
    'checkCell({ cell, input: (noise) => noise.normal([2]) })',
  );
}

/** Registers one test per law of cells, with the global `describe` and `it` of the test runner. */
export function describeCell<P, S, X>(subject: CellSubject<P, S, X>): void {
  const laws = cellLaws(subject);
  describeLaws(subject.name ?? subject.cell.name, laws);
}

/** Checks every law of `describeCell`. @throws LawError for the first that does not hold. */
export function checkCell<P, S, X>(subject: CellSubject<P, S, X>): void {
  checkLaws(known(subject).name ?? subject.cell.name, cellLaws(subject));
}

/** The laws by name; each throws if it does not hold. */
export function cellLaws<P, S, X>(subject: CellSubject<P, S, X>): Laws {
  const { cell, input, seed = 1 } = known(subject);
  const fixture = (steps: number) => fixtureOf(cell, { input, steps, seed });
  /** f(parameters, state) of the first step. */
  const first = () => {
    const { parameters, state, examples } = fixture(1);
    return {
      parameters,
      state,
      input: examples[0].input,
      step: (p: P, s: S) => cell.step(p, s, examples[0].input),
    };
  };

  const shown = (steps: number) => describeRun(fixture(steps), seed);
  const laws: Laws = {
    'draws the same parameters from the same noise': () => {
      const draw = () => cell.init(seeded(seed));
      requireFloats(draw(), 'parameters');
      requireSameTree(draw(), draw(), 'parameters');
    },
    'keeps the structure, the shapes and the dtypes of its state': () => {
      const { parameters, state, step } = first();
      requireFloats(state, 'state');
      const one = step(parameters, state);
      requireLike(one.state, state, 'state');
      const two = step(parameters, one.state);
      requireLike(two.state, state, 'state after two steps');
      requireLike(two.output, one.output, 'output after two steps');
    },
    'is pure: one step twice is the same, and nothing that it is given changes': () => {
      const { parameters, state, input: x, step } = first();
      const given = [parameters, state, x].map((part) =>
        typeof part === 'number' ? [part] : numbersOf(part),
      );
      const once = step(parameters, state);
      step(parameters, once.state);
      requireSameTree(step(parameters, state), once, 'second result');
      [parameters, state, x].forEach((part, i) => {
        requireClose(
          typeof part === 'number' ? [part] : numbersOf(part),
          given[i],
          0,
          ['parameters', 'state', 'input'][i],
        );
      });
    },
    'draws no noise in a step': () => {
      const { state, input: x } = first();
      let open = true;
      const parameters = cell.init(guarded(seeded(seed), () => open));
      open = false;
      cell.step(parameters, state, x);
    },
    'stays in float32 when it is given float32': () => {
      const { parameters, state, input: x } = first();
      const single = <T>(tree: T): T =>
        typeof tree === 'number'
          ? tree
          : (mapTree(tree as Tree, (leaf) => (leaf.dtype === 'int32' ? leaf : cast(leaf, 'float32'))) as T);
      const result = cell.step(single(parameters), single(state), single(x));
      for (const { path, tensor } of pathsOf({ state: result.state as Tree, output: result.output }))
        if (tensor.dtype !== 'float32') throw new LawError(`${path} is ${tensor.dtype}`);
    },
    'has a push equal to differences, and a pull that is its adjoint to 1e-12': () => {
      const { parameters, state, step } = first();
      checkDerivatives(step, [parameters, state]);
    },
    'has one derivative by RTRL, backpropagation through time and differences': fewest(
      4,
      (steps) => {
        const run = fixture(steps);
        const trajectory = run.examples.map(() => run.parameters);
        const reference = byBackpropagation(run, trajectory);
        requireLive(reference.influence.flat(), '∂s/∂θ');
        const [rows, columns] = [namesOf(run.state, 'state'), namesOf(run.parameters, 'params')];
        requireClose(
          byDifferences(run, trajectory).influence.flat(),
          reference.influence.flat(),
          1e-9,
          'differences',
          (at) => `∂${rows[Math.floor(at / columns.length)]}/∂${columns[at % columns.length]}`,
        );
        checkUnbiased([run], rtrl, { tolerance: 1e-12 });
      },
      shown,
    ),
    'is estimated without bias by UORO: the mean over every sequence of signs': () => {
      const size = numbersOf(cell.start()).length;
      if (size > 6)
        throw new UncheckedError(
          `too many state elements to run every sequence of signs: ${size}; check a cell with at most 6`,
        );
      fewest(Math.max(2, Math.floor(6 / size)), (steps) => checkUnbiased([fixture(steps)], uoro), shown)();
    },
    'returns the same as a plan, derivatives included': () => {
      const { parameters, state, step } = first();
      const all = (p: P, s: S) => {
        const { value, pull } = linearize((theta: P, before: S) => step(theta, before).state, p, s);
        return [step(p, s), pull(value as PartialTree<S>)] as const;
      };
      requireClose(
        numbersOf(compile(all)(parameters, state)),
        numbersOf(all(parameters, state)),
        1e-12,
        'the plan',
      );
    },
  };
  return Object.fromEntries(
    Object.entries(laws).map(([law, check]) => [law, withExample(check, () => shown(1))]),
  );
}

function requireFloats(tree: unknown, what: string): void {
  for (const { path, tensor } of pathsOf(tree as Tree, what))
    if (tensor.dtype === 'int32') throw new LawError(`${path} is int32, which has no derivative`);
}

/** The noise until it is closed: a cell may have kept it from `init`. */
function guarded(noise: Noise, open: () => boolean): Noise {
  const use = <T>(draw: () => T): T => {
    if (!open())
      throw new LawError(
        'the step draws from the noise that init was given; randomness belongs in the input',
      );
    return draw();
  };
  return {
    signs: (shape) => use(() => noise.signs(shape)),
    normal: (shape) => use(() => noise.normal(shape)),
    uniform: (shape) => use(() => noise.uniform(shape)),
    integer: (below) => use(() => noise.integer(below)),
    coin: (probability) => use(() => noise.coin(probability)),
    split: () => use(() => guarded(noise.split(), open)),
    save: () => noise.save(),
  };
}
