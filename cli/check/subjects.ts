import { guard, UsageError } from '../../lib/index.ts';
import type { Subject } from '../../trainers/testing/index.ts';
import type { Loaded } from './load.ts';

/** An export that can be checked. */
export interface ExportedSubject {
  /** Its name in the file, such as `default`. */
  readonly exported: string;
  readonly subject: Subject;
}

const forms =
  'export { cell, input: (noise) => noise.normal([2]) } for a cell, { name, operation, operands } for a primitive, or { estimator: () => mine() } for an estimator, under any name';

/** The exports of a file that can be checked. @throws UsageError if there are none. */
export function subjectsOf(file: string, { exports, testing }: Loaded): readonly ExportedSubject[] {
  const subjects = Object.entries(exports).flatMap(([exported, value]) =>
    testing.kindOf(value) === undefined ? [] : [{ exported, subject: value as Subject }],
  );
  if (subjects.length > 0) return subjects;
  const names = Object.entries(exports).map(([name, value]) => `${name}, ${guard.describe(value)}`);
  const found = names.length === 0 ? 'nothing' : names.slice(0, 8).join('; ');
  throw new UsageError(`${file} has nothing to check: ${forms}; it exports ${found}`);
}
