import { add, concat, matmul, reshape, slice, stack } from '../../autodiff/index.ts';
import { ConfigurationError, eye, leavesOf, mapTree, rebuild, type Tensor, type Tree, zeros } from '../../lib/index.ts';
import { countElements, flattenTree, rowsOf, unflattenTree } from '../algebra.ts';
import type { Estimator, Transition } from './estimator.ts';
import { shown, specialised } from './specialised.ts';

/** G: a tree like the parameters, whose leaves have shape [S, ...leaf]; S counts the elements of the state, leaf after leaf. */
export type RtrlInfluence = Tree;

export interface RtrlOptions {
  /**
   * `auto`, the default: when a learner knows the model, only the entries of G that can be other than zero are carried, as found from
   * the step itself. `dense`: all of them, always.
   */
  readonly structure?: 'auto' | 'dense';
}

/**
 * Real-time recurrent learning (Williams & Zipser 1989): carries G = ∂s/∂θ itself, G ← J G + I. Exact.
 *
 * Dense, it takes S×P numbers. J and I come from S pulls; where there are fewer parameters than state elements, J G + I comes from P
 * pushes instead. Where every parameter can influence few elements of the state only, a learner carries just these entries of G, and
 * that is exact too: a diagonal recurrence needs P numbers and one pull (Javed et al. 2023, arXiv 2302.05326; Zucchet et al. 2023,
 * arXiv 2305.15947). Parameters that never reach the state, such as a readout's, need nothing in either form. What was found is in
 * `learner.estimator.structure`; `learner.influence` is the whole of G, written out when it is read.
 */
export function rtrl({ structure = 'auto' }: RtrlOptions = {}): Estimator<RtrlInfluence> {
  if (structure !== 'auto' && structure !== 'dense')
    throw new ConfigurationError(`rtrl: structure must be 'auto' or 'dense', got ${String(structure)}`);
  const own = dense(structure);
  if (structure === 'dense') return own;
  const auto: Estimator<RtrlInfluence> = {
    ...own,
    structure: 'not known before the first step',
    start: () => none,
    advance(influence, transition, noise) {
      const { parameters, state } = transition;
      return own.advance(isNone(influence) ? own.start(parameters, state) : influence, transition, noise);
    },
    pull: (influence, cotangent) => (isNone(influence) ? undefined : own.pull(influence, cotangent)),
    specialise(found, parameters) {
      const { start, advance, pull } = this;
      const intact = start === auto.start && advance === auto.advance && pull === auto.pull;
      if (found !== undefined && intact) return specialised(own, found, parameters);
      // One with a part replaced, as { ...rtrl(), pull }, keeps it, and works on the dense form; so does a step that cannot be traced.
      const { specialise: _, ...kept } = this;
      return { ...kept, structure: 'dense', start: start === auto.start ? own.start : start };
    },
    show: (influence, parameters, state) =>
      shown(influence, parameters, state) ?? (isNone(influence) ? own.start(parameters, state) : influence),
  };
  return auto;
}

/** The influence of the parameters on a state before the model is known. */
const none: RtrlInfluence = {};

function isNone(influence: RtrlInfluence): boolean {
  return leavesOf(influence).length === 0;
}

function dense(structure: string): Estimator<RtrlInfluence> {
  return {
    name: 'rtrl',
    bias: 'none',
    settings: { structure },
    window: 1,
    stride: 1,
    restarts: false,
    joint: false,
    structure: 'dense',
    cost: ({ state, parameters }) => ({ time: state * state * parameters, memory: state * parameters }),
    start: (parameters, state) =>
      mapTree(parameters as Tree, (leaf) => zeros([countElements(state), ...leaf.shape], { dtype: leaf.dtype })),
    advance: (influence, transition) =>
      countElements(transition.parameters) < countElements(transition.state)
        ? advanceByPushes(influence, transition)
        : advanceByPulls(influence, transition),
    pull(influence, cotangent) {
      const flat = flattenTree(cotangent);
      return mapTree(influence, (leaf) => reshape(matmul(flat, asMatrix(leaf)), leaf.shape.slice(1))) as never;
    },
  };
}

/** Pulling every unit vector of the state gives the rows of J and of I. */
function advanceByPulls<P, S>(influence: RtrlInfluence, transition: Transition<P, S>): RtrlInfluence {
  const size = countElements(transition.state);
  const dtype = leavesOf(influence)[0].dtype;
  const pulled = rowsOf(eye(size, { dtype })).map((unit) => transition.pull(unflattenTree(unit, transition.state) as never));
  const jacobian = stack(pulled.map(({ state }) => flattenTree(state)));
  const immediate = pulled.map(({ parameters }) => leavesOf(parameters as Tree));
  const leaves = leavesOf(influence).map((leaf, i) => {
    const rows = stack(immediate.map((row) => row[i]));
    return add(reshape(matmul(jacobian, asMatrix(leaf)), leaf.shape), rows);
  });
  return rebuild(influence, leaves);
}

/** Pushing a column of G together with the unit vector of its parameter gives that column of J G + I. */
function advanceByPushes<P, S>(influence: RtrlInfluence, transition: Transition<P, S>): RtrlInfluence {
  const { parameters, state } = transition;
  const [rows, columns] = [countElements(state), countElements(parameters)];
  const leaves = leavesOf(influence);
  const before = concat(leaves.map(asMatrix), 1);
  const units = rowsOf(eye(columns, { dtype: before.dtype }));
  const after = units.map((unit, k) => {
    const column = reshape(slice(before, [0, k], [rows, k + 1]), [rows]);
    const pushed = transition.push(unflattenTree(unit, parameters) as never, unflattenTree(column, state) as never);
    return reshape(flattenTree(pushed), [rows, 1]);
  });
  const matrix = concat(after, 1);
  let at = 0;
  return mapTree(influence, (leaf) => {
    const width = leaf.size / rows;
    at += width;
    return reshape(slice(matrix, [0, at - width], [rows, at]), leaf.shape);
  });
}

/** A leaf [S, ...] as a matrix with S rows. */
function asMatrix(leaf: Tensor): Tensor {
  return reshape(leaf, [leaf.shape[0], leaf.shape.slice(1).reduce((size, length) => size * length, 1)]);
}
