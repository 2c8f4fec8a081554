import { processTerminal, type TerminalDevice } from "./screen/terminal_device.ts";
import { type OutputStream, processStream } from "./terminal.ts";

/** What a command needs of the process that runs it; tests put their own in its place. */
export interface Environment {
  /** What is piped in, to be asked for once. */
  readonly stdin: () => AsyncIterable<Uint8Array>;
  /** For results. */
  readonly stdout: OutputStream;
  /** For errors and notices. */
  readonly stderr: OutputStream;
  /** True when the user wants no colours, or the terminal has none. */
  readonly noColor: boolean;
  /** The current time in milliseconds since 1970. */
  readonly now: () => number;
  /** A variable of the environment. */
  readonly variable: (name: string) => string | undefined;
  /** The name of this machine. */
  readonly hostname: () => string;
  /** The terminal that somebody sits at, for a command that takes its whole screen; undefined for none. */
  readonly openTerminal: () => TerminalDevice | undefined;
  /** Calls the listener for each request to stop, until disposed. */
  readonly onStopSignal: (listener: () => void) => Disposable;
}

/** The environment of this process. */
export function processEnvironment(): Environment {
  return {
    stdin: () => Deno.stdin.readable,
    stdout: processStream(Deno.stdout),
    stderr: processStream(Deno.stderr),
    noColor: Deno.noColor || isDumb(),
    now: Date.now,
    variable: (name) => Deno.env.get(name),
    hostname: Deno.hostname,
    openTerminal: () => processTerminal(processStream(Deno.stdout)),
    onStopSignal,
  };
}

/** Whether the terminal can do nothing but print; a runtime that may not read that would ask its user. */
function isDumb(): boolean {
  const { state } = Deno.permissions.querySync({ name: "env", variable: "TERM" });
  return state === "granted" && Deno.env.get("TERM") === "dumb";
}

/** Windows knows neither SIGTERM nor SIGHUP. */
const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

function onStopSignal(listener: () => void): Disposable {
  for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of STOP_SIGNALS) Deno.removeSignalListener(signal, listener);
    },
  };
}
