import { cpus } from 'node:os';
import type { Timing } from './measure.ts';

/** A table of results, printed and written to the JSON file. */
export interface Table {
  readonly group: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Notes for the reader. */
  readonly notes?: readonly string[];
}

/** A table's entry: text, a number, or a time with its spread. */
export type Cell = string | number | Timing;

/** The machine, without anything that identifies it. */
export interface Machine {
  /** As the operating system names it. */
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
}

export function machine(): Machine {
  const [cpu] = cpus();
  return { cpu: cpu?.model.trim() ?? 'unknown', cores: cpus().length, node: process.version };
}

/** A table as aligned Markdown. */
export function markdown({ title, columns, rows, notes = [] }: Table): string {
  const texts = [columns, ...rows.map((row) => row.map(textOf))];
  const widths = columns.map((_, i) => Math.max(3, ...texts.map((row) => row[i].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((text, i) => (i === 0 ? text.padEnd(widths[i]) : text.padStart(widths[i]))).join(' | ')} |`;
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [
    `### ${title}`,
    '',
    line(texts[0]),
    rule,
    ...texts.slice(1).map(line),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
  ].join('\n');
}

function textOf(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return digits(cell);
  return `${digits(cell.median)} (${digits(cell.min)}..${digits(cell.max)})`;
}

/** Three significant digits, plus all digits before the point. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value)));
  return value.toFixed(Math.min(6, Math.max(0, 2 - size)));
}

/** A ratio, as in 7.1x. */
export function times(value: number): string {
  return `${digits(value)}x`;
}
