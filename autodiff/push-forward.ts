import { type Tensor, zeros } from '../lib/index.ts';
import { bind } from './bind.ts';
import type { Parameters, Primitive } from './primitive.ts';
import { add } from './primitives/add.ts';
import { broadcast, reshape, scale, slice, sum } from './primitives/linear.ts';
import { mul } from './primitives/mul.ts';
import { inRule } from './strong.ts';
import { SymbolTensor } from './symbol.ts';

/** A tangent or cotangent. undefined means zero, so that no zero tensors are made. */
export type Tangent = Tensor | undefined;

/** The tangent of a primitive's result: one rule per kind. */
export function pushForward(
  primitive: Primitive,
  primals: readonly Tensor[],
  tangents: readonly Tangent[],
  result: Tensor,
  parameters: Parameters,
): Tangent {
  if (tangents.every((tangent) => tangent === undefined)) return undefined;
  switch (primitive.kind) {
    case 'linear':
      return (
        tangents[0] && bind(primitive, [tangents[0], ...primals.slice(1)], inRule(primitive, parameters))
      );
    case 'addition':
      return addTangents(tangents[0], tangents[1]);
    case 'bilinear': {
      const own = inRule(primitive, parameters);
      return addTangents(
        tangents[0] && bind(primitive, [tangents[0], primals[1]], own),
        tangents[1] && bind(primitive, [primals[0], tangents[1]], own),
      );
    }
    case 'division': {
      const [, y] = primals;
      const by =
        tangents[1] && bind(mul, [bind(primitive, [result, y], primitive.inRules), tangents[1]], mul.inRules);
      return addTangents(
        tangents[0] && bind(primitive, [tangents[0], y], primitive.inRules),
        by && bind(scale, [by], { factor: -1 }),
      );
    }
    case 'smooth': {
      const [x, y] = primals;
      if (primitive.partials.length === 1)
        return tangents[0] && bind(mul, [primitive.partials[0](x, result), tangents[0]], mul.inRules);
      return addTangents(
        tangents[0] && bind(mul, [primitive.partials[0](x, y, result), tangents[0]], mul.inRules),
        tangents[1] && bind(mul, [primitive.partials[1](x, y, result), tangents[1]], mul.inRules),
      );
    }
    case 'constant':
      return undefined;
    case 'custom':
      return primitive.push(primals, withZeros(primals, tangents), result);
  }
}

/** The sum of two tangents; either may be missing. */
export function addTangents(a: Tangent, b: Tangent): Tangent {
  if (a === undefined || b === undefined) return a ?? b;
  return bind(add, [a, b]);
}

/**
 * The tangents with zeros for the missing ones. Next to a symbol the zero must be a symbol too, as plain
 * zeros plus a symbol are not linear: the sum over no elements of a tangent is linear in it, and always 0.
 */
function withZeros(primals: readonly Tensor[], tangents: readonly Tangent[]): Tensor[] {
  const given = tangents.find((tangent) => tangent !== undefined) as Tensor;
  const { dtype } = given;
  return tangents.map((tangent, i) => {
    if (tangent !== undefined) return tangent;
    const { shape } = primals[i];
    if (!(given instanceof SymbolTensor)) return zeroTangent({ shape, dtype });
    const flat = bind(reshape, [given], { shape: [given.size] });
    const zero = bind(sum, [bind(slice, [flat], { begin: [0], end: [0] })], { axes: [0] });
    return bind(broadcast, [zero], { shape, axes: shape.map((_, axis) => axis) });
  });
}

/** The tangent or cotangent zero of a tensor. int32 tensors carry none, so their zeros are float64. */
export function zeroTangent({ shape, dtype }: Pick<Tensor, 'shape' | 'dtype'>): Tensor {
  return zeros(shape, { dtype: dtype === 'int32' ? 'float64' : dtype });
}
