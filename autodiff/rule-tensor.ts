import type { DType, NdArray, Shape, Tensor, TypedArray } from '../lib/index.ts';
import { bind, InterpretedTensor } from './bind.ts';
import type { Parameters, Primitive } from './primitive.ts';
import { inRule } from './strong.ts';

/** A tangent or cotangent inside a rule that a user wrote: products with it are the products of rules, in which a zero is strong. */
export class RuleTensor extends InterpretedTensor {
  readonly inner: Tensor;
  /** Above every differentiation and trace: the operation is one of the rule first, and theirs once it is applied to what is inside. */
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

/** Applies a rule that a user wrote to tangents or cotangents. */
export function applyRule(rule: (...tangents: Tensor[]) => Tensor, ...tangents: readonly Tensor[]): Tensor {
  return unwrapped(rule(...tangents.map((tangent) => new RuleTensor(tangent))));
}

function unwrapped(x: Tensor): Tensor {
  return x instanceof RuleTensor ? x.inner : x;
}
