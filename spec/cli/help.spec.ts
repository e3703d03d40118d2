import { expect } from 'chai';
import { type Command, CommanderError } from 'commander';
import { wishOf } from '../../cli/commands/options/runOptions.ts';
import { createProgram } from '../../cli/commands/program.ts';
import { experiments } from '../../cli/experiments/registry.ts';
import { resolveWish } from '../../cli/experiments/resolve.ts';
import { guard } from '../../lib/index.ts';

/** As the command prints it, whatever is added to it. */
function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({
    writeOut(part) {
      text += part;
    },
  });
  command.outputHelp();
  return text;
}

const program = createProgram(() => {});
const all = [program, ...program.commands];
const named = (name: string) => all.find((command) => command.name() === name) as Command;
/** The words of a line as a shell would have them. */
const words = (line: string) =>
  [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain);

describe('cli: the help', () => {
  for (const command of all)
    it(`of ${command.name()} has examples, and what they are given exists`, () => {
      const lines =
        helpOf(command)
          .split(/\nExamples?:\n/)[1]
          ?.trimEnd()
          .split('\n') ?? [];
      expect(lines, 'lines').to.have.length.above(0);
      for (const line of lines) {
        const given = words(line.split('|').at(-1) ?? '');
        expect(given[0], line).to.equal('norewind');
        const own = createProgram(() => {}).commands.find((each) => each.name() === given[1]);
        expect(own, line).not.to.equal(undefined);
        if (command !== program) expect(own?.name(), line).to.equal(command.name());
        const { operands, unknown } = (own as Command).parseOptions(given.slice(2));
        expect(unknown, line).to.deep.equal([]);
        const least = own?.registeredArguments.filter(({ required }) => required).length ?? 0;
        expect(operands.length, line).to.be.at.least(least);
      }
    });

  it('of run has the defaults of each experiment as options that come to the same, and says where they are from', () => {
    const help = helpOf(named('run'));
    expect(help).to.include('the paper is Tallec and Ollivier, Unbiased online recurrent optimization, 2018');
    for (const { name, origin } of experiments) {
      const [, rest = ''] = help.split(`\n  ${name}: `);
      const [part] = rest.split(/\n {2}(?=\S)/);
      const lines = part.split('\n');
      expect(part, name).to.include(`(${origin})`);
      const parsed = (line: string) => {
        const run = createProgram(() => {}).commands.find((each) => each.name() === 'run') as Command;
        expect(run.parseOptions(words(line)).unknown).to.deep.equal([]);
        return run.opts();
      };
      const base = parsed(lines[1]);
      expect(resolveWish(wishOf(name, base)).config, name).to.deep.equal(
        resolveWish({ experiment: name }).config,
      );
      for (const line of lines.filter((each) => each.startsWith('      with --estimator tbptt'))) {
        const { length: _, ...wish } = { length: 0, ...parsed(line.replace('with ', '')) };
        const own = resolveWish(wishOf(name, wish)).config;
        expect(own, line).to.deep.equal(
          resolveWish({ experiment: name, estimator: { name: 'tbptt' } }).config,
        );
      }
    }
  });
});

describe('cli: suggestions for an unknown name', () => {
  const complaint = async (...args: readonly string[]) => {
    try {
      await createProgram(() => expect.fail('it ran')).parseAsync(args, { from: 'user' });
    } catch (error) {
      if (error instanceof CommanderError) return error.message;
      throw error;
    }
    return expect.fail('it was accepted');
  };

  for (const [line, hint] of [
    ['train x --estimater uoro', 'did you mean --estimator?'],
    ['train x --est uoro', 'did you mean --estimator?'],
    ['train x --colunms a', 'did you mean --columns?'],
    ['train x --time-stamp t', 'did you mean --timestamp?'],
    ['train x --lr 0.1', 'did you mean --rate?'],
    ['train x --learning-rate=0.1', 'did you mean --rate?'],
    ['train x --hidden-size 3', 'did you mean --units?'],
    ['train x --steps 3', 'did you mean --records?'],
    ['train x --verison', 'did you mean --version?'],
    ['run anbn --legnth 3', 'did you mean --length?'],
    ['generate m --prompt x', 'did you mean --prime?'],
    ['trian x', 'did you mean train?'],
    ['genrate x', 'did you mean generate?'],
    ['fit x', 'did you mean train?'],
    // These resemble nothing: --version, --delay, --leak and so on would be misleading.
    ['train x --epsilon 3', 'norewind train --help lists them all'],
    ['train x --beta1 3', 'norewind train --help lists them all'],
    ['train x --lambda 3', 'norewind train --help lists them all'],
    ['train x --heat 3', 'norewind train --help lists them all'],
    ['train x --decoder 3', 'norewind train --help lists them all'],
    ['train x --fold 3', 'norewind train --help lists them all'],
    ['predict m x --horizon 3', 'norewind predict --help lists them all'],
    ['train x -z', 'norewind train --help lists them all'],
    ['--nothing', 'norewind --help lists them all'],
    ['book.txt', 'norewind --help lists them all'],
  ] as const)
    it(`${line}: ${hint}`, async () => {
      expect(await complaint(...line.split(' ')))
        .to.match(/^error: unknown (option|command) '[^']+'; /)
        .and.to.contain(hint);
    });

  it('is found by one slip in three letters at most, a swap being one', () => {
    const names = ['version', 'rate', 'units', 'alphabet', 'checkpoint-seconds', 'n'];
    for (const [given, name] of [
      ['verison', 'version'],
      ['vesrionn', 'version'],
      ['rte', 'rate'],
      ['arte', 'rate'],
      ['alfabet', 'alphabet'],
      ['checkpointseconds', 'checkpoint-seconds'],
      ['check_point_second', 'checkpoint-seconds'],
      ['UNITS', 'units'],
    ])
      expect(guard.didYouMean(given, names, {}), given).to.equal(`; did you mean ${name}?`);
    for (const given of ['epsilon', 'mate-pair', 'kite', 'bits', 'm', '', 'alpine hut'])
      expect(guard.didYouMean(given, names, {}), given).to.equal('');
    expect(guard.didYouMean('speed', names, { rate: ['speed'] })).to.equal('; did you mean rate?');
    expect(guard.didYouMean('anything', [], {})).to.equal('');
  });
});
