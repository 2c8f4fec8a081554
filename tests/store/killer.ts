import { RunningProgram, SOURCE } from "../e2e/program.ts";
import { until } from "../e2e/until.ts";
import type { Random } from "../random.ts";

/** Longest time before a kill, until the work was seen to take less. */
const FIRST_WITHIN_MS = 900;

/** Longest time that the work may take on a busy machine. */
const PATIENCE_MS = 300_000;

/** Runs `theia` and kills it at random times, which are those that its work was seen to take. */
export class Killer {
  readonly #random: Random;
  #withinMs = FIRST_WITHIN_MS;

  constructor(random: Random) {
    this.#random = random;
  }

  /**
   * Runs a command and kills it.
   *
   * @param startedBy It has begun its work when this file is there; from then on time counts.
   * @returns Whether it was killed; false when it had ended before.
   */
  async run(args: readonly string[], startedBy: string): Promise<boolean> {
    await using running = RunningProgram.start(SOURCE, args);
    await until("the beginning of its work", () => running.hasEnded || exists(startedBy));
    const startedMs = performance.now();
    const timer = setTimeout(
      () => running.signal("SIGKILL"),
      this.#random.below(this.#withinMs),
    );
    const { signal, code } = await running.exit(PATIENCE_MS);
    clearTimeout(timer);
    if (signal === "SIGKILL") return true;
    if (code !== 0) {
      throw new Error(`theia ${args.join(" ")} ended with ${code}: ${running.stderr.text}`);
    }
    this.#withinMs = Math.max(1, Math.min(this.#withinMs, performance.now() - startedMs));
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
