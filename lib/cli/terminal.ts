import { sleep } from "../base/backoff.ts";
import { isNoSpace } from "../base/no_space.ts";

/** Where a command writes: standard output or standard error. */
export interface OutputStream {
  /** True when a person looks at it, false for a pipe or a file. */
  readonly isTerminal: boolean;
  /**
   * Resolves when the system has taken all bytes.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Returns when the system has taken all bytes; nothing else runs meanwhile.
   *
   * @throws {ClosedOutputError} When nobody reads any more.
   */
  writeSync(bytes: Uint8Array): void;
  /** How many columns a terminal has; absent where nobody knows. */
  readonly columns?: () => number;
}

/** Whoever read the output has gone, as `head` does when it has enough: no reason to complain. */
export class ClosedOutputError extends Error {
  override readonly name = "ClosedOutputError";
}

/** How long to wait before writing again to a pipe that takes nothing without blocking. */
const FULL_PIPE_WAIT_MS = 2;

/** Makes a stream of one that the process was started with. Nothing else writes to them. */
export function processStream(file: typeof Deno.stdout | typeof Deno.stderr): OutputStream {
  return {
    isTerminal: file.isTerminal(),
    write: (bytes) => writeAll(file, bytes),
    writeSync: (bytes) => writeAllSync(file, bytes),
    columns: terminalColumns,
  };
}

/** What a terminal of unknown size is taken to have. */
export const USUAL_COLUMNS = 80;

function terminalColumns(): number {
  try {
    // A terminal that was told no size says 0.
    return Deno.consoleSize().columns || USUAL_COLUMNS;
  } catch {
    return USUAL_COLUMNS;
  }
}

async function writeAll(file: Pick<typeof Deno.stdout, "write">, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(await file.write(rest));
    } catch (error) {
      assertFull(error);
      await sleep(FULL_PIPE_WAIT_MS);
    }
  }
}

function writeAllSync(file: Pick<typeof Deno.stdout, "writeSync">, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(file.writeSync(rest));
    } catch (error) {
      assertFull(error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_WAIT_MS);
    }
  }
}

/** @throws Unless the error says that a pipe which must not block takes nothing for now. */
function assertFull(error: unknown): void {
  if (error instanceof Deno.errors.BrokenPipe) {
    throw new ClosedOutputError("Cannot write output: it was closed", { cause: error });
  }
  if (error instanceof Deno.errors.WouldBlock) return;
  throw new Error(`Cannot write output: ${whyNotWritten(error)}`, { cause: error });
}

/** Why something could not be written, for a message. */
export function whyNotWritten(error: unknown): string {
  if (isNoSpace(error)) return "the disk is full";
  return error instanceof Error ? error.message : String(error);
}
