import fc, { type Arbitrary } from 'fast-check';
import { add, concat, matmul, mul, sigmoid, sub, tanh } from '../../autodiff/index.ts';
import { guard, type Noise, type Tensor, zeros } from '../../lib/index.ts';
import type { Cell } from '../../nn/index.ts';
import type { CellSubject } from './cell.ts';

/** The parameters and the state of a random cell, by name. */
type Leaves = Readonly<Record<string, Tensor>>;

/** A random cell with its inputs. Prints as its equations. */
export interface RandomCell extends CellSubject<Leaves, Leaves, Tensor> {
  readonly cell: Cell<Leaves, Leaves, Tensor>;
  toString(): string;
}

/** The range of cells to draw. */
export interface CellConstraints {
  /** The most state elements. Default 4; the laws of cells take up to 6. */
  readonly maxState?: number;
}

/** One summand of a pre-activation. */
type Term = {
  /** The operand: a leaf of the state or the input, counted around them. */
  readonly source: number;
  /** Which of two weights of that shape, so that some are shared. */
  readonly weight: number;
  readonly way: 'matrix' | 'transposed' | 'elementwise' | 'bias';
};

/** How one leaf of the state moves on. */
type Update = {
  readonly terms: readonly Term[];
  /** Terms of a gate z: the leaf is then (1-z)∘old + z∘new. */
  readonly gate: readonly Term[];
  readonly isLinear: boolean;
};

const term: Arbitrary<Term> = fc.record({
  source: fc.nat(5),
  weight: fc.nat(1),
  way: fc.constantFrom('matrix', 'transposed', 'elementwise', 'bias'),
});
const update: Arbitrary<Update> = fc.record({
  terms: fc.array(term, { minLength: 1, maxLength: 4 }),
  gate: fc.array(term, { maxLength: 2 }),
  isLinear: fc.boolean(),
});

const constraintChecks: guard.Checks<CellConstraints> = { maxState: guard.whole(1, 64) };

/**
 * Random recurrent cells of one or two leaves, with gates, shared, transposed and unused weights, and sizes that
 * differ. They shrink by dropping terms, gates and state elements.
 */
export function cells(constraints: CellConstraints = {}): Arbitrary<RandomCell> {
  const { maxState = 4 } = guard.options('cells', constraints, constraintChecks);
  const sizes = fc
    .tuple(
      fc.integer({ min: 1, max: maxState }),
      fc.option(fc.integer({ min: 1, max: maxState }), { nil: 0 }),
    )
    .map(([first, second]) => (second > 0 && first + second <= maxState ? [first, second] : [first]));
  return fc
    .record({
      sizes,
      inputs: fc.integer({ min: 1, max: 3 }),
      updates: fc.tuple(update, update),
      isSpare: fc.boolean(),
      seed: fc.integer({ min: 1, max: 1e6 }),
    })
    .map(({ sizes, inputs, updates, isSpare, seed }) => randomCell(sizes, inputs, updates, isSpare, seed));
}

function randomCell(
  sizes: readonly number[],
  inputs: number,
  updates: readonly Update[],
  isSpare: boolean,
  seed: number,
): RandomCell {
  const lengths = [...sizes, inputs];
  const names = [...sizes.map((_, leaf) => `s${leaf}`), 'x'];
  const plans = sizes.map((size, leaf) => {
    const { terms, gate, isLinear } = updates[leaf];
    const placed = (own: readonly Term[]) => own.map((each) => placedTerm(each, size, lengths, names));
    return { terms: placed(terms), gate: placed(gate), isLinear };
  });
  const shapes = new Map(
    plans.flatMap(({ terms, gate }) => [...terms, ...gate]).map(({ name, shape }) => [name, shape]),
  );
  // A parameter that nothing uses.
  if (isSpare) shapes.set('spare', [2]);
  const start = () => Object.fromEntries(sizes.map((size, leaf) => [`s${leaf}`, zeros([size])]));
  const cell: Cell<Leaves, Leaves, Tensor> = {
    name: 'random',
    outputs: sizes.reduce((sum, size) => sum + size, 0),
    init: (noise: Noise) =>
      Object.fromEntries([...shapes].map(([name, shape]) => [name, mul(noise.normal(shape), 0.6)])),
    start,
    step(params, state, x) {
      const sum = (terms: readonly Placed[]) =>
        terms
          .map((each) => each.value(params[each.name], each.source === 'x' ? x : state[each.source]))
          .reduce((total, part) => add(total, part));
      const next = plans.map(({ terms, gate, isLinear }, leaf) => {
        const fresh = isLinear ? mul(sum(terms), 0.5) : tanh(sum(terms));
        if (gate.length === 0) return fresh;
        const z = sigmoid(sum(gate));
        return add(mul(sub(1, z), state[`s${leaf}`]), mul(z, fresh));
      });
      return {
        state: Object.fromEntries(next.map((own, leaf) => [`s${leaf}`, own])),
        output: concat(next),
      };
    },
  };
  const equations = plans.map(({ terms, gate, isLinear }, leaf) => {
    const sum = (own: readonly Placed[]) => own.map(({ text }) => text).join(' + ');
    const fresh = isLinear ? `(${sum(terms)})/2` : `tanh(${sum(terms)})`;
    return `s${leaf}' = ${gate.length === 0 ? fresh : `(1-z)∘s${leaf} + z∘${fresh}, z = σ(${sum(gate)})`}`;
  });
  return {
    cell,
    input: (noise) => noise.normal([inputs]),
    seed,
    toString: () => `\n${equations.join('\n')}\nseed ${seed}\n`,
  };
}

type Placed = {
  readonly name: string;
  readonly shape: readonly number[];
  readonly source: string;
  readonly text: string;
  value(weight: Tensor, source: Tensor): Tensor;
};

/** A term for a leaf of this size; elementwise terms between other sizes become products with a matrix. */
function placedTerm(
  { source: drawn, weight, way }: Term,
  size: number,
  lengths: readonly number[],
  names: readonly string[],
): Placed {
  const at = drawn % lengths.length;
  const [source, length] = [names[at], lengths[at]];
  const vector = `${size}_${weight}`;
  if (way === 'bias')
    return { name: `b${vector}`, shape: [size], source, text: `b${vector}`, value: (b) => b };
  if (way === 'elementwise' && length === size) {
    const name = `v${vector}`;
    return { name, shape: [size], source, text: `${name}∘${source}`, value: (v, z) => mul(v, z) };
  }
  const isTransposed = way === 'transposed';
  const shape = isTransposed ? [length, size] : [size, length];
  const name = `W${shape.join('x')}_${weight}`;
  const text = `${name}${isTransposed ? 'ᵀ' : ''}·${source}`;
  const value = (W: Tensor, z: Tensor) => matmul(W, z, { transposeLeft: isTransposed });
  return { name, shape, source, text, value };
}
