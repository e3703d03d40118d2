import { spawnSync } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { root } from '../support/project.ts';
import { createDesk, type Desk, inPairs } from './command.ts';
import { feed } from './feed.ts';

const main = join(root, 'dist', 'cli', 'main.js');
const preload = (code: string) => ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
/** Reports on standard error when the first signal is handled, before the rest of the command is loaded. */
const telling = preload(`
  import { writeSync } from 'node:fs';
  const told = (name) => {
    if (name !== 'SIGINT') return;
    process.removeListener('newListener', told);
    queueMicrotask(() => writeSync(2, 'armed\\n'));
  };
  process.on('newListener', told);
`);

describe('cli: signals', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('text.txt', 'abcdefgh'.repeat(2000));
  });

  after(() => desk.dispose());

  /** Runs the command, and acts once its signals are handled. */
  async function armed(args: string, act: (send: (name: NodeJS.Signals) => void) => void) {
    const { child, result } = feed(desk, args.split(' '), [], telling);
    let said = '';
    child.stderr?.on('data', (chunk: string) => {
      if (said.includes('armed')) return;
      said += chunk;
      if (said.includes('armed')) act((name) => child.kill(name));
    });
    const { code, stderr, stdout } = await result;
    expect(stderr).to.match(/^armed\n/);
    return { code, stdout, stderr: stderr.replace('armed\n', '') };
  }

  it('are handled before anything is loaded', () => {
    const loadedBy = (path: string): string[] =>
      [...readFileSync(path, 'utf8').matchAll(/^import [^;]*?['"]([^'"]*)['"];/gm)].flatMap(([, name]) =>
        name.startsWith('.') ? loadedBy(join(dirname(path), name)) : name,
      );
    expect(loadedBy(main)).to.deep.equal(['node:os']);
    const body = readFileSync(main, 'utf8').replace(/^(#!.*|\/\/.*|import [^;]*;|\s*)\n/gm, '');
    expect(body).to.match(/^takeSignals\(\);\n/);
  });

  for (const name of ['SIGUSR1', 'SIGUSR2'] as const)
    it(`${name}, repeatedly from the start: the run completes, and no debugger opens`, async () => {
      let timer: NodeJS.Timeout | undefined;
      const args = `train text.txt --units 3 --out ${name} -q`;
      const { code, stderr } = await armed(args, (send) => {
        send(name);
        timer = setInterval(() => send(name), 1);
      });
      clearInterval(timer);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    });

  it('SIGUSR1 does nothing without a run to save, and opens no debugger', async () => {
    const { code, stderr, stdout } = await armed('run anbn --units 3 --steps 300 -q --out quiet', (send) =>
      send('SIGUSR1'),
    );
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.contain('Run folder: quiet');
  });

  it('before the program starts open a debugger: it is closed at once, unless requested', async () => {
    // Waits until Node has opened it, and reports at the end whether it is open.
    const early = preload(`
      import { writeSync } from 'node:fs';
      import inspector from 'node:inspector';
      if (inspector.url() === undefined) process.kill(process.pid, 'SIGUSR1');
      while (inspector.url() === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
      process.on('exit', () => writeSync(2, 'at the end: ' + typeof inspector.url() + '\\n'));
    `);
    // Any free port: others may use the debugger too.
    const ends = await inPairs(
      ['--inspect-port=0', '--inspect=0', '--inspect_brk=0'].slice(0, 2),
      async (flag) => {
        const { result } = feed(desk, ['--version'], [], [flag, ...early]);
        const { code, stderr } = await result;
        expect(code).to.equal(0);
        return /at the end: (\w+)/.exec(stderr)?.[1];
      },
    );
    expect(ends).to.deep.equal(['undefined', 'string']);
  });

  for (const [name, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    it(`${name} at the start: ends with ${expected}, silently`, async () => {
      const { code, stderr, stdout } = await armed(`train text.txt --units 3 --out ${name} -q`, (send) =>
        send(name),
      );
      expect({ code, stderr, stdout }).to.deep.equal({ code: expected, stderr: '', stdout: '' });
      expect(existsSync(desk.path(`${name}/run.lock`))).to.equal(false);
    });

    // The others are in train.spec.ts.
    it(`${name} while it learns: ends with ${expected} after a checkpoint, and leaves no lock`, async () => {
      const { child, result } = feed(
        desk,
        `train - --units 3 --json -q --every 8 --out ${name}-late`.split(' '),
      );
      child.stdin?.write('abcdefgh');
      // After this it waits for data.
      child.stdout?.on('data', (text: string) => text.includes('"metrics"') && child.kill(name));
      const { code, stderr } = await result;
      expect(stderr).to.match(
        new RegExp(
          `^norewind: stopped by ${name}; the checkpoint in \\S+ is from after 8 records; continue with --resume ${name}-late\n$`,
        ),
      );
      expect(code).to.equal(expected);
      expect(existsSync(desk.path(`${name}-late/run.lock`))).to.equal(false);
    });
  }

  it('a second one, of any kind, ends the process at once', async () => {
    const pairs = [
      ['SIGINT', 'SIGTERM'],
      ['SIGTERM', 'SIGTERM'],
      ['SIGHUP', 'SIGINT'],
    ] as const;
    for (const [first, second] of pairs) {
      // The handler of the first one never returns.
      const busy = preload(`
        import { writeSync } from 'node:fs';
        process.on('newListener', (name) => {
          if (name !== 'SIGHUP' || process.listenerCount(name) === 0) return;
          // The run now listens for signals.
          setTimeout(() => process.kill(process.pid, '${first}'));
        });
        process.on('removeListener', (name) => {
          if (name !== 'SIGHUP' || process.listenerCount(name) > 0) return;
          writeSync(2, 'busy\\n');
          for (;;);
        });
      `);
      const { child, result } = feed(
        desk,
        `train - --units 3 -q --out ${first}-${second}`.split(' '),
        undefined,
        busy,
      );
      child.stderr?.once('data', () => child.kill(second));
      const { code, stderr } = await result;
      expect([code, child.signalCode, stderr]).to.deep.equal([null, second, 'busy\n']);
    }
  });
});

describe('cli: standard error that cannot be written', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
    desk.file('text.txt', 'abcdefgh'.repeat(100));
  });

  after(() => desk.dispose());

  const full = '/dev/full';
  const into = (args: string, out: 'pipe' | number, err: 'pipe' | number) =>
    spawnSync(process.execPath, [main, ...args.split(' ')], {
      cwd: desk.folder,
      encoding: 'utf8',
      stdio: ['ignore', out, err],
    });

  it('does not stop a run', function () {
    if (!existsSync(full)) this.skip();
    const { status, stdout } = into('train text.txt --units 3 --out quiet', 'pipe', openSync(full, 'w'));
    expect(stdout).to.contain('800 records');
    expect(status).to.equal(0);
  });

  it('likewise standard output during help: the exit code and a sentence report it', function () {
    if (!existsSync(full)) this.skip();
    for (const args of ['--help', 'train --help', '--version']) {
      const { status, stderr } = into(args, openSync(full, 'w'), 'pipe');
      expect(stderr).to.equal('norewind: cannot write to standard output: no space is left on the device\n');
      expect(status).to.equal(1);
    }
  });
});
