import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** A real Slurm on this machine: one controller, and nodes that are processes beside each other. */
export interface Cluster {
  /** Runs one of Slurm's commands. Returns what it prints. */
  command(name: string, ...args: readonly string[]): string;
  /** Kills a node and all that runs on it, as a power cut would. */
  kill(node: string): void;
  dispose(): void;
}

const nodes = ['n1', 'n2', 'n3'];

/**
 * Starts a cluster in a folder of its own. It needs root, and Debian's packages slurmctld, slurmd, slurm-client and
 * munge.
 */
export async function startCluster(): Promise<Cluster> {
  if (userInfo().uid !== 0) throw new Error('a cluster for tests needs root');
  const folder = mkdtempSync(join(tmpdir(), 'norewind-slurm-'));
  chmodSync(folder, 0o755);
  const path = (name: string) => join(folder, name);
  for (const name of ['state', 'log', ...nodes.map((node) => `spool-${node}`)]) mkdirSync(path(name));
  writeFileSync(path('slurm.conf'), configuration(folder));
  writeFileSync(path('munge.key'), Buffer.alloc(1024, 'norewind'), { mode: 0o600 });
  const env = { ...process.env, SLURM_CONF: path('slurm.conf') };
  const running = new Map<string, ChildProcess>();
  const start = (name: string, program: string, ...args: readonly string[]) => {
    const child = spawn(program, args, { env, stdio: 'ignore', detached: true });
    running.set(name, child);
  };
  const command = (name: string, ...args: readonly string[]) =>
    execFileSync(name, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const dispose = () => {
    for (const node of nodes) killNode(node);
    for (const child of running.values()) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  function killNode(node: string): void {
    const daemon = running.get(node)?.pid;
    if (daemon === undefined) return;
    running.delete(node);
    // Nothing may report the end of what it began, so what reports goes first.
    const scripts = scriptsOf(path(`spool-${node}`));
    for (const pid of [
      daemon,
      ...scripts.map(parentOf),
      ...scripts.flatMap((script) => [script, ...below(script)]),
    ])
      end(pid);
  }
  const munge = [
    '--foreground',
    '--force',
    '--key-file',
    path('munge.key'),
    '--socket',
    path('munge.socket'),
  ];
  // munged refuses files in folders that others may write into, which --force only warns of.
  chownSync(path('munge.key'), 0, 0);
  start(
    'munged',
    'munged',
    ...munge,
    '--pid-file',
    path('munge.pid'),
    '--seed-file',
    path('munge.seed'),
    '--log-file',
    path('log/munged.log'),
  );
  await new Promise((resolve) => setTimeout(resolve, 1000));
  start('slurmctld', 'slurmctld', '-D', '-c');
  for (const node of nodes) start(node, 'slurmd', '-D', '-N', node);
  for (let tries = 0; ; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    try {
      const states = command('sinfo', '--noheader', '--Node', '--format=%T').trim().split('\n');
      if (states.length === nodes.length && states.every((state) => state === 'idle')) break;
    } catch {
      // The controller does not answer yet.
    }
    if (tries < 120) continue;
    const log = readFileSync(path('log/slurmctld.log'), 'utf8').split('\n').slice(-15).join('\n');
    dispose();
    throw new Error(`Slurm does not start:\n${log}`);
  }
  return { command, kill: killNode, dispose };
}

function configuration(folder: string): string {
  return `ClusterName=norewind
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=16817
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=${folder}/state
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/backfill
SchedulerParameters=requeue_delay=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmdLogFile=${folder}/log/slurmd-%n.log
SlurmdSpoolDir=${folder}/spool-%n
SlurmdTimeout=10
NodeName=n[1-3] NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=[17001-17003] CPUs=1 RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=n[1-3] Default=YES MaxTime=INFINITE State=UP
`;
}

/** The processes below one. */
function below(pid: number): number[] {
  try {
    const own = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
    return own.flatMap((child) => [child, ...below(child)]);
  } catch {
    return [];
  }
}

/** The scripts that run on a node, which are in its spool; their parents look after them. */
function scriptsOf(spool: string): number[] {
  try {
    return execFileSync('pgrep', ['-f', spool], { encoding: 'utf8' }).trim().split('\n').map(Number);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number {
  return Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended since.
  }
}
