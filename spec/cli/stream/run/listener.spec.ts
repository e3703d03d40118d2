import { join } from 'node:path';
import { expect } from 'chai';
import { jsonListener } from '../../../../cli/stream/run/jsonListener.ts';
import { type Listener, together } from '../../../../cli/stream/run/listener.ts';
import type { StreamRun } from '../../../../cli/stream/run/openRun.ts';
import type { StreamRecord } from '../../../../cli/stream/run/record.ts';
import { warningListener } from '../../../../cli/stream/run/warningListener.ts';
import { beginning } from '../../../../trainers/streams/reading/position.ts';
import { Problem } from '../../../../trainers/streams/reading/problem.ts';
import { characters, tiny } from '../../sessions.ts';

const drift = { count: 0, last: null };
const report = {
  unit: 'bits',
  scored: 1,
  figures: { network: { mean: 1, recent: 2 } },
  drift,
  gradientNorm: 3,
} as const;
const record: StreamRecord = {
  step: 4,
  skipped: 0,
  scored: 1,
  unit: 'bits',
  mean: 1,
  recent: 2,
  drift,
  gradientNorm: 3,
  baselines: {},
};
const unseen = ['k'];
const run: StreamRun = {
  folder: 'a folder',
  config: { ...tiny, data: characters },
  write: () => expect.fail('no file is written'),
  session: {
    advance: () => 1,
    report: () => report,
    glimpse: () => expect.fail('no page shows the run'),
    save: () => expect.fail('the run is not saved'),
    unseen: () => unseen,
  },
  metrics: { length: 0, append() {}, sync() {}, close() {} },
  position: { ...beginning, records: 4 },
  save() {},
  saved: () => '',
};

describe('cli/stream: listeners of a run', () => {
  it('hear each event in the order of the list, and may leave out what they do not need', async () => {
    const events: string[] = [];
    const named = (name: string): Listener => ({
      begin: ({ folder }) => events.push(`${name} begin ${folder}`),
      onRecord: ({ step }) => events.push(`${name} record ${step}`),
      onProblem: ({ sentence }) => events.push(`${name} ${sentence}`),
      onProgress: () => events.push(`${name} progress`),
      onEnd: () => events.push(`${name} end`),
      close: () => events.push(`${name} close`),
      results: async () => void events.push(`${name} results`),
    });
    const both = together([named('a'), {}, named('b')]);
    both.begin(run);
    both.onRecord(record, run);
    both.onProblem(new Problem('wrong'));
    both.onProgress(run);
    both.onEnd(run);
    both.close(run);
    await both.results(run);
    const heard = ['begin a folder', 'record 4', 'wrong', 'progress', 'end', 'close', 'results'];
    expect(events).to.deep.equal(heard.flatMap((each) => [`a ${each}`, `b ${each}`]));
  });

  it('write events of one line each for programs', async () => {
    const lines: string[] = [];
    const { begin, onRecord, results } = together([
      jsonListener(async (line) => void lines.push(line), { watch: 'here' }),
    ]);
    begin(run);
    onRecord(record, run);
    await results(run);
    for (const line of lines) expect(line).to.match(/^[^\n]+\n$/);
    expect(lines.map((line) => JSON.parse(line))).to.deep.equal([
      { event: 'begin', folder: 'a folder', config: run.config, steps: 4, watch: 'here' },
      { event: 'metrics', ...record },
      { event: 'end', steps: 4, skipped: 0, ...report, report: join('a folder', 'report.html') },
    ]);
  });

  it('name columns without a value once, at the first line of metrics or at the end', () => {
    for (const first of ['record', 'end']) {
      const told: string[] = [];
      const { onRecord, onEnd } = together([warningListener((sentence) => told.push(sentence), [])]);
      if (first === 'record') onRecord(record, run);
      onEnd(run);
      onRecord(record, run);
      expect(told).to.deep.equal(['norewind: column "k" has had no value in 4 records']);
    }
  });

  it('say the notes on the data once, as soon as something was predicted, and never where nothing was', () => {
    const scored = (count: number): StreamRun => ({
      ...run,
      session: { ...run.session, report: () => ({ ...report, scored: count }) },
    });
    const toldAfter = (counts: readonly number[], last: number) => {
      const told: string[] = [];
      const { onProgress, close } = together([
        warningListener((sentence) => told.push(sentence), ['one', 'two']),
      ]);
      for (const count of counts) onProgress(scored(count));
      const before = told.length;
      close(scored(last));
      return [before, told];
    };
    const said = ['norewind: one', 'norewind: two'];
    expect(toldAfter([0], 0)).to.deep.equal([0, []]);
    expect(toldAfter([0], 3)).to.deep.equal([0, said]);
    expect(toldAfter([0, 1, 2], 3)).to.deep.equal([2, said]);
  });
});
