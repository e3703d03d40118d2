import type { Dependencies } from '../../autodiff/index.ts';
import { leavesOf, type Shape, sizeOf, stridesOf, type Tree } from '../../lib/index.ts';

/** Which state elements the parameters of one leaf can ever influence. */
export interface LeafReach {
  readonly shape: Shape;
  /** `shape` with 1 for every axis along which all parameters reach the same elements. */
  readonly compact: Shape;
  /** Slot by slot, for each parameter of the compact shape, the element that the slot is about; -1 where the parameter reaches fewer. */
  readonly slots: readonly Int32Array[];
}

/** The entries of G = ∂s/∂θ that can be other than zero, and how to find the ones of J and I that matter in few pulls. */
export interface Structure {
  /** S. */
  readonly size: number;
  readonly leaves: readonly LeafReach[];
  /** The most state elements that one parameter reaches. */
  readonly most: number;
  /** For every reached state element, the pull that gives its rows of J and I; -1 for the others. */
  readonly colours: Int32Array;
  /** How many pulls there are. */
  readonly pulls: number;
  /** Whether the new state element `to` can depend on the old one `from`. */
  depends(to: number, from: number): boolean;
}

/** A set of state elements, ascending. */
type Elements = readonly number[];

/**
 * The structure of a step θ, s ↦ s' from its dependencies, those on θ first; undefined when a parameter reaches more than `limit`
 * state elements.
 *
 * A parameter reaches what its column of I shows, and what these elements reach under J, and so on: the closure. State elements that
 * one parameter reaches get different colours, and elements of one colour share a pull: the sum of their rows of J and I can be told
 * apart, because in no column that matters more than one of them has an entry.
 */
export function structureOf(
  { size, sets: [parameters, state], members }: Dependencies,
  like: Tree,
  limit: number,
): Structure | undefined {
  const successors = state.flatMap((leaf) => Array.from(leaf, members));
  const different = new Set(parameters.flatMap((leaf) => [...new Set(leaf)]));
  const closures = new Map<number, Elements>();
  const same = new Map<string, Elements>();
  for (const set of different) {
    const reached = closure(members(set), successors, limit);
    if (reached === undefined) return undefined;
    const key = reached.join();
    same.set(key, same.get(key) ?? reached);
    closures.set(set, same.get(key) as Elements);
  }
  const leaves = leavesOf(like).map(({ shape }, i) =>
    reachOf(
      Array.from(parameters[i], (set) => closures.get(set) as Elements),
      shape,
    ),
  );
  const colours = colouring(size, [...same.values()]);
  const edges = new Set([...same.values()].flat().flatMap((from) => successors[from].map((to) => to * size + from)));
  return {
    size,
    leaves,
    most: leaves.reduce((most, { slots }) => Math.max(most, slots.length), 0),
    colours,
    pulls: colours.reduce((most, colour) => Math.max(most, colour + 1), 0),
    depends: (to, from) => edges.has(to * size + from),
  };
}

/** Whether every entry that `inner` allows, `outer` allows as well. */
export function covers(outer: Structure, inner: Structure): boolean {
  return inner.leaves.every((leaf, i) => {
    const [own, all] = [elementsOf(leaf), elementsOf(outer.leaves[i])];
    const fits = (at: number) => {
      const [elements, allowed] = [own(at), all(at)];
      return elements.every(
        (to) => allowed.includes(to) && elements.every((from) => !inner.depends(to, from) || outer.depends(to, from)),
      );
    };
    return Array.from({ length: sizeOf(leaf.shape) }, (_, at) => at).every(fits);
  });
}

/** What these elements reach in any number of steps. */
function closure(begin: Elements, successors: readonly Elements[], limit: number): Elements | undefined {
  const reached = new Set(begin);
  for (const from of reached) {
    for (const to of successors[from]) {
      if (reached.size > limit) return undefined;
      reached.add(to);
    }
  }
  return reached.size > limit ? undefined : [...reached].sort((a, b) => a - b);
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

/** The state elements that the parameter at a place of a leaf reaches. */
function elementsOf({ shape, compact, slots }: LeafReach): (at: number) => Elements {
  const places = repeated(compact, shape);
  return (at) => slots.map((slot) => slot[places[at]]).filter((element) => element >= 0);
}

/** For each element of a shape, its place in a compact one that repeats along the axes where it has 1. */
export function repeated(compact: Shape, shape: Shape): Int32Array {
  const strides = stridesOf(compact).map((stride, axis) => (compact[axis] === 1 ? 0 : stride));
  return Int32Array.from({ length: sizeOf(shape) }, (_, at) => placeOf(at, shape, strides));
}

/** Where the element at `at`, in row-major order of a shape, stands under other strides. */
function placeOf(at: number, shape: Shape, strides: readonly number[]): number {
  let [rest, place] = [at, 0];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place += (rest % shape[axis]) * strides[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return place;
}

/** Colours for the members of the groups, different ones within a group; each element takes the first that is free. */
function colouring(size: number, groups: readonly Elements[]): Int32Array {
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
  return colours;
}
