/**
 * Threads that run the module that starts them: `Worker` is used nowhere else.
 *
 * A worker is started from the module's own `import.meta.url`, so that the same code finds it in a
 * source tree, in the one file that `deno bundle` makes (where every module has the address of that
 * file), and inside a binary of `deno compile`. The name tells the module which worker it is.
 */

interface WorkerScope {
  readonly name: string;
  readonly close: () => void;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
}

/** The thread's end of the channel. */
export interface WorkerPort<In, Out> {
  post(message: Out, transfer?: Transferable[]): void;
  onMessage(listener: (message: In) => void): void;
  close(): void;
}

/** The starter's end of the channel. */
export interface WorkerThread<In> extends Disposable {
  post(message: In, transfer?: Transferable[]): void;
}

/** What a starter listens to. */
export interface WorkerListeners<Out> {
  readonly onMessage: (message: Out) => void;
  /** The thread is gone: an error was not caught in it. */
  readonly onError: (error: Error) => void;
}

/** True in the thread itself: `import.meta.main` is true in workers, too, and does not tell. */
export function isWorkerThread(): boolean {
  return "WorkerGlobalScope" in globalThis;
}

/**
 * Runs `main` when this is the thread of the given name.
 *
 * @param name As given to {@linkcode startWorker}.
 * @param main Is called once, with the thread's end of the channel.
 */
export function runAsWorker<In, Out>(
  name: string,
  main: (port: WorkerPort<In, Out>) => void,
): void {
  if (!isWorkerThread()) return;
  const scope = globalThis as unknown as WorkerScope;
  if (scope.name !== name) return;
  main({
    post: (message, transfer = []) => scope.postMessage(message, transfer),
    onMessage: (listener) => scope.onmessage = (event) => listener(event.data),
    close: () => scope.close(),
  });
}

/**
 * Starts the thread of a module that calls {@linkcode runAsWorker}.
 *
 * @param moduleUrl The `import.meta.url` of that module.
 * @param name Tells apart the workers of one bundle; unique in the project.
 */
export function startWorker<In, Out>(
  moduleUrl: string,
  name: string,
  listeners: WorkerListeners<Out>,
): WorkerThread<In> {
  const worker = new Worker(moduleUrl, { type: "module", name });
  worker.onmessage = (event) => listeners.onMessage(event.data);
  worker.onmessageerror = () => listeners.onError(new Error(`Worker '${name}' sent no message`));
  worker.onerror = (event) => {
    event.preventDefault();
    listeners.onError(new Error(`Worker '${name}' failed: ${event.message}`));
  };
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer),
    [Symbol.dispose]: () => worker.terminate(),
  };
}
