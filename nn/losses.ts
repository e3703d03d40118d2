import {
  add,
  exp,
  gather,
  greater,
  less,
  log1p,
  logSoftmax,
  mean,
  mul,
  neg,
  type Operand,
  reshape,
  slice,
  square,
  stack,
  sub,
  sum,
  where,
} from '../autodiff/index.ts';
import {
  DTypeError,
  formatShape,
  indices,
  requireTensor,
  ShapeError,
  sameShape,
  Tensor,
} from '../lib/index.ts';

/** The loss of an output against a target: a scalar. */
export type Loss<Y> = (output: Tensor, target: Y) => Tensor;

/**
 * The cross-entropy -Σ p log softmax(output), in nats, with 0 log 0 = 0.
 *
 * @param output logits [classes], or [lanes, classes]; lanes are averaged.
 * @param target a class index (a number, an int32 scalar, or int32 [lanes]) or a distribution of the shape of
 * `output`.
 * @throws IndexError for a class out of range, DTypeError for a class that is a float, ShapeError for shapes that do
 * not fit.
 */
export function crossEntropy(output: Tensor, target: Tensor | number): Tensor {
  requireOutput('crossEntropy', output, target, 'a class index or a distribution');
  const rank = output.shape.length;
  if (rank !== 1 && rank !== 2)
    throw new ShapeError(
      `crossEntropy: needs logits [classes] or [lanes, classes], got ${formatShape(output.shape)}`,
    );
  const logs = logSoftmax(output);
  const classes = typeof target === 'number' ? indices(target) : target;
  if (classes.dtype !== 'int32') {
    if (classes.shape.length === 0)
      throw new DTypeError(
        `crossEntropy: the target is a ${classes.dtype} scalar: give a class as a number or with indices(), and a distribution in the shape of the output, ${formatShape(output.shape)}`,
      );
    requireLike('crossEntropy', output, classes);
    // 0 log 0 = 0: a class of probability 0 adds nothing, even if its logit is -∞.
    const known = where(greater(logs, Number.NEGATIVE_INFINITY), logs, 0);
    return neg(mean(sum(mul(classes, where(greater(classes, 0), logs, known)), { axes: -1 })));
  }
  if (!sameShape(classes.shape, output.shape.slice(0, -1)))
    throw new ShapeError(
      `crossEntropy: class indices of shape ${formatShape(classes.shape)} do not fit logits ${formatShape(output.shape)}`,
    );
  if (rank === 1) return neg(gather(logs, classes));
  return neg(
    mean(stack(lanesOf(logs).map((lane, i) => gather(lane, reshape(slice(classes, [i], [i + 1]), []))))),
  );
}

/** The mean of (output - target)² over all elements. A number or a scalar is the target of every element. */
export function meanSquare(output: Tensor, target: Operand): Tensor {
  requireOutput('meanSquare', output, target);
  requireLike('meanSquare', output, target);
  return mean(square(sub(output, target)));
}

/**
 * The mean over all elements of -t log σ(z) - (1-t) log(1 - σ(z)) = softplus(z) - t z, in nats,
 * with 0 log 0 = 0. At an infinite logit it has its limit: 0 for the target that the logit predicts, else
 * infinity.
 *
 * @param output logits z, of any shape.
 * @param target probabilities t of the same shape, or one number or scalar for all elements.
 */
export function binaryCrossEntropy(output: Tensor, target: Operand): Tensor {
  requireOutput('binaryCrossEntropy', output, target);
  requireLike('binaryCrossEntropy', output, target);
  // With a = max(z,0) and b = min(z,0), softplus(z) - t z = (1-t) a - t b + log(1 + e^(b-a)): nothing
  // cancels.
  const above = greater(output, 0);
  const [high, low] = [where(above, output, 0), where(above, 0, output)];
  const other = typeof target === 'number' ? 1 - target : sub(1, target);
  const certain = sub(
    mul(finiteFor(high, other, less(high, Number.POSITIVE_INFINITY)), other),
    mul(finiteFor(low, target, greater(low, Number.NEGATIVE_INFINITY)), target),
  );
  return mean(add(certain, log1p(exp(sub(low, high)))));
}

/**
 * x, but 0 where it is infinite and its share is 0: an outcome of probability 0 adds nothing.
 * @param bounded where x is finite.
 */
function finiteFor(x: Tensor, share: Operand, bounded: Tensor): Tensor {
  if (typeof share === 'number') return share === 0 ? where(bounded, x, 0) : x;
  return where(greater(share, 0), x, where(bounded, x, 0));
}

function requireOutput(who: string, output: Tensor, target: Operand, what = 'a tensor or a number'): void {
  requireTensor(output, `${who}: the output`);
  if (typeof target !== 'number') requireTensor(target, `${who}: the target`, what);
}

/** Broadcasting a target would hide a mistake, so only numbers and scalars apply to all elements. */
function requireLike(who: string, output: Tensor, target: Operand): void {
  if (target instanceof Tensor && target.dtype === 'int32')
    throw new DTypeError(
      `${who}: the target is int32, which holds classes; give real numbers, as tensor([...]), or take crossEntropy for classes`,
    );
  if (target instanceof Tensor && target.shape.length > 0 && !sameShape(output.shape, target.shape))
    throw new ShapeError(
      `${who}: the output has shape ${formatShape(output.shape)}, the target ${formatShape(target.shape)}`,
    );
}

function lanesOf(logs: Tensor): Tensor[] {
  const [lanes, classes] = logs.shape;
  return Array.from({ length: lanes }, (_, i) => reshape(slice(logs, [i, 0], [i + 1, classes]), [classes]));
}
