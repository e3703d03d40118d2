import {
  ConfigurationError,
  DTypeError,
  formatShape,
  guard,
  ShapeError,
  sameShape,
  Tensor,
} from '../lib/index.ts';
import type { TensorType } from './primitive.ts';

/** Returns the name of a declaration. @throws ConfigurationError if it is missing, or for unknown parts. */
export function requireName<T extends { readonly name: string }>(
  rule: T,
  kind: string,
  parts: guard.Checks<T>,
): string {
  if (typeof rule?.name !== 'string' || rule.name === '')
    throw new ConfigurationError(`${kind}: a primitive needs a name, for messages`);
  guard.options(kind, rule, parts);
  return rule.name;
}

/** @throws ConfigurationError if a part of a declaration is not a function (from untyped code). */
export function requireRule(given: unknown, name: string, part: string): void {
  if (typeof given !== 'function')
    throw new ConfigurationError(`${name}: ${part} must be a function, got ${guard.describe(given)}`);
}

/**
 * Returns a user rule's result. @throws ShapeError or DTypeError unless it is a tensor of the declared type.
 */
export function requireResult(result: Tensor, declared: TensorType, who: string): Tensor {
  if (!(result instanceof Tensor))
    throw new DTypeError(`${who}: must return a tensor, got ${guard.describe(result)}`);
  if (!sameShape(result.shape, declared.shape))
    throw new ShapeError(
      `${who}: returned shape ${formatShape(result.shape)} where ${formatShape(declared.shape)} is declared`,
    );
  if (result.dtype !== declared.dtype)
    throw new DTypeError(`${who}: returned ${result.dtype} where ${declared.dtype} is declared`);
  return result;
}

/**
 * Returns a rule's result on plain numbers.
 * @throws ConfigurationError if the rule closes over a tensor that carries a tangent: its derivative would be
 * lost.
 */
export function requirePlain(result: Tensor, name: string): Tensor {
  if (result.level !== 0)
    throw new ConfigurationError(
      `${name}: its value uses a tensor from outside that is being differentiated; pass it as an operand`,
    );
  return result;
}
