import vm from "node:vm";

/** A computation was stopped because its time was over. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  readonly deadlineMs: number;

  constructor(deadlineMs: number, options?: ErrorOptions) {
    super(`Stopped after ${deadlineMs} ms`, options);
    this.deadlineMs = deadlineMs;
  }
}

const slot: { run: () => unknown } = { run: () => undefined };
let context: vm.Context | undefined;
let script: vm.Script | undefined;

/**
 * Runs a synchronous function, stopping it when it takes too long, even inside a regular expression.
 *
 * Nothing but `node:vm` can stop a running regular expression: terminating a worker does not. The cost
 * is about 20 µs a call, so work is handed over in batches. What `run` changed before it was stopped
 * stays changed.
 *
 * @param deadlineMs Whole milliseconds, at least 1.
 * @throws {DeadlineError} When the time is over.
 */
export function runWithDeadline<T>(deadlineMs: number, run: () => T): T {
  context ??= vm.createContext({ call: () => slot.run() });
  script ??= new vm.Script("call()");
  const outer = slot.run;
  slot.run = run;
  try {
    return script.runInContext(context, { timeout: deadlineMs }) as T;
  } catch (cause) {
    if (isTimeout(cause)) throw new DeadlineError(deadlineMs, { cause });
    throw cause;
  } finally {
    slot.run = outer;
  }
}

/**
 * Runs a synchronous function as {@linkcode runWithDeadline} does, a second time where the first took too
 * long: a thread that a busy machine let wait has missed its time without having had it.
 *
 * @throws {DeadlineError} When the time is over twice.
 */
export function runWithSecondChance<T>(deadlineMs: number, run: () => T): T {
  try {
    return runWithDeadline(deadlineMs, run);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    return runWithDeadline(deadlineMs, run);
  }
}

/** The error may come from the context, whose `Error` is another one: only its members tell. */
function isTimeout(error: unknown): boolean {
  if (typeof error !== "object" || error === null) return false;
  return ("code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT") ||
    ("message" in error && String(error.message).startsWith("Script execution timed out"));
}
