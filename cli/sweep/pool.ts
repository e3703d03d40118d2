import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { packageFile } from '../package-root.ts';
import { fileNames, openFolder } from '../training/folder.ts';
import { failureText, readOutcome, type SavedOutcome } from '../training/outcome.ts';
import type { StopRequest } from '../training/stop.ts';
import { type Progress, poolMark } from './child.ts';
import type { GridRun } from './grid.ts';
import { runFolder } from './gridFile.ts';

/** A run of a sweep as the pool sees it. */
export interface Member {
  readonly run: GridRun;
  readonly folder: string;
  /** So far, of all sessions. */
  steps: number;
  /** Undefined while it waits or runs. */
  end?: 'done' | 'diverged' | 'failed' | 'stopped';
  sentence?: string;
}

export interface PoolOptions {
  readonly grid: string;
  readonly jobs: number;
  /** The most that a child may take, in MiB. */
  readonly memory: number;
  readonly checkpointSeconds?: number | undefined;
  readonly checkpointSteps?: number | undefined;
}

/** A run whose process was killed so often in a row, without a checkpoint in between, has failed. */
const mostDeaths = 5;

export function membersOf(folder: string, runs: readonly GridRun[]): Member[] {
  return runs.map((run) => {
    const own = runFolder(folder, run);
    const { status, steps = 0, sentence } = readOutcome(own) ?? {};
    const isOver = status === 'done' || status === 'diverged';
    return {
      run,
      folder: own,
      steps,
      ...(isOver ? { end: status } : {}),
      ...(isOver && sentence !== undefined ? { sentence } : {}),
    };
  });
}

/**
 * Runs all members that are not over, a few at a time and in order, each in a process of its own. A process that was
 * killed is begun again, and resumes from its last checkpoint. Resolves when all are over or have failed, or were
 * asked to stop and have saved.
 */
export async function runPool(
  members: readonly Member[],
  options: PoolOptions,
  stop: StopRequest,
  onStop: (action: () => void) => void,
): Promise<void> {
  const children = new Set<ChildProcess>();
  onStop(() => {
    for (const child of children) child.kill(stop.signal === 'SIGPIPE' ? 'SIGTERM' : stop.signal);
  });
  const waiting = [...members.entries()].filter(([, { end }]) => end === undefined);
  async function lane(): Promise<void> {
    for (let next = waiting.shift(); next !== undefined && stop.signal === undefined; next = waiting.shift())
      await runMember(...next, options, stop, children);
  }
  await Promise.all(Array.from({ length: options.jobs }, lane));
}

async function runMember(
  index: number,
  member: Member,
  options: PoolOptions,
  stop: StopRequest,
  children: Set<ChildProcess>,
): Promise<void> {
  let deaths = 0;
  while (member.end === undefined && stop.signal === undefined) {
    const before = readOutcome(member.folder)?.steps ?? 0;
    const { signal, sentence } = await runChild(index, member, options, children);
    const outcome = readOutcome(member.folder);
    member.steps = outcome?.steps ?? 0;
    if (outcome?.status === 'done' || outcome?.status === 'diverged')
      settle(member, outcome.status, outcome.sentence);
    else if (signal === undefined) settle(member, 'failed', sentence);
    else if (stop.signal !== undefined) settle(member, 'stopped');
    else {
      deaths = member.steps > before ? 0 : deaths + 1;
      if (deaths >= mostDeaths)
        fail(
          member,
          outcome,
          `its process was ended by ${signal} ${deaths} times, at the latest after step ${member.steps}`,
        );
      else await wait(50);
    }
  }
}

function settle(member: Member, end: NonNullable<Member['end']>, sentence?: string): void {
  member.end = end;
  if (sentence !== undefined) member.sentence = sentence;
}

/** Writes the outcome of a process that could not write it itself. */
function fail(member: Member, outcome: SavedOutcome | undefined, sentence: string): void {
  openFolder(member.folder).write(fileNames.outcome, failureText(outcome, sentence));
  settle(member, 'failed', sentence);
}

/** The options of `run` for how a run of a sweep is kept. */
export function goingFlags(options: {
  readonly memory: number | undefined;
  readonly checkpointSeconds: number | undefined;
  readonly checkpointSteps: number | undefined;
}): string[] {
  return [
    ['--memory', options.memory],
    ['--checkpoint-seconds', options.checkpointSeconds],
    ['--checkpoint-steps', options.checkpointSteps],
  ].flatMap(([flag, value]) => (value === undefined ? [] : [String(flag), String(value)]));
}

/** Resolves at its end: to the signal that ended it, or to what it complained of. */
function runChild(
  index: number,
  member: Member,
  { grid, memory, checkpointSeconds, checkpointSteps }: PoolOptions,
  children: Set<ChildProcess>,
): Promise<{ signal?: string; sentence: string }> {
  const command = ['run', '--grid', grid, '--index', String(index), '--resume', '--quiet'];
  const going = goingFlags({ memory, checkpointSeconds, checkpointSteps });
  const flags = [`--max-old-space-size=${memory}`, packageFile('dist', 'cli', 'main.js')];
  const child = spawn(process.execPath, [...flags, ...command, ...going], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, [poolMark]: 'yes' },
    // A terminal would send its SIGINT to the children too, and the second one, from the pool, would end them at once.
    detached: process.platform !== 'win32',
  });
  children.add(child);
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4000);
  });
  child.on('message', ({ steps }: Progress) => {
    member.steps = steps;
  });
  return new Promise((resolve) => {
    const end = (code: number | null, name: NodeJS.Signals | null) => {
      children.delete(child);
      const last =
        said
          .trimEnd()
          .split('\n')
          .at(-1)
          ?.replace(/^norewind: /, '') ?? '';
      // A process that was asked to end by a signal exits with 128 and its number.
      const signal = name ?? (code !== null && code > 128 ? `exit code ${code}` : undefined);
      resolve({
        ...(signal === undefined ? {} : { signal }),
        sentence: last || `its process ended with code ${code}`,
      });
    };
    child.once('error', (error) => {
      said = `its process could not be started: ${error.message}`;
      end(1, null);
    });
    child.once('close', end);
  });
}
