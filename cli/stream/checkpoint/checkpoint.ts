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
import { requireSeal, seal } from '../../training/sealed.ts';

const format = 'norewind.stream';
/** Version 7 follows metrics with the keys of `norewind run`. Runs of earlier versions learnt with other defaults. */
const version = '7';
/** The names of tables begin with this. */
const ofTables = 'tables.';

/** Everything that a run on a stream resumes from. */
export interface StreamCheckpoint extends Snapshot {
  /** The bytes of metrics written by then. */
  readonly metricsLength: number;
}

/**
 * A safetensors file with the learner's tensors by name (`parameters.…` and so on), the tables of experts as
 * further tensors (`tables.…`), and all else as JSON in its metadata, with a checksum.
 */
export function encodeCheckpoint({ session, ...stream }: StreamCheckpoint): Uint8Array {
  const metadata = {
    format,
    version,
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
  return seal(tensors, metadata);
}

/** @throws DataError for a file that is damaged, of another kind, or of an unknown version. */
export function decodeCheckpoint(bytes: Uint8Array): StreamCheckpoint {
  const metadata = metadataOf(bytes);
  const { learner = '', stream = '' } = metadata;
  requireSeal(bytes, metadata);
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
      ['norewind.run', 'norewind.learner'].includes(metadata.format)
        ? 'it is the checkpoint of `norewind run`, and not of `norewind train`'
        : 'it is not a checkpoint of `norewind train`',
    );
  if (metadata.version !== version)
    throw new DataError(
      `it has version ${String(metadata.version)} of the format, and this norewind reads version ${version}: use the norewind that wrote it, or begin again`,
    );
  return metadata;
}
