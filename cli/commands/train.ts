import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, UsageError } from '../../lib/index.ts';
import { beginning, quoted, textSources } from '../../trainers/streams/index.ts';
import { exitCodes, sentenceOf } from '../errors.ts';
import { signalExitCode } from '../signals.ts';
import { generations, readGeneration } from '../stream/checkpoint/generations.ts';
import { type FollowListener, followFile } from '../stream/input/follow.ts';
import { openSources } from '../stream/input/openSources.ts';
import { readData } from '../stream/input/readData.ts';
import { after, turned } from '../stream/input/rest.ts';
import { learnStream, type Stop } from '../stream/run/learnStream.ts';
import { configText, openRun, type StreamRun } from '../stream/run/openRun.ts';
import { createStatus } from '../stream/run/status.ts';
import { createEventFile, eventFilesOf } from '../tensorboard/eventFile.ts';
import { createScreen } from '../terminal/screen.ts';
import { claimFolder, fileNames, openFolder } from '../training/folder.ts';
import { lockFolder } from '../training/lock.ts';
import { dropReplaced } from '../training/replaced.ts';
import { watchSignals } from '../training/stop.ts';
import { type LivePage, openLivePage } from '../watch/server.ts';
import { createWatcher } from '../watch/watcher.ts';
import { resumeOrBegin } from './resumeOrBegin.ts';
import { configOf, refuseConfigOptions, type TrainOptions } from './trainOptions.ts';

/**
 * `norewind train`: gives the exit code.
 * @throws UsageError, ConfigurationError or DataError for what cannot be used; FailedError when learning or writing fails.
 */
export async function train(data: readonly string[], given: TrainOptions): Promise<number> {
  const options = resumeOrBegin(data, given);
  const page = options.watch === undefined ? undefined : await openLivePage(options.watch);
  let ending = 'the run is over';
  try {
    return await learn(page, data, options);
  } catch (error) {
    ending = sentenceOf(error);
    throw error;
  } finally {
    await page?.close(ending);
  }
}

async function learn(page: LivePage | undefined, data: readonly string[], options: TrainOptions): Promise<number> {
  const screen = createScreen();
  const status = createStatus(screen, options.quiet === true);
  const follower: FollowListener = {
    // A file that is followed and ends before the position of the checkpoint is not the one that was read then.
    onEnd: () => rest?.requireReached(),
    onTurn() {
      rest?.requireReached();
      run.position = turned(run.position);
      // What was read before may not be at hand any more.
      run.save();
    },
    tell: status.tell,
  };
  const input = options.follow === true ? followFile(data, follower) : openSources(data);
  const { run, folder, discard, settle } = options.resume === undefined ? begin(data, options) : goOn(options.resume, options);
  const watch = watchSignals(() => stop.wake());
  const stop: Stop = {
    get signal() {
      return watch.signal;
    },
    wake() {},
  };
  const emit = async (event: object) => {
    if (options.json) await watch.write(`${JSON.stringify(event)}\n`);
  };
  void emit({ event: 'begin', folder, config: run.config, records: run.position.records, ...(page && { watch: page.address }) });
  status.begin(folder, run.position.records);
  // Said even where no progress is: with port 0, nobody could know it.
  if (page !== undefined) screen.tell(`norewind: watch it at ${page.address}`);
  const watcher = page && createWatcher(page, run, folder);
  const { every } = run.config;
  // A last line that is between two of the metrics is not among them any more when the run goes on.
  const eventFile = options.tensorboard
    ? createEventFile(folder, Math.floor(run.position.records / every) * every + 1)
    : undefined;
  const following = {
    onError: options.onError,
    records: options.records ?? Number.POSITIVE_INFINITY,
    checkpointRecords: options.checkpointRecords || Number.POSITIVE_INFINITY,
    checkpointSeconds: options.checkpointSeconds,
  };
  let nothing: DataError | undefined;
  /** Names once, quiet or not, what may be misspelt: in NDJSON, a column that no record has is not an error. */
  let warn = () => {
    for (const column of run.session.unseen?.() ?? [])
      screen.tell(`norewind: column ${quoted(column)} has had no value in ${run.position.records} records`);
    warn = () => {};
  };
  const isAgain = options.resume !== undefined && options.continued !== true;
  // Bytes are what is read where nothing else is said; then they are to be those of a text.
  const isText = options.resume === undefined && options.unit === undefined && run.config.data.kind === 'text';
  const sources = isText ? textSources(input.sources) : input.sources;
  const batches = readData(sources, run.config, isAgain ? undefined : run.session.time);
  const rest = isAgain ? after(batches, run.position) : undefined;
  if (options.follow === true && options.continued === true) follower.onTurn();
  try {
    await learnStream(run, rest?.batches ?? batches, following, stop, {
      ...status,
      onRecord(record) {
        void emit({ event: 'metrics', ...record });
        warn();
        status.onRecord(record);
        eventFile?.append(record);
      },
      onProgress(records) {
        if (records > 0) settle();
        status.onProgress(records);
        watcher?.look();
      },
    });
    watcher?.look(true);
    if (watch.signal === undefined && run.session.report().scored === 0) {
      nothing = new DataError(nothingIn(run));
      throw nothing;
    }
    if (run.position !== beginning) {
      settle();
      warn();
    }
  } catch (error) {
    // The corrected command shall find the folder free, or as it was.
    if (error instanceof DataError && (run.position.records === 0 || error === nothing)) discard();
    throw error;
  } finally {
    status.finish(run.position.skipped);
    eventFile?.close();
    input.close();
  }
  watch.requireOutput(run.saved());
  if (watch.signal !== undefined) {
    screen.tell(`norewind: stopped by ${watch.signal}; ${run.saved()}; go on with --resume ${folder}`);
    return signalExitCode(watch.signal as NodeJS.Signals);
  }
  const report = run.session.report();
  const { records, skipped } = run.position;
  await emit({ event: 'end', records, skipped, ...report });
  if (!options.json) await watch.write(status.summary(folder, run.position, report, run.config.recent));
  watch.requireOutput(run.saved());
  return exitCodes.done;
}

function nothingIn({ position: { records, skipped }, session, config: { data } }: StreamRun): string {
  const target = data.kind === 'text' ? undefined : session.unseen?.().find((column) => column === data.target);
  const why = target === undefined ? '' : `; column ${quoted(target)} has had no value`;
  return `the data ended after ${records} records, ${skipped} more being left out: there was nothing to predict${why}`;
}

interface Begun {
  readonly run: StreamRun;
  readonly folder: string;
  /** Leaves nothing of a run that learnt nothing, but what it was to replace. */
  discard(): void;
  /** Removes what the run replaces. */
  settle(): void;
}

function begin(data: readonly string[], options: TrainOptions): Begun {
  for (const [key, flag] of [
    ['fromPrevious', '--from-previous'],
    ['continued', '--continued'],
  ])
    if (options[key] !== undefined) throw new UsageError(`${flag} goes with --resume, and names the run to go on with`);
  const config = configOf(data, options);
  const others = (folder: string) => [...Object.values(generations), ...eventFilesOf(folder)];
  const { path, write, discard, settle, lock } = claimFolder(options.out, 'train', options.force === true, others);
  try {
    write(fileNames.config, configText(config));
    const run = openRun(path, config, undefined, lock);
    // A run that is killed soon can be resumed like any other.
    run.save();
    return { run, folder: path, discard, settle };
  } catch (error) {
    discard();
    throw error;
  }
}

function goOn(folder: string, options: TrainOptions): Begun {
  refuseConfigOptions(options);
  if (options.out !== undefined || options.force !== undefined)
    throw new UsageError('a run that goes on stays in its folder: leave out --out and --force');
  if (!existsSync(join(folder, generations.newest)) && !existsSync(join(folder, generations.previous)))
    throw new UsageError(`${folder} has no checkpoint to go on from: leave out --resume to begin`);
  const lock = lockFolder(folder);
  const checkpoint = readGeneration(folder, options.fromPrevious === true ? 'previous' : 'newest');
  const run = openRun(folder, checkpoint.config, checkpoint, lock);
  // The checkpoint is what counts; for whoever reads the other file, it says the same again.
  openFolder(folder).write(fileNames.config, configText(checkpoint.config));
  return { run, folder, discard() {}, settle: () => void (lock.isOwn && dropReplaced(folder)) };
}
