import { concat } from '../autodiff/index.ts';
import { guard, type Noise, type Tensor } from '../lib/index.ts';
import { cellOf } from './builtIn.ts';
import { aCell, type Cell, runStep } from './cell.ts';

/** A cell of a stack, whatever its parameters, state and input are. */
type Layer = Cell<unknown, unknown, never>;
type Layers = readonly [Layer, ...Layer[]];

/** The parameters of a stack: those of each cell. */
export type StackParameters<C extends Layers> = {
  readonly [K in keyof C]: C[K] extends Cell<infer P, infer _S, infer _X> ? P : never;
};

/** The state of a stack: that of each cell. */
export type StackState<C extends Layers> = {
  readonly [K in keyof C]: C[K] extends Cell<infer _P, infer S, infer _X> ? S : never;
};

type InputOf<C> = C extends Cell<infer _P, infer _S, infer X> ? X : never;

export interface StackOptions {
  /**
   * `top`, the default, for the output of the last cell; `all` for those of all cells, concatenated from the
   * first to the last, so that a readout sees each (Graves 2013, arXiv 1308.0850, section 2).
   */
  readonly output?: 'top' | 'all';
}

const checks: guard.Checks<StackOptions> = { output: guard.oneOf('top', 'all') };
const cellsCheck: guard.Check = {
  ...guard.listOf(
    'a list of cells, such as [gru({ inputs: 2, units: 8 }), gru({ inputs: 8, units: 8 })]',
    (cell) => aCell.holds(cell),
  ),
};

/**
 * Cells above each other: each takes the output of the one below at the same time step,
 *
 *     o¹, s¹' = f¹(x, s¹)        oᵏ, sᵏ' = fᵏ(oᵏ⁻¹, sᵏ)
 *
 * The first cell takes the input of the stack, the others vectors as long as the output below them. The
 * parameters and the state are lists with those of each cell; the output is a vector.
 * @throws ConfigurationError unless it is a list of at least one cell.
 */
export function stacked<const C extends Layers>(
  cells: C,
  options: StackOptions = {},
): Cell<StackParameters<C>, StackState<C>, InputOf<C[0]>> {
  guard.argument('stacked', 'cells', cells, {
    ...cellsCheck,
    holds: (value) => cellsCheck.holds(value) && (value as readonly unknown[]).length > 0,
  });
  const { output = 'top' } = guard.options('stacked', options, checks);
  const layers: readonly Cell<unknown, unknown, unknown>[] = cells;
  const lengths = layers.slice(output === 'all' ? 0 : -1).map(({ outputs }) => outputs);
  const length = lengths.reduce(
    (sum, own) => (sum === undefined || own === undefined ? undefined : sum + own),
    0,
  );
  const stack: Cell<readonly unknown[], readonly unknown[], unknown> = cellOf({
    name: layers.map(({ name }) => name).join('+'),
    ...(length !== undefined && { outputs: length }),
    init: (noise: Noise) => layers.map((cell) => cell.init(noise)),
    start: () => layers.map((cell) => cell.start()),
    step(params, before, input) {
      let below = input;
      const outputs: Tensor[] = [];
      const state = layers.map((cell, k) => {
        const next = runStep(cell, params[k], before[k], below);
        outputs.push(next.output);
        below = next.output;
        return next.state;
      });
      const top = outputs[outputs.length - 1];
      return { state, output: output === 'all' && outputs.length > 1 ? concat(outputs) : top };
    },
  });
  return stack as Cell<StackParameters<C>, StackState<C>, InputOf<C[0]>>;
}
