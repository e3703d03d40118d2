import { ConfigurationError, guard } from '../../lib/index.ts';
import type { EstimatorEntry } from '../registry/entry.ts';
import { rfloOptions } from './rflo.ts';
import type { Estimator } from './rule/estimator.ts';
import { snapOptions } from './snap.ts';
import { type UnbiasedOptions, unbiased, unbiasedOptions } from './unbiased.ts';

/** The options of `unbiased`, and those of the estimator within, which has a name. */
export interface NamedUnbiasedOptions extends Omit<UnbiasedOptions, 'weight'> {
  readonly of?: string;
  readonly weight?: number;
  /** For `snap`. */
  readonly n?: number;
  /** For `rflo`. */
  readonly leak?: number;
}

/** Makes `unbiased` from settings, as configurations and commands have them. */
export function unbiasedByName(table: Readonly<Record<string, EstimatorEntry>>) {
  const { rank, window, epsilon, lanes } = unbiasedOptions;
  const options = {
    of: guard.setting(guard.oneOf(...Object.keys(table)), 'the estimator that is corrected', 'of'),
    weight: guard.setting(guard.between(0, 1), 'the factor of the correction in the gradient', 'weight'),
    rank,
    window,
    epsilon,
    lanes,
    n: { ...snapOptions.n, needed: false },
    leak: { ...rfloOptions.leak, needed: false },
  } satisfies guard.Checks<NamedUnbiasedOptions>;
  return {
    options,
    make(given: NamedUnbiasedOptions): Estimator {
      const { of = 'diagonal', ...all } = guard.options('unbiased', given, options);
      const isOwn = (key: string) => key in unbiasedOptions;
      const entries = Object.entries(all);
      const inner = Object.fromEntries(entries.filter(([key]) => !isOwn(key)));
      const foreign = Object.keys(inner).find((key) => !(key in table[of].options));
      if (foreign !== undefined)
        throw new ConfigurationError(`unbiased: ${foreign} is no option of ${of}; leave it out, or set of`);
      const own = Object.fromEntries(entries.filter(([key]) => isOwn(key)));
      return unbiased(table[of].make({ ...table[of].usual, ...inner }), own);
    },
  };
}
