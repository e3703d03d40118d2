import { type Dependencies, where } from '../../autodiff/index.ts';
import {
  ConfigurationError,
  DataError,
  dataOf,
  fromData,
  leavesOf,
  rebuild,
  type Tensor,
  type Tree,
  zeros,
} from '../../lib/index.ts';
import { countElements } from '../algebra.ts';
import type { Estimator, Transition } from './estimator.ts';
import { covers, reachesOf, type Structure, structureOf } from './structure.ts';
import {
  expandStructured,
  pullStructured,
  requireStructure,
  type SlotRule,
  type StructuredInfluence,
  startStructured,
  throughJacobian,
} from './structured.ts';

/** G for those leaves of the parameters, by their places, that reach the state at all. */
type ReachingInfluence = { readonly jacobians: { readonly [place: number]: Tensor } };

/**
 * RTRL for one model: on slots where that pays, otherwise dense for the leaves of the parameters that reach the state.
 *
 * With q slots, a step takes q² products of arrays of P numbers; dense, S² P multiply-adds at the speed of matrix products, some five
 * times faster each. Slots also are q² instructions for each leaf. So they pay up to about q = 2√S, whatever S is.
 *
 * @param steps within how many steps a parameter reaches what counts: the entries of G for all else are left out.
 * @param rule how slots move on, where that is not as in RTRL.
 */
export function specialised(
  dense: Estimator<Tree>,
  found: Dependencies,
  parameters: Tree,
  steps = Number.POSITIVE_INFINITY,
  rule: SlotRule = throughJacobian,
): Estimator<Tree> {
  const structure = structureOf(found, parameters, limitOf(found.size), steps);
  return structure === undefined ? onLeaves(dense, found, parameters, steps) : onSlots(dense, structure, parameters, steps, rule);
}

/** An estimator that cannot begin before it knows what the parameters reach; the arguments as for `specialised`. */
export function onceKnown(dense: Estimator<Tree>, steps: number, rule?: SlotRule): Estimator<Tree> {
  const refuse = (): never => {
    throw new ConfigurationError(
      `${dense.name}: what a parameter reaches is not known, because this step cannot be traced; use rtrl() or uoro(), or a step that reads no values`,
    );
  };
  const early: Estimator<Tree> = {
    ...dense,
    structure: 'not known before the first step',
    advance: refuse,
    specialise(found, parameters) {
      const { start, advance, pull } = this;
      if (start !== early.start || advance !== early.advance || pull !== early.pull)
        throw new ConfigurationError(
          `${dense.name}: start, advance and pull cannot be replaced, since they follow from the model; wrap rtrl({ structure: 'dense' })`,
        );
      return found === undefined ? refuse() : specialised(dense, found, parameters, steps, rule);
    },
    show: (influence, parameters, state) => shown(influence, parameters, state) ?? influence,
  };
  return early;
}

/** The whole of G from what a specialised estimator carries; undefined for anything else. */
export function shown(influence: Tree, parameters: Tree, state: Tree): Tree | undefined {
  const size = countElements(state);
  const carried = influence as Partial<StructuredInfluence & ReachingInfluence>;
  if (carried.slots !== undefined) return expandStructured(carried as StructuredInfluence, parameters, size);
  const { jacobians } = carried;
  if (jacobians === undefined) return undefined;
  return rebuild(
    parameters,
    leavesOf(parameters).map((leaf, i) => jacobians[i] ?? zeros([size, ...leaf.shape], { dtype: leaf.dtype })),
  );
}

function limitOf(size: number): number {
  return Math.max(0, Math.min(size - 1, Math.floor(2 * Math.sqrt(size))));
}

function onSlots(dense: Estimator<Tree>, structure: Structure, like: Tree, steps: number, rule: SlotRule): Estimator<Tree> {
  const { size, most, leaves } = structure;
  const pulls = rule.pulls(structure);
  const sizes = leavesOf(like).map((leaf) => leaf.size);
  const total = (weigh: (slots: number) => number) => sizes.reduce((sum, own, i) => sum + own * weigh(leaves[i].slots.length), 0);
  const own = (influence: Tree) => influence as unknown as StructuredInfluence;
  return {
    ...dense,
    structure: `sparse: a parameter reaches at most ${most} of ${size} state elements, ${pulls} ${pulls === 1 ? 'pull' : 'pulls'} a step`,
    cost: () => ({ time: total((slots) => rule.products(slots) + (slots === 0 ? 0 : pulls)), memory: total((slots) => slots) }),
    start: (parameters) => startStructured(structure, parameters as Tree),
    advance: (influence, transition) => rule.advance(structure, own(influence), transition),
    pull: (influence, cotangent) => pullStructured(structure, own(influence), cotangent, like) as never,
    specialise(found, parameters) {
      const other = found && structureOf(found, parameters, limitOf(size), steps);
      if (other === undefined || !covers(structure, other, rule.usesJacobian, steps)) throw misfit(dense);
      return this;
    },
    requireOwn: (influence) => requireStructure(dense.name, structure, own(influence)),
    show: (influence, parameters, state) => shown(influence, parameters, state),
  };
}

function onLeaves(dense: Estimator<Tree>, found: Dependencies, like: Tree, steps: number): Estimator<Tree> {
  const all = leavesOf(like);
  const reaching = reachingIn(found);
  // In any number of steps, what is left out is zero by itself.
  const masksIn = (each: Dependencies) => (Number.isFinite(steps) ? masksOf(each, like, reaching, steps) : []);
  const masks = masksIn(found);
  const size = reaching.reduce((sum, i) => sum + all[i].size, 0);
  const idle = all.reduce((sum, leaf) => sum + leaf.size, 0) - size;
  const own = (influence: Tree) => (influence as unknown as ReachingInfluence).jacobians;
  const listed = (influence: Tree) => reaching.map((i) => own(influence)[i]);
  const carry = (jacobians: Tree): Tree => ({
    jacobians: Object.fromEntries(leavesOf(jacobians).map((leaf, i) => [reaching[i], leaf])),
  });
  return {
    ...dense,
    structure: `dense: parameters reach too many of the ${found.size} state elements${idle === 0 ? '' : `; ${idle} never reach the state`}`,
    cost: ({ state }) => ({ time: state * state * size, memory: state * size }),
    start: (parameters, state) => carry(dense.start(pickLeaves(parameters as Tree, reaching), state)),
    advance(influence, transition, noise) {
      const next = dense.advance(listed(influence), restricted(transition, reaching), noise);
      return carry(masks.length === 0 ? next : leavesOf(next).map((leaf, i) => where(masks[i], leaf, 0)));
    },
    pull(influence, cotangent) {
      const pulled = leavesOf(dense.pull(listed(influence), cotangent) as unknown as Tree);
      return rebuild(
        like,
        all.map((leaf, i) => pulled[reaching.indexOf(i)] ?? zeros(leaf.shape, { dtype: leaf.dtype })),
      ) as never;
    },
    specialise(other) {
      if (other === undefined || reachingIn(other).some((i) => !reaching.includes(i))) throw misfit(dense);
      const allowed = masks.map(dataOf);
      if (masksIn(other).some((mask, i) => dataOf(mask).some((own: number, at: number) => own > allowed[i][at])))
        throw misfit(dense);
      return this;
    },
    requireOwn(influence) {
      if (own(influence) === undefined || Object.keys(own(influence)).join() !== reaching.join())
        throw new DataError(`${dense.name}: the influence was carried for a model in which other parameters reach the state`);
    },
    show: (influence, parameters, state) => shown(influence, parameters, state),
  };
}

/** For each of these leaves, [S, ...leaf] with 1 where an entry of G counts. */
function masksOf(found: Dependencies, like: Tree, places: readonly number[], steps: number): readonly Tensor[] {
  const reaches = reachesOf(found, found.size, steps) as readonly (readonly (readonly number[])[])[];
  const leaves = leavesOf(like);
  return places.map((place) => {
    const { size, shape } = leaves[place];
    const mask = new Int32Array(found.size * size);
    reaches[place].forEach((elements, at) => {
      for (const element of elements) mask[element * size + at] = 1;
    });
    return fromData(mask, [found.size, ...shape]);
  });
}

/** The places of the leaves of the parameters that have an element that reaches the state. */
function reachingIn({ sets: [parameters] }: Dependencies): number[] {
  return parameters.flatMap((sets, i) => (sets.some((set) => set !== 0) ? [i] : []));
}

/** A step as a function of some leaves of the parameters, in a list. */
function restricted<P, S>(
  { parameters, state, push, pull }: Transition<P, S>,
  places: readonly number[],
): Transition<Tensor[], S> {
  return {
    parameters: pickLeaves(parameters as Tree, places),
    state,
    push(tangents, tangent) {
      const all = leavesOf(parameters as Tree).map((_, i) => (tangents as readonly Tensor[])[places.indexOf(i)]);
      return push(rebuild(parameters as Tree, all) as never, tangent);
    },
    pull(cotangent) {
      const pulled = pull(cotangent);
      return { parameters: pickLeaves(pulled.parameters as Tree, places), state: pulled.state };
    },
  };
}

function pickLeaves(tree: Tree, places: readonly number[]): Tensor[] {
  const leaves = leavesOf(tree);
  return places.map((i) => leaves[i]);
}

function misfit({ name }: Estimator<Tree>): ConfigurationError {
  return new ConfigurationError(
    `${name}: with an input of this type, parameters or state elements reach other state elements than before; use rtrl({ structure: 'dense' })`,
  );
}
