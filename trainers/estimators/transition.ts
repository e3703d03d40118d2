import type { Parts, Tensor, Tree } from '../../lib/index.ts';

/** One tree like the parameters and one like the state. */
export interface Pulled {
  readonly parameters: Tree;
  readonly state: Tree;
}

/** J and I of a transition, with I as a sum of Kronecker products as far as it is one. */
export interface Factors {
  /** J, of shape [S, S]. The elements of the state are counted leaf after leaf. */
  readonly jacobian: Tensor;
  /**
   * For each group of sites of the step's structure: D = ∂s'/∂a, of shape [S, units], and z, of shape [inputs], so that I contains
   * z ⊗ D[k] in row k, which `place` of the structure puts in the places of the parameters. A window of several steps has the groups of its first step, then those of its second, and so on.
   */
  readonly groups: readonly { readonly D: Tensor; readonly z: Tensor }[];
  /** The rows of I for the leaves without sites, of shape [S, ...leaf]; the other leaves are left out. */
  readonly rest: Parts;
}

/**
 * One time step, or several in a row, linearised in the parameters and in the state that they begin with. A part left out of a tangent or
 * a cotangent is zero; what is returned is whole.
 */
export interface Transition {
  /** Where it was linearised: the parameters, and the state that it begins with. */
  readonly parameters: Tree;
  readonly state: Tree;
  /** What came in at its first step. */
  readonly input: unknown;
  /** What came in at each of its steps. */
  readonly inputs: readonly unknown[];
  /** The tangent of the last state: J ṡ + I θ̇. */
  push(parameters: Parts, state: Parts): Tree;
  /** cᵀI and cᵀJ for a cotangent c of the last state. */
  pull(cotangent: Parts): Pulled;
  /** Many pushes at once: every leaf has a first axis of directions, which the result has too. */
  pushMany(parameters: Parts, state: Parts): Tree;
  /** Many pulls at once: every leaf has a first axis of cotangents, which the results have too. */
  pullMany(cotangents: Parts): Pulled;
  /** J, and I by the sites of the parameters: S pulls, which do not write I out. */
  factors(): Factors;
  /** The new state and the output at other parameters, another state or another input. Nothing moves. */
  evaluate(parameters: Tree, state: Tree, input: unknown): { readonly state: Tree; readonly output: Tensor };
}
