import './young.ts';
import { CommanderError } from 'commander';
import { createProgram } from './commands/program.ts';
import { exitCodeOf, exitCodes, sentenceOf } from './errors.ts';
import { flushed, guardOutput } from './terminal/output.ts';
import { complain } from './terminal/screen.ts';

guardOutput();
// Node would print a stack trace for an uncaught error, such as one thrown in a timer.
process.on('uncaughtException', (error) => {
  complain(sentenceOf(error));
  process.exit(exitCodeOf(error));
});

await run();
await flushed();
// Exit now: while Node shuts down, its own handling of signals returns.
process.exit();

async function run(): Promise<void> {
  try {
    await createProgram((code) => {
      process.exitCode = code;
    }).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = usageCode(error);
    else {
      complain(sentenceOf(error));
      process.exitCode = exitCodeOf(error);
    }
  }
}

/** Commander also throws after printing help or the version. */
function usageCode(error: CommanderError): number {
  if (error.exitCode === 0) return exitCodes.done;
  const sentence = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  if (error.code !== 'commander.help') complain(sentence);
  return exitCodes.usage;
}
