import { ConfigurationError } from '../../lib/index.ts';

/** A suite or a test of mocha, jest or vitest: all three put these functions into the global scope. */
type Register = (title: string, body: () => void) => void;

// Declared here and not taken from @types/mocha, which the users of norewind/testing may not have.
declare const describe: Register;
declare const it: Register;

/** Registers a suite with one test for each law. */
export function describeLaws(title: string, laws: Readonly<Record<string, () => void>>): void {
  if (typeof describe !== 'function' || typeof it !== 'function')
    throw new ConfigurationError(
      `${title}: a test runner with describe and it is needed, such as mocha; checkCell and the like need none`,
    );
  describe(title, () => {
    for (const [law, check] of Object.entries(laws)) it(law, check);
  });
}
