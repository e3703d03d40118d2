import type { Command } from 'commander';

/** The examples under the help of each command; a test checks that every option in them exists. */
const examples: Readonly<Record<string, readonly string[]>> = {
  norewind: [
    'norewind demo',
    'norewind train book.txt --out runs/book',
    'norewind train weather.csv --target temperature --out runs/weather',
    'norewind predict runs/weather new.csv',
  ],
  demo: ['norewind demo --steps 10000 --characters 20000 --out runs/short-demo'],
  run: [
    'norewind run influence-balancing --estimator rtrl',
    'norewind run anbn --max 4 --units 16 --steps 30000 --out runs/anbn',
    'norewind run runs/anbn/config.json --seed 2',
    'norewind run anbn --cell ./leaky.ts --set cell.leak=0.3',
  ],
  train: [
    'norewind train book.txt --out runs/book',
    'norewind train weather.csv --target temperature --columns temperature,wind,sky --categorical sky --out runs/weather',
    'norewind train book.txt --resume runs/book',
    'tail -n +1 -F load.ndjson | norewind train - --format ndjson --target load --out runs/load',
  ],
  predict: [
    'norewind predict runs/weather --steps 12',
    'norewind predict runs/weather new.csv',
    'norewind predict runs/weather new.csv --learn',
  ],
  generate: ["norewind generate runs/book --length 300 --temperature 0.7 --prime 'Call me '"],
  check: ['norewind check leaky.ts'],
  init: ['norewind init my-study'],
  export: ['norewind export runs/anbn --out anbn.npz', 'norewind export runs/book --format json > book.json'],
  sweep: [
    'norewind sweep anbn --estimator uoro,rtrl,tbptt --rate 0.001,0.003,0.01 --units 8 --steps 20000 --seeds 1..5 --jobs 2',
    "norewind sweep anbn --rate 'log(1e-4,1e-1)' --units 8..32 --random 20 --seeds 1..3 --stop-when 'recent < 0.2'",
    'norewind sweep grid.json --out runs/grid --slurm',
    'norewind sweep --resume runs/anbn-sweep',
  ],
  reproduce: [
    'norewind reproduce influence-balancing',
    'norewind reproduce uoro-table-1 --scale 0.1 --jobs 2',
  ],
  collect: ['norewind collect runs/anbn-sweep', 'norewind collect runs/anbn-sweep --no-times'],
  probe: ['norewind probe anbn --max 4 --units 8 --estimators uoro,tbptt,snap --steps 1000'],
  compare: ['norewind compare runs/book runs/other --out report.html'],
};

/** Adds them to the help of the program and of its commands. */
export function addExamples(program: Command): void {
  for (const command of [program, ...program.commands]) {
    const own = examples[command.name()] ?? [];
    command.addHelpText(
      'after',
      `\nExample${own.length === 1 ? '' : 's'}:\n${own.map((line) => `  ${line}`).join('\n')}`,
    );
  }
}
