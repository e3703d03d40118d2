import { type Declare, trace } from '../autodiff/index.ts';
import {
  type DType,
  formatShape,
  guard,
  type Noise,
  pathsOf,
  printable,
  type Shape,
  seeded,
  type Tree,
  UnknownValueError,
} from '../lib/index.ts';
import { aCell, type Cell } from './cell.ts';

/** A tensor of a model: its path and its size. */
export interface SummaryRow {
  readonly path: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly count: number;
}

/** The tensors of a model. `console.log` prints a summary as a table. */
export interface Summary {
  readonly name: string;
  readonly parameters: readonly SummaryRow[];
  readonly state: readonly SummaryRow[];
  /** P and S: the total elements of the parameters and of the state. */
  readonly totals: { readonly parameters: number; readonly state: number };
  toString(): string;
}

/**
 * The parameters and state of a model, leaf by leaf, with shapes and sizes. If `init` only computes with its
 * draws, nothing is drawn, so the summary costs no time or memory at any size.
 * @throws ConfigurationError unless `model` is a cell, TreeError unless its parameters and state are trees.
 */
export function summary<P, S, X>(model: Cell<P, S, X>): Summary {
  guard.argument('summary', 'what it is given', model, aCell);
  const parameters = rowsOf(parametersOf(model), 'parameters');
  const state = rowsOf(model.start(), 'state');
  const totals = { parameters: total(parameters), state: total(state) };
  const { name } = model;
  return printable({ name, parameters, state, totals }, () => tableOf(name, parameters, state, totals));
}

/** A tree with the types of the parameters. Its values are not used. */
function parametersOf<P, S, X>(model: Cell<P, S, X>): P {
  try {
    return trace('init', (declare) => {
      const parameters = model.init(unknownNoise(declare));
      pathsOf(parameters as Tree, `${model.name}.init`);
      return parameters;
    }).result as P;
  } catch (error) {
    // An initialiser that reads its draws, such as `orthogonal`, needs real ones.
    if (error instanceof UnknownValueError) return model.init(seeded(1));
    throw error;
  }
}

/** Draws with known shapes and unknown values. */
function unknownNoise(declare: Declare): Noise {
  const draw = (shape: Shape) => declare({ shape, dtype: 'float64' });
  const real = seeded(1);
  const noise: Noise = {
    signs: draw,
    normal: draw,
    uniform: draw,
    integer: real.integer,
    coin: real.coin,
    split: () => noise,
    save: real.save,
  };
  return noise;
}

function rowsOf(tree: unknown, root: string): SummaryRow[] {
  return pathsOf(tree as Tree, root).map(({ path, tensor: { shape, dtype, size } }) => ({
    path: path === root ? root : path.slice(root.length).replace(/^\./, ''),
    shape,
    dtype,
    count: size,
  }));
}

function total(rows: readonly SummaryRow[]): number {
  return rows.reduce((sum, { count }) => sum + count, 0);
}

function tableOf(
  name: string,
  parameters: readonly SummaryRow[],
  state: readonly SummaryRow[],
  totals: Summary['totals'],
): string {
  const line = ({ path, shape, count }: SummaryRow) => [path, formatShape(shape), grouped(count)];
  const lines = [
    [name, 'shape', 'numbers'],
    ...parameters.map(line),
    ['parameters', '', grouped(totals.parameters)],
    ...state.map((row) =>
      line({ ...row, path: row.path === 'state' ? 'state' : `state.${row.path}`.replace('.[', '[') }),
    ),
    ...(state.length === 1 ? [] : [['state', '', grouped(totals.state)]]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((cells) => cells[column].length)));
  const rule = '-'.repeat(widths[0] + widths[1] + widths[2] + 4);
  const texts = lines.map(([path, shape, count]) =>
    `${path.padEnd(widths[0])}  ${shape.padEnd(widths[1])}  ${count.padStart(widths[2])}`.trimEnd(),
  );
  return [
    texts[0],
    rule,
    ...texts.slice(1, parameters.length + 1),
    rule,
    ...texts.slice(parameters.length + 1),
  ].join('\n');
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
