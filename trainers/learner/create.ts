import { seeded, type Tree } from '../../lib/index.ts';
import { copyOfTree, zerosOf } from '../algebra.ts';
import { engineOf, settingOf } from './engine/select.ts';
import type { LearnerConfig } from './given/config.ts';
import { requireFit, requireFloats } from './given/fit.ts';
import { settled } from './given/kernels.ts';
import { requireNumbers } from './given/numbers-only.ts';
import { requireConfig } from './given/requireConfig.ts';
import { requireRoomToCarry } from './given/room.ts';
import { Learner } from './learner.ts';
import { admit } from './systems/streams.ts';
import { certainRule } from './window/assumed.ts';
import { firstMoments, freshLanes, named } from './window/learn.ts';
import { drawnLength } from './window/memory.ts';

/**
 * Creates a learner with fresh parameters, state and influence.
 * @throws ConfigurationError for options that do not fit; ShapeError or TreeError for given parameters or
 * states that do not.
 */
export function createLearner<P, S, X, Y>(given: LearnerConfig<P, S, X, Y>): Learner<P, S, X, Y> {
  requireConfig('createLearner', given);
  requireNumbers('createLearner', [given.parameters, given.state]);
  const config = settled(given);
  const noise = config.noise ?? seeded(config.seed ?? 1);
  const setting = settingOf(config, noise);
  const { systems, dtype } = setting;
  if (config.parameters !== undefined)
    requireFit('createLearner', config.parameters, config.model.init(seeded(1)), 'parameters');
  const initial = config.parameters ?? config.model.init(noise.split());
  requireFloats('createLearner', initial, 'parameters');
  const parameters = named(copyOfTree(admit(initial, dtype, 'parameters')));
  for (const state of systems.start) {
    const rule = certainRule(config.estimator, parameters as Tree, state as Tree);
    if (rule !== undefined) requireRoomToCarry(config.estimator, rule, parameters, state, dtype);
  }
  const memory = {
    parameters,
    moments: firstMoments(config.optimizer, parameters),
    gradient: zerosOf(parameters),
    lanes: freshLanes(systems),
    steps: 0,
    updates: 0,
    pending: 0,
    ...drawnLength(config.estimator, noise),
  };
  return new Learner(config, setting, engineOf(config, setting, memory));
}
