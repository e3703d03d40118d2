import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { size } from '../../support/size.ts';
import { createDesk, type Desk, type Result } from '../command.ts';

describe('cli: norewind demo', () => {
  let desk: Desk;
  let result: Result;

  before(async () => {
    desk = createDesk();
    result = await desk.spawn('demo --steps 500 --characters 60 --out show'.split(' '));
  });

  after(() => desk.dispose());

  it('says which converged, which diverged, and which is best at the book', () => {
    expect(result.code).to.equal(0);
    const { stdout } = result;
    for (const name of ['UORO', 'RTRL', 'TBPTT-1', 'TBPTT-10', 'TBPTT-100', 'TBPTT-200'])
      expect(stdout).to.match(
        new RegExp(`^ +${name} +[\\d.e+-]+ +[\\d.]+ +(converged|diverged|on its way)$`, 'm'),
      );
    for (const name of ['UORO', 'TBPTT-1', 'TBPTT-16', 'order-0 model', 'order-1 model', 'order-2 model'])
      expect(stdout).to.match(new RegExp(`^ +${name}( +\\d\\.\\d{3}){2} `, 'm'));
    expect(stdout).to.match(/After 60 characters UORO \([\d.]+ bits[^\n]+\) (loses to|beats) /);
    for (const name of [
      'norewind train',
      'without its network',
      'its network alone',
      'brotli -q 11',
      'gzip -9',
    ])
      expect(stdout).to.match(new RegExp(`^ +${name}( +\\d+\\.\\d{3}){2} +[\\d.-]+ +[a-z]`, 'm'));
    expect(stdout).to.match(/norewind train \([\d.]+ bits a character over all\) (loses to|beats) /);
    // In so few steps RTRL cannot have converged, and the table must not say so.
    expect(stdout).to.match(/RTRL [^\n]+ on its way$/m);
    expect(stdout).to.match(/TBPTT-10 [^\n]+ diverged$/m);
  });

  it('has sentences on the book that agree with the table', () => {
    const book = result.stdout.slice(result.stdout.indexOf('Moby-Dick'));
    const of = (name: string) => Number(new RegExp(`^ +${name} +[\\d.]+ +([\\d.]+)`, 'm').exec(book)?.[1]);
    for (const name of ['TBPTT-1', 'TBPTT-16']) {
      const sentence = /After 60 characters [^\n]+/.exec(result.stdout)?.[0] ?? '';
      const [, beaten = ''] = sentence.split('beats');
      expect(beaten.includes(`${name} `), sentence).to.equal(of('UORO') < of(name));
    }
  });

  it('prints the path of a self-contained report with a plot of each race, and one of a probe', () => {
    const path = /^Report: (.+)$/m.exec(result.stdout)?.[1] ?? '';
    expect(existsSync(desk.path(path))).to.equal(true);
    const report = desk.read(path);
    expect(report.match(/<div class="wide"><svg /g)).to.have.length(3);
    for (const title of ['UORO', 'KF-RTRL', 'SnAp-1', 'TBPTT-4/1'])
      expect(report).to.match(new RegExp(`<tr><td>${title}</td><td>(none|truncated)</td>`));
    expect(report.replaceAll(/ xmlns(:\w+)?="[^"]*"/g, '')).not.to.match(
      /https?:|src=|href=|url\((?!#)|@import|<script|<link/,
    );
  });

  it('leaves a run folder for each contestant, from which it can be repeated', async () => {
    const folder = `show/moby-dick/tbptt-${size(1, 16)}`;
    expect((await desk.norewind(['run', `${folder}/config.json`, '-q', '--out', 'again'])).code).to.equal(0);
    expect(desk.read('again/metrics.ndjson')).to.equal(desk.read(`${folder}/metrics.ndjson`));
  });

  it('stops on SIGINT and prints the state of running contestants', async () => {
    const { code, stderr } = await desk.spawn('demo --out stopped'.split(' '), 'RTRL: begun', (child) =>
      child.kill('SIGINT'),
    );
    expect(code).to.equal(130);
    expect(stderr).to.contain('stopped by SIGINT');
    expect(existsSync(desk.path('stopped/influence-balancing/uoro/checkpoint.safetensors'))).to.equal(true);
    expect(existsSync(desk.path('stopped/influence-balancing/tbptt-200'))).to.equal(false);
  });
});
