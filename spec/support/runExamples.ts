// Runs the modules named on the command line one after the other, in plain Node, each in its own folder, and
// writes the output and error of each as JSON to the file named first. It is compiled together with the examples.
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The outcome of one module. */
export interface Outcome {
  readonly output: string;
  readonly error: { readonly name: string; readonly message: string; readonly stack: string } | undefined;
}

const [report, ...modules] = process.argv.slice(2);
const outcomes: Outcome[] = [];
for (const path of modules) {
  const printed: string[] = [];
  const write = process.stdout.write;
  // console.log also ends here, synchronously.
  process.stdout.write = (chunk: string | Uint8Array): boolean => {
    printed.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    return true;
  };
  let error: Outcome['error'];
  process.chdir(dirname(path));
  try {
    await import(pathToFileURL(path).href);
  } catch (thrown) {
    error =
      thrown instanceof Error
        ? { name: thrown.constructor.name, message: thrown.message, stack: thrown.stack ?? '' }
        : { name: typeof thrown, message: String(thrown), stack: '' };
  } finally {
    process.stdout.write = write;
  }
  outcomes.push({ output: printed.join(''), error });
  writeFileSync(report, JSON.stringify(outcomes));
}
