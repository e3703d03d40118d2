import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { transformSync } from 'esbuild';
import { root } from '../support/project.ts';
import { randomWords } from '../support/randomWords.ts';
import { createDesk, type Desk } from './command.ts';
import { feed } from './feed.ts';

const records = 2000;
const range = (begin: number, end: number) => Array.from({ length: end - begin }, (_, i) => begin + i);
/** Those that have to be among them. */
const moments = [
  'ftruncateSync',
  'openSync',
  'writeFileSync, half',
  'fsyncSync',
  'closeSync',
  'linkSync',
  'renameSync',
];

const kinds = [
  {
    name: 'text',
    exact: 12,
    timed: 3,
    data: 'text.txt',
    options: '--unit character --symbols 8',
  },
  {
    name: 'uoro-2',
    exact: 12,
    timed: 3,
    data: 'text.txt',
    options: '--symbols 8 --estimator uoro --rank 2 --dtype float64',
  },
  {
    name: 'tbptt',
    exact: 8,
    timed: 2,
    data: 'text.txt',
    options: '--symbols 8 --estimator tbptt --window 5 --stride 3',
  },
  {
    name: 'rows',
    exact: 8,
    timed: 2,
    data: 'rows.csv',
    options: '--target a --columns a,b,c --categorical b --horizon 2',
  },
];
/**
 * At which changes of files runs are killed: one as it begins, when it has checkpoints, and right after it
 * resumes; others later; then at random ones.
 */
const firstMoments: Readonly<Record<string, readonly number[]>> = {
  text: [5, 60, ...range(1, 11)],
  'uoro-2': [60, ...range(11, 22)],
  tbptt: [60, ...range(22, 29)],
};

describe('cli: norewind train is killed', function () {
  // Fifty processes, on a machine that may have other things to do.
  this.timeout(600_000);
  let desk: Desk;
  let faults: string;
  const killedAt = new Set<string>();

  before(() => {
    desk = createDesk();
    const words = randomWords(1);
    const next = () => words.next().value;
    desk.file('text.txt', Array.from({ length: 2500 }, (_, i) => 'abcd\n'[(i + (next() % 2)) % 5]).join(''));
    const row = (i: number) =>
      `${next() % 9 === 0 ? '' : Math.sin(i / 5)},${'xyz'[next() % 3]},${next() % 50 ? 1 : 'x'}\n`;
    desk.file('rows.csv', `a,b,c\n${Array.from({ length: 2500 }, (_, i) => row(i)).join('')}`);
    const { code } = transformSync(readFileSync(`${root}/spec/support/faults.ts`, 'utf8'), { loader: 'ts' });
    faults = pathToFileURL(desk.file('faults.mjs', code)).href;
  });

  after(() => desk.dispose());

  for (const { name, exact, timed, data, options } of kinds)
    it(`${name}: ${exact} times at a change of a file and ${timed} times at any moment, and loses and doubles nothing`, async () => {
      const begin = `train ${data} ${options} --units 3 --every 7 --records ${records} --on-error skip`;
      const whole = await desk.norewind(`${begin} --out ${name} -q`.split(' '));
      expect(whole.code, whole.stderr).to.equal(0);
      const folder = `${name}-killed`;
      const goOn = `train ${data} --resume ${folder} --records ${records} --on-error skip`;
      const words = randomWords(5 + exact);
      const next = () => words.next().value;
      for (let kill = 0; kill < exact + timed; kill++) {
        // Before the first checkpoint, a run begins again.
        const isBegun = existsSync(desk.path(`${folder}/checkpoint.safetensors`));
        const args = `${isBegun ? goOn : `${begin} --out ${folder} --force`} --checkpoint-records 3`.split(
          ' ',
        );
        const fault = {
          at: firstMoments[name]?.[kill] ?? 1 + (next() % 120),
          effect: 'kill',
          half: next() % 2 === 0,
          lasts: false,
        };
        const preload = `import { inject } from ${JSON.stringify(faults)}; inject(${JSON.stringify(desk.path(folder))}, ${JSON.stringify(fault)});`;
        const flags = kill < exact ? ['--import', `data:text/javascript,${encodeURIComponent(preload)}`] : [];
        const { child, result } = feed(desk, args, undefined, flags);
        if (kill >= exact)
          child.stderr?.once('data', () => setTimeout(() => child.kill('SIGKILL'), 30 + (next() % 200)));
        const { code, stderr } = await result;
        expect(code, stderr).to.equal(null);
        if (kill < exact) killedAt.add(/^killed at (.+)$/m.exec(stderr)?.[1] ?? stderr);
      }
      const last = await desk.norewind(`${goOn} -q`.split(' '));
      expect(last.code, last.stderr).to.equal(0);
      expect(desk.read(`${folder}/metrics.ndjson`)).to.equal(desk.read(`${name}/metrics.ndjson`));
      const checkpointOf = (path: string) =>
        readFileSync(desk.path(`${path}/checkpoint.safetensors`)).toString('latin1');
      expect(checkpointOf(folder)).to.equal(checkpointOf(name));
    });

  it('50 times in all, and everywhere: nothing above passes because it was not interrupted where it hurts', () => {
    expect(kinds.reduce((sum, { exact, timed }) => sum + exact + timed, 0)).to.equal(50);
    expect(killedAt).not.to.be.empty;
    for (const moment of moments) expect([...killedAt].join('; ')).to.include(moment);
  });
});
