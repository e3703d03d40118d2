import { type FloatDType, pathsOf, type Tree } from '../../../lib/index.ts';
import type { Cell, Loss } from '../../../nn/index.ts';
import { copyOfTree } from '../../algebra.ts';
import type { LearnerConfig } from '../given/config.ts';
import { requireFit, requireFloats } from '../given/fit.ts';
import { jointLoss, jointModel } from './joint.ts';
import { admit, requireLanes, stackLanes, takeLane } from './streams.ts';

/**
 * Maps the user's lanes to the systems that are learnt from: each lane is a system, or all lanes are one.
 * With one lane there is no axis of lanes anywhere.
 */
export interface Systems {
  /** Number of the user's lanes. */
  readonly lanes: number;
  /** Whether a plan takes the lanes that are systems together, in arrays with an axis of lanes. */
  readonly isTogether: boolean;
  readonly model: Cell<unknown, unknown, unknown>;
  readonly loss: Loss<unknown>;
  /**
   * Returns one value for each system, in a given list if there is one, to avoid an allocation at every step.
   */
  distribute(value: unknown, name: string, into?: unknown[]): unknown[];
  /** The same for a plan, in which lanes stay together: one value, with an axis of lanes where they are systems. */
  together(value: unknown, name: string, into?: unknown[]): unknown[];
  /** The result of `distribute` or `together`, as one value for each system. */
  apart(values: readonly unknown[]): readonly unknown[];
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
  const given = admit(config.state ?? own, dtype, 'state');
  requireFloats('createLearner', given, 'state');
  const one = copyOfTree(given);
  if (lanes === 1) {
    requireFit('createLearner', one, own, 'state');
    return {
      ...asOne((value, name) => admit(value, dtype, name)),
      lanes,
      isTogether: false,
      model,
      loss,
      collect: ([value]) => value,
      collectOutputs: ([output]) => output,
      start: [one],
    };
  }
  const states = hasLanes(one, own) ? share(one, 'state') : Array.from({ length: lanes }, () => one);
  requireFit('createLearner', states[0], own, 'state');
  if (estimator.joint)
    return {
      ...asOne((value, name) => share(admit(value, dtype, name), name)),
      lanes,
      isTogether: false,
      model: jointModel(model, lanes) as Cell<unknown, unknown, unknown>,
      loss: jointLoss(loss) as Loss<unknown>,
      collect: ([list]) => stackLanes(list as unknown[]),
      collectOutputs: ([output]) => output,
      start: [states],
    };
  const distribute: Systems['distribute'] = (value, name, into) =>
    share(admit(value, dtype, name), name, into);
  return {
    lanes,
    isTogether: !estimator.lanesApart,
    model,
    loss,
    distribute,
    together(value, name, into = []) {
      if (estimator.lanesApart) return distribute(value, name, into);
      into[0] = requireLanes(admit(value, dtype, name), lanes, name);
      return into;
    },
    apart: (values) => (values.length === lanes ? values : share(values[0], 'lanes')),
    collect: stackLanes,
    collectOutputs: stackLanes,
    start: states,
  };
}

/** The ways in and out where there is one system. */
function asOne(
  take: (value: unknown, name: string) => unknown,
): Pick<Systems, 'distribute' | 'together' | 'apart'> {
  const distribute = (value: unknown, name: string, into: unknown[] = []) => {
    into[0] = take(value, name);
    return into;
  };
  return { distribute, together: distribute, apart: (values) => values };
}

/** Whether a given state has one more axis than the model's own. */
function hasLanes(state: unknown, start: unknown): boolean {
  const axes = new Map(pathsOf(start as Tree).map(({ path, tensor }) => [path, tensor.shape.length]));
  return pathsOf(state as Tree).some(({ path, tensor }) => tensor.shape.length === (axes.get(path) ?? 0) + 1);
}
