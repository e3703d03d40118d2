import { kernels, NonFiniteError, pathsOf, type Tree } from '../../lib/index.ts';
import { normOf } from '../algebra.ts';
import type { Memory } from './memory.ts';

/** What is no longer finite in a memory, as a sentence; undefined when everything is. */
export function culprit({ parameters, gradient, moments, lanes }: Memory): string | undefined {
  const parameter = broken(parameters);
  if (parameter !== undefined)
    return `parameter ${parameter || 'θ'} would become NaN or infinite (gradient norm ${norm(gradient)})`;
  if (broken(moments) !== undefined)
    return `what the optimiser remembers would become NaN or infinite (gradient norm ${norm(gradient)})`;
  for (const { state, influence } of lanes) {
    const own = broken(state);
    if (own !== undefined) return `the state${own && ` at ${own}`} would become NaN or infinite`;
    if (broken(influence) !== undefined) return 'the influence would become NaN or infinite';
  }
  return undefined;
}

/** The sentence for a learner that was left as it was after `steps` steps. */
export function nonFinite(steps: number, what: string): NonFiniteError {
  return new NonFiniteError(
    `step ${steps + 1}: ${what}; the learner is left as it was after step ${steps}: lower the learning rate, or clip with clipByGlobalNorm`,
  );
}

/** The path of the first leaf that holds a NaN or an infinity. */
function broken(tree: unknown): string | undefined {
  return pathsOf(tree as Tree).find(({ tensor }) => !kernels.allFinite(tensor))?.path;
}

function norm(gradient: unknown): string {
  return normOf(gradient).item().toPrecision(3);
}
