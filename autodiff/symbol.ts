import {
  type DType,
  formatShape,
  LinearityError,
  type NdArray,
  type NorewindError,
  operatorAdvice,
  type Shape,
  type Tensor,
  type TypedArray,
  UnknownValueError,
} from '../lib/index.ts';
import { InterpretedTensor } from './bind.ts';
import { type Level, requireOpen } from './level.ts';
import type { Parameters, Primitive, TensorType } from './primitive.ts';

/**
 * One line of a program: result = primitive(operands; parameters). Operands from outside the program are
 * coefficients.
 */
export interface Equation {
  readonly primitive: Primitive;
  readonly operands: readonly Tensor[];
  readonly parameters: Parameters;
  readonly result: SymbolTensor;
}

/** Records the operations on its symbols. */
export interface Recorder {
  readonly level: Level;
  readonly equations: Equation[];
  /** The number of symbols; every `id` is below it. */
  symbols: number;
  /** A linear recorder refuses operations that are not linear in its symbols. */
  readonly linear: boolean;
}

/** A tensor of known type and unknown value. */
export class SymbolTensor extends InterpretedTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly recorder: Recorder;
  readonly id: number;
  readonly level: number;
  /** The tensor whose tangent it is, where it is one. */
  primal: Tensor | undefined;

  constructor(type: TensorType, recorder: Recorder) {
    super();
    this.shape = type.shape;
    this.dtype = type.dtype;
    this.recorder = recorder;
    this.id = recorder.symbols++;
    this.level = recorder.level.number;
  }

  /** @throws UnknownValueError always. */
  toNdarray(): NdArray<TypedArray> {
    return this.#unknown();
  }

  /** The type and the owner of the symbol; its values are unknown. */
  override toString(): string {
    return `symbol ${this.label === undefined ? '' : `${this.label} `}${this.dtype}${formatShape(this.shape)} of ${this.recorder.level.name}`;
  }

  override toJSON(): object {
    return { dtype: this.dtype, shape: [...this.shape], symbol: this.recorder.level.name };
  }

  /** Inside a trace, a symbol replaces a plain number: an operator on it would silently yield NaN. */
  protected override operatorError(): NorewindError {
    return new UnknownValueError(
      `${this.recorder.level.name}: ${this.label ?? 'a value'} is compared or used in arithmetic before its value is known; ${operatorAdvice}`,
    );
  }

  #unknown(): never {
    throw new UnknownValueError(
      `${this.recorder.level.name}: a tensor's value is read before it is known; branch on shapes only, and choose between values with where()`,
    );
  }

  override interpret(
    primitive: Primitive,
    operands: readonly Tensor[],
    parameters: Parameters,
  ): SymbolTensor {
    const { recorder } = this;
    requireOpen(recorder.level, primitive.name);
    if (recorder.linear) requireLinear(primitive, operands, recorder);
    const type = primitive.type(operands, parameters);
    const result = new SymbolTensor(type, recorder);
    recorder.equations.push({ primitive, operands, parameters, result });
    return result;
  }
}

/** Whether this recorder made x. */
export function isSymbolOf(x: Tensor, recorder: Recorder): x is SymbolTensor {
  return x instanceof SymbolTensor && x.recorder === recorder;
}

function requireLinear(primitive: Primitive, operands: readonly Tensor[], recorder: Recorder): void {
  const symbols = operands.filter((operand) => isSymbolOf(operand, recorder)).length;
  const fits =
    primitive.kind === 'linear' ||
    (primitive.kind === 'addition' && symbols === 2) ||
    (primitive.kind === 'bilinear' && symbols === 1) ||
    (primitive.kind === 'division' && symbols === 1 && isSymbolOf(operands[0], recorder));
  if (!fits)
    throw new LinearityError(
      `${primitive.name}: a derivative rule applies it to a tangent, which is not linear; rules must be linear in their tangents`,
    );
}
