// The worker's part beneath a program: what it prints and its errors go to the page.
import { formatWithOptions } from 'node-inspect-extracted';
import { lineOf } from '../worker/lines.ts';
import { tell } from '../worker/messages.ts';
import type { FromProgram } from './messages.ts';

/** Characters that are shown; a loop that prints without an end must not fill the page. */
const most = 100_000;

let left = most;
const begun = performance.now();

/** As Node prints it. */
function print(isComplaint: boolean, values: readonly unknown[]): void {
  if (left === 0) return;
  const text = formatWithOptions({}, ...values);
  left = Math.max(0, left - text.length - 1);
  tell<FromProgram>({ kind: 'printed', text: text.slice(0, most), isComplaint });
  if (left === 0) tell<FromProgram>({ kind: 'cut' });
}

const out = (...values: readonly unknown[]): void => print(false, values);
const complain = (...values: readonly unknown[]): void => print(true, values);
Object.assign(console, {
  log: out,
  info: out,
  debug: out,
  dir: (value: unknown) => out(value),
  table: (value: unknown) => out(value),
  warn: complain,
  error: complain,
  trace: complain,
  assert(holds: unknown, ...values: readonly unknown[]) {
    if (!holds) complain('Assertion failed', ...values);
  },
});

/** The page shows one sentence, and the line of the program that led there. */
function fail(error: unknown, message: string): void {
  const line = lineOf(error);
  const sentence = error instanceof Error ? `${error.name}: ${error.message}` : message;
  tell<FromProgram>({ kind: 'failed', sentence, line });
}

addEventListener('error', (event) => {
  event.preventDefault();
  fail(event.error, event.message.replace(/^Uncaught /, ''));
});
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  fail(event.reason, String(event.reason));
});

/** Called at the end of the program. */
export function end(): void {
  tell<FromProgram>({ kind: 'over', milliseconds: performance.now() - begun });
}
