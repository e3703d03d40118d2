import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import type { StreamRun } from '../../../cli/stream/run/openRun.ts';
import { createClients, frame, mostClients } from '../../../cli/watch/clients.ts';
import { refusalOf } from '../../../cli/watch/guard.ts';
import { watchedStream } from '../../../cli/watch/pageListener.ts';
import { readAssets } from '../../../cli/watch/routes.ts';
import type { Heading, Sample } from '../../../cli/watch/sample.ts';
import { createWatcher } from '../../../cli/watch/watcher.ts';
import { beginning } from '../../../trainers/streams/reading/position.ts';
import { characters, rows, tiny } from '../sessions.ts';

describe('cli/watch: requests', () => {
  it('are answered if they name this machine and the port, and come from the page itself or no page', () => {
    expect(refusalOf({ host: '127.0.0.1:8080' }, 8080)).to.equal(undefined);
    expect(refusalOf({ host: 'localhost:8080', origin: 'http://127.0.0.1:8080' }, 8080)).to.equal(undefined);
    const elsewhere = 'this page is served to 127.0.0.1:8080 and localhost:8080 only';
    for (const host of [undefined, '', '127.0.0.1', 'localhost', 'localhost:80', 'example.org:8080'])
      expect(refusalOf(host === undefined ? {} : { host }, 8080)).to.equal(elsewhere);
    for (const origin of [
      '',
      'null',
      'http://example.org',
      'https://localhost:8080',
      'http://localhost:8080/',
    ])
      expect(refusalOf({ host: 'localhost:8080', origin }, 8080)).to.equal('this page answers no other page');
  });

  it('may omit the port of HTTP', () => {
    for (const host of ['localhost', '127.0.0.1', 'localhost:80'])
      expect(refusalOf({ host, origin: 'http://localhost' }, 80)).to.equal(undefined);
    expect(refusalOf({ host: 'example.org' }, 80)).to.match(/ 127\.0\.0\.1 and localhost only$/);
  });

  it('find the page, its style, its scripts and those of the charts', () => {
    const assets = readAssets();
    for (const [path, type, says] of [
      ['/', 'text/html', '<!doctype html>'],
      ['/icon.svg', 'image/svg+xml', '<svg'],
      ['/page.css', 'text/css', '{'],
      ['/uPlot.css', 'text/css', '.uplot'],
      ['/uPlot.js', 'text/javascript', 'uPlot'],
      ['/thinned.js', 'text/javascript', 'createThinned'],
      ['/browser/main.js', 'text/javascript', 'EventSource'],
    ])
      expect(assets.get(path)?.content.toString(), path).to.contain(says) &&
        expect(assets.get(path)?.type).to.equal(`${type}; charset=utf-8`);
  });
});

describe('cli/watch: clients', () => {
  /** A client that reads or not, and the events it received. */
  class Client extends EventEmitter {
    readonly sent: string[] = [];
    writableNeedDrain = false;
    isDestroyed = false;
    write(text: string) {
      this.sent.push(text);
    }
    end(text: string, done: () => void) {
      this.sent.push(text);
      if (!this.writableNeedDrain) done();
    }
    destroy() {
      this.isDestroyed = true;
      this.emit('close');
    }
  }

  const clients = createClients();
  const join = (greeting: string) => {
    const client = new Client();
    clients.add(client as unknown as ServerResponse, greeting);
    return client;
  };

  it('get every event while they read, and none that their buffers cannot hold', async () => {
    const [reader, stuck] = [join('hello'), join('hello')];
    clients.send('one');
    stuck.writableNeedDrain = true;
    clients.send('two');
    stuck.writableNeedDrain = false;
    clients.send('three');
    expect(reader.sent).to.deep.equal(['hello', 'one', 'two', 'three']);
    expect(stuck.sent).to.deep.equal(['hello', 'one', 'three']);
    reader.destroy();
    clients.send('four');
    expect(reader.sent).to.not.include('four');
    // After missing 121 in a row; an event that it received restarts the count.
    for (const missed of [120, 121]) {
      stuck.writableNeedDrain = true;
      for (let i = 0; i < missed; i++) clients.send('more');
      expect(stuck.isDestroyed).to.equal(missed > 120);
      stuck.writableNeedDrain = false;
      clients.send('at last');
    }
    expect(stuck.sent.at(-1)).to.equal('at last');
    expect(stuck.sent.filter((event) => event === 'at last')).to.have.length(1);
  });

  it('are limited in number, and get the end event, without waiting for those that do not read', async () => {
    const all = Array.from({ length: mostClients }, () => {
      expect(clients.isFull).to.equal(false);
      return join('hello');
    });
    expect(clients.isFull).to.equal(true);
    all[3].destroy();
    expect(clients.isFull).to.equal(false);
    await clients.end('over');
    for (const [i, { sent }] of all.entries())
      expect(sent).to.deep.equal(i === 3 ? ['hello'] : ['hello', 'over']);
    all[5].writableNeedDrain = true;
    const begun = performance.now();
    await clients.end('really');
    expect(performance.now() - begun).to.be.above(200);
    const closing = clients.end('at last');
    all[5].destroy();
    await closing;
  });

  it('receive events in the standard format', () => {
    expect(frame('end', { sentence: 'a\n"b"' })).to.equal('event: end\ndata: {"sentence":"a\\n\\"b\\""}\n\n');
  });
});

describe('cli/watch: samples', () => {
  function watched(part: Partial<StreamRun['config']> = {}, glimpse: () => void = () => {}) {
    const shown: Sample[] = [];
    const headings: Heading[] = [];
    let scored = 0;
    const run = {
      folder: 'runs/a',
      config: { ...tiny, data: characters, ...part },
      position: beginning,
      session: {
        report: () => ({
          unit: 'bits',
          figures: { network: { mean: 1, recent: 2 } },
          gradientNorm: 3,
          scored,
        }),
        glimpse() {
          glimpse();
          return { influence: { '|G|': 4 }, trail: { kind: 'symbols', symbols: [], probabilities: [] } };
        },
      },
    } as unknown as StreamRun;
    const page = {
      address: '',
      begin: (heading: Heading) => void headings.push(heading),
      show: (sample: Sample) => void shown.push(sample),
      close: async () => {},
    };
    const watcher = createWatcher(page, watchedStream(run));
    const take = (records: number) => {
      run.position = { ...run.position, records: run.position.records + records };
      scored = run.position.records - 1;
    };
    return { watcher, shown, headings, take };
  }

  it('are headed by the network and its data', () => {
    const titleOf = (part: Partial<StreamRun['config']>) => watched(part).headings[0].title;
    expect(watched().headings).to.deep.equal([
      {
        title: 'characters of a text · GRU of 2 units · TBPTT-1 · adam',
        folder: 'runs/a',
        unit: 'bits',
        recent: 10,
        noun: 'records',
      },
    ]);
    expect(titleOf({ data: rows, estimator: { name: 'uoro' } })).to.equal(
      'a, 1 row ahead · GRU of 2 units · UORO · adam',
    );
    expect(titleOf({ data: { ...rows, horizon: 3 } })).to.match(/^a, 3 rows ahead · /);
    expect(titleOf({ data: { ...rows, horizon: 0 } })).to.match(/^a, of the same row · /);
  });

  it('have the records since the previous one, once a prediction has been scored since', async () => {
    const begun = performance.now();
    const { watcher, shown, take } = watched();
    watcher.look();
    expect(shown).to.deep.equal([]);
    take(10);
    // Not again so soon, unless forced.
    watcher.look();
    expect(shown).to.deep.equal([]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    watcher.look(true);
    const took = (performance.now() - begun) / 1000;
    const { rate, ...sample } = shown[0];
    expect(sample).to.deep.equal({
      step: 10,
      figures: { network: { mean: 1, recent: 2 } },
      gradientNorm: 3,
      influence: { '|G|': 4 },
    });
    expect(rate).to.be.within(10 / took, 10 / 0.05);
    watcher.look(true);
    expect(shown).to.have.length(1);
    take(5);
    watcher.look(true);
    expect(shown.map(({ step }) => step)).to.deep.equal([10, 15]);
  });

  it('come at most twice a second, and less often if sampling takes long', async () => {
    let looks = 0;
    const quick = watched({}, () => looks++);
    const slow = watched({}, () => {
      for (const end = performance.now() + 60; performance.now() < end; );
    });
    quick.watcher.look();
    for (const { watcher } of [slow, slow]) watcher.look(true);
    await new Promise((resolve) => setTimeout(resolve, 550));
    for (const { take, watcher } of [quick, slow]) {
      take(3);
      watcher.look();
    }
    expect(looks).to.equal(2);
    expect(quick.shown).to.have.length(1);
    expect(slow.shown).to.deep.equal([]);
  });
});
