import { fromData, leavesOf, rebuild, type Tensor, type Tree, zeros } from '../../../lib/index.ts';
import { once } from '../../once.ts';
import type { Rule } from '../rule/rule.ts';
import { type Block, blocksOf, entriesOf, oneBlock, reachedBlocks } from '../step/blocks.ts';
import type { Reach } from '../step/layers.ts';
import type { Elements } from '../step/sites.ts';
import type { StepStructure } from '../step/step-structure.ts';
import { expanded, isReaching, type ReachingInfluence } from './expanded.ts';
import { advanceInFull, isPushed, pullInFull, type Rows, type Selection, startInFull } from './full.ts';

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
 * Returns a rule that carries G in full for the leaves that reach the state, but for blocks that are zero: in a stack of
 * layers, what the parameters of a layer do to the layers below.
 */
export function onLeaves(
  step: StepStructure,
  { steps, kept }: Extent,
  within?: Reach,
): Rule<ReachingInfluence> {
  const isCut = Number.isFinite(steps) || within !== undefined;
  // Without a limit of steps, the entries left out are zero by themselves, so no mask is needed; and a leaf
  // that reaches nothing in one step never does.
  const reaches = within?.reaches ?? step.reaches(isCut ? steps : 1) ?? [];
  const leaves = reaches.flatMap((own, leaf) => (own.some(({ length }) => length > 0) ? [leaf] : []));
  const ruleFor = (blocks: readonly Block[]) => {
    const reached = reachedBlocks(step, blocks, !isCut);
    const places = leaves.map((leaf) => ({ leaf, blocks: reached(reaches[leaf]) }));
    return onBlocks({ step, blocks, places, kept }, isCut ? reaches : undefined);
  };
  const earlier = ruleFor(oneBlock(step));
  const blocks = isPushed(step, leaves, kept) ? [] : blocksOf(step);
  return blocks.length < 2 ? earlier : { ...ruleFor(blocks), earlier };
}

/** @param cut the entries that are carried, where others are left out. */
function onBlocks(own: Omit<Selection, 'masks'>, cut?: Reach['reaches']): Rule<ReachingInfluence> {
  const { step, blocks, places } = own;
  const all = leavesOf(step.parameters);
  const { state } = step.sizes;
  const selection: Selection = {
    ...own,
    // As large as the influence, so they are made at the first advance.
    masks: once(() =>
      places.map(({ leaf, blocks: to }) => to.map((at) => cut && maskOf(blocks[at], cut[leaf], all[leaf]))),
    ),
  };
  const total = (weigh: (to: Block, given: readonly number[]) => number) =>
    places.reduce(
      (sum, { leaf, blocks: given }) =>
        given.reduce((own, at) => own + all[leaf].size * weigh(blocks[at], given), sum),
      0,
    );
  const memory = total(({ elements }) => elements.length);
  const size = places.reduce((sum, { leaf }) => sum + all[leaf].size, 0);
  const idle = step.sizes.parameters - size;
  const entries = cut && places.flatMap(({ leaf }) => cut[leaf]).reduce((sum, { length }) => sum + length, 0);
  const left = state * size - (entries ?? memory);
  const carry = (rows: readonly Rows[]): ReachingInfluence => ({
    jacobians: Object.fromEntries(rows.map((own, i) => [places[i].leaf, own])),
  });
  return {
    structure: [
      `dense: parameters reach too many of the ${state} state elements`,
      ...(idle === 0 ? [] : [`${idle} never reach the state`]),
      ...(left === 0 ? [] : [`${left} entries are ${cut ? 'left out' : 'always zero'}`]),
    ].join('; '),
    cost: {
      time: total((to, given) => given.reduce((sum, from) => sum + entriesOf(to, from, blocks), 0)),
      memory,
    },
    start: () => carry(startInFull(selection)),
    advance({ jacobians }, transition) {
      const rows = places.map(({ leaf }) => jacobians[leaf]);
      return carry(advanceInFull(rows, transition, selection));
    },
    // Also of other forms: see `expanded`.
    pull(influence: Tree, cotangent) {
      const { jacobians } = isReaching(influence) ? influence : carryAll(expanded(influence, step));
      const c = leavesOf(cotangent);
      return rebuild(
        step.parameters,
        all.map(({ shape, dtype }, leaf) =>
          leaf in jacobians ? pullInFull(jacobians[leaf], c) : zeros(shape, { dtype }),
        ),
      );
    },
    expand: (influence: Tree) => expanded(influence, step),
  };
}

/** All of G, in the form of its parts. */
function carryAll(influence: Tree): ReachingInfluence {
  return { jacobians: Object.fromEntries(leavesOf(influence).entries()) };
}

/** Returns a mask [rows, ...leaf] with 1 where an entry of the rows of a block is kept; undefined if all are. */
function maskOf(
  { elements }: Block,
  reaches: readonly Elements[],
  { size, shape }: Tensor,
): Tensor | undefined {
  const rows = new Map(elements.map((element, row) => [element, row]));
  const mask = new Int32Array(rows.size * size);
  reaches.forEach((reached, at) => {
    for (const element of reached) {
      const row = rows.get(element);
      if (row !== undefined) mask[row * size + at] = 1;
    }
  });
  return mask.includes(0) ? fromData(mask, [rows.size, ...shape]) : undefined;
}
