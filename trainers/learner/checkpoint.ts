import {
  DataError,
  dataOf,
  type FloatDType,
  leavesOf,
  type Noise,
  readSafetensors,
  readSafetensorsMetadata,
  restoreNoise,
  seeded,
  type Tensor,
  type Tree,
  writeSafetensors,
} from '../../lib/index.ts';
import { checksumOf } from './checksum.ts';
import { decode, encode, type Json } from './codec.ts';
import type { LearnerConfig } from './config.ts';
import { misfitOf } from './fit.ts';
import { named } from './learn.ts';
import { absent, type Memory } from './memory.ts';
import type { Systems } from './system.ts';
import { takeStep } from './transition.ts';

const format = 'norewind.learner';
const version = '2';
/** In version 1, an absent influence was zeros, or a tree without a leaf. */
const readable = ['1', version];

/** Everything that changes in a learner, as a safetensors file: tensors by their paths, and the rest as JSON in its metadata. */
export function writeCheckpoint<P, S, X, Y>(
  config: LearnerConfig<P, S, X, Y>,
  dtype: FloatDType,
  noise: Noise,
  memory: Memory,
): Uint8Array {
  const tensors = new Map<Tensor, string>();
  const lanes = memory.lanes.map(({ window, ...lane }) => ({
    ...lane,
    // What a step computed can be computed again, bit for bit, from what it was given.
    window: window.map(({ parameters, state, input, target }) => ({
      parameters,
      state,
      input,
      ...(target === undefined ? {} : { target }),
    })),
  }));
  const learner = {
    identity: identityOf(config, dtype),
    noise: noise.save() as unknown as Json,
    memory: encode({ ...memory, lanes }, '', tensors),
  };
  const record = Object.fromEntries([...tensors].map(([tensor, name]) => [name, tensor]));
  const text = JSON.stringify(learner);
  return writeSafetensors(record, { format, version, checksum: checksumOf(text, record), learner: text });
}

/**
 * What `writeCheckpoint` wrote.
 * @throws DataError when the bytes are not a learner's checkpoint, or belong to another model, estimator, optimiser, dtype or number of lanes.
 */
export function readCheckpoint<P, S, X, Y>(
  bytes: Uint8Array,
  config: LearnerConfig<P, S, X, Y>,
  dtype: FloatDType,
  systems: Systems,
): { noise: Noise; memory: Memory } {
  const metadata = readSafetensorsMetadata(bytes);
  if (metadata.format !== format) throw new DataError('checkpoint: this safetensors file is not a norewind learner');
  if (!readable.includes(metadata.version))
    throw new DataError(
      `checkpoint: written in format version ${String(metadata.version)}; this norewind reads versions ${readable.join(' and ')}`,
    );
  const tensors = readSafetensors(bytes);
  if (metadata.checksum !== checksumOf(metadata.learner ?? '', tensors))
    throw new DataError('checkpoint: it is damaged, its checksum does not fit its contents');
  const learner = parse(metadata.learner);
  const expected = identityOf(config, dtype);
  const identity = requireRecord(learner.identity, 'identity');
  for (const [key, value] of Object.entries(expected))
    if (JSON.stringify(identity[key]) !== JSON.stringify(value))
      throw new DataError(
        `checkpoint: its ${key} is ${JSON.stringify(identity[key])}, the given one is ${JSON.stringify(value)}`,
      );
  const memory = requireRecord(decode(learner.memory, tensors), 'memory') as unknown as Memory;
  requireMemory(memory, systems);
  const misfit =
    misfitOf(memory.parameters, config.parameters ?? config.model.init(seeded(1)), 'parameters') ??
    memory.lanes.map(({ state }, i) => misfitOf(state, systems.start[i], 'state')).find((one) => one !== undefined);
  if (misfit !== undefined) throw new DataError(`checkpoint: ${misfit.what}`);
  const isOldStart = metadata.version === '1' && memory.lanes.every(({ influence }) => isZero(influence));
  const lanes = memory.lanes.map((lane) => ({
    ...lane,
    ...(isOldStart ? { influence: absent } : {}),
    window: lane.window.map((moment) => takeStep(systems.model, systems.loss, { ...moment, target: moment.target })),
  }));
  return { noise: restoreNoise(learner.noise), memory: { ...memory, parameters: named(memory.parameters), lanes } };
}

function identityOf<P, S, X, Y>(
  { model, estimator, optimizer, lanes = 1 }: LearnerConfig<P, S, X, Y>,
  dtype: FloatDType,
): Record<string, Json> {
  return {
    model: model.name,
    estimator: { name: estimator.name, ...estimator.settings },
    optimizer: { name: optimizer.name, ...optimizer.settings },
    dtype,
    lanes,
  };
}

function parse(text: string | undefined): Record<string, Json> {
  try {
    return requireRecord(JSON.parse(text ?? ''), 'learner') as Record<string, Json>;
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError('checkpoint: its description is not valid JSON');
  }
}

function requireRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DataError(`checkpoint: ${what} is missing`);
  return value as Record<string, unknown>;
}

function requireMemory(memory: Memory, systems: Systems): void {
  for (const key of ['steps', 'updates', 'pending'] as const)
    if (!Number.isSafeInteger(memory[key]) || memory[key] < 0)
      throw new DataError(`checkpoint: the counter ${key} is missing or not a whole number`);
  for (const key of ['parameters', 'moments', 'gradient'] as const)
    if (!(key in memory)) throw new DataError(`checkpoint: ${key} is missing`);
  if (!Array.isArray(memory.lanes) || memory.lanes.length !== systems.start.length)
    throw new DataError('checkpoint: its lanes are missing');
  for (const lane of memory.lanes)
    if (
      typeof lane !== 'object' ||
      lane === null ||
      !Array.isArray(lane.window) ||
      !('state' in lane) ||
      !isCarried(lane.influence)
    )
      throw new DataError('checkpoint: a lane is damaged');
  if (new Set(memory.lanes.map(({ influence }) => influence === absent)).size > 1)
    throw new DataError('checkpoint: some lanes have an influence and some have none');
}

function isCarried(influence: unknown): boolean {
  return influence === absent || (typeof influence === 'object' && influence !== null);
}

function isZero(influence: unknown): boolean {
  return leavesOf(influence as Tree).every((leaf) => dataOf(leaf).every((value: number) => value === 0));
}
