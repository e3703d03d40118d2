import { join } from 'node:path';
import { fileNames } from '../../training/folder.ts';
import type { Listener } from './listener.ts';

/**
 * The events of a run as NDJSON, for programs: `begin`, `metrics` and `end`.
 * @param more further entries of `begin`.
 */
export function jsonListener(write: (line: string) => Promise<void>, more: object): Listener {
  const emit = (event: object) => write(`${JSON.stringify(event)}\n`);
  return {
    begin({ folder, config, position: { records } }) {
      void emit({ event: 'begin', folder, config, steps: records, ...more });
    },
    onRecord(record) {
      void emit({ event: 'metrics', ...record });
    },
    async results({ folder, session, position: { records, skipped } }) {
      const report = join(folder, fileNames.report);
      await emit({ event: 'end', steps: records, skipped, ...session.report(), report });
    },
  };
}
