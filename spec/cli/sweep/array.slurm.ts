import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { type Cluster, startCluster } from '../../support/slurm.ts';
import { createDesk, type Desk } from '../command.ts';

const grid =
  'sweep anbn --estimator uoro,rtrl,tbptt --units 3 --steps 60000 --seeds 1..2 --checkpoint-seconds 1';

describe('cli: norewind sweep --slurm, on a real Slurm', function () {
  this.timeout(600_000);
  let desk: Desk;
  let cluster: Cluster;

  before(async () => {
    desk = createDesk();
    cluster = await startCluster();
  });

  after(() => {
    cluster?.dispose();
    desk.dispose();
  });

  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 300));
  };
  const queue = () => cluster.command('squeue', '--noheader', '--array', '--format=%K %T %N').trim();
  const norewind = async (args: string) => {
    const { code, stderr } = await desk.norewind(args.split(' '));
    expect(code, stderr).to.equal(0);
  };

  it('has every result of a node that was killed in mid-run, and the table of the local pool byte for byte', async () => {
    await norewind(`${grid} --slurm --out cluster`);
    cluster.command('sbatch', desk.path('cluster/sweep.sbatch'));
    // The task that runs on the second node, once it has a checkpoint.
    const [, task] = await new Promise<RegExpExecArray>((resolve) => {
      const look = setInterval(() => {
        const found = /^(\d+) RUNNING n2$/m.exec(queue());
        if (found === null) return;
        clearInterval(look);
        resolve(found);
      }, 300);
    });
    const name = JSON.parse(desk.read('cluster/grid.json')).runs[Number(task)].name as string;
    const run = `cluster/runs/${name}`;
    await until(() => existsSync(desk.path(`${run}/checkpoint.safetensors`)));
    cluster.kill('n2');
    expect(JSON.parse(desk.read(`${run}/outcome.json`)).status).to.equal('running');
    await until(() => queue() === '');
    expect(JSON.parse(desk.read(`${run}/outcome.json`))).to.include({ status: 'done', steps: 60_000 });
    await norewind('collect cluster --no-times');
    await norewind(`${grid} --jobs 2 --out pool -q`);
    await norewind('collect pool --no-times');
    expect(desk.read('cluster/results.csv')).to.equal(desk.read('pool/results.csv'));
    expect(desk.read('cluster/results.csv').match(/,done,60000,/g)).to.have.length(6);
  });

  it('makes a checkpoint before the time limit, and is queued again until it is done', async () => {
    await norewind('sweep anbn --estimator rtrl --units 3 --steps 1e12 --slurm --out limited');
    // The minute of notice has begun when a task of a minute begins.
    const id =
      /\d+/.exec(cluster.command('sbatch', '--time=1', desk.path('limited/sweep.sbatch')))?.[0] ?? '';
    await until(() => /Restarts=[1-9]/.test(cluster.command('scontrol', 'show', 'job', id)));
    cluster.command('scancel', id);
    await until(() => queue() === '');
    expect(JSON.parse(desk.read('limited/runs/0/outcome.json')).steps).to.be.above(0);
    expect(existsSync(desk.path('limited/runs/0/checkpoint.safetensors'))).to.equal(true);
  });
});
