/** S, the numbers of the state, and P, the numbers of the parameters. */
export interface Sizes {
  readonly state: number;
  readonly parameters: number;
}

/** Orders of magnitude for a dense cell, whose forward step takes P multiply-adds. */
export interface Cost {
  /** Multiply-adds per time step. */
  readonly time: number;
  /** Numbers carried from step to step, besides the parameters and the state. */
  readonly memory: number;
}
