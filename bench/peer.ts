import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { packageRoot } from './root.ts';

/** A script of bench/python in a process of its own, on one thread, which runs when it is asked to. */
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

  /** The script with a problem, once it has checked that it computes the same; or the reason why it is not timed. */
  static async start(script: string, problem: string): Promise<Peer | string> {
    const path = join(packageRoot(), 'bench', 'python', script);
    const command = process.env.PYTHON ?? 'python3';
    const threads = Object.fromEntries(
      ['OMP_NUM_THREADS', 'MKL_NUM_THREADS', 'OPENBLAS_NUM_THREADS'].map((name) => [name, '1']),
    );
    const child = spawn(command, [path, problem], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...threads,
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
      child.on('error', () =>
        resolve(`There is no ${command} here; set PYTHON to one that has PyTorch or JAX.`),
      );
      child.on('close', () => resolve(errors.trim().split('\n').slice(-1)[0]));
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
