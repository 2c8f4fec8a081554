import assert from "node:assert/strict";
import type { Event } from "../../../lib/event/event.ts";
import { DeliveryBench, type DeliverySettings } from "./delivery_bench.ts";
import { eventsAcross, eventsOf, LOG_FORMATS, type LogFormat, together } from "./log_formats.ts";
import { isFiller, ROTATION_WAYS, type RotationWay } from "./rotation_ways.ts";

/** When the file is rotated, and how often. */
interface Occasion {
  readonly isDown: boolean;
  readonly rotations: number;
}

const OCCASIONS: readonly Occasion[] = [
  { isDown: true, rotations: 0 },
  { isDown: true, rotations: 1 },
  { isDown: true, rotations: 2 },
  { isDown: false, rotations: 1 },
  { isDown: false, rotations: 2 },
];

/** Formats that are crashed with. */
const CRASH_FORMATS: ReadonlySet<string> = new Set([
  "LF",
  "no final line end",
  "UTF-16 with a byte order mark",
]);

const SOURCES = {
  "-f path": (at) => ({ files: [at("log")] }),
  "-d directory": (at) => ({ directories: [at("")] }),
  "a pattern": (at) => ({ globs: [at("log*")] }),
} as const satisfies Record<string, (at: (name: string) => string) => DeliverySettings>;

const SOURCE_NAMES = ["-f path", "-d directory", "a pattern"] as const;

function open(format: LogFormat, source: keyof typeof SOURCES = "-f path"): DeliveryBench {
  const { encoding, multiline } = format;
  return new DeliveryBench((files) => ({
    ...SOURCES[source]((name) => files.at(name).replace(/\/$/, "")),
    from: "beginning",
    ...encoding === undefined ? {} : { encoding },
    ...multiline === undefined ? {} : { multiline },
    limits: multiline === undefined ? { maxBatchLines: 1 } : {},
  }));
}

/** Writes to the path `log` and keeps what was in its files. */
class Writer {
  readonly contents: Uint8Array[] = [];
  readonly #bench: DeliveryBench;
  readonly #way: RotationWay;
  readonly #format: LogFormat;
  #count = 0;

  constructor(bench: DeliveryBench, way: RotationWay, format: LogFormat) {
    this.#bench = bench;
    this.#way = way;
    this.#format = format;
  }

  /** Bytes in the file. */
  get length(): number {
    return this.contents.at(-1)?.length ?? 0;
  }

  create(): void {
    const part = this.#next(true);
    this.#way.create(this.#bench.files, part);
    this.contents.push(part);
  }

  /** @param prefix Ends the line that may be unfinished. */
  append(prefix = ""): void {
    const part = together(new TextEncoder().encode(prefix), this.#next(false));
    this.#bench.files.append("log", part);
    this.contents.push(together(this.contents.pop() ?? part, part));
  }

  rotate(): void {
    const part = this.#next(true);
    this.#way.rotate(this.#bench.files, part);
    this.contents.push(part);
  }

  /** What was written last is destroyed before anybody could read it. */
  forget(): void {
    this.contents.pop();
  }

  #next(isFirst: boolean): Uint8Array {
    return this.#format.part(this.#count++, isFirst);
  }
}

/** The lines that the collector has, without those that make a rewritten file longer. */
function delivered(bench: DeliveryBench): string[] {
  return bench.collector.events.filter((event) => gapOf(event) === 0)
    .map((event) => event.content)
    .filter((line) => !isFiller(line))
    .map(shown);
}

/** Long ones would make reports unreadable. */
function shown(line: string): string {
  return line.length < 200 ? line : `${line.slice(0, 3)}…${line.slice(-3)} (${line.length})`;
}

for (const way of ROTATION_WAYS) {
  for (const format of LOG_FORMATS) {
    for (const occasion of OCCASIONS) {
      const { isDown, rotations } = occasion;
      const survives = way.survival === "always" || (!isDown && way.survival === "while open");
      const limit = !survives && rotations > 1 ? "; what nobody could see is lost" : "";
      const when = isDown ? "while the watcher is down" : "under the watcher";
      const name = `a file ${way.name} ${rotations} times ${when}, ${format.name}${limit}`;
      Deno.test(`Delivery of each line once: ${name}`, async () => {
        await using bench = open(format);
        const writer = new Writer(bench, way, format);
        writer.create();
        await bench.start();
        await bench.pass();
        if (isDown) await rotateWhileDown(bench, writer, rotations, survives);
        else await rotateUnderWatcher(bench, writer, rotations, way);
        await bench.pass();
        const expected = expectedOf(way, format, survives, writer.contents);
        assert.deepEqual(delivered(bench), expected.map(shown));
        await bench.stop();
        assert.deepEqual(delivered(bench), expected.map(shown));
      });
    }
  }
}

for (const source of SOURCE_NAMES) {
  for (const way of ROTATION_WAYS) {
    if (source !== "-f path" && way.name === "switched by a link") continue;
    for (const format of LOG_FORMATS.filter(({ name }) => CRASH_FORMATS.has(name))) {
      for (const isAcked of [true, false]) {
        const crash = `a crash ${isAcked ? "after" : "before"} the acknowledgements`;
        const isGap = way.survival !== "always" && !isAcked;
        const gap = isGap ? "; what may not have been stored is reported as a gap" : "";
        const name = `a file ${way.name} after ${crash}, found by ${source}, ${format.name}${gap}`;
        Deno.test(`Delivery of each line once: ${name}`, async () => {
          await using bench = open(format, source);
          const writer = new Writer(bench, way, format);
          writer.create();
          await bench.start();
          await bench.pass();
          bench.collector.mode = isAcked ? "open" : "deaf";
          const before = writer.length;
          writer.append();
          await bench.pass();
          const destroyed = writer.length - before;
          await bench.kill();
          bench.collector.mode = "open";
          if (way.survival === "always") writer.append(format.isUnfinished ? "\n" : "");
          writer.rotate();
          await bench.start();
          await bench.pass();
          const expected = way.survival === "always"
            ? eventsAcross(format, writer.contents)
            : eventsOf(format, writer.contents);
          assertSame(delivered(bench), expected, source === "-f path");
          assert.equal(lostBytes(bench), isGap ? destroyed : 0);
        });
      }
    }
  }
}

/** Files of a directory have their turns, whichever comes first; each of them is in order. */
function assertSame(actual: readonly string[], expected: readonly string[], inOrder: boolean) {
  if (inOrder) return assert.deepEqual(actual, expected);
  const byPart = (lines: readonly string[]) =>
    [...lines].map((line, index) => ({ line, index })).sort((a, b) =>
      a.line[0] === b.line[0] ? a.index - b.index : (a.line[0] ?? "") < (b.line[0] ?? "") ? -1 : 1
    ).map(({ line }) => line);
  assert.deepEqual(byPart(actual), byPart(expected));
}

/** How many bytes the collector was told to be lost. */
function lostBytes(bench: DeliveryBench): number {
  return bench.collector.events.reduce((sum, event) => sum + gapOf(event), 0);
}

function gapOf({ headers }: Event): number {
  const header = headers.find((header) => header.startsWith("gap: "));
  return header === undefined ? 0 : Number(header.slice("gap: ".length));
}

/** Groups go on in the next file where both are there at the same time. */
function expectedOf(
  { survival }: RotationWay,
  format: LogFormat,
  survives: boolean,
  contents: readonly Uint8Array[],
): string[] {
  if (!survives || survival === "never") return eventsOf(format, contents);
  if (survival === "always") return eventsAcross(format, contents);
  return [
    ...eventsAcross(format, contents.slice(0, 2)),
    ...eventsOf(format, contents.slice(2)),
  ];
}

async function rotateWhileDown(
  bench: DeliveryBench,
  writer: Writer,
  rotations: number,
  survives: boolean,
): Promise<void> {
  if (!survives && rotations > 0) {
    writer.append();
    await bench.pass();
  }
  await bench.kill();
  if (survives || rotations === 0) writer.append();
  for (let i = 0; i < rotations; i++) {
    if (i > 0 && !survives) writer.forget();
    writer.rotate();
  }
  await bench.start();
}

async function rotateUnderWatcher(
  bench: DeliveryBench,
  writer: Writer,
  rotations: number,
  { survival }: RotationWay,
): Promise<void> {
  writer.append();
  for (let i = 0; i < rotations; i++) {
    if (survival === "never" || (survival === "while open" && i > 0)) await bench.pass();
    writer.rotate();
  }
}
