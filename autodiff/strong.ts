import { allocate, dataOf, fromData, kernels, type Tensor, type TypedArray } from '../lib/index.ts';
import type { Parameters, Primitive } from './primitive.ts';

/** The parameters of a primitive where a derivative rule applies it: see `inRules`. */
export function inRule(primitive: Primitive, parameters: Parameters): Parameters {
  return 'inRules' in primitive ? { ...parameters, ...primitive.inRules } : parameters;
}

/**
 * A map that is linear in each of its operands, taken such that 0 times infinity or NaN is 0 in the products that it consists of.
 *
 * The map is code that knows nothing of that. But it is linear: what an operand has that is not finite is taken out element by element,
 * and multiplied with what the map makes of 1 in its place.
 */
export function evaluateStrongly(map: (...operands: Tensor[]) => Tensor, operands: readonly Tensor[]): Tensor {
  const plain = map(...operands);
  // Only a result that is NaN can have met 0 times infinity.
  if (!dataOf(plain).some(Number.isNaN)) return plain;
  const total = new Float64Array(plain.size);
  for (const { factor, xs } of choices(operands.map(taken)))
    dataOf(map(...xs)).forEach((value, i) => {
      total[i] += kernels.strongProduct(factor, value);
    });
  const out = allocate(plain.dtype, plain.size);
  out.set(total);
  return fromData(out, plain.shape);
}

interface Part {
  readonly factor: number;
  readonly x: Tensor;
}

/** A tensor as a sum: its finite elements, and each of the others times 1 in its place. */
function taken(x: Tensor): Part[] {
  const values = dataOf(x);
  const like = (fill: (out: TypedArray) => void) => {
    const out = allocate(x.dtype, values.length);
    fill(out);
    return fromData(out, x.shape);
  };
  const finite = like((out) => {
    values.forEach((value, i) => {
      if (Number.isFinite(value)) out[i] = value;
    });
  });
  const others = Array.from(values).flatMap((value, i) =>
    Number.isFinite(value) ? [] : [{ factor: value, x: like((out) => out.fill(1, i, i + 1)) }],
  );
  return [{ factor: 1, x: finite }, ...others];
}

/** Every choice of one part for each operand. */
function choices(parts: readonly (readonly Part[])[]): { factor: number; xs: Tensor[] }[] {
  return parts.reduce<{ factor: number; xs: Tensor[] }[]>(
    (chosen, own) =>
      chosen.flatMap(({ factor, xs }) => own.map((part) => ({ factor: factor * part.factor, xs: [...xs, part.x] }))),
    [{ factor: 1, xs: [] }],
  );
}
