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

/** A table: the first column is text; other columns are aligned as figures if they look like it. */
export function htmlTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell) => `<${tag}${classOf(cell)}>${escapeHtml(cell)}</${tag}>`).join('');
  const head = `<thead><tr>${header.map((cell) => `<th>${escapeHtml(cell)}</th>`).join('')}</tr></thead>`;
  return `<div class="table"><table>${head}<tbody>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</tbody></table></div>`;
}

function classOf(cell: string): string {
  return /^-?[\d.,]+(e[+-]\d+)?( [\wµ]+| – -?[\d.,]+(e[+-]\d+)?)?$/.test(cell) ? ' class="figure"' : '';
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
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 54rem; margin: 2rem auto; padding: 0 1rem; color: #1c1e21; background: #fdfdfc; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 0.3rem; }
p { margin: 0.4rem 0; }
table { border-collapse: collapse; margin: 0.8rem 0; }
th, td { padding: 0.25rem 1.1rem 0.25rem 0; text-align: left; border-bottom: 1px solid #8884; }
td:first-child { min-width: 7rem; } td:last-child { min-width: 9rem; }
td.figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { padding: 0.8rem; overflow-x: auto; background: #8881; border-radius: 4px; font-size: 0.85rem; }
figure { margin: 0.8rem 0; } figcaption { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; font-size: 0.85rem; }
figcaption svg { display: inline-block; margin-right: 0.4em; }
svg { display: block; max-width: 100%; overflow: visible; }
.narrow { display: none; }
@media (max-width: 50rem) { .wide { display: none; } .narrow { display: block; } body { margin: 1rem auto; } }
.table { overflow-x: auto; }
@media (prefers-color-scheme: dark) { body { color: #e4e4e2; background: #17181a; } }
`;
