import { shownText } from '../terminal/shown.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for a page. Escapes characters that would reorder or hide part of the line, as on a terminal. */
export function escapeHtml(text: string): string {
  return shownText(text).replace(/[&<>"']/g, (character) => entities[character]);
}

/** A table. A column of figures is aligned at the right, and neither a figure nor a date is broken into lines. */
export function htmlTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const classes = header.map((_, i) => {
    const column = rows.map((row) => row[i]);
    return column.some(isFigure) && column.every((cell) => isFigure(cell) || blanks.has(cell)) ? 'right' : '';
  });
  const cells = (tag: string, row: readonly string[]) =>
    row
      .map((cell, i) => {
        const names = [classes[i], isFigure(cell) ? 'figure' : ''].filter(Boolean).join(' ');
        return `<${tag}${names === '' ? '' : ` class="${names}"`}>${escapeHtml(cell)}</${tag}>`;
      })
      .join('');
  const body = rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('');
  return `<div class="table"><table><thead><tr>${cells('th', header)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Entries of a column of figures where it has none. */
const blanks: ReadonlySet<string> = new Set(['', '–', 'not finite']);

/** A figure with a unit, an upper end, or an interval in brackets; or a date. */
function isFigure(cell: string): boolean {
  return (
    /^-?[\d.,]+(e[+-]\d+)?( [\wµ%]+| – -?[\d.,]+(e[+-]\d+)?| \([^()]+\))?$/.test(cell) ||
    /^\d{4}-\d\d-\d\d(T[\d:.]+Z?)?$/.test(cell)
  );
}

/** A self-contained page: no script, no font, no address. @param more further rules of style. */
export function htmlPage(title: string, parts: readonly string[], more = ''): string {
  return renumbered(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}${more}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${parts.join('\n')}
</body>
</html>
`);
}

/**
 * The same figures with clip paths numbered from 1, as the library of plots numbers them over its whole life:
 * equal content makes equal bytes.
 */
export function renumbered(markup: string): string {
  const numbers = new Map<string, number>();
  return markup.replaceAll(/\bplot-clip-\d+/g, (id) => {
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    return `plot-clip-${number}`;
  });
}

const style = `
:root { color-scheme: light dark; --page: #fdfdfc; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto; padding: 0 1rem; color: #1c1e21; background: var(--page); }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 0.3rem; }
p { margin: 0.4rem 0; }
table { border-collapse: collapse; margin: 0.8rem 0; }
th, td { padding: 0.25rem 0.9rem 0.25rem 0; text-align: left; border-bottom: 1px solid #8884; }
td:first-child:not(.right) { min-width: 5.5rem; }
th:last-child, td:last-child { padding-right: 0; } th { vertical-align: bottom; } .right { text-align: right; }
.figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { padding: 0.8rem; overflow-x: auto; background: #8881; border-radius: 4px; font-size: 0.85rem; }
figure { margin: 0.8rem 0; } figcaption { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; font-size: 0.85rem; }
figcaption svg { display: inline-block; margin-right: 0.4em; }
svg { display: block; max-width: 100%; overflow: visible; }
.narrow { display: none; }
@media (max-width: 50rem) { .wide { display: none; } .narrow { display: block; } body { margin: 1rem auto; } table { font-size: 0.875rem; } th, td { padding-right: 0.55rem; } }
/* A table may be wider than the text, up to the edge of the window. A shadow at a side says that more is there. */
.table { overflow-x: auto; width: max-content; max-width: calc(50vw + 50% - 1rem);
  background: linear-gradient(to right, var(--page) 40%, transparent) 0 0 / 3rem 100% no-repeat local,
    linear-gradient(to left, var(--page) 40%, transparent) 100% 0 / 3rem 100% no-repeat local,
    linear-gradient(to right, #8889, #8880) 0 0 / 1rem 100% no-repeat scroll,
    linear-gradient(to left, #8889, #8880) 100% 0 / 1rem 100% no-repeat scroll; }
@media (prefers-color-scheme: dark) { :root { --page: #17181a; } body { color: #e4e4e2; } }
`;
