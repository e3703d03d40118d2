import {
  type DType,
  formatShape,
  type NdArray,
  type Shape,
  type Tensor,
  type TypedArray,
  UnknownValueError,
} from '../../lib/index.ts';
import { InterpretedTensor } from '../bind.ts';
import type { Parameters, Primitive, TensorType } from '../primitive.ts';
import type { IndexSets } from './index-sets.ts';
import { propagate } from './rules.ts';

/**
 * A tensor of which only this is known: for each element, the set of places that it can depend on. A linear program run on it tells
 * which entries its matrix can have, whatever its coefficients are.
 */
export class DependenceTensor extends InterpretedTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The number of a set for each element, in row-major order. */
  readonly sets: Int32Array;
  readonly known: IndexSets;
  /** Above every differentiation and trace: whatever else an operation is given is a coefficient. */
  readonly level = Number.POSITIVE_INFINITY;

  constructor(type: TensorType, sets: Int32Array, known: IndexSets) {
    super();
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.sets = sets;
    this.known = known;
  }

  /** @throws UnknownValueError always. */
  toNdarray(): NdArray<TypedArray> {
    throw new UnknownValueError('dependencies: a value is read, where only the structure of a linear program is known');
  }

  override toString(): string {
    return `places of ${this.dtype}${formatShape(this.shape)}`;
  }

  override toJSON(): object {
    return { dtype: this.dtype, shape: [...this.shape] };
  }

  override interpret(primitive: Primitive, operands: readonly Tensor[], parameters: Parameters): DependenceTensor {
    const type = primitive.type(operands, parameters as never);
    const sets = operands.map((operand) => (operand instanceof DependenceTensor ? operand.sets : undefined));
    return new DependenceTensor(type, propagate(primitive, operands, sets, parameters, type, this.known), this.known);
  }
}
