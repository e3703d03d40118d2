/** UORO, and estimators that look like it with one thing wrong. */
export const rules = ['uoro', 'forgets', 'diagonal', 'repeats', 'odd', 'scaled'] as const;
export type Rule = (typeof rules)[number];
