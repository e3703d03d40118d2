import { lags, linear } from './linear.ts';
import { drift, mean, persistence, seasonal, smoothing } from './simple.ts';

/** The built-in experts for numbers, by name. `linear(n)` sees n inputs besides the target's own past. */
export const numberExperts = { persistence, mean, seasonal, drift, smoothing, lags, linear };
