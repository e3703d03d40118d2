import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { mostClients } from '../../cli/watch/clients.ts';
import { type LivePage, mostSamples, openLivePage } from '../../cli/watch/server.ts';
import { createThinned } from '../../cli/watch/thinned.ts';
import { createDesk, type Desk } from './command.ts';
import { feed, until } from './feed.ts';

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const heading = { title: 'a title', folder: 'runs/a', unit: 'bits', recent: 10 };
const sample = (records: number) => ({
  records,
  rate: 1,
  figures: { network: { mean: 1, recent: 2 }, 'order-0 model': { mean: 3, recent: 4 } },
  gradientNorm: 1,
  influence: {},
});
const trail = { kind: 'symbols', symbols: ['a'], probabilities: [0.5] } as const;

describe('cli: norewind train --watch', () => {
  let page: LivePage;
  let port: number;

  beforeEach(async () => {
    page = await openLivePage(0);
    port = Number(new URL(page.address).port);
  });

  afterEach(() => page.close('over'));

  /** Sends the path as it is: whatever a browser would tidy up stays. */
  function ask(path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      request.on('error', reject).end();
    });
  }

  /** Follows the events; what has come is in `text`. */
  async function follow(): Promise<{ text: string; status: number; destroy(): void }> {
    const followed = { text: '', status: 0, destroy() {} };
    const request = httpRequest({ host: '127.0.0.1', port, path: '/events', agent: false }, (response) => {
      followed.status = response.statusCode ?? 0;
      response.setEncoding('utf8').on('data', (chunk: string) => {
        followed.text += chunk;
      });
      response.on('error', () => {});
    });
    followed.destroy = () => request.destroy();
    request.on('error', () => {}).end();
    await until(() => followed.status !== 0);
    return followed;
  }

  it('serves the page, its scripts, style and icon, each with a strict policy', async () => {
    const html = await ask('/');
    const parts = [...html.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(parts).to.have.length.above(3);
    const seen = new Set(['/', ...parts]);
    // What the scripts import is served too.
    for (const path of seen) {
      const { status, headers, body } = await ask(path);
      expect(status, path).to.equal(200);
      expect(headers['content-security-policy'], path).to.match(/^default-src 'none'; script-src 'self';/);
      expect(headers['content-security-policy']).not.to.contain('unsafe');
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['cross-origin-resource-policy']).to.equal('same-origin');
      for (const [, name] of body.matchAll(/^import .*from ["'](\.[^"']+)["'];$/gm))
        seen.add(new URL(name, `http://x${path}`).pathname);
    }
    expect([...seen]).to.include('/thinned.js');
    const head = await ask('/', {}, 'HEAD');
    expect([head.status, head.body, head.headers['content-length']]).to.deep.equal([200, '', html.headers['content-length']]);
  });

  it('answers no request that names another host, or comes from another page', async () => {
    const status = async (headers: Readonly<Record<string, string>>, path = '/') => (await ask(path, headers)).status;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`]) {
      expect(await status({ Host: host })).to.equal(200);
      expect(await status({ Host: host, Origin: `http://${host}` })).to.equal(200);
    }
    for (const host of ['127.0.0.1', 'localhost', `evil.example:${port}`, `127.0.0.1:${port + 1}`, `127.0.0.1.nip.io:${port}`])
      for (const path of ['/', '/events', '/nothing']) expect(await status({ Host: host }, path), host).to.equal(403);
    for (const origin of ['http://evil.example', `https://localhost:${port}`, 'null', `http://localhost:${port}.evil.example`])
      expect(await status({ Origin: origin }, '/events'), origin).to.equal(403);
  });

  it('serves nothing else, however the path is written, and is only read', async () => {
    for (const path of [
      '/../package.json',
      '/browser/../../../package.json',
      '/%2e%2e/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/browser/..%5c..%5cpackage.json',
      '/browser/main.js%00.html',
      '//etc/passwd',
      '/etc/passwd',
      `http://127.0.0.1:1/`,
      '/browser/',
      '/browser/main.js.map',
      '/server.js',
      '/constructor',
      '/__proto__',
    ])
      expect([path, (await ask(path)).status]).to.deep.equal([path, 404]);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask('/', {}, method);
      expect([status, headers.allow], method).to.deep.equal([405, 'GET, HEAD']);
    }
  });

  it('survives what is not HTTP', async () => {
    for (const bytes of [
      '\0\x01\x02',
      'GET / HTTP/1.1\r\n\r\n',
      `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
      'GET / HTTP/1.0\r\n\r\n',
    ]) {
      const answer = await new Promise<string>((resolve) => {
        let text = '';
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
        socket.on('data', (chunk) => {
          text += chunk;
        });
        socket.on('error', () => {}).on('close', () => resolve(text));
      });
      expect(answer).to.match(/^HTTP\/1\.1 4\d\d /);
    }
    expect((await ask('/')).status).to.equal(200);
  });

  it('greets whoever comes late with the whole run, in bounded size, and goes on from there', async () => {
    page.begin(heading);
    for (let records = 1; records <= 5000; records++) page.show(sample(records), trail);
    const late = await follow();
    await until(() => late.text.includes('\n\n', 20));
    const begun = JSON.parse(/event: begin\ndata: (.*)\n/.exec(late.text)?.[1] ?? '');
    const records = begun.samples.map((each: { records: number }) => each.records);
    expect(records[0]).to.equal(1);
    expect(records.at(-1)).to.equal(5000);
    expect(records.length).to.be.within(mostSamples / 2, mostSamples);
    page.show(sample(5001), trail);
    await until(() => late.text.includes('"records":5001'));
    await page.close('the run is over');
    await until(() => late.text.includes('event: end\ndata: {"sentence":"the run is over"}'));
  });

  it('has room for so many that look on, and for the next when one has left', async () => {
    const all = [];
    for (let i = 0; i < mostClients; i++) all.push(await follow());
    expect((await follow()).status).to.equal(503);
    all[3].destroy();
    let next = await follow();
    while (next.status === 503) next = await follow();
    expect(next.status).to.equal(200);
  });

  it('keeps nothing for a client that never reads, and does not wait for it', async () => {
    page.begin(heading);
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.pause();
    socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    const reader = await follow();
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
    // 40 kB an event; what the system itself holds for a socket is full after the first ones.
    await show(300);
    const before = held();
    await show(1000);
    await until(() => reader.text.includes('"records":1000999'));
    // Of 40 MB.
    expect(held() - before).to.be.below(10e6);
    socket.destroy();
  });

  it('says when a port cannot be had', async () => {
    let sentence = '';
    await openLivePage(port).catch((error: Error) => {
      sentence = error.message;
    });
    expect(sentence).to.equal(`port ${port} is in use: give another one with --watch, or 0 for any that is free`);
  });
});

describe('cli: norewind train --watch, as a command', () => {
  let desk: Desk;

  before(() => {
    desk = createDesk();
  });

  after(() => desk.dispose());

  it('changes nothing of what is learnt, watched or not, and ends with the run', async () => {
    const rows = `x,c\n${Array.from({ length: 900 }, (_, i) => `${Math.sin(i / 7)},${'ab'[i % 2]}\n`).join('')}`;
    const kinds = [
      { name: 'text', input: 'watch me while I learn\n'.repeat(60), args: '--units 5' },
      { name: 'rows', input: rows, args: '--format csv --target x --columns x,c --categorical c --units 4 --estimator rtrl' },
      { name: 'window', input: 'again and again\n'.repeat(60), args: '--units 5 --estimator tbptt --window 4' },
    ];
    for (const { name, input, args } of kinds) {
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
      // A look is taken once in half a second at most: the data come in parts.
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
  it('keeps at most so many, evenly, the first and the newest among them', () => {
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
