import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { mostClients } from '../../../cli/watch/clients.ts';
import { type LivePage, mostSamples, openLivePage } from '../../../cli/watch/server.ts';
import { createThinned } from '../../../cli/watch/thinned.ts';
import { size } from '../../support/size.ts';
import { createDesk, type Desk } from '../command.ts';
import { feed, until } from '../feed.ts';
import { ask, follow, heading, sample, trail } from './visitor.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('cli: norewind train --watch', () => {
  let page: LivePage;
  let port: number;

  beforeEach(async () => {
    page = await openLivePage(0);
    port = Number(new URL(page.address).port);
  });

  afterEach(() => page.close('over'));

  it('serves the page, its scripts, style and icon, each with a strict policy', async () => {
    const html = await ask(port, '/');
    const parts = [...html.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(parts).to.have.length.above(3);
    const seen = new Set(['/', ...parts]);
    // The imports of the scripts must be served too.
    for (const path of seen) {
      const { status, headers, body } = await ask(port, path);
      expect(status, path).to.equal(200);
      expect(headers['content-security-policy'], path).to.match(/^default-src 'none'; script-src 'self';/);
      expect(headers['content-security-policy']).not.to.contain('unsafe');
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['cross-origin-resource-policy']).to.equal('same-origin');
      for (const [, name] of body.matchAll(/^import .*from ["'](\.[^"']+)["'];$/gm))
        seen.add(new URL(name, `http://x${path}`).pathname);
    }
    expect([...seen]).to.include('/thinned.js');
    const head = await ask(port, '/', {}, 'HEAD');
    expect([head.status, head.body, head.headers['content-length']]).to.deep.equal([
      200,
      '',
      html.headers['content-length'],
    ]);
  });

  it('greets a late client with the whole run, in bounded size, then follows it', async () => {
    page.begin(heading);
    for (let step = 1; step <= 5000; step++) page.show(sample(step), trail);
    const late = await follow(port);
    await until(() => late.text.includes('\n\n', 20));
    const begun = JSON.parse(/event: begin\ndata: (.*)\n/.exec(late.text)?.[1] ?? '');
    const steps = begun.samples.map((each: { step: number }) => each.step);
    expect(steps[0]).to.equal(1);
    expect(steps.at(-1)).to.equal(5000);
    expect(steps.length).to.be.within(mostSamples / 2, mostSamples);
    page.show(sample(5001), trail);
    await until(() => late.text.includes('"step":5001'));
    await page.close('the run is over');
    await until(() => late.text.includes('event: end\ndata: {"sentence":"the run is over"}'));
  });

  it('limits the number of clients, and admits the next when one has left', async () => {
    const all = [];
    for (let i = 0; i < mostClients; i++) all.push(await follow(port));
    expect((await follow(port)).status).to.equal(503);
    all[3].destroy();
    let next = await follow(port);
    while (next.status === 503) next = await follow(port);
    expect(next.status).to.equal(200);
  });

  it('keeps nothing for a client that never reads, and does not wait for it', async () => {
    page.begin(heading);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const reader = await follow(port);
    const large = { ...trail, symbols: Array.from({ length: 2000 }, (_, i) => `symbol number ${i}`) };
    const held = () => {
      reader.text = '';
      collect();
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const show = async (times: number) => {
      for (let i = 0; i < times; i++) {
        page.show(sample(1e6 + i), large);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    // 40 kB per event: after the first ones, the system's socket buffer is full.
    await show(300);
    const before = held();
    const count = size(500, 1000);
    await show(count);
    await until(() => reader.text.includes(`"step":${1e6 + count - 1}`));
    // Of 20 or 40 MB.
    expect(held() - before).to.be.below(10e6);
    socket.destroy();
  });

  it('reports a port that is not available', async () => {
    let sentence = '';
    await openLivePage(port).catch((error: Error) => {
      sentence = error.message;
    });
    expect(sentence).to.equal(
      `port ${port} is in use: give another one with --watch, or 0 for any that is free`,
    );
  });
});

describe('cli: norewind train --watch, as a command', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  it('does not change the learning, watched or not, and ends with the run', async () => {
    const rows = `x,c\n${Array.from({ length: 900 }, (_, i) => `${Math.sin(i / 7)},${'ab'[i % 2]}\n`).join('')}`;
    const kinds = [
      { name: 'text', input: 'watch me while I learn\n'.repeat(60), args: '--units 5' },
      {
        name: 'rows',
        input: rows,
        args: '--format csv --target x --columns x,c --categorical c --units 4 --estimator rtrl',
      },
      {
        name: 'window',
        input: 'again and again\n'.repeat(60),
        args: '--units 5 --estimator tbptt --window 4',
      },
    ];
    for (const { name, input, args } of kinds.slice(0, size(1, kinds.length))) {
      const whole = `train - ${args} --every 64 -q --out`.split(' ');
      const unwatched = feed(desk, [...whole, name], [input]).result;
      const { child, result } = feed(desk, [...whole, `${name}-watched`, '--watch', '0', '--json']);
      let said = '';
      child.stdout?.on('data', (chunk: string) => {
        said += chunk;
      });
      await until(() => said.includes('\n'));
      const { watch } = JSON.parse(said.split('\n')[0]) as { watch: string };
      const events = await fetch(`${watch}events`);
      // Samples are at most two a second, so the data come in parts.
      for (let part = 0; part < 4; part++) {
        child.stdin?.write(input.slice((part * input.length) / 4, ((part + 1) * input.length) / 4));
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      child.stdin?.end();
      const text = await events.text();
      expect(text.match(/event: sample/g)?.length ?? 0, name).to.be.above(1);
      expect(text).to.match(/event: end\ndata: {"sentence":"the run is over"}\n\n$/);
      const { code, stderr } = await result;
      expect((await unwatched).code).to.equal(0);
      expect([code, stderr]).to.deep.equal([0, `norewind: watch it at ${watch}\n`]);
      for (const file of ['metrics.ndjson', 'checkpoint.safetensors'])
        expect(desk.read(`${name}-watched/${file}`), name).to.equal(desk.read(`${name}/${file}`));
    }
  });
});

describe('cli: thinned series', () => {
  it('keeps a limited number, evenly, including the first and the newest', () => {
    for (const most of [2, 3, 4, 7, 100]) {
      const series = createThinned<number>(most);
      for (let i = 0; i < 1000; i++) {
        series.add(i);
        const items = series.items();
        expect(items.length).to.be.within(1, most);
        expect([items[0], items.at(-1)]).to.deep.equal([0, i]);
        const steps = items.slice(1, -1).map((item, at) => item - items[at]);
        expect(new Set(steps).size).to.be.at.most(1);
      }
    }
  });
});
