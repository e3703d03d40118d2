import { type FloatDType, leavesOf, type Tree } from '../../lib/index.ts';
import type { Cell, Loss } from '../../nn/index.ts';
import { copyOfTree } from '../algebra.ts';
import type { LearnerConfig } from './config.ts';
import { requireFit } from './fit.ts';
import { jointLoss, jointModel } from './joint.ts';
import { admit, stackLanes, takeLane } from './streams.ts';

/**
 * Maps the user's lanes to the systems that are learnt from: each lane is a system, or all lanes are one.
 * With one lane there is no axis of lanes anywhere.
 */
export interface Systems {
  /** Number of the user's lanes. */
  readonly lanes: number;
  readonly model: Cell<unknown, unknown, unknown>;
  readonly loss: Loss<unknown>;
  /**
   * Returns one value for each system, in a given list if there is one, to avoid an allocation at every step.
   */
  distribute(value: unknown, name: string, into?: unknown[]): unknown[];
  /** The inverse of `distribute`, for states and outputs. */
  collect(values: readonly unknown[]): unknown;
  collectOutputs(outputs: readonly unknown[]): unknown;
  /** The first states. */
  readonly start: readonly unknown[];
}

export function systemsOf<P, S, X, Y>(config: LearnerConfig<P, S, X, Y>, dtype: FloatDType): Systems {
  const { lanes = 1, estimator } = config;
  const model = config.model as Cell<unknown, unknown, unknown>;
  const loss = config.loss as Loss<unknown>;
  const share = (value: unknown, name: string, into: unknown[] = []) => {
    for (let lane = 0; lane < lanes; lane++) into[lane] = takeLane(value, lane, lanes, name);
    return into;
  };
  const own = model.start();
  const one = copyOfTree(admit(config.state ?? own, dtype, 'state'));
  if (lanes === 1) {
    requireFit('createLearner', one, own, 'state');
    return {
      lanes,
      model,
      loss,
      distribute(value, name, into = []) {
        into[0] = admit(value, dtype, name);
        return into;
      },
      collect: ([value]) => value,
      collectOutputs: ([output]) => output,
      start: [one],
    };
  }
  const states = hasLanes(one, own) ? share(one, 'state') : Array.from({ length: lanes }, () => one);
  requireFit('createLearner', states[0], own, 'state');
  if (estimator.joint)
    return {
      lanes,
      model: jointModel(model, lanes) as Cell<unknown, unknown, unknown>,
      loss: jointLoss(loss) as Loss<unknown>,
      distribute(value, name, into = []) {
        into[0] = share(admit(value, dtype, name), name);
        return into;
      },
      collect: ([list]) => stackLanes(list as unknown[]),
      collectOutputs: ([output]) => output,
      start: [states],
    };
  return {
    lanes,
    model,
    loss,
    distribute: (value, name, into) => share(admit(value, dtype, name), name, into),
    collect: stackLanes,
    collectOutputs: stackLanes,
    start: states,
  };
}

/** Whether a given state has one more axis than the model's own. */
function hasLanes(state: unknown, start: unknown): boolean {
  const [given, own] = [leavesOf(state as Tree), leavesOf(start as Tree)];
  return given.some((leaf, i) => leaf.shape.length === (own[i]?.shape.length ?? 0) + 1);
}
