import './young.ts';
import { exitCodeOf, sentenceOf } from './errors.ts';
import { runCommand } from './runCommand.ts';
import { flushed, guardOutput } from './terminal/output.ts';
import { complain } from './terminal/screen.ts';

guardOutput();
// Node would print a stack trace for an uncaught error, such as one thrown in a timer.
process.on('uncaughtException', (error) => {
  complain(sentenceOf(error));
  process.exit(exitCodeOf(error));
});

process.exitCode = await runCommand(process.argv.slice(2));
await flushed();
// Exit now: while Node shuts down, its own handling of signals returns.
process.exit();
