import type { Environment, OutputStream } from "../../lib/cli/run.ts";
import type { TerminalDevice } from "../../lib/cli/screen/terminal_device.ts";
import { ClosedOutputError } from "../../lib/cli/terminal.ts";

const decoder = new TextDecoder();

/** What the commands of a file of tests remember. */
const STATES = Deno.makeTempDirSync({ prefix: "theia-state-" });

globalThis.addEventListener("unload", () => Deno.removeSync(STATES, { recursive: true }));

let environments = 0;

/** An output that keeps what is written. */
export class FakeOutput implements OutputStream {
  readonly isTerminal: boolean;
  /** Everything written. */
  text = "";
  /** Fails from now on, as a pipe whose reader has gone. */
  isClosed = false;
  #waiting: (() => void)[] = [];

  constructor(isTerminal = false) {
    this.isTerminal = isTerminal;
  }

  // deno-lint-ignore require-await -- failures are rejections
  async write(bytes: Uint8Array): Promise<void> {
    this.writeSync(bytes);
  }

  writeSync(bytes: Uint8Array): void {
    if (this.isClosed) throw new ClosedOutputError("Cannot write output: it was closed");
    this.text += decoder.decode(bytes);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const look of waiting) look();
  }

  /** The first match in what was or will be written. */
  match(pattern: RegExp): Promise<RegExpMatchArray> {
    return new Promise((resolve) => {
      const look = () => {
        const match = this.text.match(pattern);
        if (match === null) this.#waiting.push(look);
        else resolve(match);
      };
      look();
    });
  }

  /** The lines written. */
  get lines(): string[] {
    return this.text === "" ? [] : this.text.replace(/\n$/, "").split("\n");
  }
}

/** Options of {@linkcode FakeEnvironment}. */
export interface FakeOptions {
  /** Whether the outputs are terminals. @default {false} */
  readonly terminal?: boolean;
  /** Whether the user wants colours. @default {false} */
  readonly color?: boolean;
  /** A clock that stands still. @default {the real clock} */
  readonly nowMs?: number;
}

/** An environment whose outputs are kept and which is stopped by a call. */
export class FakeEnvironment implements Environment {
  readonly stdout: FakeOutput;
  readonly stderr: FakeOutput;
  readonly noColor: boolean;
  now: () => number;
  #listeners = new Set<() => void>();

  constructor(options: FakeOptions = {}) {
    const { terminal = false, color = false, nowMs } = options;
    this.noColor = !color;
    this.stdout = new FakeOutput(terminal);
    this.stderr = new FakeOutput(terminal);
    this.now = nowMs === undefined ? Date.now : () => nowMs;
  }

  /** What is piped in. */
  input: Iterable<Uint8Array> | AsyncIterable<Uint8Array> = [];

  async *stdin(): AsyncGenerator<Uint8Array> {
    yield* this.input;
  }

  /** Variables that are set; what commands remember goes into a directory of its own. */
  variables: Readonly<Record<string, string>> = { XDG_STATE_HOME: `${STATES}/${++environments}` };

  readonly variable = (name: string): string | undefined => this.variables[name];

  hostname(): string {
    return "test-host";
  }

  /** The terminal that somebody sits at. */
  device: TerminalDevice | undefined;

  readonly openTerminal = (): TerminalDevice | undefined => this.device;

  readonly onStopSignal = (listener: () => void): Disposable => {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  };

  /** How many listen for signals. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** As SIGINT does. */
  stop(): void {
    for (const listener of this.#listeners) listener();
  }
}
