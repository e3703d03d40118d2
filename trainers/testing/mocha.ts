import { ConfigurationError } from '../../lib/index.ts';

/** Registers a suite or a test. mocha, jest and vitest all have these global functions. */
type Register = (title: string, body: () => void) => void;

// Declared here, as users of norewind/testing may lack @types/mocha.
declare const describe: Register;
declare const it: Register;

/** Registers a suite with one test per law. */
export function describeLaws(title: string, laws: Readonly<Record<string, () => void>>): void {
  if (typeof describe !== 'function' || typeof it !== 'function')
    throw new ConfigurationError(
      `${title}: a test runner with describe and it is needed, such as mocha; checkCell and the like need none`,
    );
  describe(title, () => {
    for (const [law, check] of Object.entries(laws)) it(law, check);
  });
}
