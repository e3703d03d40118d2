import type { Parts, Tensor, Tree } from '../../../lib/index.ts';

/** One tree like the parameters and one like the state. */
export interface Pulled {
  readonly parameters: Tree;
  readonly state: Tree;
}

/** J and I of a transition, with I as a sum of Kronecker products where sites allow it. */
export interface Factors {
  /** J, of shape [S, S]. The elements of the state are counted leaf after leaf. */
  readonly jacobian: Tensor;
  /** The columns of J in parts, of shape [S, size] for each leaf of the first state. */
  readonly columns: readonly Tensor[];
  /**
   * For each group of sites: D = ∂s'/∂a, of shape [S, units], and z, of shape [inputs]. Row k of I contains z
   * ⊗ D[k]; `place` of the structure puts it where the parameters are. A window of several steps has the
   * groups of its first step, then those of its second, and so on.
   */
  readonly groups: readonly { readonly D: Tensor; readonly z: Tensor }[];
  /** The rows of I for the leaves without sites, of shape [S, ...leaf]; the other leaves are left out. */
  readonly rest: Parts;
}

/**
 * Single entries of J and I, for rules that need few of them. They come from the structure of the step where
 * that gives them, and from S pulls otherwise. State elements are counted leaf after leaf; a row of -1 stands
 * for an entry 0.
 */
export interface Entries {
  /**
   * For a vector a with an element for each unit of a group: z ⊗ a for the z of one of its sites, [inputs, units];
   * or a ⊗ z, [units, inputs].
   */
  outer(group: number, site: number, a: Tensor, order: 'z ⊗ a' | 'a ⊗ z'): Tensor;
  /** The entries J[rows[l], columns[l]], as a vector. */
  jacobian(rows: Int32Array, columns: Int32Array): Tensor;
  /** As `jacobian`, by the ways that pass through no site: what a state element does to another without weights. */
  local(rows: Int32Array, columns: Int32Array): Tensor;
  /** The entries D[rows[j], j] of a group, as a vector. */
  group(group: number, rows: Int32Array): Tensor;
  /** The entries I[rows[i], i] of a leaf without sites, as a vector. */
  leaf(leaf: number, rows: Int32Array): Tensor;
}

/**
 * One or several consecutive time steps, linearised in the parameters and in the first state. A part left out
 * of a tangent or cotangent is zero; results have all parts.
 */
export interface Transition {
  /** The point of linearisation: the parameters and the first state. */
  readonly parameters: Tree;
  readonly state: Tree;
  /** The input of the first step. */
  readonly input: unknown;
  /** The input of each step. */
  readonly inputs: readonly unknown[];
  /** Returns the tangent of the last state, J ṡ + I θ̇. */
  push(parameters: Parts, state: Parts): Tree;
  /** Returns cᵀI and cᵀJ for a cotangent c of the last state. */
  pull(cotangent: Parts): Pulled;
  /** Pushes many directions at once: every leaf has a first axis of directions, and so has the result. */
  pushMany(parameters: Parts, state: Parts): Tree;
  /** Pulls many cotangents at once: every leaf has a first axis of cotangents, and so have the results. */
  pullMany(cotangents: Parts): Pulled;
  /**
   * Returns J, and I by the sites of the parameters. Takes S pulls and does not write I out.
   * @param leaves the positions of leaves of the last state: only their rows are pulled and returned.
   */
  factors(leaves?: readonly number[]): Factors;
  /** Returns single entries of J and I. */
  entries(): Entries;
  /** Each step as a transition of its own. */
  readonly steps: readonly Transition[];
  /**
   * Returns the new state and the output at other parameters, another state or input. The learner does not
   * move.
   */
  evaluate(parameters: Tree, state: Tree, input: unknown): { readonly state: Tree; readonly output: Tensor };
}
