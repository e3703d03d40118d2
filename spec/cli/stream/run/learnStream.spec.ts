import { expect } from 'chai';
import { FailedError } from '../../../../cli/errors.ts';
import { DataError, NonFiniteError } from '../../../../lib/index.ts';
import { beginning, behind, type Position } from '../../../../trainers/streams/reading/position.ts';
import { type Batch, Problem } from '../../../../trainers/streams/reading/problem.ts';
import { until } from '../../feed.ts';
import { type Course, data, endless, eventsOf, learn } from './course.ts';

describe('cli/stream: learning from a stream', () => {
  it('takes records in order, leaves out what it cannot use, and ends with a checkpoint and a line', async () => {
    const bad = new Problem('bad');
    const course = learn(data(['a', bad, 'b'], [], ['c', 'd']));
    expect(await eventsOf(course)).to.deep.equal([
      'a',
      'bad',
      'b',
      'c',
      'line 3',
      'told 3 {}',
      'd',
      'saved 4',
      'line 4',
      'told 4 {}',
      'closed',
    ]);
    expect(course.run.position).to.deep.equal(['a', bad, 'b', 'c', 'd'].reduce<Position>(behind, beginning));
  });

  it('has no line at the end where there is one already, or nothing has been scored', async () => {
    expect(await eventsOf(learn(data(['a', 'b', 'c'])))).to.deep.equal([
      'a',
      'b',
      'c',
      'line 3',
      'told 3 {}',
      'saved 3',
      'closed',
    ]);
    expect(await eventsOf(learn(data(['a']), { scored: () => 0 }))).to.deep.equal(['a', 'saved 1', 'closed']);
    expect(await eventsOf(learn(data()))).to.deep.equal(['saved 0', 'closed']);
  });

  it('counts from where the run is: lines, checkpoints and the end', async () => {
    const from = ['x', 'y'].reduce<Position>(behind, beginning);
    const following = { records: 6, checkpointRecords: 2 };
    const events = await eventsOf(learn(data(['a', 'b'], ['c', 'd', 'e'], ['f']), { from, following }));
    expect(events).to.deep.equal([
      'a',
      'line 3',
      'told 3 {}',
      'b',
      'saved 4',
      'c',
      'd',
      'line 6',
      'told 6 {}',
      'saved 6',
      'saved 6',
      'closed',
    ]);
    // Records past the end are not asked for.
    expect(
      await eventsOf(learn(endless(['a']).batches, { from, following: { records: 3 }, every: 5 })),
    ).to.deep.equal(['a', 'saved 3', 'line 3', 'told 3 {}', 'closed']);
    expect(
      await eventsOf(
        learn(endless().batches, { from, following: { records: 2 }, every: 5, scored: () => 0 }),
      ),
    ).to.deep.equal(['saved 2', 'closed']);
  });

  it('stops when it is asked to, within a batch and while it waits, and writes no last line then', async () => {
    const within: Course = learn(data(['a', 'b', 'c']), {
      every: 5,
      advance(record) {
        if (record === 'b') within.stop.signal = 'SIGINT';
      },
    });
    expect(await eventsOf(within)).to.deep.equal(['a', 'b', 'saved 2', 'closed']);
    const { batches, isWaiting } = endless(['a']);
    const waiting = learn(batches);
    await until(isWaiting);
    waiting.stop.signal = 'SIGTERM';
    waiting.stop.wake();
    expect(await eventsOf(waiting)).to.deep.equal(['a', 'saved 1', 'closed']);
  });

  it('saves at SIGUSR1 and continues; a full disk then ends the run', async () => {
    const before = process.listenerCount('SIGUSR1');
    const { batches, isWaiting } = endless(['a']);
    let reason: Error | undefined;
    const course = learn(batches, {
      save() {
        if (reason !== undefined) throw reason;
      },
    });
    await until(isWaiting);
    process.emit('SIGUSR1');
    process.emit('SIGUSR1');
    expect(course.events.filter((event) => event.startsWith('saved'))).to.deep.equal(['saved 1', 'saved 1']);
    reason = new FailedError('no space is left');
    process.emit('SIGUSR1');
    reason = new FailedError('and none ever after');
    process.emit('SIGUSR1');
    expect(await course.isOver)
      .to.be.instanceOf(FailedError)
      .with.property('message', 'no space is left; what was saved is there');
    expect(course.events.at(-1)).to.equal('closed');
    expect(process.listenerCount('SIGUSR1')).to.equal(before);
  });

  it('takes no further record when a checkpoint could not be written while it was busy', async () => {
    const course = learn(data(['a', 'b', 'c']), {
      advance: (record) => record === 'b' && process.emit('SIGUSR1'),
      save() {
        throw new FailedError('no space is left');
      },
    });
    expect(await course.isOver).to.have.property('message', 'no space is left; what was saved is there');
    expect(course.events).to.deep.equal(['a', 'b', 'closed']);
  });

  it('ends at a checkpoint that cannot be written between two records', async () => {
    let saves = 0;
    const course = learn(data(['a', 'b', 'c']), {
      following: { checkpointRecords: 2 },
      save() {
        saves++;
        throw new FailedError('no space is left');
      },
    });
    expect(await course.isOver).to.have.property('message', 'no space is left; what was saved is there');
    expect([saves, course.events.filter((event) => event.length === 1)]).to.deep.equal([1, ['a', 'b']]);
  });

  it('saves every few seconds, also while it waits for data', async () => {
    const { batches, isWaiting } = endless(['a']);
    const course = learn(batches, { following: { checkpointSeconds: 0.3 } });
    const patient = endless(['a']);
    const other = learn(patient.batches, { following: { checkpointSeconds: 1000 } });
    await until(() => isWaiting() && patient.isWaiting());
    await until(() => course.events.filter((event) => event === 'saved 1').length === 2);
    course.stop.signal = 'SIGINT';
    course.stop.wake();
    expect(await course.isOver).to.equal(undefined);
    // Not before its time, in two seconds.
    expect(other.events).to.not.include('saved 1');
    other.stop.signal = 'SIGINT';
    other.stop.wake();
    expect(await eventsOf(other)).to.deep.equal(['a', 'saved 1', 'closed']);
  });

  it('looks at the world now and then while there are data: tells of its progress, saves, and hears what it is asked', async () => {
    const work = () => {
      for (const end = performance.now() + 25; performance.now() < end; );
    };
    const course: Course = learn(data(Array.from('abcdefghijklmnop')), {
      every: 100,
      following: { checkpointSeconds: 0 },
      advance: work,
    });
    setImmediate(() =>
      setImmediate(() => {
        course.stop.signal = 'SIGINT';
      }),
    );
    expect(await course.isOver).to.equal(undefined);
    const { events } = course;
    expect(events.slice(0, 3)).to.deep.equal(['a', 'progress 1', 'saved 1']);
    expect(events).to.not.include('p');
    // At every look a checkpoint.
    const letters = Array.from('abcdefgh');
    const long = learn(data(letters), { every: 100, following: { checkpointSeconds: 0 }, advance: work });
    expect(await long.isOver).to.equal(undefined);
    const count = (what: string) => long.events.filter((event) => event.startsWith(what)).length;
    expect(count('progress')).to.be.within(2, 8);
    expect(count('saved')).to.equal(9);
    // The seconds begin anew with each checkpoint.
    const rare = learn(data(letters), {
      every: 100,
      following: { checkpointSeconds: 1000, checkpointRecords: 3 },
      advance: work,
    });
    expect(await rare.isOver).to.equal(undefined);
    expect(rare.events.filter((event) => event.startsWith('saved'))).to.deep.equal([
      'saved 3',
      'saved 6',
      'saved 8',
    ]);
  });

  it('ends at a record that cannot be used, unless it is to leave it out, and says where the checkpoint is', async () => {
    const stop = { onError: 'stop' } as const;
    const later = learn(data(['a', new Problem('line 2: bad'), 'b']), { following: stop });
    expect(await later.isOver)
      .to.be.instanceOf(DataError)
      .with.property(
        'message',
        'line 2: bad; use --on-error skip to leave such records out; what was saved is there',
      );
    expect(later.events).to.deep.equal(['a', 'saved 1', 'closed']);
    const first = learn(data([new Problem('line 1: bad')]), { following: stop });
    expect(await first.isOver).to.have.property(
      'message',
      'line 1: bad; use --on-error skip to leave such records out',
    );
    expect(first.events).to.deep.equal(['closed']);
  });

  it('saves when the source fails, not when learning does, nor when there is a defect', async () => {
    async function* failing(error: Error): AsyncGenerator<Batch<unknown>> {
      yield ['a'];
      throw error;
    }
    const source = learn(failing(new DataError('cannot read it')));
    expect(await source.isOver)
      .to.be.instanceOf(DataError)
      .with.property('message', 'cannot read it; what was saved is there');
    expect(source.events).to.deep.equal(['a', 'saved 1', 'closed']);
    const diverged = learn(data(['a']), {
      advance() {
        throw new NonFiniteError('a number is too large: use clipByGlobalNorm');
      },
    });
    expect(await diverged.isOver)
      .to.be.instanceOf(FailedError)
      .with.property('message', 'a number is too large: use --clip; what was saved is there');
    expect(diverged.events).to.deep.equal(['closed']);
    const defect = new TypeError('a defect');
    const broken = learn(failing(defect));
    expect(await broken.isOver).to.equal(defect);
    expect(broken.events).to.deep.equal(['a', 'closed']);
  });
});
