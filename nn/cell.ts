import { guard, type Noise, Tensor, TreeError } from '../lib/index.ts';

/**
 * A recurrent network: o_t, s_t = f_θ(x_t, s_{t-1}).
 *
 * P, S and X are trees of tensors: parameters, state and input. All functions are pure. A cell is written for
 * one stream; learners run it on several lanes.
 */
export interface Cell<P, S, X> {
  readonly name: string;
  /** The length of the output vector, if a readout may need it. */
  readonly outputs?: number;
  /** Initial parameters, drawn from noise. */
  init(noise: Noise): P;
  /** The state before the first input. */
  start(): S;
  /**
   * One time step, written with operations of autodiff. It must draw no noise and keep nothing between calls.
   */
  step(params: P, state: S, input: X): { state: S; output: Tensor };
}

/**
 * The input of a cell: a vector [inputs], or the class index of a one-hot vector (a number or an int32
 * scalar).
 */
export type Input = Tensor | number;

/** The check for a cell, for callers without types. @internal */
export const aCell: guard.Check = guard.having('a cell, such as gru({ inputs: 2, units: 16 })', [
  'init',
  'start',
  'step',
]);

/** One time step of a cell. @throws TreeError unless it returns a state and an output. */
export function runStep<P, S, X>(
  cell: Cell<P, S, X>,
  params: P,
  state: S,
  input: X,
): { state: S; output: Tensor } {
  if (typeof cell?.step !== 'function') guard.argument('runStep', 'cell', cell, aCell);
  const result = cell.step(params, state, input);
  if (!(result?.output instanceof Tensor) || typeof result.state !== 'object' || result.state === null)
    refuse(cell.name, result);
  return result;
}

function refuse(name: string, result: unknown): never {
  const must = `${name}.step: must return { state, output }`;
  if (!guard.isRecord(result)) {
    const remedy = result instanceof Promise ? '; a step is not asynchronous' : '';
    throw new TreeError(`${must}, got ${guard.describe(result)}${remedy}`);
  }
  const { state, output } = result;
  const isStateless = typeof state !== 'object' || state === null;
  throw new TreeError(
    isStateless
      ? `${must}, and its state is ${guard.describe(state)}, not a tree of tensors`
      : `${must}, and its output is ${guard.describe(output)}, not a tensor`,
  );
}
