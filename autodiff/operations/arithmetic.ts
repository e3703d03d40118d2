import type { Tensor } from '../../lib/index.ts';
import { bind } from '../bind.ts';
import { add as addition } from '../primitives/add.ts';
import { div as quotient } from '../primitives/div.ts';
import { scale } from '../primitives/linear.ts';
import { mul as product } from '../primitives/mul.ts';
import { asTensor, broadcastPair, type Operand } from './operand.ts';

/** x + y. Shapes broadcast as in NumPy, here and in every operation of two operands. */
export function add(x: Operand, y: Operand): Tensor {
  return bind(addition, broadcastPair(x, y, 'add'));
}

/** x - y. */
export function sub(x: Operand, y: Operand): Tensor {
  if (typeof y === 'number') return add(asTensor(x, 'float64', 'sub'), -y);
  const [left, right] = broadcastPair(x, y, 'sub');
  return bind(addition, [left, neg(right)]);
}

/** The elementwise product x ∘ y. */
export function mul(x: Operand, y: Operand): Tensor {
  if (typeof y === 'number') return times(asTensor(x, 'float64', 'mul'), y);
  if (typeof x === 'number') return times(asTensor(y, 'float64', 'mul'), x);
  return bind(product, broadcastPair(x, y, 'mul'));
}

/** x times a number. One that is not finite needs the strong zeros of products in its derivative. */
function times(x: Tensor, factor: number): Tensor {
  const own = x.dtype === 'float32' ? Math.fround(factor) : factor;
  return Number.isFinite(own) ? scaleBy(x, factor) : bind(product, broadcastPair(x, factor, 'mul'));
}

/** x / y, rounded once. */
export function div(x: Operand, y: Operand): Tensor {
  return bind(quotient, broadcastPair(x, y, 'div'));
}

/**
 * The elementwise product with a strong zero: 0 times infinity or NaN is 0, as in p log p, or where a weight
 * of 0 masks a missing value. Derivative rules multiply in this way.
 */
export function strongMul(x: Operand, y: Operand): Tensor {
  return bind(product, broadcastPair(x, y, 'strongMul'), product.inRules);
}

/** -x. */
export function neg(x: Operand): Tensor {
  return scaleBy(asTensor(x, 'float64', 'neg'), -1);
}

/** x². */
export function square(x: Operand): Tensor {
  const value = asTensor(x, 'float64', 'square');
  return mul(value, value);
}

/** x times a number that is fixed when the program is recorded. */
export function scaleBy(x: Tensor, factor: number): Tensor {
  return bind(scale, [x], { factor });
}
