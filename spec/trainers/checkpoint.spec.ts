import { expect } from 'chai';
import {
  DataError,
  readSafetensors,
  readSafetensorsMetadata,
  type Tensor,
  tensor,
  writeSafetensors,
  zeros,
} from '../../lib/index.ts';
import { crossEntropy, linear, model, rnn } from '../../nn/index.ts';
import { adam, createLearner, restoreLearner, tbptt } from '../../trainers/index.ts';
import { checksumOf } from '../../trainers/learner/checksum.ts';
import { decode, encode, type Json } from '../../trainers/learner/codec.ts';

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
    expect(checksumOf('', { b: zeros([0]), a: zeros([0]) })).to.equal(checksumOf('a:float64[0]b:float64[0]', {}));
  });
});

describe('the JSON of a checkpoint', () => {
  it('names each tensor once, by its path', () => {
    const [x, y, z] = [tensor(1), tensor(2), tensor(3)];
    const names = new Map<Tensor, string>();
    const json = encode({ a: { b: x }, list: [y, { c: x }], 'a.b': z, n: 1.5, t: 's', no: null, is: true }, '', names);
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

  it('is read back, whatever the keys are called', () => {
    const x = tensor([1]);
    const json = JSON.parse('{"__proto__":{"$tensor":"x"},"list":[{"$tensor":"x"},null,2,"s",false]}') as Json;
    const value = decode(json, { x }) as Record<string, unknown>;
    expect(Object.keys(value)).to.deep.equal(['__proto__', 'list']);
    expect(Object.getPrototypeOf(value)).to.equal(Object.prototype);
    expect(Object.getOwnPropertyDescriptor(value, '__proto__')?.value).to.equal(x);
    expect(value.list).to.deep.equal([x, null, 2, 's', false]);
    for (const name of ['y', 'toString'])
      expect(() => decode({ a: { $tensor: name } }, { x })).to.throw(DataError, `checkpoint: the tensor ${name} is missing`);
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

  const refuse = (file: Uint8Array, says: RegExp) => expect(() => restoreLearner(config, file)).to.throw(DataError, says);
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
    for (const text of ['[]', 'null', '3']) refuse(described(text), /^checkpoint: learner is missing$/);
    refuse(
      changed((own) => delete own.identity),
      /^checkpoint: identity is missing$/,
    );
    refuse(
      changed((own) => delete own.memory),
      /^checkpoint: memory is missing$/,
    );
    refuse(
      changed((own) => Object.assign(own, { memory: [] })),
      /^checkpoint: memory is missing$/,
    );
    refuse(
      writeSafetensors(tensors, { format: metadata.format, version: '1', checksum: checksumOf('', tensors) }),
      /not valid JSON$/,
    );
  });

  it('is refused when a counter is none', () => {
    for (const key of ['steps', 'updates', 'pending'])
      for (const value of [undefined, null, '1', -1, 0.5, 2 ** 53])
        refuse(
          changed(({ memory }) => Object.assign(memory, { [key]: value })),
          new RegExp(`^checkpoint: the counter ${key} is missing or not a whole number$`),
        );
    const zero = restoreLearner(
      config,
      changed(({ memory }) => Object.assign(memory, { steps: 0 })),
    );
    expect(zero.steps).to.equal(0);
  });

  it('is refused when a part of the memory is missing', () => {
    for (const key of ['parameters', 'moments', 'gradient'])
      refuse(
        changed(({ memory }) => delete memory[key]),
        new RegExp(`^checkpoint: ${key} is missing$`),
      );
    for (const lanes of [undefined, {}, [], [null, null]])
      refuse(
        changed(({ memory }) => Object.assign(memory, { lanes })),
        /^checkpoint: its lanes are missing$/,
      );
    const damaged = /^checkpoint: a lane is damaged$/;
    for (const lane of [null, 3, 'x'])
      refuse(
        changed(({ memory }) => Object.assign(memory, { lanes: [lane] })),
        damaged,
      );
    refuse(
      changed(({ memory }) => delete lanesOf(memory)[0].state),
      damaged,
    );
    refuse(
      changed(({ memory }) => delete lanesOf(memory)[0].influence),
      damaged,
    );
    refuse(
      changed(({ memory }) => Object.assign(lanesOf(memory)[0], { window: {} })),
      damaged,
    );
  });

  it('is refused when tensors are missing or of another shape', () => {
    const { 'parameters.readout.w': _, ...others } = tensors;
    const text = metadata.learner;
    refuse(
      writeSafetensors(others, { ...metadata, checksum: checksumOf(text, others) }),
      /^checkpoint: the tensor parameters\.readout\.w is missing$/,
    );
    const state = { ...tensors, 'lanes[0].state': zeros([5], { dtype: 'float32' }) };
    refuse(writeSafetensors(state, { ...metadata, checksum: checksumOf(text, state) }), /^checkpoint: state has shape \[5\]/);
  });

  it('is refused without its checksum, format or version', () => {
    const { checksum: _, ...bare } = metadata;
    refuse(writeSafetensors(tensors, bare), /^checkpoint: it is damaged, its checksum does not fit its contents$/);
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
