import { SOURCE } from "../program.ts";
import { until } from "../until.ts";

/** How a terminal is made. */
export interface TmuxOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Variables of the shell. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A real terminal with a shell: a tmux server of its own. */
export class Tmux implements AsyncDisposable {
  readonly #socket = `theia-test-${crypto.randomUUID()}`;
  readonly columns: number;
  readonly rows: number;

  private constructor({ columns = 80, rows = 24 }: TmuxOptions) {
    this.columns = columns;
    this.rows = rows;
  }

  static async start(options: TmuxOptions = {}): Promise<Tmux> {
    const tmux = new Tmux(options);
    const env = { LC_ALL: "C.UTF-8", PS1: "$ ", ...options.env };
    const assignments = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    await tmux.#run(
      ...["-f", "/dev/null", "new-session", "-d", "-x", `${tmux.columns}`, "-y", `${tmux.rows}`],
      ...[
        "env",
        "-u",
        "NO_COLOR",
        "-u",
        "INIT_CWD",
        ...assignments,
        "bash",
        "--norc",
        "--noprofile",
      ],
    );
    await tmux.shows(/^\$/m);
    return tmux;
  }

  /** Types a command, and runs it. */
  async command(command: string): Promise<void> {
    await this.text(command);
    await this.keys("Enter");
  }

  /** Runs `theia` in the terminal. */
  async theia(...args: readonly (string | number)[]): Promise<void> {
    await this.#runProgram([...SOURCE.command, ...args]);
  }

  /** As {@linkcode Tmux.theia}, without the right to run other programs and to signal them. */
  async confinedTheia(...args: readonly (string | number)[]): Promise<void> {
    const rights = ["--allow-net", "--allow-read", "--allow-env"];
    const command = SOURCE.command.flatMap((part) => part === "-A" ? rights : part);
    await this.#runProgram([...command, ...args]);
  }

  async #runProgram(parts: readonly (string | number)[]): Promise<void> {
    await this.command(parts.map((part) => `'${part}'`).join(" "));
  }

  /** Presses keys by tmux's names. */
  async keys(...keys: readonly string[]): Promise<void> {
    await this.#run("send-keys", ...keys);
  }

  /** Types a text as it is. */
  async text(text: string): Promise<void> {
    await this.#run("send-keys", "-l", text);
  }

  /** What the screen shows; with the escape sequences of its styles if wanted. */
  async screen(withStyles = false): Promise<string> {
    return await this.#run("capture-pane", "-p", ...(withStyles ? ["-e", "-N"] : []));
  }

  /** A format of tmux, such as `#{alternate_on}`. */
  async format(format: string): Promise<string> {
    return (await this.#run("display-message", "-p", format)).trimEnd();
  }

  /** Waits until the screen shows something; failures show the screen. */
  async shows(wanted: string | RegExp, withStyles = false): Promise<string> {
    let text = "";
    const isShown = async () => {
      text = await this.screen(withStyles);
      return typeof wanted === "string" ? text.includes(wanted) : wanted.test(text);
    };
    try {
      await until(`the terminal to show ${wanted}`, isShown);
    } catch (cause) {
      throw new Error(`The terminal does not show ${wanted}:\n${text}`, { cause });
    }
    return text;
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#run("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run("kill-server");
  }

  async #run(...args: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await new Deno.Command("tmux", {
      args: ["-L", this.#socket, ...args],
    }).output();
    const decoder = new TextDecoder();
    if (!success) throw new Error(`tmux ${args.join(" ")}: ${decoder.decode(stderr)}`);
    return decoder.decode(stdout);
  }
}
