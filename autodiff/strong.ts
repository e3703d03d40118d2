import { allocate, dataOf, fromData, kernels, type Tensor, type TypedArray } from '../lib/index.ts';
import type { Parameters, Primitive } from './primitive.ts';

/** The parameters of a primitive inside a derivative rule: see `inRules`. */
export function inRule(primitive: Primitive, parameters: Parameters): Parameters {
  return 'inRules' in primitive ? { ...parameters, ...primitive.inRules } : parameters;
}

/**
 * A user's linear or bilinear map with strong zeros: 0 times infinity or NaN counts as 0 in its products.
 *
 * The map's own code does not do that. But it is linear, so non-finite elements of an operand are taken out
 * one by one and multiplied by the map's result for 1 in their place.
 */
export function evaluateStrongly(
  map: (...operands: Tensor[]) => Tensor,
  operands: readonly Tensor[],
): Tensor {
  const plain = map(...operands);
  // Only a NaN result can contain 0 times infinity.
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

/** A tensor as a sum: its finite elements, and each other element times 1 in its place. */
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

/** All choices of one part per operand. */
function choices(parts: readonly (readonly Part[])[]): { factor: number; xs: Tensor[] }[] {
  return parts.reduce<{ factor: number; xs: Tensor[] }[]>(
    (chosen, own) =>
      chosen.flatMap(({ factor, xs }) =>
        own.map((part) => ({ factor: factor * part.factor, xs: [...xs, part.x] })),
      ),
    [{ factor: 1, xs: [] }],
  );
}
