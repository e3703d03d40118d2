import type { DType, NdArray, Shape, Tensor, TypedArray } from '../lib/index.ts';
import { bind, InterpretedTensor } from './bind.ts';
import type { Parameters, Primitive } from './primitive.ts';
import { inRule } from './strong.ts';

/** A tangent or cotangent inside a user's rule: products with it have a strong zero, as in built-in rules. */
export class RuleTensor extends InterpretedTensor {
  readonly inner: Tensor;
  /**
   * Above every differentiation and trace: the rule applies each operation first, and they apply it to the
   * inner tensor.
   */
  readonly level = Number.POSITIVE_INFINITY;

  constructor(inner: Tensor) {
    super();
    this.inner = inner;
    this.label = inner.label;
  }

  get shape(): Shape {
    return this.inner.shape;
  }

  get dtype(): DType {
    return this.inner.dtype;
  }

  toNdarray(): NdArray<TypedArray> {
    return this.inner.toNdarray();
  }

  override toString(): string {
    return this.inner.toString();
  }

  override toJSON(): object {
    return this.inner.toJSON();
  }

  override interpret(primitive: Primitive, operands: readonly Tensor[], parameters: Parameters): Tensor {
    return new RuleTensor(bind(primitive, operands.map(unwrapped), inRule(primitive, parameters)));
  }
}

/** Applies a user's rule to tangents or cotangents. */
export function applyRule(rule: (...tangents: Tensor[]) => Tensor, ...tangents: readonly Tensor[]): Tensor {
  return unwrapped(rule(...tangents.map((tangent) => new RuleTensor(tangent))));
}

function unwrapped(x: Tensor): Tensor {
  return x instanceof RuleTensor ? x.inner : x;
}
