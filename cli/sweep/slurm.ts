import { resolve } from 'node:path';
import { UsageError } from '../../lib/index.ts';
import { packageFile } from '../package-root.ts';
import { shellWord } from '../terminal/shellWord.ts';
import { goingFlags } from './pool.ts';

/** Settings of an array job besides the grid. */
export interface ArrayOptions {
  readonly name: string;
  /** The absolute path of the sweep's folder. */
  readonly folder: string;
  readonly grid: string;
  readonly runs: number;
  /** The most tasks at a time; as many as the cluster runs if left out. */
  readonly jobs: number | undefined;
  /** In MiB. */
  readonly memory: number | undefined;
  readonly checkpointSeconds: number | undefined;
  readonly checkpointSteps: number | undefined;
}

/** How long before its time limit a task is told, in seconds. */
const notice = 60;

/**
 * The script of an array job: one task for each run. A task that is requeued, after its node was lost or its time is
 * nearly over, resumes from its checkpoint. Everything else is Slurm's: options of `sbatch` override the script's.
 */
export function arrayScript(options: ArrayOptions): string {
  const { name, folder, grid, runs, jobs, memory } = options;
  const command = [
    shellWord(process.execPath),
    ...(memory === undefined ? [] : [`--max-old-space-size=${memory}`]),
    shellWord(packageFile('dist', 'cli', 'main.js')),
    'run',
    '--grid',
    shellWord(resolve(grid)),
    '--index',
    '"$SLURM_ARRAY_TASK_ID"',
    '--resume',
    '--quiet',
    ...goingFlags(options),
  ];
  return `#!/bin/bash
#SBATCH --job-name=${name}
#SBATCH --array=0-${runs - 1}${jobs === undefined ? '' : `%${jobs}`}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --signal=B:USR1@${notice}
#SBATCH --cpus-per-task=1
${memory === undefined ? '' : `#SBATCH --mem=${memory}M\n`}#SBATCH --output=${directive(`${folder}/slurm-%a.out`)}

# The time limit is near: a checkpoint, and once more from there.
again() {
  kill -USR1 "$run"
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
}
trap again USR1
# The end of the job, or of its node: the run saves and ends.
trap 'kill -TERM "$run"' TERM
${command.join(' ')} &
run=$!
# A signal ends \`wait\` before the run.
until wait "$run"; code=$?; ! kill -0 "$run" 2>/dev/null; do :; done
exit "$code"
`;
}

/** For a line of #SBATCH, which knows double quotes. @throws UsageError for a path that no such line can hold. */
function directive(path: string): string {
  if (/["\r\n]/.test(path))
    throw new UsageError(
      `Slurm cannot write to ${JSON.stringify(path)}: its path must have no double quotes and line ends`,
    );
  return /\s/.test(path) ? `"${path}"` : path;
}
