import { basename, join } from "node:path";
import type { NumberedLog } from "./numbered_log.ts";

/** Where Debian has it: not on the path of ordinary users. */
const PROGRAM = "/usr/sbin/logrotate";

/** Between two looks of the scripts at what the writer does, in seconds. */
const LOOK_SECONDS = 0.02;

/** Why tests cannot use logrotate, undefined when they can. */
export const NO_LOGROTATE: string | undefined = whyNot();

/** What is put behind the name of a test that is skipped without it. */
export const LOGROTATE_NOTE: string = NO_LOGROTATE === undefined
  ? ""
  : ` (skipped: ${NO_LOGROTATE})`;

function whyNot(): string | undefined {
  try {
    Deno.statSync(PROGRAM);
    return undefined;
  } catch {
    return "no logrotate";
  }
}

/** A way to rotate. */
export interface RotationMode {
  /** Lines of the configuration. */
  readonly directives: readonly string[];
  /** Rotations are at least so far apart. @default {0} */
  readonly minIntervalMs?: number;
}

/**
 * Rotates a log by Debian's logrotate, in step with its writer.
 *
 * With `copytruncate` the bytes that are written between copying and truncating are destroyed before
 * anybody can read them, as logrotate's manual says: so the writer waits from before the copy until
 * after the truncation, and nothing is destroyed. In all other modes it writes on, into the renamed file,
 * until the `postrotate` script asks it to open its log anew, as daemons are asked by a signal;
 * compression comes after that.
 */
export class LogRotation {
  readonly #log: NumberedLog;
  readonly #workDirectory: string;
  readonly #isCopying: boolean;
  #isHolding = false;
  #rotations = 0;

  /** @param workDirectory For what logrotate and its scripts need: not that of the log. */
  constructor(log: NumberedLog, workDirectory: string, mode: RotationMode) {
    this.#log = log;
    this.#workDirectory = workDirectory;
    this.#isCopying = mode.directives.includes("copytruncate");
    Deno.writeTextFileSync(this.#file("conf"), this.#configuration(mode), { mode: 0o600 });
  }

  /** How often the log was rotated. */
  get rotations(): number {
    return this.#rotations;
  }

  /** Runs logrotate once; the writer must call {@linkcode LogRotation.answer} meanwhile. */
  async rotate(): Promise<void> {
    const { success, stderr } = await new Deno.Command(PROGRAM, {
      args: ["--force", "--state", this.#file("state"), this.#file("conf")],
    }).output();
    const said = new TextDecoder().decode(stderr);
    if (!success) throw new Error(`logrotate failed: ${said}`);
    this.#rotations++;
  }

  /** For the writer, between two writes: does what the scripts ask for; true while it must not write. */
  answer(): boolean {
    const isAsked = exists(this.#file("asked"));
    if (this.#isCopying) {
      // Once for each rotation: the script removes the answer when it is over.
      if (isAsked && !this.#isHolding) Deno.writeTextFileSync(this.#file("done"), "");
      return this.#isHolding = isAsked;
    }
    if (isAsked) {
      this.#log.reopen();
      Deno.removeSync(this.#file("asked"));
    }
    return false;
  }

  #configuration({ directives }: RotationMode): string {
    const [asked, done] = [this.#file("asked"), this.#file("done")];
    const wait = (condition: string) => `until ${condition}; do sleep ${LOOK_SECONDS}; done`;
    const scripts = this.#isCopying
      ? [
        ["prerotate", `touch ${asked}`, wait(`[ -e ${done} ]`), "endscript"],
        ["postrotate", `rm ${asked} ${done}`, "endscript"],
      ]
      : [["postrotate", `touch ${asked}`, wait(`[ ! -e ${asked} ]`), "endscript"]];
    const lines = ["rotate 1000", ...directives, ...scripts.flat()];
    return `${this.#log.path} {\n${lines.join("\n")}\n}\n`;
  }

  #file(ending: string): string {
    return join(this.#workDirectory, `${basename(this.#log.path)}.${ending}`);
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
