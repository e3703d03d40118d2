import type { DType, Shape, Tensor } from '../lib/index.ts';

/** The type of a tensor, known before its values. */
export interface TensorType {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Parameters of a primitive: fixed when the equation is recorded, never differentiated. */
export type Parameters = Readonly<Record<string, number | boolean | string | readonly number[]>>;

interface Common<P extends Parameters> {
  readonly name: string;
  /** The type of the result. @throws ShapeError or DTypeError if the operands do not fit. */
  type(operands: readonly TensorType[], parameters: P): TensorType;
  /** The result on plain numbers, by the reference kernels. */
  evaluate(operands: readonly Tensor[], parameters: P): Tensor;
}

/** Linear in its first operand. Further operands are int32 (indices, masks) without a tangent. */
export interface LinearPrimitive<P extends Parameters = Parameters> extends Common<P> {
  readonly kind: 'linear';
  /** The cotangent of the first operand, of type `x`. */
  transpose(cotangent: Tensor, indices: readonly Tensor[], parameters: P, x: TensorType): Tensor;
  /** As for a bilinear primitive. */
  readonly inRules?: Parameters;
}

/** x + y. Its rules are fixed: the push skips missing tangents; the pull passes the cotangent to both. */
export interface AdditionPrimitive extends Common<Parameters> {
  readonly kind: 'addition';
}

/** Linear in each of its two operands. */
export interface BilinearPrimitive<P extends Parameters = Parameters> extends Common<P> {
  readonly kind: 'bilinear';
  /** The cotangent of the left operand given the right one, and vice versa. */
  readonly transposes: readonly [Transpose<P>, Transpose<P>];
  /**
   * Added to its parameters when a derivative rule applies it. Products are strong there: 0 times infinity or
   * NaN is 0, because an unselected value has no influence, however singular (docs/decisions/0014).
   */
  readonly inRules?: Parameters;
}

/**
 * x / y, element by element. Its rules are fixed: ẋ/y - (x/y)/y ẏ; the cotangent of x is that of the quotient
 * divided by y.
 */
export interface DivisionPrimitive<P extends Parameters = Parameters> extends Common<P> {
  readonly kind: 'division';
  /** As for a bilinear primitive: x times the reciprocal of y, with a strong zero. */
  readonly inRules: { readonly strong: true };
}

// A method, as methods are bivariant: a primitive with particular parameters is then a primitive.
type Transpose<P> = { transpose(cotangent: Tensor, other: Tensor, parameters: P): Tensor }['transpose'];

/** Acts element by element on one or two operands of equal shapes. */
export type SmoothPrimitive<P extends Parameters = Parameters> = Unary<P> | Binary<P>;

interface Unary<P extends Parameters> extends Common<P> {
  readonly kind: 'smooth';
  readonly partials: readonly [(x: Tensor, result: Tensor) => Tensor];
}

interface Binary<P extends Parameters> extends Common<P> {
  readonly kind: 'smooth';
  readonly partials: readonly [
    (x: Tensor, y: Tensor, result: Tensor) => Tensor,
    (x: Tensor, y: Tensor, result: Tensor) => Tensor,
  ];
}

/** Has no derivative: its result carries no tangent. */
export interface ConstantPrimitive<P extends Parameters = Parameters> extends Common<P> {
  readonly kind: 'constant';
}

/** Its whole derivative is declared as a push that is linear in the tangents; the pull is its transpose. */
export interface CustomPrimitive<P extends Parameters = Parameters> extends Common<P> {
  readonly kind: 'custom';
  push(primals: readonly Tensor[], tangents: readonly Tensor[], result: Tensor): Tensor;
}

/**
 * The closed set of kinds. A primitive states one fact about its derivative; forward and reverse mode follow
 * from it.
 */
export type Primitive =
  | LinearPrimitive
  | AdditionPrimitive
  | BilinearPrimitive
  | DivisionPrimitive
  | SmoothPrimitive
  | ConstantPrimitive
  | CustomPrimitive;
