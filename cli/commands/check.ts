import { UsageError } from '../../lib/index.ts';
import { judged, thrownTexts } from '../check/judged.ts';
import { load } from '../check/load.ts';
import { subjectsOf } from '../check/subjects.ts';
import { exitCodes } from '../errors.ts';
import { keepLongStacks } from '../own/place.ts';
import { endAtNext, signalExitCode } from '../signals.ts';
import { contentWriter } from '../terminal/output.ts';

export interface CheckOptions {
  readonly json?: boolean;
}

/**
 * `norewind check`: checks every law of what the files export, and writes which hold. Returns the exit code: 1
 * if one does not hold, or cannot be checked.
 * @throws UsageError or DataError for a file that cannot be loaded or exports nothing to check.
 */
export async function check(files: readonly string[], { json = false }: CheckOptions): Promise<number> {
  // A step of the user's may never end. Nothing is left to save, so a signal ends the process at once.
  endAtNext();
  keepLongStacks();
  const subjects = [];
  for (const file of files) {
    const loaded = await load(file);
    for (const { exported, subject } of subjectsOf(file, loaded)) {
      const { testing } = loaded;
      subjects.push({ file, exported, testing, ...lawsOf(file, exported, () => testing.lawsOf(subject)) });
    }
  }
  const put = contentWriter();
  let holds = true;
  for (const { file, exported, testing, kind, name, laws } of subjects) {
    if (!json) await put(`${kind} ${name} (${exported} of ${file})\n`);
    let held = 0;
    const shown = new Set<string>();
    const thrown = [];
    for (const [law, check] of Object.entries(laws)) {
      const { verdict, isThrown } = judged(file, testing, law, check);
      if (verdict.result === 'holds') held++;
      if (isThrown && !json) {
        thrown.push(verdict);
        continue;
      }
      const told = json
        ? JSON.stringify({ file, export: exported, kind, name, ...verdict })
        : testing.lawText(verdict, shown);
      if ((await put(`${told}\n`))?.code === 'EPIPE') return signalExitCode('SIGPIPE');
    }
    const count = Object.keys(laws).length;
    for (const text of thrownTexts(thrown, testing)) await put(`${text}\n`);
    if (!json) await put(`  ${held} of ${count} laws hold\n`);
    holds &&= held === count;
  }
  return holds ? exitCodes.done : exitCodes.failed;
}

/** @throws UsageError that names the export, for a subject that lacks something. */
function lawsOf<T>(file: string, exported: string, of: () => T): T {
  try {
    return of();
  } catch (error) {
    // The error may be of another installation of norewind, whose classes are not ours.
    const sentence = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${file}: export ${exported}: ${sentence}`, { cause: error });
  }
}
