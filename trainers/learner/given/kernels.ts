import { DataError, wasm } from '../../../lib/index.ts';
import type { LearnerConfig } from './config.ts';

/**
 * The configuration with `auto` settled, which an eager learner has no kernels for.
 * @throws ConfigurationError where relaxed SIMD is asked for and the platform does not have it.
 */
export function settled<P, S, X, Y>(config: LearnerConfig<P, S, X, Y>): LearnerConfig<P, S, X, Y> {
  const { relaxedSimd = false, dtype = 'float32', eager = false } = config;
  if (relaxedSimd === true) wasm.requireRelaxedSimd();
  return relaxedSimd === 'auto'
    ? { ...config, relaxedSimd: !eager && wasm.resolveRelaxedSimd(relaxedSimd, [dtype]) }
    : config;
}

/**
 * The configuration with the kernels that a checkpoint was learnt with: with others, its digits would change.
 * @param recorded undefined for a checkpoint that does not say.
 * @throws DataError for another choice than the checkpoint's, or if the platform has no such kernels.
 */
export function settledAs<P, S, X, Y>(
  config: LearnerConfig<P, S, X, Y>,
  recorded: boolean | undefined,
): LearnerConfig<P, S, X, Y> {
  const { relaxedSimd = false } = config;
  if (recorded === undefined) return settled(config);
  if (relaxedSimd !== 'auto' && relaxedSimd !== recorded)
    throw new DataError(
      `checkpoint: its relaxedSimd is ${recorded}, the given one is ${relaxedSimd}, and the digits would change; pass ${recorded}, or 'auto', which resumes with the checkpoint's`,
    );
  if (recorded && !wasm.hasRelaxedSimd())
    throw new DataError(
      `checkpoint: it was learnt with relaxed SIMD, which this platform does not have; resume it with ${wasm.relaxedSimdNeeds}`,
    );
  return { ...config, relaxedSimd: recorded };
}
