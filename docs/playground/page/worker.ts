/** The part of a page that works elsewhere. */
export interface Companion<To> {
  /** Starts it, unless it runs. What it was told before, it hears then. */
  wake(): void;
  tell(message: To): void;
}

export interface CompanionOptions<From> {
  /** Its file in the folder `work`. */
  readonly name: string;
  readonly onMessage: (message: From) => void;
  /** @param sentence what went wrong. */
  readonly onFailure: (sentence: string) => void;
}

/** Trusted Types: the only address that a worker gets is one that `startWorker` has made. */
const policy = globalThis.trustedTypes?.createPolicy('worker', { createScriptURL: (url) => url });

/**
 * Starts a worker. Its script is a line that imports the built file: a worker from a blob has the policy of the
 * page, while one from a file would have that of the server's answer, which is often none.
 */
export function companion<To, From>({ name, onMessage, onFailure }: CompanionOptions<From>): Companion<To> {
  let worker: Worker | undefined;
  const waiting: To[] = [];
  return {
    wake() {
      if (worker !== undefined) return;
      worker = startWorker(`import ${JSON.stringify(addressOf(name))};`);
      worker.addEventListener('message', ({ data }: MessageEvent<From>) => onMessage(data));
      worker.addEventListener('error', (event) =>
        onFailure(event.message || `the worker ${name} did not start`),
      );
      for (const message of waiting) worker.postMessage(message);
    },
    tell(message) {
      if (worker === undefined) waiting.push(message);
      else worker.postMessage(message);
    },
  };
}

/** The address of a built file of the folder `work`. */
export function addressOf(name: string): string {
  return new URL(`workers/${name}.js`, document.baseURI).href;
}

/** A worker with this text as its module. */
export function startWorker(source: string): Worker {
  const address = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(policy?.createScriptURL(address) ?? address, { type: 'module' });
  // Its script is loaded later than this, but read by then.
  worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true });
  return worker;
}

/** Whether a message may be one of the page's own: what is written on the page can post others. */
export function isMessage(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'kind' in data;
}
