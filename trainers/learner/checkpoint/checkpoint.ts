import {
  DataError,
  dataOf,
  type FloatDType,
  leavesOf,
  type Noise,
  readSafetensors,
  readSafetensorsMetadata,
  restoreNoise,
  type Tensor,
  type Tree,
  writeSafetensors,
} from '../../../lib/index.ts';
import type { LearnerConfig } from '../given/config.ts';
import type { Systems } from '../systems/system.ts';
import { named } from '../window/learn.ts';
import { absent, type Memory } from '../window/memory.ts';
import { checksumOf } from './checksum.ts';
import { decode, encode, type Json, requireShallow } from './codec.ts';
import { entriesOf, fromEntries, memoryIn } from './requireMemory.ts';

export const format = 'norewind.learner';
const version = '2';
const readable = ['1', version];

/**
 * Writes all mutable state of a learner as a safetensors file: tensors by path, the rest as JSON in its
 * metadata.
 */
export function writeCheckpoint<P, S, X, Y>(
  config: LearnerConfig<P, S, X, Y>,
  dtype: FloatDType,
  noise: Noise,
  memory: Memory,
): Uint8Array {
  const tensors = new Map<Tensor, string>();
  const lanes = memory.lanes.map(({ window, ...lane }) => ({
    ...lane,
    // The results of a step are left out: they can be recomputed bit for bit from its inputs.
    window: window.map(({ parameters, state, input, target }) => ({
      parameters,
      state,
      input,
      ...(target === undefined ? {} : { target }),
    })),
  }));
  const learner = {
    identity: identityOf(config, dtype),
    noise: noise.save() as Json,
    memory: encode({ ...memory, lanes }, '', tensors),
  };
  const record = Object.fromEntries([...tensors].map(([tensor, name]) => [name, tensor]));
  const text = JSON.stringify(learner);
  return writeSafetensors(record, { format, version, checksum: checksumOf(text, record), learner: text });
}

/**
 * Reads the output of `writeCheckpoint`.
 * @throws DataError if the bytes are not a learner's checkpoint, or belong to another model, estimator,
 * optimiser, dtype or number of lanes.
 */
export function readCheckpoint<P, S, X, Y>(
  bytes: Uint8Array,
  config: LearnerConfig<P, S, X, Y>,
  dtype: FloatDType,
  systems: Systems,
): { noise: Noise; memory: Memory; relaxedSimd: boolean | undefined } {
  const metadata = readSafetensorsMetadata(bytes);
  if (metadata.format !== format)
    throw new DataError('checkpoint: this safetensors file is not a norewind learner');
  if (!readable.includes(metadata.version))
    throw new DataError(
      `checkpoint: written in format version ${String(metadata.version)}; this norewind reads versions ${readable.join(' and ')}`,
    );
  const tensors = readSafetensors(bytes);
  if (metadata.checksum !== checksumOf(metadata.learner ?? '', tensors))
    throw new DataError('checkpoint: it is damaged, its checksum does not fit its contents');
  const description = parse(metadata.learner);
  requireShallow(description);
  const learner = entriesOf('learner', description, ['identity', 'noise', 'memory']);
  const relaxedSimd = relaxedSimdIn(learner.identity, identityOf(config, dtype));
  const noise = restoreNoise(learner.noise);
  const decoded = decode(learner.memory as Json, tensors);
  const memory = memoryIn(metadata.version === '1' ? updated(decoded) : decoded, { config, systems, dtype });
  return { noise, memory: { ...memory, parameters: named(memory.parameters) }, relaxedSimd };
}

/**
 * Compares the parts of a learner with those given, other than its kernels.
 * @returns whether it used relaxed SIMD; undefined for a checkpoint from before that was recorded.
 */
function relaxedSimdIn(
  identity: unknown,
  { relaxedSimd: _, ...expected }: Readonly<Record<string, Json>>,
): boolean | undefined {
  const own = entriesOf('identity', identity, Object.keys(expected), ['relaxedSimd']);
  for (const [key, value] of Object.entries(expected))
    if (JSON.stringify(own[key]) !== JSON.stringify(value))
      throw new DataError(
        `checkpoint: its ${key} is ${told(own[key])}, the given one is ${JSON.stringify(value)}`,
      );
  const { relaxedSimd } = own;
  if (relaxedSimd !== undefined && typeof relaxedSimd !== 'boolean')
    throw new DataError(
      `checkpoint: its relaxedSimd is ${told(relaxedSimd)}, which is neither true nor false`,
    );
  return relaxedSimd;
}

/** Converts a memory of version 1, in which an absent influence was zeros, or a tree without leaves. */
function updated(decoded: unknown): unknown {
  const lanes = (decoded as { readonly lanes?: unknown } | null)?.lanes;
  if (!Array.isArray(lanes)) return decoded;
  const isFresh = lanes.every((lane) => fromEntries('influence', () => isZero(lane?.influence)));
  return isFresh
    ? { ...(decoded as object), lanes: lanes.map((lane) => ({ ...lane, influence: absent })) }
    : decoded;
}

/** Shortens a text of any length. */
function told(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** The parts of a learner, by name, with the options in effect. */
export function identityOf<P, S, X, Y>(
  { model, estimator, optimizer, lanes = 1, relaxedSimd }: LearnerConfig<P, S, X, Y>,
  dtype: FloatDType,
) {
  return {
    model: model.name,
    estimator: { name: estimator.name, ...estimator.settings },
    optimizer: { name: optimizer.name, ...optimizer.settings },
    dtype,
    lanes,
    // Whether sums of products were rounded once: the digits depend on it.
    relaxedSimd: relaxedSimd === true,
  };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    throw new DataError('checkpoint: its description is not valid JSON');
  }
}

function isZero(influence: unknown): boolean {
  return leavesOf(influence as Tree).every((leaf) => dataOf(leaf).every((value: number) => value === 0));
}
