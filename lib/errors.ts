/**
 * The base of every error that norewind throws on purpose: one sentence saying what is wrong, where, and what
 * to do.
 */
export abstract class NorewindError extends Error {
  /** The name of the class; written out in those of norewind, since bundlers shorten names. */
  override get name(): string {
    return this.constructor.name;
  }
}

/** Shapes that do not fit an operation. */
export class ShapeError extends NorewindError {
  override get name(): string {
    return 'ShapeError';
  }
}

/** Two dtypes in one operation, or a dtype that the operation does not take. Nothing is promoted silently. */
export class DTypeError extends NorewindError {
  override get name(): string {
    return 'DTypeError';
  }
}

/** A value that is not a tree of tensors, or two trees whose structures differ. */
export class TreeError extends NorewindError {
  override get name(): string {
    return 'TreeError';
  }
}

/** A tensor that carries a tangent is used after the differentiation it belongs to has returned. */
export class EscapedTangentError extends NorewindError {
  override get name(): string {
    return 'EscapedTangentError';
  }
}

/**
 * A symbol's value was read. While a function is linearised or traced, shapes are known and values are not.
 */
export class UnknownValueError extends NorewindError {
  override get name(): string {
    return 'UnknownValueError';
  }
}

/** A rule declared linear is not linear in its tangent. */
export class LinearityError extends NorewindError {
  override get name(): string {
    return 'LinearityError';
  }
}

/** A derivative rule disagrees with finite differences, or its push and pull are not adjoint. */
export class DerivativeError extends NorewindError {
  override get name(): string {
    return 'DerivativeError';
  }
}

/** A noise source cannot make the draws that are asked of it. */
export class NoiseError extends NorewindError {
  override get name(): string {
    return 'NoiseError';
  }
}

/** An index is out of range. */
export class IndexError extends NorewindError {
  override get name(): string {
    return 'IndexError';
  }
}

/** An option is unknown, out of range, or conflicts with another option. */
export class ConfigurationError extends NorewindError {
  override get name(): string {
    return 'ConfigurationError';
  }
}

/** A command, file, folder, name or method cannot be used as requested. */
export class UsageError extends NorewindError {
  override get name(): string {
    return 'UsageError';
  }
}

/** Input from outside (a file, a stream, a checkpoint) is malformed. */
export class DataError extends NorewindError {
  override get name(): string {
    return 'DataError';
  }
}

/** The process lacks the memory or the address space for a tensor or a plan. */
export class ResourceError extends NorewindError {
  override get name(): string {
    return 'ResourceError';
  }
}

/** A loss, gradient or parameter became NaN or infinite. The learner is left as it was before that step. */
export class NonFiniteError extends NorewindError {
  override get name(): string {
    return 'NonFiniteError';
  }
}
