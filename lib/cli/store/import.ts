import { openStore } from "../../store/open_store.ts";
import type { EventStore } from "../../store/store.ts";
import {
  type Command,
  type CommandContext,
  defineCommand,
  EXIT_DONE,
  EXIT_FAILED,
} from "../command.ts";
import { printSummary } from "../line_output.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { breathe, ProgressBar } from "../progress_bar.ts";
import { StopRequest, unlessAborted } from "../stop_request.ts";
import { EventSaver } from "./event_saver.ts";
import {
  type Damage,
  detectFormat,
  type ImportFormat,
  readDatabase,
  readEvents,
} from "./import_source.ts";
import { STORE_OPTION } from "./store_option.ts";
import { asUnfinished } from "./unfinished.ts";
import { formatCount } from "../format/count.ts";

const OPTIONS = {
  ...STORE_OPTION,
  format: {
    kind: "text",
    long: "format",
    valueName: "FORMAT",
    choices: ["auto", "theia", "jsonl", "database"],
    default: "auto",
    help: "What the files are; auto looks at their first bytes",
  },
} as const satisfies OptionTable;

/** `theia store import FILE...`. */
export const storeImportCommand: Command = defineCommand({
  name: "store import",
  summary: "Take events from files",
  description:
    "Stores the events of files: Theia's text format, JSON lines, or a SQLite database of Theia " +
    "0.9.2. Of a directory it takes the data files of Theia 0.9.2. What cannot be read is reported " +
    "with its place and passed over. Run again it goes on: events that are there are recognised. No " +
    "collector may have the store open.",
  options: OPTIONS,
  operands: {
    name: "FILE...",
    help: "What to read; '-' is standard input",
    min: 1,
    max: Infinity,
  },
  examples: [
    { purpose: "The data directory of Theia 0.9.2", command: "theia store import /var/lib/theia" },
    { purpose: "JSON lines", command: "theia store import events.jsonl" },
  ],
  exitCodes: { done: "all of it is stored", failed: "something could not be read or stored" },
  run: importFiles,
});

/** Damaged pieces that are reported one by one for each file; the rest is only counted. */
const MAX_REPORTED = 20;

/** Theia 0.9.2 names its data files by the first and last second in them. */
const DATA_FILE = /^\d+-\d+$/;

async function importFiles(
  values: OptionValues<typeof OPTIONS>,
  context: CommandContext,
): Promise<number> {
  const format = values.format === "auto" ? undefined : values.format as ImportFormat;
  await using store = await openStore(values.store);
  using run = new ImportRun(store, context);
  for (const name of context.operands) await run.take(name, format);
  await run.finish();
  return run.faults === 0 ? EXIT_DONE : EXIT_FAILED;
}

/** What is imported by one command. */
class ImportRun implements Disposable {
  readonly #context: CommandContext;
  readonly #stop: AbortSignal;
  readonly #saver: EventSaver;
  readonly #bar: ProgressBar;
  #damaged = 0;
  #unread = 0;

  constructor(store: EventStore, context: CommandContext) {
    this.#context = context;
    this.#stop = context.stop;
    this.#saver = new EventSaver(store);
    this.#bar = new ProgressBar("import", context.environment);
  }

  /** Damaged pieces and files that could not be read. */
  get faults(): number {
    return this.#damaged + this.#unread;
  }

  /** Imports a file or what a directory holds; one that cannot be read is reported. */
  async take(name: string, format: ImportFormat | undefined): Promise<void> {
    try {
      if (name === "-") return await this.#takeInput(format);
      if (!(await Deno.stat(name)).isDirectory) return await this.#takeFile(name, format);
    } catch (error) {
      if (error instanceof SaveFailure) throw error.cause;
      if (error instanceof StopRequest) throw asUnfinished(error, this.#whatIsStored());
      return this.#report(name, error);
    }
    const files: string[] = [];
    for await (const entry of Deno.readDir(name)) {
      if (entry.isFile && DATA_FILE.test(entry.name)) files.push(`${name}/${entry.name}`);
    }
    if (files.length === 0) {
      this.#report(name, new Error("the directory holds no data files of Theia 0.9.2"));
    }
    for (const file of files.sort()) await this.take(file, "theia");
  }

  async finish(): Promise<void> {
    await this.#saver.finish();
    this.#bar[Symbol.dispose]();
    const { saved, duplicates } = this.#saver;
    await printSummary(
      this.#context.environment.stdout,
      `${formatCount(saved)} events imported, ${formatCount(duplicates)} were there already, ` +
        `${formatCount(this.#damaged)} damaged pieces passed over`,
    );
  }

  [Symbol.dispose](): void {
    this.#bar[Symbol.dispose]();
  }

  #whatIsStored(): string {
    return `${formatCount(this.#saver.saved)} events imported; run it again to go on`;
  }

  async #takeFile(name: string, given: ImportFormat | undefined): Promise<void> {
    using file = await Deno.open(name);
    const { size } = await file.stat();
    const start = new Uint8Array(64);
    const format = given ?? detectFormat(start.subarray(0, await file.read(start) ?? 0));
    await file.seek(0, Deno.SeekMode.Start);
    let read = 0;
    const count = (bytes: number) => this.#progress((read += bytes) / Math.max(1, size));
    const damage = this.#damageOf(name);
    if (format === "database") {
      for (const events of readDatabase(name, damage)) {
        await this.#save(events);
        this.#progress(undefined);
        await breathe();
      }
    } else {
      const chunks = readChunks(file, count);
      for await (const events of readEvents(chunks, format, damage)) await this.#save(events);
    }
    damage.finish();
  }

  async #takeInput(given: ImportFormat | undefined): Promise<void> {
    const input = this.#context.environment.stdin();
    const damage = this.#damageOf("standard input");
    let format = given;
    const reader = input[Symbol.asyncIterator]();
    // Nothing may ever come.
    const stop = this.#stop;
    const next = () => unlessAborted(reader.next(), stop);
    const first = await next();
    const start = first.done ? new Uint8Array() : first.value;
    format ??= detectFormat(start);
    if (format === "database") throw new Error("a database cannot be read from standard input");
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield start;
      for (let read = await next(); !read.done; read = await next()) yield read.value;
    }
    for await (const events of readEvents(chunks(), format, damage)) {
      await this.#save(events);
      this.#progress(undefined);
    }
    damage.finish();
  }

  async #save(events: Parameters<EventSaver["add"]>[0]): Promise<void> {
    this.#stop.throwIfAborted();
    try {
      await this.#saver.add(events);
    } catch (cause) {
      throw new SaveFailure("Cannot save", { cause });
    }
  }

  #progress(part: number | undefined): void {
    const { saved, duplicates } = this.#saver;
    this.#bar.update(part, `${formatCount(saved + duplicates)} events`);
  }

  #damageOf(name: string): { onDamage(damage: Damage): void; finish(): void } {
    let seen = 0;
    return {
      onDamage: ({ place, reason }) => {
        this.#damaged++;
        if (++seen <= MAX_REPORTED) {
          this.#bar.clear();
          this.#context.reporter.warning(`Damaged piece of '${name}' at ${place}: ${reason}`);
        }
      },
      finish: () => {
        if (seen <= MAX_REPORTED) return;
        this.#bar.clear();
        this.#context.reporter.warning(`${seen - MAX_REPORTED} more damaged pieces of '${name}'`);
      },
    };
  }

  #report(name: string, error: unknown): void {
    this.#unread++;
    const reason = error instanceof Error ? error.message : String(error);
    this.#bar.clear();
    this.#context.reporter.error(`Cannot import '${name}': ${reason}`);
  }
}

/** A failure of the store, which ends the import, unlike one of a file. */
class SaveFailure extends Error {
  override readonly name = "SaveFailure";
}

/** Bytes read at a time. */
const CHUNK_BYTES = 64 << 10;

async function* readChunks(
  file: Deno.FsFile,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const bytes = await file.read(chunk);
    if (bytes === null) return;
    yield chunk.subarray(0, bytes);
    onRead(bytes);
  }
}
