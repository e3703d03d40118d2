import {
  DataError,
  dataOf,
  fromData,
  readSafetensors,
  readSafetensorsMetadata,
  writeSafetensors,
} from '../../lib/index.ts';
import { requireEntries, requireWhole, type SavedTally, shortened } from '../../trainers/evaluation/index.ts';
import type { RunConfig } from '../experiments/config.ts';
import { requireWish } from '../experiments/configFile.ts';
import type { Kind } from './generations.ts';
import { requireSeal, seal } from './sealed.ts';

/** How a run ended, if nothing is left to do. */
type Ending =
  /** It took all its steps, or its condition to stop holds. */
  | { readonly status: 'done'; readonly reason?: string }
  /** A number became infinite. */
  | { readonly status: 'diverged'; readonly problem: string };

/** Everything that a run of an experiment resumes from. The data before are read again. */
export interface RunCheckpoint {
  readonly config: RunConfig;
  /** The bytes of metrics written by then. */
  readonly metricsLength: number;
  /** The losses so far; their number is that of the steps. */
  readonly loss: SavedTally;
  readonly learner: Uint8Array;
  readonly ending?: Ending;
}

const format = 'norewind.run';
/** Version 2 follows metrics with the keys of `norewind train`. */
const version = '2';
/** The tensor of the latest losses, beside those of the learner. */
const latest = 'run.latest';

/**
 * A safetensors file with the learner's tensors by name (`parameters.…` and so on), the latest losses, and all
 * else as JSON in its metadata, with a checksum.
 */
export function encodeRun({ learner, loss, ...rest }: RunCheckpoint): Uint8Array {
  const own = readSafetensorsMetadata(learner);
  const metadata = {
    format,
    version,
    learner: own.learner,
    learnerFormat: own.format,
    learnerVersion: own.version,
    learnerChecksum: own.checksum,
    run: JSON.stringify({ ...rest, count: loss.count, mean: loss.mean }),
  };
  const losses = Float64Array.from(loss.latest);
  return seal({ ...readSafetensors(learner), [latest]: fromData(losses, [losses.length]) }, metadata);
}

/** @throws DataError for a file that is damaged, of another kind, or of an unknown version. */
function decodeRun(bytes: Uint8Array): RunCheckpoint {
  const metadata = readSafetensorsMetadata(bytes);
  requireFormat(metadata);
  requireSeal(bytes, metadata);
  try {
    const { run = '', learner, learnerFormat, learnerVersion, learnerChecksum } = metadata;
    const parts: unknown = JSON.parse(run);
    requireEntries('it', parts, ['config', 'metricsLength', 'count', 'mean'], ['ending']);
    const { config, metricsLength, count, mean, ending } = parts as Parts;
    requireWhole('the length of the metrics', [metricsLength]);
    requireWish('its configuration', config);
    const { [latest]: losses, ...tensors } = readSafetensors(bytes);
    if (losses === undefined) throw new DataError('it has no losses');
    return {
      config,
      metricsLength,
      loss: { count, mean, latest: Array.from(dataOf(losses)) },
      learner: writeSafetensors(tensors, {
        format: learnerFormat,
        version: learnerVersion,
        checksum: learnerChecksum,
        learner,
      }),
      ...(ending === undefined ? {} : { ending }),
    };
  } catch (error) {
    throw error instanceof DataError
      ? error
      : new DataError(`it cannot be read: ${shortened((error as Error).message)}`);
  }
}

interface Parts extends Omit<RunCheckpoint, 'loss' | 'learner'> {
  readonly count: number;
  readonly mean: number;
}

function requireFormat(metadata: Readonly<Record<string, string>>): void {
  if (metadata.format !== format)
    throw new DataError(
      metadata.format === 'norewind.stream'
        ? 'it is the checkpoint of `norewind train`, and not of `norewind run`'
        : 'it is not a checkpoint of `norewind run`',
    );
  if (metadata.version !== version)
    throw new DataError(
      `it has version ${String(metadata.version)} of the format, and this norewind reads version ${version}: use the norewind that wrote it, or begin again`,
    );
}

/** Checkpoints of `norewind run`, for the functions on generations. */
export const ofRuns: Kind<RunCheckpoint> = {
  decode: decodeRun,
  progress: ({ loss }) => `${loss.count} steps`,
};
