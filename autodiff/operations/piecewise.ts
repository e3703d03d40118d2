import { requireTensor, type Tensor, zeros } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { stripTangents } from '../dual.ts';
import * as constant from '../primitives/constant.ts';
import { select } from '../primitives/indexed.ts';
import { add, scaleBy, sub } from './arithmetic.ts';
import { exp, log } from './functions.ts';
import { asTensor, broadcastPair, expandTo, type Operand } from './operand.ts';

/** An int32 mask: 1 where x > y, 0 elsewhere. It carries no tangent. */
export function greater(x: Operand, y: Operand): Tensor {
  return bind(constant.greater, broadcastPair(x, y, 'greater'));
}

/** An int32 mask: 1 where x < y, 0 elsewhere. */
export function less(x: Operand, y: Operand): Tensor {
  const [left, right] = broadcastPair(x, y, 'less');
  return bind(constant.greater, [right, left]);
}

/** x where the int32 mask is not 0, y elsewhere; the branch that is not taken contributes neither value nor derivative. */
export function where(mask: Tensor, x: Operand, y: Operand): Tensor {
  requireTensor(mask, 'where', 'an int32 mask, such as greater(x, y)');
  const [left, right] = broadcastPair(x, y, 'where');
  const [probe] = broadcastPair(left, zeros(mask.shape, { dtype: left.dtype }), 'where');
  const flags = expandTo(mask, probe.shape);
  const branch = (value: Tensor, inverted: boolean) => bind(select, [expandTo(value, probe.shape), flags], { inverted });
  // A selection is 0 elsewhere anyway; and where(mask, tangent, 0), unlike a sum with a constant, is linear in the tangent.
  if (y === 0) return branch(left, false);
  if (x === 0) return branch(right, true);
  return add(branch(left, false), branch(right, true));
}

/** The value of x with its derivative taken as zero. */
export function stopGradient(x: Operand): Tensor {
  return stripTangents(asTensor(x, 'float64', 'stopGradient'));
}

/** max(x, 0); its derivative at 0 is 0. */
export function relu(x: Operand): Tensor {
  const { above, neither, value } = signs(x, 'relu');
  return add(only(value, above), neither);
}

/** |x|; its derivative at 0 is 0. */
export function abs(x: Operand): Tensor {
  const { above, below, neither, value } = signs(x, 'abs');
  return add(sub(only(value, above), only(value, below)), neither);
}

/** The larger of x and y; where they are equal, each gets half of the derivative. NaN in either gives NaN. */
export function maximum(x: Operand, y: Operand): Tensor {
  const [left, right] = broadcastPair(x, y, 'maximum');
  const [mine, theirs] = [greater(left, right), greater(right, left)];
  const middle = add(scaleBy(left, 0.5), scaleBy(right, 0.5));
  const tied = bind(select, [bind(select, [middle, mine], { inverted: true }), theirs], { inverted: true });
  return add(add(only(left, mine), only(right, theirs)), tied);
}

/** log(1 + e^x), without overflow. */
export function softplus(x: Operand): Tensor {
  const { above, value } = signs(x, 'softplus');
  // With a = max(x,0) and b = min(x,0) held apart, a + log(1 + e^(b-a)) is the same function with the right derivative at 0 too.
  const positive = only(value, above);
  const rest = bind(select, [value, above], { inverted: true });
  return add(positive, log(add(1, exp(sub(rest, positive)))));
}

function only(x: Tensor, mask: Tensor): Tensor {
  return bind(select, [x, mask], { inverted: false });
}

/** Masks of x > 0 and x < 0, and x without derivative where it is neither: 0 there, or NaN, which must go through. */
function signs(x: Operand, who: string): { value: Tensor; above: Tensor; below: Tensor; neither: Tensor } {
  const value = asTensor(x, 'float64', who);
  const [above, below] = [greater(value, 0), less(value, 0)];
  const rest = bind(select, [stripTangents(value), above], { inverted: true });
  return { value, above, below, neither: bind(select, [rest, below], { inverted: true }) };
}
