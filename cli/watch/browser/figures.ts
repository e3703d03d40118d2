/** A number in at most five digits, whatever its size. */
export function short(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2).replace('e+', 'e');
  return size >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(4)));
}

/** A list of names and large figures. */
export function showFigures(
  list: HTMLElement,
  figures: readonly (readonly [name: string, figure: string])[],
): void {
  if (list.childElementCount !== figures.length)
    list.replaceChildren(
      ...figures.map(() => {
        const entry = document.createElement('div');
        entry.append(document.createElement('dt'), document.createElement('dd'));
        return entry;
      }),
    );
  for (const [i, [name, figure]] of figures.entries()) {
    const [term, description] = list.children[i].children;
    term.textContent = name;
    description.textContent = figure;
  }
}
