import {
  ConfigurationError,
  fromData,
  leavesOf,
  rebuild,
  type Tensor,
  type Tree,
  zeros,
} from '../../lib/index.ts';
import { flattenTree } from '../algebra.ts';
import { once } from '../once.ts';
import { advanceInFull, pullInFull, type Selection, startInFull } from './full.ts';
import { layered, type Reach } from './layers.ts';
import { isMixed, mixed, type ReachingInfluence } from './mixed.ts';
import type { Rule } from './rule.ts';
import type { Elements } from './sites.ts';
import { type Structure, structureOf } from './slot-structure.ts';
import {
  byFactor,
  expandStructured,
  pullStructured,
  requireStructure,
  type SlotRule,
  type StructuredInfluence,
  startStructured,
  throughJacobian,
} from './slots.ts';
import type { StepStructure } from './step-structure.ts';

/** The entries of G that an estimator carries, and how it advances them. */
export interface Extent {
  readonly name: string;
  /** Keeps the entries of G that a parameter reaches within this many steps. */
  readonly steps: number;
  /** `jacobian` keeps J; a number replaces it by that factor. */
  readonly kept: 'jacobian' | number;
  /** `own` keeps, of these, the entries within the layers of a stack. Default: all. */
  readonly layers?: 'all' | 'own';
}

/**
 * Returns a rule that carries the entries of G in reach: in slots where that is cheaper, otherwise in full
 * for the leaves that reach the state. Within a limit of steps, each leaf has the form that is cheaper for it.
 *
 * With q slots, a step takes q² products of arrays of P numbers. In full, it takes S² P multiply-adds in
 * matrix products, which are some five times faster each; and slots take q² instructions for each leaf. So
 * slots are cheaper up to about q = 2√S.
 */
export function reachable(step: StepStructure, extent: Extent): Rule<Tree> {
  const { state } = step.sizes;
  const limit = Math.max(0, Math.min(state - 1, Math.floor(2 * Math.sqrt(state))));
  const within = extent.layers === 'own' ? layered(extent.name, step) : undefined;
  const structure = structureOf(step, limit, extent.steps, within);
  if (structure !== undefined) return onSlots(step, structure, extent);
  return (within ? undefined : onBoth(step, extent, limit)) ?? onLeaves(step, extent, within);
}

/** Undefined where no leaf, or none that reaches the state, is for slots. */
function onBoth(step: StepStructure, extent: Extent, limit: number): Rule<Tree> | undefined {
  if (!Number.isFinite(extent.steps)) return undefined;
  const reaches = step.reaches(extent.steps) ?? [];
  const isWide = reaches.map((leaf) => leaf.some(({ length }) => length > limit));
  const nothing: Elements = [];
  const part = (wide: boolean): Reach => ({
    reaches: reaches.map((leaf, i) => (isWide[i] === wide ? leaf : leaf.map(() => nothing))),
  });
  const structure = structureOf(step, limit, extent.steps, part(false));
  if (structure === undefined || structure.most === 0) return undefined;
  const wide = reaches.filter((_, i) => isWide[i]).flat();
  const left = wide.reduce((sum, { length }) => sum + step.sizes.state - length, 0);
  return mixed(step, {
    narrow: onSlots(step, structure, extent),
    wide: onLeaves(step, extent, part(true)),
    all: onLeaves(step, extent),
    isWide,
    left,
  });
}

/** As `reachable`, but refuses a step that reads values, for which the reach of the parameters is unknown. */
export function onlyReachable(step: StepStructure, extent: Extent): Rule<Tree> {
  if (step.isTraceable) return reachable(step, extent);
  throw new ConfigurationError(
    `${extent.name}: what a parameter reaches is not known, because this step cannot be traced; use rtrl() or uoro(), or a step that reads no values`,
  );
}

/** Returns a rule that carries all of G, in a tree like the parameters. */
export function whole(step: StepStructure): Rule<Tree> {
  const places = leavesOf(step.parameters).map((_, place) => place);
  const all: Selection = { step, places, masks: () => [], kept: 'jacobian' };
  const { state, parameters } = step.sizes;
  const tree = (leaves: readonly Tensor[]) => rebuild(step.parameters, leaves);
  return {
    structure: 'dense',
    cost: { time: state * state * parameters, memory: state * parameters },
    start: () => tree(startInFull(all)),
    advance: (influence, transition) => tree(advanceInFull(leavesOf(influence), transition, all)),
    pull: (influence, cotangent) => tree(pullInFull(leavesOf(influence), flattenTree(cotangent))),
    expand: (influence) => influence,
  };
}

function onSlots(
  step: StepStructure,
  structure: Structure,
  { name, kept }: Extent,
): Rule<StructuredInfluence> {
  const { size, most, leaves } = structure;
  const rule: SlotRule = kept === 'jacobian' ? throughJacobian : byFactor(kept);
  const pulls = rule.pulls(structure);
  const sizes = leavesOf(step.parameters).map((leaf) => leaf.size);
  const total = (weigh: (slots: number) => number) =>
    sizes.reduce((sum, own, i) => sum + own * weigh(leaves[i].slots.length), 0);
  return {
    structure: `sparse: a parameter reaches at most ${most} of ${size} state elements, ${pulls} ${pulls === 1 ? 'pull' : 'pulls'} a step`,
    cost: {
      time: total((slots) => rule.products(slots) + (slots === 0 ? 0 : pulls)),
      memory: total((slots) => slots),
    },
    start: () => startStructured(structure, step.parameters),
    advance: (influence, transition) => rule.advance(structure, influence, transition),
    pull(influence, cotangent) {
      requireStructure(name, structure, influence);
      return pullStructured(structure, influence, cotangent, step.parameters);
    },
    expand: (influence) => expanded(influence, step),
  };
}

function onLeaves(step: StepStructure, { steps, kept }: Extent, within?: Reach): Rule<Tree> {
  const all = leavesOf(step.parameters);
  // Without a limit of steps, the entries left out are zero by themselves, so no mask is needed; and a leaf
  // that reaches nothing in one step never does.
  const reaches = within?.reaches ?? step.reaches(Number.isFinite(steps) ? steps : 1) ?? [];
  const places = all.flatMap((_, place) =>
    reaches[place].some((elements) => elements.length > 0) ? [place] : [],
  );
  const { state } = step.sizes;
  const isCut = Number.isFinite(steps) || within !== undefined;
  const selection: Selection = {
    step,
    places,
    // As large as the influence, so they are made at the first advance.
    masks: once(() => (isCut ? places.map((place) => maskOf(reaches[place], all[place], state)) : [])),
    kept,
  };
  const size = places.reduce((sum, place) => sum + all[place].size, 0);
  const idle = step.sizes.parameters - size;
  const entries = places.flatMap((place) => reaches[place]).reduce((sum, { length }) => sum + length, 0);
  const left = isCut ? state * size - entries : 0;
  const listed = (influence: Tree) =>
    isReaching(influence) ? places.map((place) => influence.jacobians[place]) : [];
  const carry = (leaves: readonly Tensor[]): ReachingInfluence => ({
    jacobians: Object.fromEntries(leaves.map((leaf, i) => [places[i], leaf])),
  });
  const tree = (leaves: readonly Tensor[]) => rebuild(step.parameters, leaves);
  return {
    structure: [
      `dense: parameters reach too many of the ${state} state elements`,
      ...(idle === 0 ? [] : [`${idle} never reach the state`]),
      ...(left === 0 ? [] : [`${left} entries are left out`]),
    ].join('; '),
    cost: { time: state * state * size, memory: state * size },
    start: () => carry(startInFull(selection)),
    advance: (influence, transition) => carry(advanceInFull(listed(influence), transition, selection)),
    pull(influence, cotangent) {
      const flat = flattenTree(cotangent);
      if (!isReaching(influence)) return tree(pullInFull(leavesOf(expanded(influence, step)), flat));
      const pulled = pullInFull(listed(influence), flat);
      return tree(
        all.map(({ shape, dtype }, place) => pulled[places.indexOf(place)] ?? zeros(shape, { dtype })),
      );
    },
    expand: (influence) => expanded(influence, step),
  };
}

/**
 * All of G. It follows from the influence alone, because a learner read from a checkpoint shows it before the
 * first input.
 */
function expanded(influence: Tree, { parameters, sizes }: StepStructure): Tree {
  if (isStructured(influence)) return expandStructured(influence, parameters, sizes.state);
  if (isMixed(influence)) {
    const few = leavesOf(expandStructured(influence.narrow, parameters, sizes.state));
    return rebuild(
      parameters,
      few.map((leaf, place) => influence.wide.jacobians[place] ?? leaf),
    );
  }
  if (!isReaching(influence)) return influence;
  const leaves = leavesOf(parameters).map(
    ({ shape, dtype }, place) => influence.jacobians[place] ?? zeros([sizes.state, ...shape], { dtype }),
  );
  return rebuild(parameters, leaves);
}

function isReaching(influence: Tree): influence is ReachingInfluence {
  return 'jacobians' in influence;
}

function isStructured(influence: Tree): influence is StructuredInfluence {
  return 'slots' in influence && 'rows' in influence;
}

/** Returns a mask [S, ...leaf] with 1 where an entry of G is kept; undefined if all are. */
function maskOf(reaches: readonly Elements[], { size, shape }: Tensor, state: number): Tensor | undefined {
  if (reaches.every(({ length }) => length === state)) return undefined;
  const mask = new Int32Array(state * size);
  reaches.forEach((elements, at) => {
    for (const element of elements) mask[element * size + at] = 1;
  });
  return fromData(mask, [state, ...shape]);
}
