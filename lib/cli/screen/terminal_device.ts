import type { ScreenSize } from "./cell_grid.ts";

/** What may happen to a terminal beside its input. */
export type TerminalSignal =
  /** Its size changed. */
  | "resize"
  /** The program goes on after it was suspended. */
  | "continue"
  /** Somebody asks for the program to be suspended. */
  | "suspend";

/** A terminal that a program has for itself; tests put their own in its place. */
export interface TerminalDevice {
  /** Its size now. */
  size(): ScreenSize;
  /** What is typed, until the terminal is gone. */
  input(): AsyncIterable<Uint8Array>;
  /** Resolves when the system has taken all bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Returns when the system has taken all bytes. */
  writeSync(bytes: Uint8Array): void;
  /** Whether keys come at once and unseen, or as the system's line editor has it. */
  setRaw(isRaw: boolean): void;
  /** Calls the listener for what happens, until disposed. */
  onSignal(listener: (signal: TerminalSignal) => void): Disposable;
  /** Calls the listener when the program ends otherwise than by returning, until disposed. */
  onCrash(listener: () => void): Disposable;
  /** Whether the program may try to suspend itself. */
  maySuspend(): boolean;
  /**
   * Suspends this program and those started with it, until they are let go on.
   *
   * @returns False when the runtime does not allow it, and nothing happened.
   */
  suspend(): boolean;
}

/** A size for terminals that do not tell theirs. */
const DEFAULT_SIZE: ScreenSize = { columns: 80, rows: 24 };

/** Smaller than any terminal is a mistake of the terminal, larger costs memory. */
const MAX_CELLS_ALONG = 1000;

/** How long the rest of a write waits when the terminal takes nothing. */
const FULL_WAIT_MS = 2;

/**
 * The terminal that this process was started on.
 *
 * @returns Undefined where standard input or output is something else.
 */
export function processTerminal(
  stdout: Pick<TerminalDevice, "write" | "writeSync">,
): TerminalDevice | undefined {
  if (!Deno.stdin.isTerminal() || !Deno.stdout.isTerminal()) return undefined;
  return {
    size: consoleSize,
    input: readInput,
    write: stdout.write,
    writeSync: stdout.writeSync,
    setRaw: (isRaw) => Deno.stdin.setRaw(isRaw),
    onSignal,
    onCrash,
    maySuspend,
    suspend,
  };
}

function consoleSize(): ScreenSize {
  try {
    const { columns, rows } = Deno.consoleSize();
    // A pseudo-terminal that nobody gave a size has none.
    if (columns === 0 || rows === 0) return DEFAULT_SIZE;
    return { columns: Math.min(columns, MAX_CELLS_ALONG), rows: Math.min(rows, MAX_CELLS_ALONG) };
  } catch {
    return DEFAULT_SIZE;
  }
}

async function* readInput(): AsyncGenerator<Uint8Array, void> {
  const buffer = new Uint8Array(4096);
  for (;;) {
    const count = await readSome(buffer);
    if (count === null) return;
    yield buffer.slice(0, count);
  }
}

/** Null when the terminal is gone. */
async function readSome(buffer: Uint8Array): Promise<number | null> {
  for (;;) {
    try {
      return await Deno.stdin.read(buffer);
    } catch (error) {
      if (error instanceof Deno.errors.Interrupted) continue;
      if (!(error instanceof Deno.errors.WouldBlock)) return null;
      await new Promise((resolve) => setTimeout(resolve, FULL_WAIT_MS));
    }
  }
}

/** Windows has none of these, and other ways to do the same. */
const SIGNALS: readonly (readonly [Deno.Signal, TerminalSignal])[] = Deno.build.os === "windows"
  ? []
  : [["SIGWINCH", "resize"], ["SIGCONT", "continue"]];

function onSignal(listener: (signal: TerminalSignal) => void): Disposable {
  const wanted = [...SIGNALS];
  // Whoever listens for it must be able to suspend the program itself.
  if (SIGNALS.length > 0 && maySuspend()) wanted.push(["SIGTSTP", "suspend"]);
  const listeners = wanted.map(([name, signal]) => [name, () => listener(signal)] as const);
  for (const [name, handle] of listeners) Deno.addSignalListener(name, handle);
  return {
    [Symbol.dispose]() {
      for (const [name, handle] of listeners) Deno.removeSignalListener(name, handle);
    },
  };
}

const CRASHES: readonly string[] = ["error", "unhandledrejection", "unload"];

function onCrash(listener: () => void): Disposable {
  for (const name of CRASHES) globalThis.addEventListener(name, listener);
  return {
    [Symbol.dispose]() {
      for (const name of CRASHES) globalThis.removeEventListener(name, listener);
    },
  };
}

/** Task runners set it; none of them is stopped by the key, so the shell would wait for them for ever. */
const RUNNER_VARIABLE = "INIT_CWD";

function maySuspend(): boolean {
  return Deno.build.os !== "windows" && (maySignalGroup() || isAlone());
}

/** Asks without a prompt, which would stand in the middle of the screen. */
function maySignalGroup(): boolean {
  return Deno.permissions.querySync({ name: "run" }).state === "granted";
}

/** Whether surely no task runner stands between this program and the shell. */
function isAlone(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: RUNNER_VARIABLE });
  return state === "granted" && Deno.env.get(RUNNER_VARIABLE) === undefined;
}

/**
 * The whole group, as the terminal itself does it, where that is allowed: a task runner may stand between
 * this program and the shell, and not all of them let themselves be stopped by anything else.
 */
function suspend(): boolean {
  try {
    Deno.kill(maySignalGroup() ? 0 : Deno.pid, "SIGSTOP");
    return true;
  } catch (error) {
    // Older runtimes want permission also for a signal to oneself.
    if (error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}
