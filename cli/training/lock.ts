import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { FailedError, fileProblem, UsageError } from '../errors.ts';

/** The file by which a process keeps others out of the folder of its run. */
export const lockName = 'run.lock';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
  /** What tells a process from a later one with the same number, where that can be had. */
  readonly birth: string | undefined;
}

/**
 * Keeps a folder for this process until it ends. The lock of a process that was killed is taken over at once, which is why it names the
 * process: one that is told to be dead by its age would keep a run waiting that is started again.
 * @throws UsageError when a process has it that lives, or may live on another machine; FailedError when the folder cannot be written.
 */
export function lockFolder(folder: string): void {
  const path = join(folder, lockName);
  const started = new Date(Date.now() - 1000 * process.uptime()).toISOString();
  const holder: Holder = { pid: process.pid, host: hostname(), started, birth: birthOf(process.pid) };
  const own = JSON.stringify(holder);
  const spare = `${path}.${process.pid}`;
  try {
    try {
      writeFileSync(spare, own);
      while (!place(spare, path)) takeOver(path, folder, holder);
    } finally {
      rmSync(spare, { force: true });
    }
  } catch (error) {
    throw error instanceof UsageError ? error : new FailedError(fileProblem('write into', folder, error));
  }
  process.once('exit', () => {
    if (contentOf(path) === own) rmSync(path, { force: true });
  });
}

/** Gives the lock to this process, with its whole content at once; false when there is one. */
function place(spare: string, path: string): boolean {
  try {
    linkSync(spare, path);
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'EEXIST') return false;
    // Some file systems have no second names.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error;
  }
  try {
    writeFileSync(path, readFileSync(spare), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a process that is dead. */
function takeOver(path: string, folder: string, own: Holder): void {
  const content = contentOf(path);
  if (content === undefined) return;
  const holder = parse(content);
  if (holder !== undefined && mayLive(holder, own)) {
    const { pid, host, started } = holder;
    const where = host === own.host ? '' : ` on ${host}; if that one is gone, remove ${path}`;
    throw new UsageError(`${folder} is in use by process ${pid}, which began ${started}${where}`);
  }
  const aside = `${path}.${own.pid}.old`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return;
    throw error;
  }
  // Between reading and renaming, another process may have been quicker: it gets its lock back.
  if (contentOf(aside) !== content) place(aside, path);
  rmSync(aside, { force: true });
}

function mayLive({ pid, host, birth }: Holder, own: Holder): boolean {
  if (host !== own.host) return true;
  // A container that was restarted gives the same numbers again.
  if (pid === own.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Of another user's process, no more can be known than that it is there.
    return (error as { code?: string }).code !== 'ESRCH';
  }
  return own.birth === undefined || birthOf(pid) === birth;
}

/** When a process began, in ticks since the machine did, on Linux; undefined elsewhere, and of a process that is dead. */
function birthOf(pid: number): string | undefined {
  const boot = contentOf('/proc/sys/kernel/random/boot_id')?.trim();
  // The name of the program, in parentheses, may hold anything. What follows it begins with the third field, the state.
  const fields = contentOf(`/proc/${pid}/stat`)
    ?.replace(/^.*\)\s+/s, '')
    .split(' ');
  if (boot === undefined || fields === undefined || /[ZX]/.test(fields[0])) return undefined;
  return `${boot} ${fields[19]}`;
}

function parse(content: string): Holder | undefined {
  try {
    const { pid, host, started, birth } = JSON.parse(content);
    return Number.isSafeInteger(pid) ? { pid, host: String(host), started: String(started), birth } : undefined;
  } catch {
    // Cut off by a full disk, or not ours; nobody can be asked whether it lives.
    return undefined;
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
