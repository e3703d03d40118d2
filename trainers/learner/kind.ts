/** What a plain number stands for: a class, or a real number. */
export type Kind = 'classes' | 'reals';

/** What plain numbers stand for, among the inputs and among the targets. */
export interface Numbers {
  readonly inputs: Kind;
  readonly targets: Kind;
}

/** What was found about the plain numbers that a learner is given. */
export type FoundNumbers = { -readonly [K in keyof Numbers]?: Kind };
