import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileNames } from '../../training/folder.ts';
import { createThinned } from '../../watch/thinned.ts';
import type { Listener } from './listener.ts';
import type { StreamRecord } from './record.ts';

/** The most lines of metrics in a curve, spread evenly over the whole run. */
const points = 400;

/** Writes the report of a run that is done into its folder. */
export const reportListener: Listener = {
  async results(run) {
    const lines = createThinned<StreamRecord>(points);
    const file = createReadStream(join(run.folder, fileNames.metrics), 'utf8');
    for await (const line of createInterface(file)) lines.add(JSON.parse(line) as StreamRecord);
    // The library of plots takes a while to load, which only this needs.
    const { streamReport } = await import('../../report/streamReport.ts');
    run.write(fileNames.report, streamReport(run, lines.items()));
  },
};
