import { ConfigurationError, leavesOf, Tensor, type Tree } from '../../../lib/index.ts';
import { countElements } from '../../algebra.ts';
import type { Elements } from './sites.ts';
import type { StepStructure } from './step-structure.ts';

/** The entries of G to be carried. */
export interface Reach {
  /** For each leaf and each of its elements, the state elements whose entries are carried. */
  readonly reaches: readonly (readonly Elements[])[];
  /** The layer of each state element, if there are layers that do not see each other. */
  readonly layers?: Int32Array;
}

/** The entries of G within the layers of a stack: those that a parameter can ever influence. */
export interface Layered extends Reach {
  readonly layers: Int32Array;
}

/** The layers of a stack: of each leaf of the parameters, if it belongs to one, and the sizes of their states. */
interface Stack {
  readonly leaves: readonly (number | undefined)[];
  readonly sizes: readonly number[];
}

/**
 * Finds the layers of a stack. Parameters outside of them, such as an embedding, belong to the lowest layer that
 * they reach in one step.
 * @throws ConfigurationError unless the state is a list, and the parameters have one of the same length.
 */
export function layered(name: string, step: StepStructure): Layered {
  const stack = stackOf(step.parameters, step.state);
  if (stack === undefined)
    throw new ConfigurationError(
      `${name}: layers: 'own' is for a stack, whose state and parameters are lists of layers, such as stacked([gru(…), gru(…)])`,
    );
  const layers = Int32Array.from(stack.sizes.flatMap((size, layer) => Array<number>(size).fill(layer)));
  const [direct, all] = [step.reaches(1) ?? [], step.reaches() ?? []];
  const known = new Map<Elements, Map<number, Elements>>();
  const within = (elements: Elements, layer: number): Elements => {
    const own = known.get(elements) ?? new Map<number, Elements>();
    const kept = own.get(layer) ?? elements.filter((element) => layers[element] === layer);
    own.set(layer, kept);
    known.set(elements, own);
    return kept;
  };
  return {
    layers,
    reaches: all.map((leaf, i) =>
      leaf.map((elements, at) => within(elements, stack.leaves[i] ?? layers[direct[i][at][0]] ?? 0)),
    ),
  };
}

function stackOf(parameters: Tree, state: Tree): Stack | undefined {
  if (!Array.isArray(state) || parameters instanceof Tensor) return undefined;
  if (Array.isArray(parameters)) {
    if (parameters.length !== state.length) return undefined;
    return joined(parameters.map((part: Tree, i) => stackOf(part, state[i]) ?? one(part, state[i])));
  }
  const parts = Object.values(parameters).map((part): Stack => {
    const found = stackOf(part, state);
    return found ?? { leaves: leavesOf(part).map(() => undefined), sizes: [] };
  });
  return parts.filter(({ sizes }) => sizes.length > 0).length === 1 ? joined(parts) : undefined;
}

function one(parameters: Tree, state: Tree): Stack {
  return {
    leaves: leavesOf(parameters).map(() => 0),
    sizes: [countElements(state)],
  };
}

function joined(parts: readonly Stack[]): Stack {
  const sizes: number[] = [];
  const leaves = parts.flatMap((part) => {
    const first = sizes.length;
    sizes.push(...part.sizes);
    return part.leaves.map((layer) => (layer === undefined ? undefined : layer + first));
  });
  return { leaves, sizes };
}
