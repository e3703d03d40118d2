/** Why a written module does not run. */
export interface Refusal {
  readonly sentence: string;
  readonly line: number | undefined;
}

export const refusal = (what: string, line: number | undefined): Refusal => ({
  sentence: line === undefined ? what : `line ${line}: ${what}`,
  line,
});
