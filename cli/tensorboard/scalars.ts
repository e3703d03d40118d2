export type Pairs = Readonly<Record<string, { readonly mean: number; readonly recent: number }>>;

/** The scalars of a line of metrics, under the names that TensorBoard shows. */
export function scalarsOf(figures: Pairs, gradientNorm: number): Readonly<Record<string, number>> {
  const all = Object.entries(figures);
  return {
    ...Object.fromEntries(all.map(([name, { recent }]) => [`recent/${name}`, recent])),
    ...Object.fromEntries(all.map(([name, { mean }]) => [`mean/${name}`, mean])),
    'learning/gradient norm': gradientNorm,
  };
}
