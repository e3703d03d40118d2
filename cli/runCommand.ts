import { CommanderError } from 'commander';
import { createProgram } from './commands/program.ts';
import { exitCodeOf, exitCodes, sentenceOf } from './errors.ts';
import { complain } from './terminal/screen.ts';

/**
 * Runs the command that these arguments name and returns its exit code. An error becomes one sentence on
 * standard error.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.done;
  try {
    await createProgram((code) => {
      exitCode = code;
    }).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return usageCode(error);
    complain(sentenceOf(error));
    return exitCodeOf(error);
  }
}

/** Commander also throws after printing help or the version. */
function usageCode(error: CommanderError): number {
  if (error.exitCode === 0) return exitCodes.done;
  const sentence = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  if (error.code !== 'commander.help') complain(sentence);
  return exitCodes.usage;
}
