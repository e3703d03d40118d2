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

/** One line of a program: result = primitive(operands; parameters). Operands that are not symbols of the program are coefficients. */
export interface Equation {
  readonly primitive: Primitive;
  readonly operands: readonly Tensor[];
  readonly parameters: Parameters;
  readonly result: SymbolTensor;
}

/** Writes down what is done to its symbols. */
export interface Recorder {
  readonly level: Level;
  readonly equations: Equation[];
  /** How many symbols there are; a symbol's `id` is below it. */
  symbols: number;
  /** A linear recorder refuses what is not linear in its symbols. */
  readonly linear: boolean;
}

/** A tensor of known type and unknown value. */
export class SymbolTensor extends InterpretedTensor {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly recorder: Recorder;
  readonly id: number;
  readonly level: number;

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

  /** The type and where the symbol belongs; its values are not known. */
  override toString(): string {
    return `symbol ${this.label === undefined ? '' : `${this.label} `}${this.dtype}${formatShape(this.shape)} of ${this.recorder.level.name}`;
  }

  override toJSON(): object {
    return { dtype: this.dtype, shape: [...this.shape], symbol: this.recorder.level.name };
  }

  /** What was a plain number outside is a symbol here, and an operator would silently make a NaN of it. */
  protected override operatorError(): NorewindError {
    return new UnknownValueError(
      `${this.recorder.level.name}: ${this.label ?? 'a value'} is not known yet, and stands in a comparison or in arithmetic; ${operatorAdvice}`,
    );
  }

  #unknown(): never {
    throw new UnknownValueError(
      `${this.recorder.level.name}: a value is read that is not known yet; shapes may steer a program, values may not: use where (select) instead of a branch`,
    );
  }

  override interpret(primitive: Primitive, operands: readonly Tensor[], parameters: Parameters): SymbolTensor {
    const { recorder } = this;
    requireOpen(recorder.level, primitive.name);
    if (recorder.linear) requireLinear(primitive, operands, recorder);
    const type = primitive.type(operands, parameters as never);
    const result = new SymbolTensor(type, recorder);
    recorder.equations.push({ primitive, operands, parameters, result });
    return result;
  }
}

/** Whether x is a symbol that this recorder made. */
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
