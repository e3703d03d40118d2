import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, identified as uniquely as the system allows. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
  /** The identity of the machine, which survives restarts. */
  readonly machine: string | undefined;
  /** The identity of its latest boot. */
  readonly boot: string | undefined;
  /** The namespaces in which the process number and start time are valid: containers have their own. */
  readonly space: string | undefined;
  /** When the process started, in ticks since boot. */
  readonly birth: string | undefined;
  /** The job of a cluster that the process belongs to, and how often that was begun again. */
  readonly job?: string | undefined;
  readonly restarts?: number | undefined;
}

/** The verdict on a process: unknown for one on another machine or in another container. */
export type Verdict = 'alive' | 'dead' | 'unknown';

export function thisProcess(): Holder {
  const [pidSpace, timeSpace] = ['pid', 'time'].map((name) =>
    attempt(() => readlinkSync(`/proc/self/ns/${name}`)),
  );
  return {
    pid: process.pid,
    host: hostname(),
    started: new Date(Date.now() - 1000 * process.uptime()).toISOString(),
    // In container images it may be empty, or a placeholder.
    machine: /^[\da-f]{32}$/.exec(textOf('/etc/machine-id') ?? '')?.[0],
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    space: pidSpace && `${pidSpace} ${timeSpace}`,
    // A /proc of another namespace numbers processes differently.
    birth: textOf('/proc/self/stat')?.startsWith(`${process.pid} (`) ? birthOf(process.pid) : undefined,
    ...jobOf(process.env),
  };
}

/** The job of Slurm, whose number a task keeps when it is queued again. */
export function jobOf({
  SLURM_CLUSTER_NAME: cluster = '',
  SLURM_JOB_ID: id,
  SLURM_RESTART_COUNT: restarts = '0',
}: NodeJS.ProcessEnv): Pick<Holder, 'job' | 'restarts'> {
  return id === undefined ? {} : { job: `${cluster} ${id}`, restarts: Number(restarts) };
}

/** Whether the holder of a lock is alive. @param own this process. */
export function judge(holder: Holder, own: Holder): Verdict {
  // Slurm begins a job again only once it has ended, or its node is lost.
  if (holder.job !== undefined && holder.job === own.job && Number(holder.restarts) < Number(own.restarts))
    return 'dead';
  if (holder.host !== own.host) return 'unknown';
  if (holder.boot !== own.boot) {
    const isRestarted = holder.boot !== undefined && own.boot !== undefined;
    // Two machines may share a name; then neither sees the other's processes.
    return isRestarted && own.machine !== undefined && holder.machine === own.machine ? 'dead' : 'unknown';
  }
  if (holder.space !== own.space) return 'unknown';
  if (holder.pid === own.pid) return 'dead';
  const birth = own.birth === undefined ? undefined : birthOf(holder.pid);
  if (birth === undefined) return exists(holder.pid) ? 'unknown' : 'dead';
  if (birth === ended) return 'dead';
  return holder.birth === undefined ? 'unknown' : birth === holder.birth ? 'alive' : 'dead';
}

const ended = 'ended';

/** When a process started; `ended` for a zombie; undefined if it does not exist or cannot be seen. */
function birthOf(pid: number): string | undefined {
  // The program's name, in parentheses, may contain anything. The third field, the state, follows it.
  const fields = textOf(`/proc/${pid}/stat`)
    ?.replace(/^.*\)\s+/s, '')
    .split(' ');
  return fields && (/[ZX]/.test(fields[0]) ? ended : fields[19]);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Of another user's process, we only learn that it exists.
    return (error as { code?: string }).code !== 'ESRCH';
  }
}

function textOf(path: string): string | undefined {
  return attempt(() => readFileSync(path, 'utf8').trim());
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** The holder named in a lock; undefined for a lock truncated by a full disk, or not written by norewind. */
export function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, host, started, machine, boot, space, birth, job, restarts } = JSON.parse(content);
    const isWhole =
      Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string' && typeof started === 'string';
    return isWhole
      ? { pid, host, started, machine, boot, space, birth, ...(job === undefined ? {} : { job, restarts }) }
      : undefined;
  } catch {
    return undefined;
  }
}
