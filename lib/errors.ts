/** Everything that norewind throws on purpose: one clear sentence that says what is wrong, where, and what to do. */
export abstract class NorewindError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** Shapes that do not fit an operation. */
export class ShapeError extends NorewindError {}

/** Two dtypes in one operation, or a dtype that the operation does not take. Nothing is ever promoted silently. */
export class DTypeError extends NorewindError {}

/** A value that is not a tree of tensors, or two trees whose structures differ. */
export class TreeError extends NorewindError {}

/** A tensor that carries a tangent is used after the differentiation it belongs to has returned. */
export class EscapedTangentError extends NorewindError {}

/** The value of a symbol is read: while a function is linearised or traced, shapes are known and values are not. */
export class UnknownValueError extends NorewindError {}

/** A rule that claims to be linear in its tangent is not. */
export class LinearityError extends NorewindError {}

/** A derivative rule disagrees with finite differences, or push and pull are not adjoint. */
export class DerivativeError extends NorewindError {}

/** A source of noise cannot give what is asked of it. */
export class NoiseError extends NorewindError {}

/** An index outside the range it points into. */
export class IndexError extends NorewindError {}

/** An option that does not exist, does not fit the others, or is out of range. */
export class ConfigurationError extends NorewindError {}

/** Input from outside (a file, a stream, a checkpoint) that is not what it claims to be. */
export class DataError extends NorewindError {}

/** The process does not have what a tensor or a plan needs: memory, or address space for it. */
export class ResourceError extends NorewindError {}

/** A loss, gradient or parameter became NaN or infinite; the learner is left as it was before that step. */
export class NonFiniteError extends NorewindError {}
