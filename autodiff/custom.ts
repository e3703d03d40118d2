import {
  checkShape,
  type DType,
  DTypeError,
  guard,
  type Shape,
  Tensor,
  UnknownValueError,
} from '../lib/index.ts';
import { bind } from './bind.ts';
import { requireName, requirePlain, requireResult, requireRule } from './declared.ts';
import { withLevel } from './level.ts';
import { asTensor, type Operand } from './operations/operand.ts';
import type { CustomPrimitive, TensorType } from './primitive.ts';
import { applyRule } from './rule-tensor.ts';
import { type Recorder, SymbolTensor } from './symbol.ts';

/** A function with a derivative of its own. */
export interface CustomRule<A extends readonly Tensor[]> {
  readonly name: string;
  /** The value on plain numbers, written with operations or any other code. */
  readonly value: (...inputs: A) => Tensor;
  /**
   * The tangent of the result, given a tangent of each input (zeros if it has none). Must be written with
   * operations and linear in the tangents. For a zero derivative return mul(tangent, 0), not a constant.
   */
  readonly push: (primals: A, tangents: A, result: Tensor) => Tensor;
  /**
   * The shape of the result, given those of the inputs. Needed only to trace a `value` that reads numbers.
   */
  readonly shape?: (...inputs: { readonly [K in keyof A]: Shape }) => Shape;
}

/**
 * Declares an operation with a hand-written derivative: derived by hand, made stable, or replaced on purpose
 * (straight-through estimators). `push` is itself differentiated and transposed, which yields higher orders
 * and reverse mode.
 *
 * The result has the dtype of the float operands; int32 operands carry no tangent.
 * @throws ConfigurationError if a part is missing. The operation throws ShapeError or DTypeError if `value`
 * or `push` returns another type than declared, and LinearityError, in reverse mode, if `push` is not linear.
 */
export function custom<A extends readonly Tensor[]>(
  rule: CustomRule<A>,
): (...operands: { [K in keyof A]: Operand }) => Tensor {
  const name = requireName(rule, 'custom', parts);
  requireRule(rule.value, name, 'value');
  requireRule(rule.push, name, 'push');
  const value = (inputs: readonly Tensor[]) => rule.value(...(inputs as A));
  const primitive: CustomPrimitive = {
    name,
    kind: 'custom',
    type(operands) {
      const dtype = floatOf(name, operands);
      if (rule.shape === undefined) return typeOf(traced(name, value, operands), dtype, name);
      const shapes = operands.map(({ shape }) => shape) as { readonly [K in keyof A]: Shape };
      return { shape: checkShape(rule.shape(...shapes), `${name}: shape`), dtype };
    },
    evaluate(operands) {
      const dtype = floatOf(name, operands);
      const result = value(operands);
      if (rule.shape === undefined) typeOf(result, dtype, name);
      else requireResult(result, this.type(operands, {}), name);
      return requirePlain(result, name);
    },
    push: (primals, tangents, result) =>
      applyRule(
        (...given: readonly Tensor[]) =>
          requireResult(rule.push(primals as A, given as A, result), result, `${name}: push`),
        ...tangents,
      ),
  };
  return (...operands) => {
    const given = operands as readonly Operand[];
    const dtype = given.find((operand) => operand instanceof Tensor && operand.dtype !== 'int32') as
      | Tensor
      | undefined;
    return bind(
      primitive,
      given.map((operand) => asTensor(operand, dtype?.dtype ?? 'float64', name)),
    );
  };
}

// Each part is checked where its name is known.
const parts = { name: guard.string, value: guard.anything, push: guard.anything, shape: guard.callable };

function typeOf(result: Tensor, dtype: DType, name: string): TensorType {
  const { shape } = requireResult(result, { shape: result?.shape, dtype }, name);
  return { shape, dtype };
}

/** The common dtype of the float operands. */
function floatOf(name: string, operands: readonly TensorType[]): DType {
  const floats = operands.filter(({ dtype }) => dtype !== 'int32');
  if (floats.length === 0) throw new DTypeError(`${name}: needs a float32 or float64 operand`);
  const other = floats.find(({ dtype }) => dtype !== floats[0].dtype);
  if (other !== undefined)
    throw new DTypeError(
      `${name}: ${floats[0].dtype} with ${other.dtype}; nothing is promoted, convert one of them with cast`,
    );
  return floats[0].dtype;
}

/** The type of `value`'s result, found by running it on symbols, which have shapes only. */
function traced(
  name: string,
  value: (inputs: readonly Tensor[]) => Tensor,
  operands: readonly TensorType[],
): Tensor {
  return withLevel(name, (level) => {
    const recorder: Recorder = { level, equations: [], symbols: 0, linear: false };
    try {
      return value(operands.map((operand) => new SymbolTensor(operand, recorder)));
    } catch (error) {
      if (error instanceof UnknownValueError)
        throw new UnknownValueError(
          `${name}: its value reads numbers, which are not known while it is traced; declare its shape`,
        );
      throw error;
    }
  });
}
