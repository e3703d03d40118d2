import { statSync } from 'node:fs';
import type { StreamConfig } from '../../../trainers/streams/index.ts';
import { openSources, pathsOf } from './openSources.ts';
import { readData } from './readData.ts';

/**
 * Reads the beginning of each CSV file after the first: what its header lacks would else show only when the files before
 * it have been used. Pipes, which can be read only once, are left alone.
 * @param dispensable a column that a file need not have.
 * @throws DataError for a file that lacks a column.
 */
export async function requireFurtherFiles(
  names: readonly string[],
  config: StreamConfig,
  dispensable?: string,
): Promise<void> {
  if (config.data.kind !== 'csv') return;
  const [, ...further] = names.filter((name) => name !== '-').flatMap(pathsOf);
  for (const path of further) {
    if (!statSync(path).isFile()) continue;
    const input = openSources([path]);
    try {
      for await (const batch of readData(input.sources, config, undefined, dispensable))
        if (batch.length > 0) break;
    } finally {
      input.close();
    }
  }
}
