import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { packageRoot } from './root.ts';

/**
 * A script of bench/python with a problem, once it has checked that it computes the same; or the reason why it is not
 * timed.
 */
export function startPython(script: string, problem: string): Promise<Peer | string> {
  const command = process.env.PYTHON ?? 'python3';
  return Peer.start(
    command,
    [join(packageRoot(), 'bench', 'python', script), problem],
    `There is no ${command} here; set PYTHON to one that has JAX, PyTorch or NumPy.`,
  );
}

/** A program of bench/native in the same way, compiled for this machine into a folder. */
export async function startNative(source: string, problem: string, folder: string): Promise<Peer | string> {
  const compiled = join(folder, source.replace('.c', ''));
  const compiler = process.env.CC ?? 'cc';
  if (!existsSync(compiled)) {
    // Without the assumption that all numbers are finite, as the check has to see one that is not.
    const flags = ['-O3', '-march=native', '-ffast-math', '-fno-finite-math-only'];
    const path = join(packageRoot(), 'bench', 'native', source);
    const { status } = spawnSync(compiler, [...flags, path, '-o', compiled, '-lm']);
    if (status !== 0)
      return `There is no ${compiler} here that compiles bench/native, so C is not timed; set CC to one that does.`;
  }
  return Peer.start(compiled, [problem], `${source} does not start.`);
}

/** A process of its own, on one thread, which runs steps when it is asked to. */
export class Peer {
  readonly runners: readonly { readonly name: string; turn(count: number): Promise<number> }[];
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    process: ChildProcessByStdio<Writable, Readable, Readable>,
    lines: AsyncIterator<string>,
    names: readonly string[],
  ) {
    this.#process = process;
    this.#lines = lines;
    this.runners = names.map((name) => ({ name, turn: (count) => this.#turn(name, count) }));
  }

  /** The process once it has checked that it computes the same; or the reason why it is not timed. */
  static async start(command: string, args: readonly string[], missing: string): Promise<Peer | string> {
    const threads = Object.fromEntries(
      ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'].map((name) => [name, '1']),
    );
    const child = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...threads,
        // NumPy is faster with the kernels that it chooses itself.
        OPENBLAS_CORETYPE: undefined,
        OPENBLAS_L2_SIZE: undefined,
        PYTHONDONTWRITEBYTECODE: '1',
        PYTHONWARNINGS: 'ignore',
        JAX_TRACEBACK_FILTERING: 'off',
        XLA_FLAGS: '--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1',
      },
    });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    const failed = new Promise<string>((resolve) => {
      child.on('error', () => resolve(missing));
      child.on('close', () => resolve(errors.trim().split('\n').slice(-1)[0] || `${command} ended early.`));
    });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), failed]);
    if (typeof first === 'string') return first;
    if (first.done) return failed;
    return new Peer(child, lines, JSON.parse(first.value) as string[]);
  }

  end(): void {
    this.#process.stdin.end();
  }

  async #turn(name: string, count: number): Promise<number> {
    this.#process.stdin.write(`${name}\t${count}\n`);
    const { value } = await this.#lines.next();
    return Number(value);
  }
}
