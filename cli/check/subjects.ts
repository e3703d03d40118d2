import { UsageError } from '../../lib/index.ts';
import type { Subject } from '../../trainers/testing/index.ts';
import { listOf, partForms } from '../own/exported.ts';
import type { Loaded } from './load.ts';
import { lawful, madeSubject } from './made.ts';

/** An export that can be checked. */
export interface ExportedSubject {
  /** Its name in the file, such as `default`. */
  readonly exported: string;
  readonly subject: Subject;
}

const forms =
  'export { cell, input: (noise) => noise.normal([2]) } for a cell, { name, operation, operands } for a primitive, { estimator: () => mine() } for an estimator, or { optimizer: () => mine() } for an optimiser, under any name';

/**
 * The exports of a file that can be checked. A function that `run` takes as a cell or an estimator counts unless
 * the file says itself what to check of that kind.
 * @throws UsageError if there are none.
 */
export function subjectsOf(file: string, loaded: Loaded): readonly ExportedSubject[] {
  const { exports, testing } = loaded;
  const subjects = Object.entries(exports).flatMap(([exported, value]) =>
    testing.kindOf(value) === undefined ? [] : [{ exported, subject: value as Subject }],
  );
  const kinds = subjects.map(({ subject }) => testing.kindOf(subject));
  const make = (exported: string): ExportedSubject[] => {
    const subject = madeSubject(file, exported, loaded);
    return subject === undefined ? [] : [{ exported, subject }];
  };
  subjects.push(...lawful.filter((part) => !kinds.includes(part)).flatMap(make));
  if (subjects.length === 0) subjects.push(...make('default'));
  if (subjects.length > 0) return subjects;
  const parts = lawful.map((part) => `${part}, ${partForms[part]}`).join('; or ');
  const remedy = Object.hasOwn(exports, 'task') ? '; there are no laws for a task, which run tries' : '';
  throw new UsageError(
    `${file} has nothing to check: ${forms}, or what run takes: ${parts}; it exports ${listOf(exports)}${remedy}`,
  );
}
