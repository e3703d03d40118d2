import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, readSafetensorsMetadata, type Tensor, UsageError } from '../../lib/index.ts';
import { readParameters } from '../../trainers/index.ts';
import { fileProblem } from '../errors.ts';
import { readPlain } from '../plainFile.ts';
import { decodeCheckpoint } from '../stream/checkpoint/checkpoint.ts';
import { fileNames } from '../training/folder.ts';
import { ofRuns } from '../training/runCheckpoint.ts';

/**
 * The parameters of a run of `run` or `train` by name.
 * @param path the folder of the run, or a checkpoint.
 * @throws UsageError for an unreadable file; DataError for one that is no checkpoint, damaged, or without a
 * network.
 */
export function parametersOf(path: string): Record<string, Tensor> {
  const file = isFolder(path) ? join(path, fileNames.checkpoint) : path;
  const bytes = read(file);
  let parameters: Record<string, Tensor>;
  try {
    parameters = readParameters(learnerIn(bytes));
  } catch (error) {
    throw error instanceof DataError ? new DataError(`${file} cannot be used: ${error.message}`) : error;
  }
  if (Object.keys(parameters).length === 0) throw new DataError(`${file} has no parameters to export`);
  return parameters;
}

/** The saved learner in a checkpoint of either command, or of `learner.save`. */
function learnerIn(bytes: Uint8Array): Uint8Array {
  const { format } = readSafetensorsMetadata(bytes);
  if (format === 'norewind.run') return ofRuns.decode(bytes).learner;
  if (format !== 'norewind.stream') return bytes;
  const { config, session } = decodeCheckpoint(bytes);
  if (config.experts?.includes('network') === false)
    throw new DataError('the model has no network, only other experts');
  return session.learner;
}

function read(file: string): Uint8Array {
  try {
    return readPlain(file);
  } catch (error) {
    throw new UsageError(fileProblem('read', file, error));
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
