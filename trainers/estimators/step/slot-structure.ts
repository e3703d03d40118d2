import { leavesOf, type Shape, sizeOf, stridesOf } from '../../../lib/index.ts';
import type { Reach } from './layers.ts';
import type { Elements } from './sites.ts';
import type { StepStructure } from './step-structure.ts';

/** The state elements that the parameters of one leaf can influence, of those to be carried. */
export interface LeafReach {
  readonly shape: Shape;
  /** `shape` with 1 for every axis along which all parameters reach the same elements. */
  readonly compact: Shape;
  /**
   * Slot by slot, for each parameter of the compact shape, the slot's state element; -1 if the slot is
   * unused.
   */
  readonly slots: readonly Int32Array[];
}

/**
 * The entries of G = ∂s/∂θ that are carried, and the few pulls that yield the entries of J and I for them.
 */
export interface Structure {
  /** S. */
  readonly size: number;
  readonly leaves: readonly LeafReach[];
  /** The most state elements that one parameter reaches. */
  readonly most: number;
  /** The pulls that yield the rows of I. */
  readonly immediate: Colouring;
  /**
   * The pulls that yield the rows of J; the same object if those of I suffice. `entries` where picking single entries
   * from the structure of the step takes less.
   */
  readonly recurrent: Colouring | 'entries';
  /** For each old state element, the new ones that can depend on it. */
  readonly successors: readonly ReadonlySet<number>[];
}

/** Pulls that several state elements share. */
export interface Colouring {
  /** For every reached state element, the pull that has its row; -1 for the others. */
  readonly colours: Int32Array;
  /** Number of pulls. */
  readonly pulls: number;
}

/**
 * Returns the structure of a step; undefined if a parameter reaches more than `limit` state elements within
 * `steps` steps.
 *
 * Elements of one colour share a pull. Their rows can be separated again from the sum, because at most one of
 * them has an entry in each column that is carried.
 */
export function structureOf(
  step: StepStructure,
  limit: number,
  steps?: number,
  within?: Reach,
): Structure | undefined {
  const reaches = within?.reaches ?? step.reaches(steps, limit);
  if (reaches === undefined || reaches.some((leaf) => leaf.some(({ length }) => length > limit)))
    return undefined;
  const size = step.sizes.state;
  const layers = within?.layers;
  const successors =
    layers === undefined
      ? step.successors
      : step.successors.map((list, from) => list.filter((to) => layers[to] === layers[from]));
  const leaves = leavesOf(step.parameters).map(({ shape }, i) => reachOf(reaches[i], shape));
  const groups = [...new Set(reaches.flat())];
  const reached = new Set(groups.flat());
  // Each once: in a dense step, all are the same.
  const columns = unique([...reached].map((from) => successors[from].filter((to) => reached.has(to))));
  const immediate = colouringOf(size, groups, layers);
  const most = leaves.reduce((longest, { slots }) => Math.max(longest, slots.length), 0);
  const recurrent = () => {
    if (columns.every((column) => tells(immediate, column))) return immediate;
    const own = colouringOf(size, [...groups, ...columns], layers);
    return own.pulls > most ** 2 && groups.every((group) => step.isPicked(group)) ? 'entries' : own;
  };
  return {
    size,
    leaves,
    most,
    immediate,
    recurrent: recurrent(),
    successors: asSets(successors),
  };
}

function reachOf(reached: readonly Elements[], shape: Shape): LeafReach {
  const strides = stridesOf(shape);
  const same = (stride: number, length: number) =>
    reached.every((own, i) => own === reached[i - (Math.floor(i / stride) % length) * stride]);
  const compact = shape.map((length, axis) => (length > 1 && same(strides[axis], length) ? 1 : length));
  const kept = Array.from({ length: sizeOf(compact) }, (_, at) => reached[placeOf(at, compact, strides)]);
  const count = kept.reduce((most, { length }) => Math.max(most, length), 0);
  return {
    shape,
    compact,
    slots: Array.from({ length: count }, (_, r) => Int32Array.from(kept, (elements) => elements[r] ?? -1)),
  };
}

/** For each element of a shape, its index in a compact shape that repeats along the axes where it has 1. */
export function repeated(compact: Shape, shape: Shape): Int32Array {
  const strides = stridesOf(compact).map((stride, axis) => (compact[axis] === 1 ? 0 : stride));
  return Int32Array.from({ length: sizeOf(shape) }, (_, at) => placeOf(at, shape, strides));
}

/** The offset, under other strides, of the element at `at` in row-major order of a shape. */
function placeOf(at: number, shape: Shape, strides: readonly number[]): number {
  let [rest, place] = [at, 0];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place += (rest % shape[axis]) * strides[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

/** Converts to sets. Equal sets are one object: in a dense step all are equal. */
function asSets(lists: readonly Elements[]): ReadonlySet<number>[] {
  const sets = new Map([...new Set(lists)].map((list) => [list, new Set(list)]));
  return lists.map((list) => sets.get(list) as ReadonlySet<number>);
}

function unique(sets: readonly Elements[]): Elements[] {
  return [...new Map(sets.map((set) => [set.join(), set])).values()];
}

/** Whether elements have different colours. */
function tells({ colours }: Colouring, elements: Elements): boolean {
  return new Set(elements.map((element) => colours[element])).size === elements.length;
}

/**
 * Colours the members of the groups, differently within a group; each element takes the first free colour.
 * Elements of different layers have different colours: what a parameter does to another layer is then in none of
 * the rows that are read for it.
 */
function colouringOf(size: number, groups: readonly Elements[], layers?: Int32Array): Colouring {
  const groupsOf = Array.from({ length: size }, (): Elements[] => []);
  for (const group of groups) for (const element of group) groupsOf[element].push(group);
  const colours = new Int32Array(size).fill(-1);
  groupsOf.forEach((own, element) => {
    if (own.length === 0) return;
    const taken = new Set(own.flatMap((group) => group.map((other) => colours[other])));
    let colour = 0;
    while (taken.has(colour)) colour++;
    colours[element] = colour;
  });
  if (layers !== undefined) {
    const numbers = new Map<string, number>();
    colours.forEach((colour, element) => {
      if (colour < 0) return;
      const key = `${layers[element]},${colour}`;
      numbers.set(key, numbers.get(key) ?? numbers.size);
      colours[element] = numbers.get(key) as number;
    });
  }
  return {
    colours,
    pulls: colours.reduce((most, colour) => Math.max(most, colour + 1), 0),
  };
}
