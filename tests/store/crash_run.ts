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
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  const killAfter = random.below(30);
  let seen = 0;
  for await (const line of readLines(child.stdout)) {
    note(line, acks);
    if (++seen === killAfter + 1) setTimeout(() => kill(child), random.below(20));
  }
  await assertKilled(child, complaint);
}

/**
 * Runs a child while its disk fills and empties, and kills it some time after it is ready.
 *
 * @param onReady Does what happens to the disk, until the child is to be killed.
 */
export async function crashAfter(
  url: string,
  first: number,
  acks: Acks,
  onReady: () => Promise<void>,
): Promise<void> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, url, `${first}`],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaint = new Response(child.stderr).text();
  let ready: Promise<void> | undefined;
  for await (const line of readLines(child.stdout)) {
    note(line, acks);
    ready ??= onReady().finally(() => kill(child));
  }
  await ready;
  await assertKilled(child, complaint);
}

/** A child that has ended already is reported with what it said. */
function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // The assertion that follows tells why.
  }
}

async function assertKilled(child: Deno.ChildProcess, complaint: Promise<string>): Promise<void> {
  const { signal, code } = await child.status;
  const said = await complaint;
  assert.equal(signal, "SIGKILL", `the child ended with ${code} before it was killed: ${said}`);
}

function note(line: string, acks: Acks): void {
  const [what, number] = line.split(" ");
  if (what === "saved") acks.saved.push(Number(number));
  if (what === "deleted") acks.deleted.add(Number(number));
}

function readLines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(lineSplitter());
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
