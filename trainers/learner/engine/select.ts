import { isSeeded, type Noise } from '../../../lib/index.ts';
import type { LearnerConfig } from '../given/config.ts';
import { systemsOf } from '../systems/system.ts';
import type { Setting } from '../window/learn.ts';
import type { Memory } from '../window/memory.ts';
import { Bindings } from './bind.ts';
import { CompiledEngine } from './compiled.ts';
import { EagerEngine } from './eager.ts';
import type { Engine } from './engine.ts';

/** The fixed part of a learner, from a configuration whose kernels are settled. */
export function settingOf<P, S, X, Y>(config: LearnerConfig<P, S, X, Y>, noise: Noise): Setting {
  const { estimator, optimizer, dtype = 'float32', relaxedSimd } = config;
  return {
    systems: systemsOf(config, dtype),
    estimator,
    optimizer,
    dtype,
    noise,
    relaxedSimd: relaxedSimd === true,
    found: {},
    bindings: new Bindings(),
  };
}

/**
 * Chooses a plan if possible: the estimator learns from a whole window at once, and the noise can be saved to
 * undo a failed step. Recorded, replayed and modified noise serves to inspect single steps, which needs no
 * plan.
 */
export function engineOf<P, S, X, Y>(
  { eager = false, estimator }: LearnerConfig<P, S, X, Y>,
  setting: Setting,
  memory: Memory,
): Engine {
  const planned = !eager && estimator.window === estimator.stride && isSeeded(setting.noise);
  return planned ? new CompiledEngine(setting, memory) : new EagerEngine(setting, memory);
}
