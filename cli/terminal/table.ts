import { shown } from './shown.ts';

/**
 * Columns aligned by spaces: the first to the left, others to the right if all their cells begin with a
 * digit.
 */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows].map((row) => row.map(shown));
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  const isNumeric = header.map(
    (_, column) => column > 0 && rows.every((row) => /^(-?[\d.]|-$|$)/.test(row[column])),
  );
  const lines = all.map((row) =>
    row
      .map((cell, column) =>
        isNumeric[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [lines[0], rule, ...lines.slice(1)].map((line) => `  ${line}`).join('\n');
}
