// Measures norewind against itself, hand-written code and other libraries. Tables go to standard output,
// progress to standard error, and everything to a JSON file.
import { writeFileSync } from 'node:fs';
import { Disagreement } from './check.ts';
import { biasTable } from './groups/bias.ts';
import { estimatorGrid } from './groups/estimators.ts';
import { growth } from './groups/growth.ts';
import { kernelTable } from './groups/kernels.ts';
import { lag } from './groups/lag.ts';
import { lanes } from './groups/lanes.ts';
import { libraries } from './groups/libraries.ts';
import { optimizerTable } from './groups/optimizers.ts';
import { peers } from './groups/peers.ts';
import { probeTable } from './groups/probe.ts';
import { endToEnd, memory, packageSize, start } from './groups/process.ts';
import { relaxed } from './groups/relaxed.ts';
import { roofline } from './groups/roofline.ts';
import { grid, hand, plain } from './groups/steps.ts';
import { stream } from './groups/stream.ts';
import { streams } from './groups/streams.ts';
import { type Options, optionsOf, UsageError, usage } from './options.ts';
import { writePage } from './page.ts';
import { machine, markdown, type Table } from './report.ts';

type Group = (options: Options, say: (text: string) => void) => Table | Promise<Table>;

const groups: Readonly<Record<string, Group>> = {
  grid,
  plain,
  hand,
  relaxed,
  kernels: kernelTable,
  roofline,
  growth,
  lanes,
  optimizers: optimizerTable,
  estimators: estimatorGrid,
  bias: biasTable,
  probe: probeTable,
  memory,
  start,
  package: packageSize,
  'end-to-end': endToEnd,
  stream,
  streams,
  lag,
  peers,
  libraries,
};

async function main(args: readonly string[]): Promise<void> {
  const options = optionsOf(args);
  if (options === 'help') {
    console.log(usage);
    return;
  }
  if (options === 'page') {
    writePage();
    console.log('docs/performance.md is written from bench/results.');
    return;
  }
  const about = machine();
  console.log(`${about.cpu}, ${about.cores} cores, Node ${about.node}\n`);
  const tables: Table[] = [];
  for (const name of options.groups) {
    const table = await groups[name](options, (text) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.log(markdown(table));
    tables.push(table);
    writeFileSync(options.out, `${JSON.stringify({ machine: about, options, tables }, undefined, 1)}\n`);
  }
  console.log(`All numbers are in ${options.out}.`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError || error instanceof Disagreement)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
