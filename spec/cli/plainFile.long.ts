import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { FailedError } from '../../cli/errors.ts';
import { generations, readGeneration, writeGeneration } from '../../cli/stream/checkpoint/generations.ts';
import { root } from '../support/project.ts';
import { createDesk, type Desk } from './command.ts';
import { bytesAfter, characters, tiny } from './sessions.ts';

describe('cli: other things in the place of a file of a run', () => {
  let desk: Desk;
  const servers: Server[] = [];
  /** Things other than a plain file, by name; each is made at an unused path. */
  const kinds: Readonly<Record<string, (path: string) => void | Promise<void>>> = {
    'it is a folder, not a file': (path) => void mkdirSync(path),
    'it is a pipe, a socket or a device, not a plain file': (path) => {
      expect(spawnSync('mkfifo', [path]).status).to.equal(0);
    },
  };
  const special = Object.keys(kinds)[1];
  /** Others of the last kind. */
  const others: Readonly<Record<string, (path: string) => void | Promise<void>>> = {
    'a link to a pipe': (path) => {
      kinds[special](`${path} pipe`);
      symlinkSync(`${path} pipe`, path);
    },
    'a device without end': (path) => symlinkSync('/dev/zero', path),
    'a socket': (path) =>
      new Promise<void>((resolve) => void servers.push(createServer().listen(path, resolve))),
  };

  before(async function () {
    if (process.platform === 'win32') this.skip();
    desk = createDesk();
    desk.file('text.txt', 'abcabcabd'.repeat(9));
    expect((await desk.norewind('train text.txt --units 2 --out run -q'.split(' '))).code).to.equal(0);
  });

  after(() => {
    for (const server of servers) server.close();
    desk?.dispose();
  });

  /** The command; one that waits for ever is killed. */
  async function endOf(args: string, standing: string) {
    if (standing.includes('folder')) {
      const { code, stderr } = await desk.norewind(args.split(' '));
      return { code, stderr };
    }
    const main = join(root, 'dist', 'cli', 'main.js');
    const options = { cwd: desk.folder, encoding: 'utf8', timeout: 30_000, killSignal: 'SIGKILL' } as const;
    const { status, stderr } = spawnSync(process.execPath, [main, ...args.split(' ')], options);
    return { code: status, stderr };
  }

  let count = 0;
  /** A copy of the run with something else in the place of a file. */
  async function copyWith(file: string, make: (path: string) => void | Promise<void>): Promise<string> {
    const copy = `copy-${count++}`;
    cpSync(desk.path('run'), desk.path(copy), { recursive: true });
    rmSync(desk.path(`${copy}/${file}`), { force: true });
    await make(desk.path(`${copy}/${file}`));
    return copy;
  }

  for (const [name, make] of Object.entries({ ...kinds, ...others }))
    it(`a checkpoint: ${name}`, async () => {
      const reason = kinds[name] === undefined ? special : name;
      const copy = await copyWith('checkpoint.safetensors', make);
      const says = `norewind: cannot read ${copy}/checkpoint.safetensors: ${reason}`;
      const whole = 'the generation before it, made after 0 records, is whole: ';
      for (const [args, rest] of [
        [`train text.txt --resume ${copy}`, `; ${whole}resume from it with --from-previous`],
        [`predict ${copy} text.txt`, `; ${whole}use that one, ${copy}/checkpoint.previous.safetensors`],
        // A folder would be taken for that of a run.
        ...(name.includes('folder') ? [] : [[`generate ${copy}/checkpoint.safetensors`, '']]),
      ])
        expect(await endOf(args, name), args).to.deep.equal({ code: 2, stderr: `${says}${rest}\n` });
      expect((await endOf(`train text.txt --resume ${copy} --from-previous -q`, name)).code).to.equal(
        name.includes('folder') ? 1 : 0,
      );
    });

  for (const [reason, make] of Object.entries(kinds))
    it(`the metrics, and the configuration: ${reason}`, async () => {
      const metrics = await copyWith('metrics.ndjson', make);
      const says = (action: string, path: string) => `norewind: ${action} ${path}: ${reason}\n`;
      expect(await endOf(`train text.txt --resume ${metrics} --continued -q`, reason)).to.deep.equal({
        code: 1,
        stderr: says('cannot write', `${metrics}/metrics.ndjson`),
      });
      expect(await endOf(`compare ${metrics} run`, reason)).to.deep.equal({
        code: 2,
        stderr: says('cannot read', `${metrics}/metrics.ndjson`),
      });
      const config = await copyWith('config.json', make);
      expect(await endOf(`compare ${config} run`, reason)).to.deep.equal({
        code: 2,
        stderr: `norewind: ${config} is not the folder of a run: cannot read ${config}/config.json: ${reason}\n`,
      });
    });

  const endless = 'a device without end';
  for (const [name, make] of Object.entries({ ...kinds, [endless]: others[endless] }))
    it(`the files that a run is told by name, and those that a comparison is to replace: ${name}`, async () => {
      const reason = kinds[name] === undefined ? special : name;
      const folder = `doors-${count++}`;
      mkdirSync(desk.path(folder));
      const path = `${folder}/it.json`;
      await make(desk.path(path));
      const text = JSON.stringify({ experiment: 'text', steps: 5, task: { data: desk.path(path) } });
      desk.file(`${folder}/text.json`, text);
      const before = readdirSync(desk.path(folder));
      for (const [args, says] of [
        [`run ${path} --out ${folder}/run`, `cannot read the configuration ${path}`],
        [`run text --steps 5 --data ${path} --out ${folder}/run`, `cannot read ${desk.path(path)}`],
        [`run ${folder}/text.json --out ${folder}/run`, `cannot read ${desk.path(path)}`],
        [`compare run --out ${path} --csv ${folder}/all.csv --force`, `cannot write ${path}`],
        [`compare run --out ${folder}/all.html --csv ${path} --force`, `cannot write ${path}`],
      ])
        expect(await endOf(args, name), args).to.deep.equal({
          code: 2,
          stderr: `norewind: ${says}: ${reason}\n`,
        });
      expect(readdirSync(desk.path(folder))).to.deep.equal(before);
    });

  it('a part of a checkpoint: a pipe or a link is removed, and leads nowhere; a folder stays, and is an error', () => {
    const bytes = bytesAfter([97, 98], { ...tiny, data: characters });
    const folder = desk.path('parts');
    mkdirSync(folder);
    writeFileSync(desk.path('mine'), 'mine');
    const part = join(folder, `${generations.newest}.part`);
    for (const make of [kinds[special], (path: string) => symlinkSync(desk.path('mine'), path)]) {
      make(part);
      writeGeneration(folder, bytes);
      expect(readGeneration(folder, 'newest').position.records).to.equal(2);
      expect(readFileSync(desk.path('mine'), 'utf8')).to.equal('mine');
    }
    mkdirSync(part);
    expect(() => writeGeneration(folder, bytes)).to.throw(FailedError, /^cannot write [^\n]+$/);
    expect(readdirSync(folder)).to.include(generations.newest);
  });
});
