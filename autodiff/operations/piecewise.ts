import { DTypeError, ones, requireTensor, type Tensor, zeros } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { stripTangents } from '../dual.ts';
import { sameDType } from '../primitives/checks.ts';
import * as constant from '../primitives/constant.ts';
import { select } from '../primitives/indexed.ts';
import * as smooth from '../primitives/smooth.ts';
import { add, neg, sub } from './arithmetic.ts';
import { exp, log1p } from './functions.ts';
import { asTensor, broadcastPair, expandTo, type Operand } from './operand.ts';

/** An int32 mask: 1 where x > y, else 0. It carries no tangent. */
export function greater(x: Operand, y: Operand): Tensor {
  return bind(constant.greater, broadcastPair(x, y, 'greater'));
}

/** An int32 mask: 1 where x < y, else 0. */
export function less(x: Operand, y: Operand): Tensor {
  const [left, right] = broadcastPair(x, y, 'less');
  return bind(constant.greater, [right, left]);
}

const aMask = 'an int32 mask, such as greater(x, y)';

/**
 * x where the int32 mask is non-zero, else y. The unselected branch contributes neither value nor derivative.
 */
export function where(mask: Tensor, x: Operand, y: Operand): Tensor {
  requireTensor(mask, 'where', aMask);
  if (mask.dtype !== 'int32') throw new DTypeError(`where: needs ${aMask}, got a ${mask.dtype} tensor`);
  const [left, right] = broadcastPair(x, y, 'where');
  if (left.dtype !== right.dtype) sameDType('where', left, right);
  const [probe] = broadcastPair(left, zeros(mask.shape, { dtype: left.dtype }), 'where');
  const flags = expandTo(mask, probe.shape);
  const branch = (value: Tensor, inverted: boolean) =>
    bind(select, [expandTo(value, probe.shape), flags], { inverted });
  // A selection is 0 elsewhere already; and unlike a sum with a constant, where(mask, tangent, 0) is linear
  // in the tangent.
  if (y === 0) return branch(left, false);
  if (x === 0) return branch(right, true);
  return add(branch(left, false), branch(right, true));
}

/** The value of x, with its derivative taken as zero. */
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

/** The larger of x and y. Equal elements share the derivative equally. NaN if either is NaN. */
export function maximum(x: Operand, y: Operand): Tensor {
  return bind(smooth.maximum, broadcastPair(x, y, 'maximum'));
}

/** The smaller of x and y. Equal elements share the derivative equally. NaN if either is NaN. */
export function minimum(x: Operand, y: Operand): Tensor {
  return minimumFor('minimum', x, y);
}

function minimumFor(who: string, x: Operand, y: Operand): Tensor {
  const [left, right] = broadcastPair(x, y, who);
  return neg(bind(smooth.maximum, [neg(left), neg(right)]));
}

/**
 * x between two bounds, else the nearer bound; the upper one if the bounds are reversed, as in NumPy:
 * min(most, max(least, x)). At a bound, x and the bound share the derivative equally, as in `maximum`. An
 * infinite bound has no effect.
 */
export function clip(x: Operand, least: Operand, most: Operand): Tensor {
  const [value, low] = broadcastPair(x, least, 'clip');
  return minimumFor('clip', bind(smooth.maximum, [value, low]), most);
}

/** 1, -1 or 0 for x above, below or equal to 0; NaN for NaN. Its derivative is 0. */
export function sign(x: Operand): Tensor {
  const { above, below, neither, value } = signs(x, 'sign');
  const whole = ones(value.shape, { dtype: value.dtype });
  return add(sub(only(whole, above), only(whole, below)), neither);
}

/** The largest whole number not above x. Its derivative is 0. */
export function floor(x: Operand): Tensor {
  return bind(constant.floor, [asTensor(x, 'float64', 'floor')]);
}

/** log(1 + e^x), without overflow at one end or loss of digits at the other. */
export function softplus(x: Operand): Tensor {
  const { above, value } = signs(x, 'softplus');
  // With a = max(x,0) and b = min(x,0), a + log(1 + e^(b-a)) is the same function, with the right derivative
  // at 0 too.
  const positive = only(value, above);
  const rest = bind(select, [value, above], { inverted: true });
  return add(positive, log1p(exp(sub(rest, positive))));
}

function only(x: Tensor, mask: Tensor): Tensor {
  return bind(select, [x, mask], { inverted: false });
}

/**
 * Masks of x > 0 and x < 0, and x without derivative where it is neither: 0, or NaN, which must propagate.
 */
function signs(x: Operand, who: string): { value: Tensor; above: Tensor; below: Tensor; neither: Tensor } {
  const value = asTensor(x, 'float64', who);
  const [above, below] = [greater(value, 0), less(value, 0)];
  const rest = bind(select, [stripTangents(value), above], { inverted: true });
  return { value, above, below, neither: bind(select, [rest, below], { inverted: true }) };
}
