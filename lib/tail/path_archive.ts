import { PASSED_OVER } from "./compressed_opening.ts";
import { fileKey, identify, NO_FINGERPRINT } from "./file_identity.ts";
import type { FileQueue } from "./file_queue.ts";
import { changedAt } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";

/** A compressed file at a path that is followed: it never grows, so it is read once. */
export class PathArchive {
  readonly #path: string;
  readonly #context: TailContext;
  /** What it was like as it was added. */
  #state: string | undefined;

  constructor(path: string, context: TailContext) {
    this.#path = path;
    this.#context = context;
  }

  /** What is there from the start is not read, unless an earlier run began to. */
  passOver(info: Deno.FileInfo): void {
    const { register, scheduler, onPlace } = this.#context;
    if (register.recall(info) !== undefined) return;
    const position = {
      path: this.#path,
      identity: identify(info),
      offset: PASSED_OVER,
      tail: NO_FINGERPRINT,
      readAt: scheduler.now(),
      modifiedAt: changedAt(info),
    };
    register.remember(position);
    onPlace(position);
  }

  /** Adds it to the queue where it is another one, or not what it was. */
  look(info: Deno.FileInfo, queue: FileQueue): void {
    const state = `${fileKey(info)}:${info.mtime?.getTime()}:${info.size}`;
    if (state === this.#state || !queue.isEmpty) return;
    this.#state = state;
    queue.addCompressed(this.#path);
  }
}
