import { add, concat, matmul, mul, reshape, slice, transpose, where } from '../../../autodiff/index.ts';
import { eye, type FloatDType, leavesOf, partsLike, Tensor, type Tree, zeros } from '../../../lib/index.ts';
import { asMatrix, flattenTree, fromRows, toRows } from '../../algebra.ts';
import { once } from '../../once.ts';
import type { Block } from '../step/blocks.ts';
import type { StepStructure } from '../step/step-structure.ts';
import type { Transition } from '../step/transition.ts';

/**
 * The rows of G of one leaf of the parameters: all S of them; or those of the blocks of the state that it reaches,
 * [size, ...leaf], by the positions of their leaves, such as `2,3`.
 */
export type Rows = Tensor | { readonly [leaves: string]: Tensor };

/** A leaf of the parameters for which G is carried in full. */
interface Place {
  /** Its position. */
  readonly leaf: number;
  /** The positions of the blocks of the state for which it has rows. */
  readonly blocks: readonly number[];
}

/** What is carried of G: rows for each block of the state and each of these leaves of the parameters. */
export interface Selection {
  readonly step: StepStructure;
  readonly blocks: readonly Block[];
  readonly places: readonly Place[];
  /** For the rows of each place and block, 1 where an entry of G is kept; left out if all are. */
  masks(): readonly (readonly (Tensor | undefined)[])[];
  /** `jacobian` keeps J; a number replaces it by that factor. */
  readonly kept: 'jacobian' | number;
}

/** Zeros for each leaf. */
export function startInFull({ step, blocks, places }: Selection): Rows[] {
  const leaves = leavesOf(step.parameters);
  return places.map((place) => {
    const { shape, dtype } = leaves[place.leaf];
    return named(
      blocks,
      place,
      place.blocks.map((at) => zeros([blocks[at].elements.length, ...shape], { dtype })),
    );
  });
}

/** G ← mask ∘ (J G + I), or G ← factor·G + I. */
export function advanceInFull(
  influence: readonly Rows[],
  transition: Transition,
  selection: Selection,
): Rows[] {
  const { step, blocks, places, kept } = selection;
  const masks = selection.masks();
  const before = places.map((place, i) => listed(blocks, place, influence[i]));
  const leaves = places.map(({ leaf }) => leaf);
  const next = (isPushed(step, leaves, kept) ? pushed : pulled)(before, transition, selection);
  return places.map((place, i) => {
    const rows = next[i].map((own, j) => {
      const mask = masks[i]?.[j];
      return mask === undefined ? own : where(mask, own, 0);
    });
    return named(blocks, place, rows);
  });
}

/** Returns cᵀG for one leaf, from the leaves of c. */
export function pullInFull(rows: Rows, cotangent: readonly Tensor[]): Tensor {
  return apart(rows, cotangent.length)
    .map(([leaves, own]) => {
      const c = flattenTree(leaves.map((leaf) => cotangent[leaf]));
      return reshape(matmul(c, asMatrix(own)), own.shape.slice(1));
    })
    .reduce((sum, part) => add(sum, part));
}

/** Returns all S rows of a leaf of the parameters, from those that are carried; the others are zero. */
export function expandInFull(rows: Rows | undefined, state: Tree, { shape, dtype }: Tensor): Tensor {
  if (rows instanceof Tensor) return rows;
  const sizes = leavesOf(state).map(({ size }) => size);
  const parts = sizes.map((size) => zeros([size, ...shape], { dtype }));
  for (const [leaves, own] of apart(rows ?? {}, sizes.length)) {
    let at = 0;
    for (const leaf of leaves) {
      parts[leaf] = slice(own, [at, ...shape.map(() => 0)], [at + sizes[leaf], ...shape]);
      at += sizes[leaf];
    }
  }
  return concat(parts);
}

/**
 * Whether J G + I comes from pushes: where there are fewer parameters than state elements. All of the state is one
 * block then.
 */
export function isPushed(
  { parameters, sizes }: StepStructure,
  places: readonly number[],
  kept: Selection['kept'],
): boolean {
  const leaves = leavesOf(parameters);
  const columns = places.reduce((sum, leaf) => sum + leaves[leaf].size, 0);
  return kept === 'jacobian' && columns < sizes.state;
}

/**
 * Computes J G + I by pulls: the pull of a unit vector of the state is a row of J and of I. Blocks of J and of G that
 * are zero are not multiplied.
 */
function pulled(
  influence: readonly (readonly Tensor[])[],
  transition: Transition,
  { step, blocks, places, kept }: Selection,
): Tensor[][] {
  const rows = blocks.map((block) => once(() => rowsOf(block, transition, step)));
  return places.map((place, i) =>
    place.blocks.map((to) => {
      const { jacobian, immediate } = rows[to]();
      const carried = place.blocks.flatMap((from, k) => {
        if (kept !== 'jacobian') return from === to ? mul(influence[i][k], kept) : [];
        return blocks[to].from.includes(from) ? times(jacobian(blocks[from]), influence[i][k]) : [];
      });
      return [...carried, immediate[place.leaf]].reduce((sum, part) => add(sum, part));
    }),
  );
}

/** The rows of J and of I of one block: a pull of unit vectors on its leaves alone. */
function rowsOf(
  { leaves, elements }: Block,
  transition: Transition,
  step: StepStructure,
): { readonly immediate: readonly Tensor[]; jacobian(from: Block): Tensor } {
  const all = leavesOf(step.state);
  const unit = fromRows(
    eye(elements.length, { dtype: dtypeOf(step) }),
    leaves.map((leaf) => all[leaf]),
  ) as readonly Tensor[];
  const pulled = transition.pullMany(
    partsLike(
      step.state,
      all.map((_, leaf) => unit[leaves.indexOf(leaf)]),
    ),
  );
  const columns = leavesOf(pulled.state);
  const known = new Map<Block, Tensor>();
  return {
    immediate: leavesOf(pulled.parameters),
    jacobian(from) {
      const found = known.get(from) ?? toRows(from.leaves.map((leaf) => columns[leaf]));
      known.set(from, found);
      return found;
    },
  };
}

function times(jacobian: Tensor, rows: Tensor): Tensor {
  return reshape(matmul(jacobian, asMatrix(rows)), [jacobian.shape[0], ...rows.shape.slice(1)]);
}

/**
 * Computes J G + I by pushes: the push of a column of G, with the unit vector of its parameter, is that
 * column of the result.
 */
function pushed(
  influence: readonly (readonly Tensor[])[],
  transition: Transition,
  { step, places }: Selection,
): Tensor[][] {
  const leaves = leavesOf(step.parameters);
  const own = places.map(({ leaf }) => leaves[leaf]);
  const sizes = own.map(({ size }) => size);
  const columns = sizes.reduce((sum, size) => sum + size, 0);
  const unit = fromRows(eye(columns, { dtype: dtypeOf(step) }), own) as readonly Tensor[];
  const directions = partsLike(
    step.parameters,
    leaves.map((_, leaf) => unit[places.findIndex((place) => place.leaf === leaf)]),
  );
  const before = concat(
    influence.map(([rows]) => asMatrix(rows)),
    1,
  );
  const after = transpose(toRows(transition.pushMany(directions, fromRows(transpose(before), step.state))));
  return influence.map(([rows], i) => {
    const begin = sizes.slice(0, i).reduce((sum, size) => sum + size, 0);
    return [reshape(slice(after, [0, begin], [step.sizes.state, begin + sizes[i]]), rows.shape)];
  });
}

/** The rows of a place by the names of its blocks, or all of them. */
function named(blocks: readonly Block[], place: Place, rows: readonly Tensor[]): Rows {
  if (blocks.length === 1) return rows[0];
  return Object.fromEntries(place.blocks.map((at, i) => [nameOf(blocks[at]), rows[i]]));
}

/** The inverse of `named`. */
function listed(blocks: readonly Block[], place: Place, rows: Rows): Tensor[] {
  return place.blocks.map((at) => (rows instanceof Tensor ? rows : rows[nameOf(blocks[at])]));
}

function nameOf({ leaves }: Block): string {
  return leaves.join();
}

/** The rows with the positions of the leaves of the state that they are about. */
function apart(rows: Rows, count: number): (readonly [leaves: readonly number[], own: Tensor])[] {
  if (rows instanceof Tensor) return [[Array.from({ length: count }, (_, leaf) => leaf), rows]];
  return Object.entries(rows).map(([name, own]) => [leavesIn(name), own]);
}

/** The positions of the leaves of the state that rows with this name are about. */
export function leavesIn(name: string): readonly number[] {
  return name.split(',').map(Number);
}

function dtypeOf({ state }: StepStructure): FloatDType {
  return leavesOf(state)[0].dtype as FloatDType;
}
