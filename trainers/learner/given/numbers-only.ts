import { isUnderTransform } from '../../../autodiff/index.ts';
import { ConfigurationError, leavesOf, type Tree } from '../../../lib/index.ts';

/**
 * Refuses tangents and symbols: a learner works on numbers, and would drop a tangent silently.
 *
 * @param closed returns the other values in the call, including those that the model and the loss close over.
 * @throws ConfigurationError if a value is being differentiated or traced.
 */
export function requireNumbers(
  who: string,
  given: readonly unknown[],
  closed: () => readonly unknown[] = () => [],
): void {
  if (!isUnderTransform()) return;
  if (given.some(isTracked))
    throw new ConfigurationError(
      `${who}: what it is given is being differentiated or traced, and a learner works on numbers; differentiate the model's step and the loss instead`,
    );
  if (closed().some(isTracked))
    throw new ConfigurationError(
      `${who}: the model or the loss closes over a tensor that is being differentiated or traced, and a learner works on numbers; differentiate the model's step and the loss instead`,
    );
}

function isTracked(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && leavesOf(value as Tree).some(({ level }) => level !== 0)
  );
}
