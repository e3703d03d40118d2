import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told from all others, as far as the system knows what does. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly started: string;
  /** The identity of the machine, which outlives a restart. */
  readonly machine: string | undefined;
  /** That of its latest start. */
  readonly boot: string | undefined;
  /** The namespaces in which the number and the birth of the process are valid: containers have their own. */
  readonly space: string | undefined;
  /** When it began, in ticks since the machine did. */
  readonly birth: string | undefined;
}

/** What can be said of a process: nothing for sure of one on another machine or in another container. */
export type Verdict = 'alive' | 'dead' | 'unknown';

export function thisProcess(): Holder {
  const [pidSpace, timeSpace] = ['pid', 'time'].map((name) => attempt(() => readlinkSync(`/proc/self/ns/${name}`)));
  return {
    pid: process.pid,
    host: hostname(),
    started: new Date(Date.now() - 1000 * process.uptime()).toISOString(),
    // In images of containers it may be empty, or a word that says that it has yet to be made.
    machine: /^[\da-f]{32}$/.exec(textOf('/etc/machine-id') ?? '')?.[0],
    boot: textOf('/proc/sys/kernel/random/boot_id'),
    space: pidSpace && `${pidSpace} ${timeSpace}`,
    // A /proc of another namespace numbers the processes otherwise.
    birth: textOf('/proc/self/stat')?.startsWith(`${process.pid} (`) ? birthOf(process.pid) : undefined,
  };
}

/** Whether the holder of a lock lives. @param own this process. */
export function judge(holder: Holder, own: Holder): Verdict {
  if (holder.host !== own.host) return 'unknown';
  if (holder.boot !== own.boot) {
    const isRestarted = holder.boot !== undefined && own.boot !== undefined;
    // Two machines may have one name; then neither sees the processes of the other.
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

/** When a process began; `ended` for one that only waits to be buried; undefined where it cannot be seen, as where there is none. */
function birthOf(pid: number): string | undefined {
  // The name of the program, in parentheses, may hold anything. What follows it begins with the third field, the state.
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
    // Of another user's process, no more can be known than that it is there.
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

/** The holder that the content of a lock names; undefined for what was cut off by a full disk, or is none of norewind's. */
export function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, host, started, machine, boot, space, birth } = JSON.parse(content);
    const isWhole = Number.isSafeInteger(pid) && pid > 0 && typeof host === 'string' && typeof started === 'string';
    return isWhole ? { pid, host, started, machine, boot, space, birth } : undefined;
  } catch {
    return undefined;
  }
}
