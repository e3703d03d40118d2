import {
  allocate,
  dataOf,
  dtypeOf,
  fromData,
  leavesOf,
  rebuild,
  type Tree,
  type TypedArray,
} from '../../../lib/index.ts';
import { eachLane } from '../systems/lanes.ts';
import { named } from '../window/learn.ts';
import type { Memory } from '../window/memory.ts';
import { residentOf } from './resident.ts';

/** Parameters and a state as numbers, leaf by leaf. */
export interface Point {
  readonly parameters: readonly TypedArray[];
  /** In each leaf the systems one after the other. */
  readonly state: readonly TypedArray[];
}

/** Copies of the parameters and of the states of a memory. @param into receives them. */
export function pointOf({ parameters, lanes }: Pick<Memory, 'parameters' | 'lanes'>, into?: Point): Point {
  const numbers = (tree: unknown) => leavesOf(tree as Tree).map(dataOf);
  return pointFrom(
    numbers(parameters),
    lanes.map(({ state }) => numbers(state)),
    into,
  );
}

function pointFrom(
  parameters: readonly TypedArray[],
  states: readonly (readonly TypedArray[])[],
  into?: Point,
): Point {
  return {
    parameters: parameters.map((own, i) => copied(own, into?.parameters[i])),
    state: joined(states, into?.state),
  };
}

/** A copy, in memory of its own by default. */
function copied(data: TypedArray, into: TypedArray = allocate(dtypeOf(data), data.length)): TypedArray {
  into.set(data);
  return into;
}

/** Copies of the states of all systems, leaf by leaf. @param into receives them. */
function joined(states: readonly (readonly TypedArray[])[], into?: readonly TypedArray[]): TypedArray[] {
  return states[0].map((first, leaf) => {
    const out = into?.[leaf] ?? allocate(dtypeOf(first), first.length * states.length);
    states.forEach((own, i) => {
      out.set(own[leaf], i * first.length);
    });
    return out;
  });
}

/** A point of lanes that are one system, whose state is a list of theirs, as that of lanes that are systems. */
export function lanesApart({ parameters, state }: Point, lanes: number): Point {
  const leaves = state.length / lanes;
  const each = Array.from({ length: lanes }, (_, lane) => state.slice(lane * leaves, (lane + 1) * leaves));
  return { parameters, state: joined(each) };
}

/** The inverse of `lanesApart`, in the same memory. */
export function lanesAsOne({ parameters, state }: Point, lanes: number): Point {
  const apart = state.map((all) => eachLane(all, lanes));
  return {
    parameters,
    state: Array.from({ length: lanes }, (_, lane) => apart.map((own) => own[lane])).flat(),
  };
}

/** The memory at another point. */
export function movedTo(memory: Memory, { parameters, state }: Point): Memory {
  return {
    ...memory,
    parameters: named(treeOf(memory.parameters as Tree, parameters)),
    lanes: memory.lanes.map((lane, i) => ({ ...lane, state: treeOf(lane.state as Tree, state, i) })),
  };
}

/** A tree like another with copies of these numbers, or of the i-th part of each leaf. */
export function treeOf(like: Tree, numbers: readonly TypedArray[], i = 0): Tree {
  const leaves = leavesOf(like).map(({ shape, size }, leaf) =>
    fromData(numbers[leaf].slice(i * size, (i + 1) * size) as TypedArray, [...shape]),
  );
  return rebuild(like, leaves);
}

/** Where the parameters and the states of the systems are among the residents of a memory. */
export interface Places {
  readonly like: Memory;
  readonly parameters: readonly number[];
  readonly states: readonly (readonly number[])[];
}

/** By their order, as lanes may share leaves after a reset. */
export function placesOf(like: Memory): Places {
  let at = 0;
  const take = (tree: unknown) => leavesOf(tree as Tree).map(() => at++);
  const { parameters, moments, lanes } = residentOf(like);
  const own = take(parameters);
  take(moments);
  const states = lanes.map(({ state, influence }) => {
    const places = take(state);
    take(influence);
    return places;
  });
  return { like, parameters: own, states };
}

/** Copies of the parameters and states among the residents. @param into receives them. */
export function readPoint(
  residents: readonly TypedArray[],
  { parameters, states }: Places,
  into?: Point,
): Point {
  const numbers = (places: readonly number[]) => places.map((at) => residents[at]);
  return pointFrom(numbers(parameters), states.map(numbers), into);
}

/** Writes parameters and states among the residents. */
export function writePoint(
  residents: readonly TypedArray[],
  places: Places,
  { parameters, state }: Point,
): void {
  for (const [i, at] of places.parameters.entries()) residents[at].set(parameters[i]);
  for (const [i, own] of places.states.entries())
    for (const [leaf, at] of own.entries()) {
      const { length } = residents[at];
      const isOneSystems = length === state[leaf].length;
      residents[at].set(isOneSystems ? state[leaf] : state[leaf].subarray(i * length, (i + 1) * length));
    }
}
