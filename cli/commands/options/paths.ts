import { type Command, InvalidArgumentError } from 'commander';

/**
 * Refuses empty paths, in arguments and in options: '' joins to names in the current folder, whose files would be replaced.
 * A shell passes it for a variable that is not set.
 */
export function refuseEmptyPaths(program: Command): void {
  for (const { options, registeredArguments } of program.commands) {
    for (const option of options)
      if (/[<[](file|folder)[>\]]/.test(option.flags) && option.parseArg === undefined)
        option.argParser(parsePath);
    for (const argument of registeredArguments)
      if (argument.parseArg === undefined) {
        if (argument.variadic) argument.argParser(parsePaths);
        else argument.argParser(parsePath);
      }
  }
}

function parsePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('It is empty.');
  return text;
}

function parsePaths(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, parsePath(text)];
}
