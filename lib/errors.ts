/**
 * The base of every error that norewind throws on purpose: one sentence saying what is wrong, where, and what
 * to do.
 */
export abstract class NorewindError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** Shapes that do not fit an operation. */
export class ShapeError extends NorewindError {}

/** Two dtypes in one operation, or a dtype that the operation does not take. Nothing is promoted silently. */
export class DTypeError extends NorewindError {}

/** A value that is not a tree of tensors, or two trees whose structures differ. */
export class TreeError extends NorewindError {}

/** A tensor that carries a tangent is used after the differentiation it belongs to has returned. */
export class EscapedTangentError extends NorewindError {}

/**
 * A symbol's value was read. While a function is linearised or traced, shapes are known and values are not.
 */
export class UnknownValueError extends NorewindError {}

/** A rule declared linear is not linear in its tangent. */
export class LinearityError extends NorewindError {}

/** A derivative rule disagrees with finite differences, or its push and pull are not adjoint. */
export class DerivativeError extends NorewindError {}

/** A noise source cannot make the draws that are asked of it. */
export class NoiseError extends NorewindError {}

/** An index is out of range. */
export class IndexError extends NorewindError {}

/** An option is unknown, out of range, or conflicts with another option. */
export class ConfigurationError extends NorewindError {}

/** A command, file, folder, name or method cannot be used as requested. */
export class UsageError extends NorewindError {}

/** Input from outside (a file, a stream, a checkpoint) is malformed. */
export class DataError extends NorewindError {}

/** The process lacks the memory or the address space for a tensor or a plan. */
export class ResourceError extends NorewindError {}

/** A loss, gradient or parameter became NaN or infinite. The learner is left as it was before that step. */
export class NonFiniteError extends NorewindError {}
