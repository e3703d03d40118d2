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
  return readFileOf(ofStreams, path);
}
