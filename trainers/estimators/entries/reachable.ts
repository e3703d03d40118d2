import { ConfigurationError, leavesOf, rebuild, type Tree } from '../../../lib/index.ts';
import type { Rule } from '../rule/rule.ts';
import { oneBlock } from '../step/blocks.ts';
import { layered, type Reach } from '../step/layers.ts';
import type { Elements } from '../step/sites.ts';
import { type Structure, structureOf } from '../step/slot-structure.ts';
import type { StepStructure } from '../step/step-structure.ts';
import { expanded, type ReachingInfluence } from './expanded.ts';
import { advanceInFull, pullInFull, type Rows, type Selection, startInFull } from './full.ts';
import { mixed } from './mixed.ts';
import { type Extent, onLeaves } from './onLeaves.ts';
import {
  byFactor,
  pullStructured,
  requireStructure,
  type SlotRule,
  type StructuredInfluence,
  startStructured,
  throughJacobian,
} from './slots.ts';

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
  const [all, many] = [onLeaves(step, extent), onLeaves(step, extent, part(true))];
  const both = (own: Rule<ReachingInfluence>, earlier: Rule<Tree>): Rule<Tree> => ({
    ...mixed(step, { narrow: onSlots(step, structure, extent), wide: own, isWide, left }),
    earlier,
  });
  const first = all.earlier ?? all;
  return both(many, many.earlier === undefined ? first : both(many.earlier, first));
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
  const places = leavesOf(step.parameters).map((_, leaf) => ({ leaf, blocks: [0] }));
  const all: Selection = { step, blocks: oneBlock(step), places, masks: () => [], kept: 'jacobian' };
  const { state, parameters } = step.sizes;
  const tree = (rows: readonly Rows[]) =>
    rebuild(
      step.parameters,
      rows.flatMap((own) => leavesOf(own)),
    );
  return {
    structure: 'dense',
    cost: { time: state * state * parameters, memory: state * parameters },
    start: () => tree(startInFull(all)),
    advance: (influence, transition) => tree(advanceInFull(leavesOf(influence), transition, all)),
    pull(influence, cotangent) {
      const c = leavesOf(cotangent);
      return tree(leavesOf(influence).map((leaf) => pullInFull(leaf, c)));
    },
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
