/** The meaning of a plain number: a class, or a real number. */
export type Kind = 'classes' | 'reals';

/** The meaning of plain numbers among the inputs and among the targets. */
export interface Numbers {
  readonly inputs: Kind;
  readonly targets: Kind;
}

/** The meanings found so far for the plain numbers that a learner gets. */
export type FoundNumbers = { -readonly [K in keyof Numbers]?: Kind };
