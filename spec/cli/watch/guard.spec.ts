import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import { type LivePage, openLivePage, patience } from '../../../cli/watch/server.ts';
import { until } from '../feed.ts';
import { ask, exchange, follow, heading, sample, trail } from './visitor.ts';

describe('cli: norewind train --watch, under attack', () => {
  let page: LivePage;
  let port: number;

  beforeEach(async () => {
    page = await openLivePage(0);
    port = Number(new URL(page.address).port);
  });

  afterEach(() => page.close('over'));

  it('answers no request that names another host, or comes from another page', async () => {
    const status = async (headers: Readonly<Record<string, string>>, path = '/') =>
      (await ask(port, path, headers)).status;
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`]) {
      expect(await status({ Host: host })).to.equal(200);
      expect(await status({ Host: host, Origin: `http://${host}` })).to.equal(200);
    }
    for (const host of [
      '127.0.0.1',
      'localhost',
      `evil.example:${port}`,
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.nip.io:${port}`,
    ])
      for (const path of ['/', '/events', '/nothing'])
        expect(await status({ Host: host }, path), host).to.equal(403);
    for (const origin of [
      'http://evil.example',
      `https://localhost:${port}`,
      'null',
      `http://localhost:${port}.evil.example`,
    ])
      expect(await status({ Origin: origin }, '/events'), origin).to.equal(403);
  });

  it('answers no request with a repeated header, or without a host', async () => {
    const own = `Host: 127.0.0.1:${port}\r\n`;
    const evil = 'Host: evil.example\r\n';
    const origin = `Origin: http://127.0.0.1:${port}\r\n`;
    const status = async (headers: string, version = '1.1', path = '/') =>
      Number((await exchange(port, `GET ${path} HTTP/${version}\r\n${headers}\r\n`, true)).split(' ')[1]);
    expect(await status(own)).to.equal(200);
    for (const path of ['/', '/events', '/nothing']) {
      expect(await status(own + own, '1.1', path)).to.equal(400);
      expect(await status(own + evil, '1.1', path)).to.equal(400);
      expect(await status(evil + own, '1.1', path)).to.equal(400);
      expect(await status(`${own}hOST: evil.example\r\n`, '1.1', path)).to.equal(400);
      expect(await status(`${own}${origin}Origin: http://evil.example\r\n`, '1.1', path)).to.equal(400);
      expect(await status(`${own}Origin: http://evil.example\r\n${origin}`, '1.1', path)).to.equal(400);
    }
    for (const twice of [
      'Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n',
      'Cookie: a\r\nCookie: b\r\n',
      'Connection: close\r\nConnection: keep-alive\r\n',
      'Content-Length: 0\r\nContent-Length: 5\r\n',
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
      'X-Any: a\r\nx-any: a\r\n',
    ])
      expect(await status(own + twice), twice).to.equal(400);
    expect(await status('')).to.equal(400);
    expect(await status('', '1.0')).to.equal(403);
    expect(await status(own, '1.0')).to.equal(200);
    for (const odd of [
      `Host:\r\n`,
      `Host: 127.0.0.1:${port},evil.example\r\n`,
      `Host: 127.0.0.1:${port} evil\r\n`,
      `X: y\r\n ${own}`,
    ])
      expect(await status(odd), odd).to.be.within(400, 403);
    // The name in the request's address does not count.
    expect(await status(evil, '1.1', `http://127.0.0.1:${port}/`)).to.equal(403);
  });

  it('cannot be embedded in another page, but can be linked to', async () => {
    const status = async (site: string, mode: string) =>
      (await ask(port, '/uPlot.js', { 'Sec-Fetch-Site': site, 'Sec-Fetch-Mode': mode })).status;
    for (const site of ['cross-site', 'same-site']) {
      expect(await status(site, 'no-cors')).to.equal(403);
      expect(await status(site, 'navigate')).to.equal(200);
    }
    for (const site of ['same-origin', 'none']) expect(await status(site, 'no-cors')).to.equal(200);
  });

  /** Opens connections, and waits until the server has accepted them. */
  async function open(count: number, bytes = ''): Promise<Socket[]> {
    const sockets = Array.from({ length: count }, () => connect(port, '127.0.0.1').on('error', () => {}));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) if (bytes !== '') socket.write(bytes);
    await ask(port, '/icon.svg');
    return sockets;
  }

  it('keeps answering while hundreds of connections request nothing, half a request, or read nothing', async () => {
    page.begin(heading);
    const follower = await follow(port);
    const unread = `GET /uPlot.js HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(50);
    for (const bytes of ['', 'GET / HTTP/1.1\r\nHost: 127', unread]) {
      const sockets = await open(200, bytes);
      for (const path of ['/', '/events/', '/uPlot.js'])
        expect((await ask(port, path)).status).to.equal(path === '/events/' ? 404 : 200);
      // A client that follows the run is never closed, however long nothing happens.
      page.show(sample(200 + bytes.length), trail);
      await until(() => follower.text.includes(`"step":${200 + bytes.length},`));
      const late = await follow(port);
      expect(late.status).to.equal(200);
      late.destroy();
      for (const socket of sockets) socket.destroy();
    }
  });

  it('closes a connection without a request in time', async () => {
    for (const limit of Object.values(patience)) expect(limit).to.be.within(1, 6000);
    const limits = { headersTimeout: 200, requestTimeout: 300, connectionsCheckingInterval: 50 };
    const hasty = await openLivePage(0, { ...patience, ...limits });
    const port = Number(new URL(hasty.address).port);
    const own = `Host: 127.0.0.1:${port}\r\n`;
    const answers = await Promise.all(
      ['', 'GET / HT', `GET / HTTP/1.1\r\n${own}`, `POST / HTTP/1.1\r\n${own}Content-Length: 9\r\n\r\nx`].map(
        (bytes) => exchange(port, bytes),
      ),
    );
    // The last one is answered, without its body, before it is closed.
    expect(answers.map((answer) => answer.split(' ')[1] ?? '')).to.deep.equal(['408', '408', '408', '405']);
    await hasty.close('over');
  });

  it('serves nothing else, however the path is written, and is read-only', async () => {
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
      expect([path, (await ask(port, path)).status]).to.deep.equal([path, 404]);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, headers } = await ask(port, '/', {}, method);
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
      expect(await exchange(port, bytes)).to.match(/^HTTP\/1\.1 4\d\d /);
    }
    expect((await ask(port, '/')).status).to.equal(200);
  });
});
