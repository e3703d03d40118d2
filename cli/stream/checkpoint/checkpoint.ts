import { createHash } from 'node:crypto';
import {
  DataError,
  dataOf,
  fromData,
  readSafetensors,
  readSafetensorsMetadata,
  type Tensor,
  writeSafetensors,
} from '../../../lib/index.ts';
import { requireEntries, requireWhole, shortened } from '../../../trainers/evaluation/index.ts';
import {
  requireSnapshot,
  type SavedSession,
  type Snapshot,
  type Table,
} from '../../../trainers/streams/index.ts';

const format = 'norewind.stream';
/**
 * Version 6 holds the tables of experts. Runs of earlier versions learnt with other defaults.
 */
const version = '6';
/** The names of tables begin with this. */
const ofTables = 'tables.';

/** Everything that a run on a stream resumes from. */
export interface StreamCheckpoint extends Snapshot {
  /** The bytes of metrics written by then. */
  readonly metricsLength: number;
}

/**
 * A safetensors file with the learner's tensors by name (`parameters.…` and so on), the tables of experts as
 * further tensors (`tables.…`), and all else as JSON in its metadata. The checksum is the SHA-256 of the whole file with zeros in place of the checksum.
 */
export function encodeCheckpoint({ session, ...stream }: StreamCheckpoint): Uint8Array {
  const metadata = {
    format,
    version,
    checksum: blank,
    learner: JSON.stringify(readSafetensorsMetadata(session.learner)),
    stream: JSON.stringify({ ...stream, rest: session.rest }),
  };
  const tables = Object.entries(session.tables ?? {}).map(([name, table]) => [
    ofTables + name,
    fromData(table, [table.length]),
  ]);
  const tensors = {
    ...readSafetensors(session.learner),
    ...Object.fromEntries(tables),
  };
  const bytes = writeSafetensors(tensors, metadata);
  const at = placeOf(bytes, blank);
  bytes.set(new TextEncoder().encode(sha256(bytes)), at);
  return bytes;
}

/** @throws DataError for a file that is damaged, of another kind, or of an unknown version. */
export function decodeCheckpoint(bytes: Uint8Array): StreamCheckpoint {
  const metadata = metadataOf(bytes);
  const { checksum = '', learner = '', stream = '' } = metadata;
  const copy = bytes.slice();
  const at = /^[0-9a-f]{64}$/.test(checksum) ? placeOf(copy, checksum) : -1;
  if (at < 0) throw new DataError('its checksum is missing');
  copy.set(new TextEncoder().encode(blank), at);
  if (sha256(copy) !== checksum) throw new DataError('its content does not fit its checksum');
  // The checksum comes first: the version of a damaged file means nothing.
  try {
    const parts = JSON.parse(stream);
    requireEntries('it', parts, ['config', 'position', 'metricsLength', 'rest']);
    const { config, position, metricsLength, rest } = parts;
    requireWhole('the length of the metrics', [metricsLength]);
    const snapshot = {
      config,
      position,
      session: { ...partsOf(bytes, JSON.parse(learner)), rest },
    };
    requireSnapshot(snapshot);
    return { ...snapshot, metricsLength };
  } catch (error) {
    throw error instanceof DataError
      ? error
      : new DataError(`it cannot be read: ${shortened((error as Error).message)}`);
  }
}

/** The learner's file and the tables. */
function partsOf(
  bytes: Uint8Array,
  metadata: Readonly<Record<string, string>>,
): Pick<SavedSession, 'learner' | 'tables'> {
  const own: Record<string, Tensor> = {};
  const tables: Record<string, Table> = {};
  for (const [name, tensor] of Object.entries(readSafetensors(bytes)))
    if (name.startsWith(ofTables)) tables[name.slice(ofTables.length)] = dataOf(tensor);
    else own[name] = tensor;
  return { learner: writeSafetensors(own, metadata), tables };
}

function metadataOf(bytes: Uint8Array): Readonly<Record<string, string>> {
  const metadata = readSafetensorsMetadata(bytes);
  if (metadata.format !== format)
    throw new DataError(
      metadata.format === 'norewind.learner'
        ? 'it is the checkpoint of `norewind run`, and not of `norewind train`'
        : 'it is not a checkpoint of `norewind train`',
    );
  if (metadata.version !== version)
    throw new DataError(
      `it has version ${String(metadata.version)} of the format, and this norewind reads version ${version}: use the norewind that wrote it, or begin again`,
    );
  return metadata;
}

const blank = '0'.repeat(64);

/** The position of a checksum in the header, as the value of its key: other text there cannot pass for it. */
function placeOf(bytes: Uint8Array, checksum: string): number {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(
    `"checksum":"${checksum}"`,
  );
  return at < 0 ? at : at + '"checksum":"'.length;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
