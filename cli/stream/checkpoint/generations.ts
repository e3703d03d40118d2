import { DataError } from '../../../lib/index.ts';
import { type generations, type Kind, readFileOf, readGenerationOf } from '../../training/generations.ts';
import { decodeCheckpoint, type StreamCheckpoint } from './checkpoint.ts';

export { generations, writeGeneration } from '../../training/generations.ts';

const ofStreams: Kind<StreamCheckpoint> = {
  decode: decodeCheckpoint,
  progress: ({ position }) => `${position.records} records`,
};

/** As `readGenerationOf`, for checkpoints of streams. */
export function readGeneration(
  folder: string,
  wanted: keyof typeof generations,
  remedy?: string,
): StreamCheckpoint {
  return readGenerationOf(ofStreams, folder, wanted, remedy);
}

/** As `readFileOf`, for checkpoints of streams. */
export function readCheckpointFile(path: string): StreamCheckpoint {
  try {
    return readFileOf(ofStreams, path);
  } catch (error) {
    if (!(error instanceof DataError) || path.endsWith('.safetensors')) throw error;
    throw new DataError(
      `${error.message}; name the folder of a run of norewind train, or a checkpoint in it`,
    );
  }
}
