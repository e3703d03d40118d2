import { expect } from 'chai';
import {
  DataError,
  readSafetensors,
  readSafetensorsMetadata,
  type Tensor,
  tensor,
  writeSafetensors,
  zeros,
} from '../../../lib/index.ts';
import { crossEntropy, linear, model, rnn } from '../../../nn/index.ts';
import { adam, createLearner, restoreLearner, tbptt } from '../../../trainers/index.ts';
import { checksumOf } from '../../../trainers/learner/checkpoint/checksum.ts';
import { decode, encode, type Json } from '../../../trainers/learner/checkpoint/codec.ts';

describe('the checksum of a checkpoint', () => {
  it('is CRC-32, by its published check value', () => {
    expect(checksumOf('123456789', {})).to.equal('cbf43926');
    expect(checksumOf('', {})).to.equal('00000000');
  });

  it('depends on the names, types, shapes and numbers of the tensors, and not on their order', () => {
    const a = tensor([1, 2]);
    const b = tensor([3]);
    const whole = checksumOf('x', { a, b });
    expect(checksumOf('x', { b, a })).to.equal(whole);
    const others = [
      { a: b, b: a },
      { a, c: b },
      { a, b: tensor([3], { dtype: 'float32' }) },
      { a: tensor([[1, 2]]), b },
      { a: tensor([1, -2]), b },
      { a: tensor([1, 2, 3]) },
    ];
    for (const other of others) expect(checksumOf('x', other)).not.to.equal(whole);
    expect(checksumOf('y', { a, b })).not.to.equal(whole);
    // The bytes of the text, then what each tensor is, then its bytes.
    expect(checksumOf('', { w: zeros([0], { dtype: 'float32' }) })).to.equal(checksumOf('w:float32[0]', {}));
    expect(checksumOf('', { w: zeros([0, 2]) })).to.equal(checksumOf('w:float64[0,2]', {}));
    expect(checksumOf('', { b: zeros([0]), a: zeros([0]) })).to.equal(
      checksumOf('a:float64[0]b:float64[0]', {}),
    );
  });
});

describe('the JSON of a checkpoint', () => {
  it('names each tensor once, by its path', () => {
    const [x, y, z] = [tensor(1), tensor(2), tensor(3)];
    const names = new Map<Tensor, string>();
    const json = encode(
      { a: { b: x }, list: [y, { c: x }], 'a.b': z, n: 1.5, t: 's', no: null, is: true },
      '',
      names,
    );
    expect(json).to.deep.equal({
      a: { b: { $tensor: 'a.b' } },
      list: [{ $tensor: 'list[0]' }, { c: { $tensor: 'a.b' } }],
      'a.b': { $tensor: "a.b'" },
      n: 1.5,
      t: 's',
      no: null,
      is: true,
    });
    expect([...names]).to.deep.equal([
      [x, 'a.b'],
      [y, 'list[0]'],
      [z, "a.b'"],
    ]);
    expect(encode(x, 'top', new Map())).to.deep.equal({ $tensor: 'top' });
  });

  it('is read back where keys are those of its own marks', () => {
    const x = tensor([1]);
    const value = { $tensor: x, $number: { $$tensor: x, $: 1 }, n: { $number: 'NaN' }, t: { $tensor: 't' } };
    const names = new Map<Tensor, string>();
    const json = JSON.parse(JSON.stringify(encode(value, '', names))) as Json;
    expect(decode(json, { [names.get(x) ?? '']: x })).to.deep.equal(value);
  });

  it('is read back, whatever the keys are called', () => {
    const x = tensor([1]);
    const json = JSON.parse(
      '{"__proto__":{"$tensor":"x"},"list":[{"$tensor":"x"},null,2,"s",false]}',
    ) as Json;
    const value = decode(json, { x }) as Record<string, unknown>;
    expect(Object.keys(value)).to.deep.equal(['__proto__', 'list']);
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).to.equal(x);
    expect(value.list).to.deep.equal([x, null, 2, 's', false]);
    for (const name of ['y', 'toString'])
      expect(() => decode({ a: { $tensor: name } }, { x })).to.throw(
        DataError,
        `checkpoint: the tensor ${name} is missing`,
      );
  });
});

describe('a checkpoint that is whole', () => {
  const config = {
    model: model({ cell: rnn({ inputs: 2, units: 2 }), readout: linear({ outputs: 2 }) }),
    loss: crossEntropy,
    estimator: tbptt({ window: 3 }),
    optimizer: adam({ rate: 0.01 }),
  };
  let bytes: Uint8Array;
  let metadata: Record<string, string>;
  let tensors: Record<string, Tensor>;

  before(() => {
    const learner = createLearner(config);
    for (const [input, target] of [
      [0, 1],
      [1, 0],
      [1, 1],
      [0, 0],
    ])
      learner.step(input, target);
    bytes = learner.save();
    metadata = readSafetensorsMetadata(bytes);
    tensors = readSafetensors(bytes);
  });

  /** The checkpoint with another description, and the checksum that fits it. */
  function described(text: string): Uint8Array {
    return writeSafetensors(tensors, { ...metadata, learner: text, checksum: checksumOf(text, tensors) });
  }

  function changed(change: (learner: Record<string, Record<string, unknown>>) => void): Uint8Array {
    const description = JSON.parse(metadata.learner);
    change(description);
    return described(JSON.stringify(description));
  }

  const refuse = (file: Uint8Array, says: RegExp) =>
    expect(() => restoreLearner(config, file)).to.throw(DataError, says);
  type Lane = { window: unknown; state?: unknown; influence?: unknown };
  const lanesOf = (memory: Record<string, unknown>) => memory.lanes as Lane[];

  it('is taken when nothing is wrong with it', () => {
    const restored = restoreLearner(
      config,
      changed(() => {}),
    );
    expect([...restored.save()]).to.deep.equal([...bytes]);
    expect(lanesOf(JSON.parse(metadata.learner).memory)[0].window).to.have.length(1);
  });

  it('is refused when its description is none', () => {
    refuse(described('{'), /^checkpoint: its description is not valid JSON$/);
    for (const text of ['[]', 'null', '3'])
      refuse(described(text), /^checkpoint: learner is missing, or is not a record$/);
    refuse(
      changed((own) => delete own.identity),
      /^checkpoint: learner has no identity$/,
    );
    refuse(
      changed((own) => delete own.memory),
      /^checkpoint: learner has no memory$/,
    );
    refuse(
      changed((own) => Object.assign(own, { memory: [] })),
      /^checkpoint: memory is missing, or is not a record$/,
    );
    refuse(
      writeSafetensors(tensors, { format: metadata.format, version: '1', checksum: checksumOf('', tensors) }),
      /not valid JSON$/,
    );
  });

  it('is refused when a counter is none', () => {
    for (const key of ['steps', 'updates', 'pending']) {
      for (const value of [null, '1', -1, 0.5, 2 ** 53, 2 ** 52 + 1])
        refuse(
          changed(({ memory }) => Object.assign(memory, { [key]: value })),
          new RegExp(`^checkpoint: the counter ${key} is missing, or not a whole number from 0 to 2\\^52$`),
        );
      refuse(
        changed(({ memory }) => delete memory[key]),
        new RegExp(`^checkpoint: memory has no ${key}$`),
      );
    }
    const longest = restoreLearner(
      config,
      changed(({ memory }) => Object.assign(memory, { steps: 2 ** 52, updates: 2 ** 52 })),
    );
    expect(longest.steps).to.equal(2 ** 52);
  });

  it('is refused when counters and windows cannot go together', () => {
    const tables: readonly [(memory: Record<string, unknown>) => unknown, RegExp][] = [
      [
        (memory) => Object.assign(memory, { updates: 5 }),
        /^checkpoint: updates is 5, and each takes at least one of the 4 steps$/,
      ],
      [
        (memory) => Object.assign(memory, { pending: 3 }),
        /^checkpoint: pending is 3, and tbptt learns every 3 steps$/,
      ],
      [
        (memory) => Object.assign(memory, { pending: 2 }),
        /^checkpoint: lanes\[0\]\.window is not a list of what the estimator holds/,
      ],
      [
        (memory) => Object.assign(lanesOf(memory)[0], { window: [] }),
        /^checkpoint: lanes\[0\]\.window is not a list/,
      ],
      [
        (memory) => Object.assign(memory, { steps: 0, updates: 0 }),
        /^checkpoint: steps is 0, and the window alone has 1 of them$/,
      ],
    ];
    for (const [change, says] of tables)
      refuse(
        changed(({ memory }) => change(memory)),
        says,
      );
  });

  it('is refused when a part of the memory is missing', () => {
    for (const key of ['parameters', 'moments', 'gradient', 'lanes'])
      refuse(
        changed(({ memory }) => delete memory[key]),
        new RegExp(`^checkpoint: memory has no ${key}$`),
      );
    for (const lanes of [{}, [], [null, null]])
      refuse(
        changed(({ memory }) => Object.assign(memory, { lanes })),
        /^checkpoint: lanes is (not a list|a list of [02]), and must be one of 1$/,
      );
    for (const lane of [null, 3, 'x', [], { $tensor: 'parameters.cell.w' }])
      refuse(
        changed(({ memory }) => Object.assign(memory, { lanes: [lane] })),
        /^checkpoint: lanes\[0\] is missing, or is not a record$/,
      );
    for (const key of ['state', 'influence', 'window'] as const)
      refuse(
        changed(({ memory }) => delete lanesOf(memory)[0][key]),
        new RegExp(`^checkpoint: lanes\\[0\\] has no ${key}$`),
      );
    for (const window of [{}, null, 'x', [null]])
      refuse(
        changed(({ memory }) => Object.assign(lanesOf(memory)[0], { window })),
        /^checkpoint: lanes\[0\]\.window(\[0\])? is (missing|not a list)/,
      );
    refuse(
      changed(({ memory }) => Object.assign(memory, { more: 1 })),
      /^checkpoint: memory has the entry "more", which is none of its own$/,
    );
  });

  it('is refused when an entry is of another kind, nested too deep, or more than the name of a tensor', () => {
    const entry = (value: unknown) =>
      changed(({ memory }) => Object.assign(memory.parameters as object, { cell: value }));
    refuse(
      entry(3),
      /^checkpoint: parameters cannot be used: the number 3 at parameters\.cell is not a tree/,
    );
    refuse(entry({ $number: '12' }), /^checkpoint: an entry with \$number is not one of NaN, Infinity/);
    refuse(entry({ $tensor: 3 }), /^checkpoint: an entry with \$tensor is not the name of a tensor alone$/);
    refuse(entry({ $tensor: 'parameters.cell.w', b: 1 }), /^checkpoint: an entry with \$tensor is not/);
    const nest = `"deep":${'['.repeat(1e5)}${']'.repeat(1e5)},"cell":`;
    refuse(
      described(metadata.learner.replace('"cell":', nest)),
      /^checkpoint: its description is nested more than 270 deep$/,
    );
  });

  it('is refused when the steps of its window cannot be taken again', () => {
    const step = (change: object) =>
      changed(({ memory }) => Object.assign((lanesOf(memory)[0].window as object[])[0], change));
    refuse(step({ input: 7 }), /^checkpoint: lanes\[0\]\.window\[0\] cannot be used: gather: index 7 /);
    refuse(step({ input: 'x' }), /^checkpoint: lanes\[0\]\.window\[0\] cannot be used: /);
    refuse(step({ target: { value: 2 } }), /^checkpoint: lanes\[0\]\.window\[0\] cannot be used: /);
    refuse(step({ target: { class: 1 } }), /^checkpoint: lanes\[0\]\.window\[0\]\.target has no value$/);
  });

  it('is refused when tensors are missing or of another shape', () => {
    const { 'parameters.readout.w': _, ...others } = tensors;
    const text = metadata.learner;
    refuse(
      writeSafetensors(others, { ...metadata, checksum: checksumOf(text, others) }),
      /^checkpoint: the tensor parameters\.readout\.w is missing$/,
    );
    const float32 = { dtype: 'float32' } as const;
    for (const [name, other, says] of [
      [
        'lanes[0].state',
        zeros([5], float32),
        /^checkpoint: lanes\[0\]\.state has shape \[5\], the given model's has \[2\]$/,
      ],
      [
        'parameters.cell.w',
        zeros([2, 2]),
        /^checkpoint: parameters\.cell\.w is float64, the given model's is float32$/,
      ],
      [
        'moments.m.cell.b',
        zeros([3], float32),
        /^checkpoint: moments\.m\.cell\.b has shape \[3\], the given optimiser's has \[2\]$/,
      ],
      [
        'gradient.readout.b',
        tensor([1, Number.NaN], float32),
        /^checkpoint: gradient\.readout\.b\[1\] is NaN$/,
      ],
      [
        'moments.v.readout.w',
        tensor(
          [
            [1, 2],
            [Infinity, 0],
          ],
          float32,
        ),
        /^checkpoint: moments\.v\.readout\.w\[1,0\] is Infinity$/,
      ],
    ] as const) {
      const own = { ...tensors, [name]: other };
      refuse(writeSafetensors(own, { ...metadata, checksum: checksumOf(text, own) }), says);
    }
  });

  it('is refused without its checksum, format or version', () => {
    const { checksum: _, ...bare } = metadata;
    refuse(
      writeSafetensors(tensors, bare),
      /^checkpoint: it is damaged, its checksum does not fit its contents$/,
    );
    refuse(
      writeSafetensors(tensors, { ...metadata, format: 'x' }),
      /^checkpoint: this safetensors file is not a norewind learner$/,
    );
    refuse(
      writeSafetensors(tensors, { ...metadata, version: '3' }),
      /^checkpoint: written in format version 3; this norewind reads versions 1 and 2$/,
    );
  });
});
