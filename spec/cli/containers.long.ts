import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { root } from '../support/project.ts';
import { createDesk, type Desk } from './command.ts';
import { until } from './feed.ts';

/**
 * A container, as far as processes go: numbers of its own, with the same host name. Not every system lets one
 * be made.
 */
const container = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];
const canContain = spawnSync(container[0], [...container.slice(1), 'true']).status === 0;
const norewind = [process.execPath, join(root, 'dist', 'cli', 'main.js')];

describe('cli: one folder, two processes that cannot see each other', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('text.txt', 'abcabcabd'.repeat(9));
  });

  const children: ChildProcess[] = [];

  after(() => {
    for (const child of children) child.kill('SIGKILL');
    desk.dispose();
  });

  function start(command: readonly string[], args: string) {
    const [program, ...rest] = [...command, ...norewind, ...args.split(' ')];
    const child = spawn(program, rest, { cwd: desk.folder });
    children.push(child);
    child.stdin.on('error', () => {});
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr += chunk;
    });
    const result = new Promise<{ code: number | null; stderr: string }>((resolve) => {
      child.on('close', (code) => resolve({ code, stderr }));
    });
    return { child, result };
  }

  /** In its own container where that can be had; else the lock says that it is in one. */
  async function conflict(name: string, first: readonly string[], second: readonly string[]) {
    const { child, result } = start(first, `train - --units 2 --every 1 --out ${name} -q`);
    child.stdin.write('abcabc');
    const lines = () =>
      existsSync(desk.path(`${name}/metrics.ndjson`)) ? desk.read(`${name}/metrics.ndjson`).split('\n') : [];
    await until(() => lines().length > 6);
    if (!canContain)
      desk.file(`${name}/run.lock`, desk.read(`${name}/run.lock`).replace(/pid:\[\d+\]/, 'pid:[1]'));
    const refused = await start(second, `train text.txt --resume ${name} -q`).result;
    expect(refused.stderr).to.match(
      new RegExp(
        `^norewind: ${name} is in use by process \\d+, .*cannot be seen from here; if that one is gone, remove ${name}/run\\.lock\n$`,
      ),
    );
    expect(refused.code).to.equal(2);
    // It is closed, though it is not gone.
    rmSync(desk.path(`${name}/run.lock`));
    expect((await start(second, `train text.txt --resume ${name} -q`).result).code).to.equal(0);
    const files = () => readdirSync(desk.path(name)).map((file) => [file, desk.read(`${name}/${file}`)]);
    const before = files();
    child.stdin.end('abcabcabc'.repeat(50));
    const { code, stderr } = await result;
    expect(stderr).to.match(
      new RegExp(
        `^norewind: cannot tell whether another process uses ${name}, for this one's lock is lost .*: this run stops and writes nothing more into it\n$`,
      ),
    );
    expect(code).to.equal(1);
    expect(files()).to.deep.equal(before);
    for (const line of lines().slice(0, -1)) expect(() => JSON.parse(line)).not.to.throw();
  }

  it('the one that comes second is refused, and the first stops when its lock has been removed: nothing is overwritten', async () => {
    await conflict('apart', canContain ? container : [], canContain ? container : []);
  });

  if (canContain)
    it('so it is between a container and the machine that it runs on, either way', async () => {
      await conflict('outside', container, []);
      await conflict('inside', [], container);
    });

  it('the first one stops at its next checkpoint when the second one is still at work', async () => {
    const first = start([], 'train - --units 2 --out both -q --checkpoint-records 3');
    first.child.stdin.write('abc');
    await until(() => existsSync(desk.path('both/checkpoint.previous.safetensors')));
    rmSync(desk.path('both/run.lock'));
    const second = start([], 'train - --resume both --continued -q');
    await until(() => existsSync(desk.path('both/run.lock')));
    first.child.stdin.end('abcabcabcabc');
    const { code, stderr } = await first.result;
    expect(stderr).to.match(
      /^norewind: both is now in use by process \d+ on \S+, which began .*: this run stops and writes nothing more into it\n$/,
    );
    expect(code).to.equal(1);
    second.child.stdin.end('abcabc');
    expect((await second.result).code).to.equal(0);
    expect(existsSync(desk.path('both/run.lock'))).to.equal(false);
  });
});
