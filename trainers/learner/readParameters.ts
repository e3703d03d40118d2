import { DataError, readSafetensors, readSafetensorsMetadata, type Tensor } from '../../lib/index.ts';
import { format } from './checkpoint/checkpoint.ts';
import { checksumOf } from './checkpoint/checksum.ts';

const prefix = 'parameters.';

/**
 * The parameters of a saved learner (`learner.save()`) by their paths, such as `cell.update.w`, without the
 * configuration that `restoreLearner` needs.
 * @throws DataError if the bytes are not a learner's checkpoint, or damaged.
 */
export function readParameters(bytes: Uint8Array): Record<string, Tensor> {
  const metadata = readSafetensorsMetadata(bytes);
  if (metadata.format !== format)
    throw new DataError('checkpoint: this safetensors file is not a norewind learner');
  const tensors = readSafetensors(bytes);
  if (metadata.checksum !== checksumOf(metadata.learner ?? '', tensors))
    throw new DataError('checkpoint: it is damaged, its checksum does not fit its contents');
  return Object.fromEntries(
    Object.entries(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
}
