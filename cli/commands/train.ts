import { DataError } from '../../lib/index.ts';
import { beginning, quoted, type Sources, textSources } from '../../trainers/streams/index.ts';
import { exitCodes, sentenceOf } from '../errors.ts';
import { blamed } from '../own/blamed.ts';
import { signalExitCode } from '../signals.ts';
import { type FollowListener, followFile } from '../stream/input/follow.ts';
import { requireFurtherFiles } from '../stream/input/furtherFiles.ts';
import { openSources } from '../stream/input/openSources.ts';
import { peekable } from '../stream/input/peek.ts';
import { readData } from '../stream/input/readData.ts';
import { after, turned } from '../stream/input/rest.ts';
import { jsonListener } from '../stream/run/jsonListener.ts';
import { learnStream, type Stop } from '../stream/run/learnStream.ts';
import { type Listener, together } from '../stream/run/listener.ts';
import type { StreamRun } from '../stream/run/openRun.ts';
import { reportListener } from '../stream/run/reportListener.ts';
import { statusListener, summaryListener } from '../stream/run/statusListener.ts';
import { warningListener } from '../stream/run/warningListener.ts';
import { eventListener } from '../tensorboard/eventListener.ts';
import { counted } from '../terminal/numbers.ts';
import { createScreen, type Screen } from '../terminal/screen.ts';
import { type SignalWatch, watchSignals } from '../training/stop.ts';
import { pageListener } from '../watch/pageListener.ts';
import { type LivePage, openLivePage } from '../watch/server.ts';
import { withInputColumns } from './inputColumns.ts';
import type { TrainOptions } from './options/trainOptions.ts';
import { resumeOrBegin } from './resumeOrBegin.ts';
import { startRun } from './startRun.ts';

/**
 * `norewind train`. Returns the exit code.
 * @throws UsageError, ConfigurationError or DataError for unusable options or data; FailedError if learning
 * or writing fails.
 */
export async function train(data: readonly string[], given: TrainOptions): Promise<number> {
  const screen = createScreen();
  const follower = {
    onEnd() {},
    onTurn() {},
    tell: given.quiet === true ? () => {} : screen.tell,
  };
  const input = given.follow === true ? followFile(data, follower) : openSources(data);
  const watch = watchSignals(() => stop.wake());
  const stop: Stop = {
    get signal() {
      return watch.signal;
    },
    wake: input.close,
  };
  let page: LivePage | undefined;
  let ending = 'the run is over';
  let waiting: NodeJS.Timeout | undefined;
  try {
    page = given.watch === undefined ? undefined : await openLivePage(given.watch);
    // Told even if the run is quiet: with port 0, the address is not known otherwise.
    if (page !== undefined) screen.tell(`norewind: watch it at ${page.address}`);
    const peeked = peekable(input.sources);
    const notes: string[] = [];
    const tell = (note: string) => void notes.push(note);
    waiting = setTimeout(
      () => follower.tell('norewind: waiting for the first rows, which show the columns'),
      1500,
    );
    const options = await resumeOrBegin(data, await withInputColumns(data, given, tell, peeked));
    clearTimeout(waiting);
    const opened = { sources: peeked.sources, used: () => input.used?.(), follower };
    return await learn(data, options, opened, { screen, notes, page, watch, stop });
  } catch (error) {
    ending = sentenceOf(error);
    throw error;
  } finally {
    clearTimeout(waiting);
    input.close();
    await page?.close(ending);
  }
}

/** The data that were looked at, and are still to be read. */
interface Opened {
  readonly sources: Sources;
  used(): number | undefined;
  readonly follower: Pick<FollowListener, 'onEnd' | 'onTurn'>;
}

/** Where a run is shown and stopped. */
interface Surroundings {
  readonly screen: Screen;
  readonly notes: readonly string[];
  readonly page: LivePage | undefined;
  readonly watch: SignalWatch;
  readonly stop: Stop;
}

async function learn(
  data: readonly string[],
  options: TrainOptions,
  { sources: own, used, follower }: Opened,
  { screen, notes, page, watch, stop }: Surroundings,
): Promise<number> {
  const { run, discard, settle } = await startRun(data, options);
  const listener = together(listenersFor(options, notes, screen, watch, page, used));
  listener.begin(run);
  const following = {
    onError: options.onError,
    records: options.records ?? Number.POSITIVE_INFINITY,
    checkpointRecords: options.checkpointRecords || Number.POSITIVE_INFINITY,
    checkpointSeconds: options.checkpointSeconds,
  };
  const isAgain = options.resume !== undefined && options.continued !== true;
  // Without --unit, the input is read by bytes; check that it is a text.
  const isText =
    options.resume === undefined && options.unit === undefined && run.config.data.kind === 'text';
  const sources = isText ? textSources(own) : own;
  const batches = readData(sources, run.config, isAgain ? run.position.before?.time : run.session.time);
  const rest = isAgain ? after(batches, run.position) : undefined;
  // A followed file that ends before the position of the checkpoint is not the file that was read then.
  follower.onEnd = () => rest?.requireReached();
  follower.onTurn = () => {
    rest?.requireReached();
    run.position = turned(run.position, run.session.time);
    // The data before this point may be gone.
    run.save();
  };
  if (options.follow === true && options.continued === true) follower.onTurn();
  let isWithout = false;
  try {
    if (options.follow !== true) await requireFurtherFiles(data, run.config);
    await learnStream(run, rest?.batches ?? batches, following, stop, {
      ...listener,
      onProgress(run) {
        if (run.position.records > 0) settle();
        listener.onProgress(run);
      },
    });
    isWithout = watch.signal === undefined && run.session.report().scored === 0;
    if (isWithout) throw new DataError(nothingIn(run));
    if (run.position !== beginning) {
      settle();
      listener.onEnd(run);
    }
  } catch (error) {
    // The corrected command must find the folder free, or as it was.
    if (error instanceof DataError && (run.position.records === 0 || isWithout)) discard();
    throw blamed(error, { experiment: 'a stream', ...run.config });
  } finally {
    listener.close(run);
  }
  watch.requireOutput(run.saved());
  if (watch.signal !== undefined) {
    screen.tell(`norewind: stopped by ${watch.signal}; ${run.saved()}; continue with --resume ${run.folder}`);
    return signalExitCode(watch.signal);
  }
  await listener.results(run);
  watch.requireOutput(run.saved());
  return exitCodes.done;
}

/** The listeners that show or write the events of a run, in the order of the calls. */
function listenersFor(
  { json, quiet, tensorboard }: TrainOptions,
  notes: readonly string[],
  screen: Screen,
  watch: SignalWatch,
  page: LivePage | undefined,
  used: () => number | undefined,
): readonly Listener[] {
  return [
    reportListener,
    json
      ? jsonListener(watch.write, page === undefined ? {} : { watch: page.address })
      : summaryListener(watch.write),
    statusListener(screen, quiet === true, used),
    warningListener(screen.tell, notes),
    ...(page === undefined ? [] : [pageListener(page)]),
    ...(tensorboard ? [eventListener()] : []),
  ];
}

function nothingIn({ position: { records, skipped }, session, config: { data } }: StreamRun): string {
  const target =
    data.kind === 'text' ? undefined : session.unseen?.().find((column) => column === data.target);
  const why = target === undefined ? '' : `; column ${quoted(target)} has had no value`;
  const left = skipped === 0 ? '' : ` (${skipped} left out)`;
  return `the data ended after ${counted(records, 'record')}${left}: there was nothing to predict${why}`;
}
