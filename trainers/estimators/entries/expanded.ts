import { leavesOf, rebuild, type Tree } from '../../../lib/index.ts';
import type { StepStructure } from '../step/step-structure.ts';
import { expandInFull, type Rows } from './full.ts';
import { expandStructured, type StructuredInfluence } from './slots.ts';

/** G for the leaves that reach the state, by their positions among the parameters. */
export type ReachingInfluence = {
  readonly jacobians: { readonly [place: string]: Rows };
};

/** Slots for the leaves whose parameters reach few state elements, and all of G for the others. */
export type MixedInfluence = {
  readonly narrow: StructuredInfluence;
  readonly wide: ReachingInfluence;
};

/**
 * All of G. It follows from the influence alone, because a learner read from a checkpoint shows it before the
 * first input.
 */
export function expanded(influence: Tree, step: StepStructure): Tree {
  const { parameters, state, sizes } = step;
  if (isStructured(influence)) return expandStructured(influence, parameters, sizes.state);
  if (isMixed(influence)) {
    const [few, many] = [influence.narrow, influence.wide].map((own) => leavesOf(expanded(own, step)));
    const isWide = (place: number) => place in influence.wide.jacobians;
    return rebuild(
      parameters,
      few.map((leaf, place) => (isWide(place) ? many[place] : leaf)),
    );
  }
  if (!isReaching(influence)) return influence;
  const leaves = leavesOf(parameters);
  return rebuild(
    parameters,
    leaves.map((leaf, place) => expandInFull(influence.jacobians[place], state, leaf)),
  );
}

export function isReaching(influence: Tree): influence is ReachingInfluence {
  return 'jacobians' in influence;
}

function isStructured(influence: Tree): influence is StructuredInfluence {
  return 'slots' in influence && 'rows' in influence;
}

function isMixed(influence: Tree): influence is MixedInfluence {
  return 'narrow' in influence && 'wide' in influence;
}
