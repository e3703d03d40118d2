import type { Tensor } from '../../../lib/index.ts';
import type { Equation } from '../../symbol.ts';
import { rowOf } from '../../table/index.ts';
import type { Program } from './program.ts';

/**
 * Whether a NaN that a strong product makes, taken as an ordinary one, always reaches one of the `watched`
 * outputs, which are checked for it. Where it may end in a comparison, or in an unchecked output, it would
 * steer the program unseen:
 *
 *     const sign = where(greater(gradient, 0), 1, where(less(gradient, 0), -1, 0));
 */
export function showsNaN({ equations, outputs }: Program, watched: ReadonlySet<number>): boolean {
  const makers = new Map<Tensor, Equation>(equations.map((equation) => [equation.result, equation]));
  const shown = new Set<Tensor>(outputs.filter((_, at) => watched.has(at)));
  for (const equation of [...equations].reverse())
    if (shown.has(equation.result))
      for (const operand of equation.operands.filter((_, i) => passes(equation, i))) shown.add(operand);
  // Those whose NaN is seen: shown themselves, or none of a strong product that is not.
  const seen = new Set<Tensor>(shown);
  const isSeen = (x: Tensor) => seen.has(x) || !makers.has(x);
  for (const equation of equations) {
    const { operands, result } = equation;
    const isFollowed = operands.every(isSeen);
    if (!isFollowed && hides(equation)) return false;
    if (isFollowed && !isStrong(equation)) seen.add(result);
  }
  return outputs.every(isSeen);
}

function isStrong({ primitive, parameters }: Equation): boolean {
  return primitive.kind === 'bilinear' && parameters.strong === true;
}

/** Whether the result is NaN wherever operand i is; where a strong product is not, it is 0 either way. */
function passes({ primitive, parameters, operands }: Equation, i: number): boolean {
  if (!rowOf(primitive)?.keepsNaN) return false;
  if (primitive.kind === 'linear') return i === 0;
  if (primitive.kind !== 'bilinear' && primitive.kind !== 'division') return true;
  return parameters.strong !== true && operands.every(({ size }) => size > 0);
}

/** Whether a NaN among the operands may give a number that it would not have been without. */
function hides({ primitive }: Equation): boolean {
  return (primitive.kind === 'constant' || primitive.kind === 'smooth') && !rowOf(primitive)?.keepsNaN;
}
