import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readNpy, readSafetensors, seeded, type Tensor, writeNpz } from '../../lib/index.ts';
import { type CellEntry, cells, linear, mlp, model } from '../../nn/index.ts';
import {
  createLearner,
  crossEntropy,
  meanSquare,
  readParameters,
  rtrl,
  sgd,
} from '../../trainers/norewind.ts';
import { fencesOf } from '../support/fences.ts';
import { root } from '../support/project.ts';
import { createDesk, type Desk } from './command.ts';

describe('cli: norewind export', () => {
  let desk: Desk;
  before(async () => {
    desk = createDesk();
    expect((await desk.norewind('run anbn --units 3 --steps 20 -q --out run'.split(' '))).code).to.equal(0);
    desk.file('text.txt', 'abracadabra '.repeat(20));
    expect((await desk.norewind('train text.txt --units 3 -q --out train'.split(' '))).code).to.equal(0);
  });
  after(() => desk.dispose());

  const norewind = (line: string) => desk.norewind(line.split(' '));
  const bytes = (name: string) => new Uint8Array(readFileSync(desk.path(name)));

  it('writes the parameters of a run, and nothing else, in each format the same', async () => {
    for (const file of ['a.npz', 'a.safetensors', 'a.json'])
      expect(await norewind(`export run --out ${file}`)).to.deep.equal({ code: 0, stdout: '', stderr: '' });
    const parameters = readSafetensors(bytes('a.safetensors'));
    expect(
      Object.entries(parameters).map(([name, { shape, dtype }]) => `${name} ${shape} ${dtype}`),
    ).to.deep.equal(
      ['reset', 'update', 'candidate']
        .flatMap((gate) => [`${gate}.w 3,3`, `${gate}.u 3,3`, `${gate}.b 3`])
        .map((name) => `cell.${name} float32`)
        .concat(['readout.w 3,3 float32', 'readout.b 3 float32']),
    );
    const lists = Object.fromEntries(Object.entries(parameters).map(([name, x]) => [name, x.toArray()]));
    expect(JSON.parse(desk.read('a.json'))).to.deep.equal(lists);
    const stored = Object.entries(unzipped(bytes('a.npz')));
    expect(Object.fromEntries(stored.map(([name, x]) => [name, x.toArray()]))).to.deep.equal(lists);
    expect((await norewind('export run')).stdout).to.equal(desk.read('a.json'));
    expect((await norewind('export run/checkpoint.safetensors --format json')).stdout).to.equal(
      desk.read('a.json'),
    );
  });

  it('writes the network of a model of a stream', async () => {
    const { code, stdout } = await norewind('export train');
    expect(code).to.equal(0);
    expect(Object.keys(JSON.parse(stdout))).to.include.members(['cell.forget.w', 'readout.b']);
  });

  it('refuses in one sentence what it cannot export, and keeps a file that is there', async () => {
    desk.file('there.npz', 'mine');
    desk.file('cut.safetensors', bytes('run/checkpoint.safetensors').slice(0, -3));
    const changed = bytes('run/checkpoint.safetensors');
    changed[changed.length - 9] ^= 4;
    desk.file('changed.safetensors', changed);
    await norewind('train text.txt --experts counts --units 3 -q --out counts');
    for (const [line, sentence] of [
      ['export nowhere', /^norewind: cannot read nowhere: there is no such file or folder\n$/],
      ['export run --out there.npz', /^norewind: there\.npz exists already: .*--force to replace it\n$/],
      ['export text.txt', /^norewind: text\.txt cannot be used: /],
      ['export cut.safetensors', /^norewind: cut\.safetensors cannot be used: /],
      ['export changed.safetensors', /^norewind: changed\.safetensors cannot be used: .*checksum/],
      ['export counts', /^norewind: .*checkpoint\.safetensors cannot be used: the model has no network/],
      [
        'export run --out w.pt',
        /^norewind: w\.pt does not say in which format.*one of \.npz, \.safetensors, \.json, or add --format\n$/,
      ],
      ['export run --format pt', /'pt' is invalid/],
    ] as const) {
      const { code, stderr } = await norewind(line);
      expect(stderr, line).to.match(sentence);
      expect(code, line).to.equal(2);
    }
    expect(desk.read('there.npz')).to.equal('mine');
    expect((await norewind('export run --out there.npz --force')).code).to.equal(0);
    expect(Object.keys(unzipped(bytes('there.npz')))).to.include('readout.b');
  });

  it('a .npz has names in UTF-8, and the CRC-32 that the standard checks with', () => {
    const file = Buffer.from(writeNpz({ é: seeded(1).normal([2]) }));
    expect(file.readUInt32LE(0)).to.equal(0x04034b50);
    expect(file.readUInt16LE(6) & 0x0800, 'names are UTF-8').to.equal(0x0800);
    expect(file.subarray(30, 30 + 6).toString()).to.equal('é.npy');
    expect(() => writeNpz({ '': seeded(1).normal([2]) })).to.throw('a name is empty');
    expect(crcOf(Buffer.from('123456789'))).to.equal(0xcbf43926);
    const { length } = file;
    expect(file.readUInt32LE(length - 22)).to.equal(0x06054b50);
  });

  describe('the readers in docs/export.md', () => {
    const python = process.env.PYTHON ?? 'python3';
    const has = (name: string) => spawnSync(python, ['-c', `import ${name}`]).status === 0;
    const page = fencesOf(readFileSync(join(root, 'docs', 'export.md'), 'utf8'));
    const sources = page.flatMap(({ attributes, text }) =>
      attributes.has('title') ? [{ file: String(attributes.get('title')), text }] : [],
    );

    it('there is one of at most 15 lines for each cell', () => {
      for (const name of Object.keys(cells)) {
        const lines = sources.find(({ file }) => file === `${name}.py`)?.text.split('\n') ?? [];
        expect(lines.length, name).to.be.within(1, 15);
      }
    });

    for (const xp of ['numpy', 'torch'])
      it(`computes with ${xp} what each cell computes`, function () {
        if (!has(xp) || !has('numpy')) this.skip();
        this.timeout(120_000);
        for (const { file, text } of sources)
          desk.file(file, text.replace('import numpy as xp', `import ${xp} as xp`));
        const cases = casesOf(desk);
        desk.file('cases.json', JSON.stringify(cases));
        desk.file('driver.py', driver);
        const told = execFileSync(python, ['driver.py'], { cwd: desk.folder, encoding: 'utf8' });
        expect(told.trim()).to.equal(`${cases.length} cases agree`);
      });
  });
});

/** The entries of an uncompressed ZIP archive, by its central directory, with their checksums. */
function unzipped(bytes: Uint8Array): Record<string, Tensor> {
  const file = Buffer.from(bytes);
  const end = file.length - 22;
  const tensors: Record<string, Tensor> = {};
  let at = file.readUInt32LE(end + 16);
  for (let left = file.readUInt16LE(end + 10); left > 0; left--) {
    expect(file.readUInt32LE(at)).to.equal(0x02014b50);
    const [size, nameLength, offset] = [
      file.readUInt32LE(at + 24),
      file.readUInt16LE(at + 28),
      file.readUInt32LE(at + 42),
    ];
    const name = file.subarray(at + 46, at + 46 + nameLength).toString();
    const begin = offset + 30 + file.readUInt16LE(offset + 26) + file.readUInt16LE(offset + 28);
    const content = file.subarray(begin, begin + size);
    expect(file.readUInt32LE(at + 16), name).to.equal(crcOf(content));
    tensors[name.replace(/\.npy$/, '')] = readNpy(new Uint8Array(content));
    at += 46 + nameLength;
  }
  expect(at).to.equal(end);
  return tensors;
}

/** CRC-32 bit by bit, as ZIP defines it. */
function crcOf(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}

interface Case {
  readonly cell: string;
  readonly npz: string;
  readonly settings: object;
  readonly inputs: readonly unknown[];
  readonly outputs: readonly unknown[];
}

/** Each cell on vectors and on symbols, with its settings, after some steps of training. */
function casesOf(desk: Desk): Case[] {
  const variants: Readonly<Record<string, readonly object[]>> = {
    gru: [{}, { norm: 'rms' }],
    lstm: [{}, { coupled: true, norm: 'rms', forgetOffset: 0.5 }, { recurrent: 'zero' }],
    peepholeLstm: [{ forgetOffset: 0.5 }],
    elstm: [{}, { outputGate: true }],
    indrnn: [{ activation: 'relu' }, { activation: 'tanh' }],
    rtu: [{ activation: 'tanh' }, {}],
    ctrnn: [{ leak: 0.3 }],
  };
  // Settings of the parameters, which the readers find there.
  const found = ['norm', 'coupled', 'recurrent', 'outputGate'];
  return Object.entries(cells as Readonly<Record<string, CellEntry>>).flatMap(([name, entry]) =>
    (variants[name] ?? [{}]).flatMap((options) =>
      (['ofVectors', 'ofSymbols'] as const).map((kind, at) => {
        const noise = seeded(7);
        const isOfSymbols = kind === 'ofSymbols';
        const cell = entry[kind]({ inputs: 3, units: 4, ...options });
        const readout = isOfSymbols ? linear({ outputs: 3 }) : mlp({ outputs: 3, hidden: 5 });
        const learner = createLearner<unknown, unknown, number | Tensor, number | Tensor>({
          model: model<unknown, unknown, number | Tensor, unknown>({ cell, readout }),
          loss: (isOfSymbols ? crossEntropy : meanSquare) as typeof crossEntropy & typeof meanSquare,
          estimator: rtrl(),
          optimizer: sgd({ rate: 0.01 }),
          dtype: 'float64',
          eager: true,
          seed: 3,
        });
        const draw = () => (isOfSymbols ? noise.integer(3) : noise.normal([3]));
        for (let step = 0; step < 4; step++) learner.step(draw(), draw());
        const npz = `${name}-${Object.values(options).join('-')}-${at}.npz`;
        desk.file(npz, writeNpz(readParameters(learner.save())));
        learner.resetState();
        const inputs = Array.from({ length: 6 }, draw);
        const outputs = inputs.map((input) => {
          const output = learner.predict(input).toArray();
          learner.observe(input);
          return output;
        });
        const settings = Object.fromEntries(Object.entries(options).filter(([key]) => !found.includes(key)));
        const isEmbedded = isOfSymbols && name === 'lstm' && !('recurrent' in options);
        return {
          cell: name,
          npz,
          settings: isEmbedded ? { forgetOffset: -0.3, ...settings } : settings,
          inputs: inputs.map((input) => (typeof input === 'number' ? input : input.toArray())),
          outputs,
        };
      }),
    ),
  );
}

const driver = `
import importlib, json
import norewind
from norewind import xp
cases = json.load(open('cases.json'))
for case in cases:
    p = norewind.load(case['npz'])
    inputs = [x if isinstance(x, int) else xp.asarray(x, dtype=xp.float64) for x in case['inputs']]
    cell = importlib.import_module(case['cell'])
    for y, expected in zip(norewind.outputs(cell, p, inputs, **case['settings']), case['outputs']):
        worst = max(abs(float(a) - b) for a, b in zip(y, expected))
        assert worst < 1e-12, (case['npz'], worst)
print(len(cases), 'cases agree')
`;
