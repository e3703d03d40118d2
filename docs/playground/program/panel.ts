import { createEditor } from '../editor/editor.ts';
import { missing } from '../editor/missing.ts';
import { createVerdict } from '../editor/verdict.ts';
import { button, choice, chooseNone, element } from '../page/dom.ts';
import { goTo, section } from '../page/section.ts';
import { share } from '../page/share.ts';
import { addressOf, isMessage, startWorker } from '../page/worker.ts';
import { examples } from './examples.ts';
import { packed, unpacked } from './link.ts';
import type { FromProgram } from './messages.ts';
import { createPaper } from './paper.ts';

/** Any program: it runs in a worker, and what it prints is shown. */
export function programPanel(): void {
  let worker: Worker | undefined;
  /** Counts the runs, and what ends them: a run that is loaded late must not begin. */
  let run = 0;

  const editor = createEditor('The source of the program', () => {});
  const verdict = createVerdict('program-said', editor);
  const { say, refuse } = verdict;
  const paper = createPaper('program-printed', 'What the program prints');
  const start = button('Run', () => void begin());
  const stop = button('Stop', () => {
    end();
    say('stopped', 'bad');
  });
  stop.disabled = true;

  function end(): void {
    run++;
    worker?.terminate();
    worker = undefined;
    stop.disabled = true;
  }

  async function begin(): Promise<void> {
    end();
    const own = run;
    paper.clear();
    editor.mark(undefined);
    say('running …', 'busy');
    stop.disabled = false;
    // The parser is loaded when it is needed.
    const { programOf } = await import('./source.ts');
    if (own !== run) return;
    const program = programOf(editor.value, addressOf);
    if ('sentence' in program) {
      end();
      refuse(program.sentence, program.line);
      return;
    }
    worker = startWorker(program.module);
    worker.addEventListener('message', ({ data }: MessageEvent<FromProgram>) => {
      // Messages that a program posts itself are ignored.
      if (own === run && isMessage(data)) take(data);
    });
    // It fails in a message once it runs: what comes here is an import that is not there.
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      if (own !== run) return;
      end();
      void missing(program.imports).then(({ sentence, line }) => refuse(sentence, line));
    });
  }

  function take(news: FromProgram): void {
    if (news.kind === 'printed') paper.print(news.text, news.isComplaint);
    else if (news.kind === 'cut') paper.print('… and more, which is not shown.', true);
    else if (news.kind === 'failed') {
      end();
      paper.flush();
      refuse(`${news.line === undefined ? '' : `line ${news.line}: `}${news.sentence}`, news.line);
    } else if (news.kind === 'over') {
      // Code that waits for a timer may still print.
      paper.flush();
      const nothing = paper.isEmpty ? ', and printed nothing' : '';
      say(`ran to its end in ${(news.milliseconds / 1000).toFixed(2)} s${nothing}`, 'good');
    }
  }

  async function link(): Promise<void> {
    say(`${await share(`#code=${await packed(editor.value)}`)}: it brings this program`, 'good');
  }

  editor.root.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void begin();
  });
  const beginnings = choice(
    'Begin with',
    [
      ['derivatives', 'derivatives'],
      ['training', 'three estimators'],
      ['picture', 'a picture'],
    ],
    'derivatives',
    (name) => {
      end();
      editor.set(examples[name]);
      say('', '');
      paper.clear();
    },
    'program-examples',
  );

  section({
    id: 'program',
    title: 'Run a program',
    text: [
      'TypeScript, as in the guide, whose examples open here. It can import norewind and its parts, and runs in a worker that has no network and no page.',
      'Control and Enter in the editor run it too. Stop ends it wherever it is, in an endless loop as well.',
    ],
    controls: [
      beginnings,
      element(
        'div',
        { class: 'buttons' },
        start,
        stop,
        button('Link to it', () => void link()),
      ),
    ],
    figure: [editor.root, verdict.root, paper.root],
    onShown() {},
  });

  /** A link may bring a program, `#code=…`. It runs when the reader says so. */
  async function fromLink(): Promise<void> {
    const [, given] = /^#code=(.+)$/s.exec(location.hash) ?? [];
    if (given === undefined) return;
    end();
    paper.clear();
    goTo('program');
    try {
      editor.set(await unpacked(given));
      chooseNone(beginnings);
      say('from a link: Run starts it', '');
    } catch (error) {
      say(error instanceof Error ? error.message : String(error), 'bad');
    }
    start.focus({ preventScroll: true });
  }

  editor.set(examples.derivatives);
  addEventListener('hashchange', () => void fromLink());
  void fromLink();
}
