/**
 * Runs of experiments in their folders, as `norewind run` leaves them: `import … from 'norewind/runs'`. It reads
 * files, so it needs Node.
 */
export { DataError, UsageError } from '../../lib/index.ts';
export { historyOf } from './historyOf.ts';
export { learnerFrom } from './learnerFrom.ts';
