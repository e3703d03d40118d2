import { ConfigurationError, guard } from '../../lib/index.ts';

/** A valid seed for `seeded`. */
export const seeds = guard.whole(0);
/** A dtype that can be differentiated. */
export const floats = guard.oneOf('float32', 'float64');
/** The longest sequence of a task, whose state is held in memory. */
export const longest = 2 ** 24;

/** @throws ConfigurationError unless the value is a whole number from `least` to `most`. */
export function whole(
  who: string,
  name: string,
  value: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  guard.argument(who, name, value, guard.whole(least, most), ConfigurationError);
  return value;
}
