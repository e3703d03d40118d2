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
import { rowOf } from '../table/index.ts';
import { everything } from '../table/reach.ts';
import type { IndexSets } from './index-sets.ts';

/**
 * A tensor that knows only, for each element, the set of places it can depend on. Running a linear program on
 * it shows which entries of its matrix can be non-zero, for any coefficients.
 */
export class DependenceTensor extends InterpretedTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  /** The number of each element's set, in row-major order. */
  readonly sets: Int32Array;
  readonly known: IndexSets;
  /** Above every differentiation and trace: all other operands are coefficients. */
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
    throw new UnknownValueError(
      'dependencies: a value is read, where only the structure of a linear program is known',
    );
  }

  override toString(): string {
    return `places of ${this.dtype}${formatShape(this.shape)}`;
  }

  override toJSON(): object {
    return { dtype: this.dtype, shape: [...this.shape] };
  }

  override interpret(
    primitive: Primitive,
    operands: readonly Tensor[],
    parameters: Parameters,
  ): DependenceTensor {
    const type = primitive.type(operands, parameters);
    const sets = operands.map((operand) => (operand instanceof DependenceTensor ? operand.sets : undefined));
    const union = (numbers: Iterable<number>) => this.known.unionOf(numbers);
    const reaches = rowOf(primitive)?.reaches ?? everything;
    return new DependenceTensor(type, reaches({ operands, sets, type, union }, parameters), this.known);
  }
}
