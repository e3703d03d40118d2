import { ConfigurationError, checkShape, guard, kernels, type Shape, Tensor } from '../lib/index.ts';
import { bind } from './bind.ts';
import { requireName, requirePlain, requireResult, requireRule } from './declared.ts';
import { asTensor, broadcastPair, type Operand } from './operations/operand.ts';
import type { BilinearPrimitive, LinearPrimitive, SmoothPrimitive, TensorType } from './primitive.ts';
import { floatType, sameDType, sameType } from './primitives/checks.ts';
import { applyRule } from './rule-tensor.ts';
import { evaluateStrongly } from './strong.ts';

/** A function of one number, applied to every element, with its derivative. */
export interface UnarySmooth {
  readonly name: string;
  readonly evaluate: (x: number) => number;
  /**
   * The derivative at x, given the value `result` there. Write it with operations, so that it can be
   * differentiated in turn.
   */
  readonly partials: readonly [(x: Tensor, result: Tensor) => Tensor];
}

/** A function of two numbers, applied element by element, with its two partial derivatives. */
export interface BinarySmooth {
  readonly name: string;
  readonly evaluate: (x: number, y: number) => number;
  readonly partials: readonly [
    (x: Tensor, y: Tensor, result: Tensor) => Tensor,
    (x: Tensor, y: Tensor, result: Tensor) => Tensor,
  ];
}

/** A linear map of one tensor, with its transpose. */
export interface LinearRule {
  readonly name: string;
  /** The shape of the result. @throws ShapeError if the input does not fit. */
  readonly shape: (input: Shape) => Shape;
  /** The result on plain numbers, of the input's dtype. */
  readonly evaluate: (x: Tensor) => Tensor;
  /** Maps the cotangent of the result to that of the input. Write it with operations. */
  readonly transpose: (cotangent: Tensor, input: TensorType) => Tensor;
}

/** A map of two tensors that is linear in each, with its two transposes. */
export interface BilinearRule {
  readonly name: string;
  /** The shape of the result. @throws ShapeError if the inputs do not fit. */
  readonly shape: (left: Shape, right: Shape) => Shape;
  /** The result on plain numbers, of the common dtype of the inputs. */
  readonly evaluate: (x: Tensor, y: Tensor) => Tensor;
  /** The cotangent of the left input given the right one, and vice versa. Write them with operations. */
  readonly transposes: readonly [
    (cotangent: Tensor, y: Tensor) => Tensor,
    (cotangent: Tensor, x: Tensor) => Tensor,
  ];
}

/**
 * Declares an elementwise operation of one or two operands by its partial derivatives. It broadcasts like the
 * built-in ones.
 * @throws ConfigurationError if a partial derivative is missing. The operation throws ShapeError if a partial
 * has the wrong shape.
 */
export function smooth(rule: BinarySmooth): (x: Operand, y: Operand) => Tensor;
export function smooth(rule: UnarySmooth): (x: Operand) => Tensor;
export function smooth(rule: UnarySmooth | BinarySmooth): (x: Operand, y?: Operand) => Tensor {
  const name = requireName(rule, 'smooth', {
    name: guard.string,
    evaluate: guard.anything,
    partials: guard.anything,
  });
  requireRule(rule.evaluate, name, 'evaluate');
  const { evaluate, partials } = rule;
  const arity = Array.isArray(partials) ? partials.length : 0;
  if ((arity !== 1 && arity !== 2) || evaluate.length > arity)
    throw new ConfigurationError(
      `smooth: ${name} has ${evaluate.length} operands and ${arity} partials; give one partial derivative for each of one or two operands`,
    );
  const checked: readonly BinarySmooth['partials'][0][] = partials.map((partial, i) => {
    requireRule(partial, name, `partials[${i}]`);
    return (...given: Tensor[]) =>
      requireResult((partial as (...all: Tensor[]) => Tensor)(...given), given[0], `${name}: partials[${i}]`);
  });
  const primitive: SmoothPrimitive = {
    name,
    kind: 'smooth',
    partials: checked as BinarySmooth['partials'],
    type: (operands) => (arity === 1 ? floatType(name, operands[0]) : sameType(name, operands)),
    evaluate: ([x, y]) =>
      arity === 1
        ? kernels.map(x, (value) => (evaluate as UnarySmooth['evaluate'])(value))
        : kernels.mapPair(x, y, evaluate),
  };
  if (arity === 1) return (x) => bind(primitive, [asTensor(x, 'float64', name)]);
  return (x, y) => bind(primitive, broadcastPair(x, y as Operand, name));
}

/**
 * Declares a linear operation by its transpose.
 * @throws ConfigurationError if a part is missing. The operation throws ShapeError or DTypeError if
 * `evaluate` or `transpose` returns another type than declared.
 */
export function linear(rule: LinearRule): (x: Operand) => Tensor {
  const name = requireName(rule, 'linear', parts);
  const { shape, evaluate, transpose } = rule;
  for (const [part, given] of Object.entries({ shape, evaluate, transpose })) requireRule(given, name, part);
  const type = (x: TensorType) => ({
    ...floatType(name, x),
    shape: checkShape(shape(x.shape), `${name}: shape`),
  });
  const checked = (x: Tensor) => requirePlain(requireResult(evaluate(x), type(x), name), name);
  const primitive: LinearPrimitive<Strength> = {
    name,
    kind: 'linear',
    inRules: { strong: true },
    type: ([x]) => type(x),
    evaluate: ([x], { strong }) => (strong ? evaluateStrongly(checked, [x]) : checked(x)),
    transpose: (cotangent, _, __, x) =>
      applyRule(
        (given) =>
          requireResult(transpose(given, { shape: x.shape, dtype: x.dtype }), x, `${name}: transpose`),
        cotangent,
      ),
  };
  return (x) => bind(primitive, [asTensor(x, 'float64', name)]);
}

/**
 * Declares a bilinear operation by its two transposes. Its operands are not broadcast.
 * @throws ConfigurationError if a part is missing. The operation throws ShapeError or DTypeError if
 * `evaluate` returns another type than declared.
 */
export function bilinear(rule: BilinearRule): (x: Operand, y: Operand) => Tensor {
  const name = requireName(rule, 'bilinear', pairParts);
  const { shape, evaluate, transposes } = rule;
  for (const [part, given] of Object.entries({
    shape,
    evaluate,
    'transposes[0]': transposes?.[0],
    'transposes[1]': transposes?.[1],
  }))
    requireRule(given, name, part);
  const type = (x: TensorType, y: TensorType) => {
    sameDType(name, x, y);
    return { shape: checkShape(shape(x.shape, y.shape), `${name}: shape`), dtype: x.dtype };
  };
  const checked = (x: Tensor, y: Tensor) =>
    requirePlain(requireResult(evaluate(x, y), type(x, y), name), name);
  const primitive: BilinearPrimitive<Strength> = {
    name,
    kind: 'bilinear',
    inRules: { strong: true },
    type: ([x, y]) => type(x, y),
    evaluate: ([x, y], { strong }) => (strong ? evaluateStrongly(checked, [x, y]) : checked(x, y)),
    transposes: [
      (cotangent, y) => applyRule((given) => transposes[0](given, y), cotangent),
      (cotangent, x) => applyRule((given) => transposes[1](given, x), cotangent),
    ],
  };
  return (x, y) => {
    const left = asTensor(x, y instanceof Tensor ? y.dtype : 'float64', name);
    return bind(primitive, [left, asTensor(y, left.dtype, name)]);
  };
}

type Strength = { readonly strong?: true };

// Each part is checked where its name is known.
const parts = {
  name: guard.string,
  shape: guard.anything,
  evaluate: guard.anything,
  transpose: guard.anything,
};
const pairParts = {
  name: guard.string,
  shape: guard.anything,
  evaluate: guard.anything,
  transposes: guard.anything,
};
