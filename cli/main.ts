#!/usr/bin/env node
import './young.ts';
import { CommanderError } from 'commander';
import { createProgram } from './commands/program.ts';
import { exitCodeOf, exitCodes, sentenceOf } from './errors.ts';

try {
  await createProgram((code) => {
    process.exitCode = code;
  }).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = usageCode(error);
  else {
    process.stderr.write(`norewind: ${sentenceOf(error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

/** Commander stops in this way after help and version too, and has written them then. */
function usageCode(error: CommanderError): number {
  if (error.exitCode === 0) return exitCodes.done;
  const sentence = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  if (error.code !== 'commander.help') process.stderr.write(`norewind: ${sentence}\n`);
  return exitCodes.usage;
}
