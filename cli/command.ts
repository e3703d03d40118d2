import './young.ts';
import { exitCodeOf, exitCodes, sentenceOf } from './errors.ts';
import { runCommand } from './runCommand.ts';
import { flushed, guardOutput } from './terminal/output.ts';
import { complain } from './terminal/screen.ts';

guardOutput();
let isOver = false;
// Code of the user's can end the process before the command is done. Codes above 128 are those of signals.
process.on('exit', (code) => {
  if (isOver || code > 128) return;
  const [, file, line] =
    /process\.exit .*\n\s+at (?:.*? \()?(.+):(\d+):\d+/.exec(new Error().stack ?? '') ?? [];
  const where = file === undefined ? '' : `${file}, line ${line}: `;
  complain(`${where}process.exit(${code}) ended the command before it was done: leave the call out`);
  process.exitCode = exitCodes.failed;
});
// Node would print a stack trace for an uncaught error, such as one thrown in a timer.
process.on('uncaughtException', (error) => {
  complain(sentenceOf(error));
  isOver = true;
  process.exit(exitCodeOf(error));
});

process.exitCode = await runCommand(process.argv.slice(2));
await flushed();
isOver = true;
// Exit now: while Node shuts down, its own handling of signals returns.
process.exit();
