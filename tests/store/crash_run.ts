import assert from "node:assert/strict";
import type { Random } from "../random.ts";

const CHILD = new URL("./crash_child.ts", import.meta.url).pathname;

/** What a child acknowledged before it was killed. */
export interface Acks {
  readonly saved: number[];
  readonly deleted: Set<number>;
}

/**
 * Runs a child until it has acknowledged some batches and a moment more, then kills it.
 *
 * @param maxAgeSeconds From which age on its store drops events; without it, it deletes some itself.
 */
export async function crash(
  url: string,
  first: number,
  acks: Acks,
  random: Random,
  maxAgeSeconds?: number,
): Promise<void> {
  const age = maxAgeSeconds === undefined ? [] : [`${maxAgeSeconds}`];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, url, `${first}`, ...age],
    stdout: "piped",
  }).spawn();
  const killAfter = random.below(30);
  const lines = child.stdout
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(lineSplitter());
  let seen = 0;
  for await (const line of lines) {
    const [what, number] = line.split(" ");
    if (what === "saved") acks.saved.push(Number(number));
    if (what === "deleted") acks.deleted.add(Number(number));
    if (++seen === killAfter + 1) setTimeout(() => child.kill("SIGKILL"), random.below(20));
  }
  const { signal } = await child.status;
  assert.equal(signal, "SIGKILL", "the child ended before it was killed");
}

/** Complete lines only: what a killed process was writing was not said. */
function lineSplitter(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(chunk, controller) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) controller.enqueue(line);
    },
  });
}
