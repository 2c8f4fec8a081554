import type { ByteReader } from "./byte_reader.ts";
import { PASSED_OVER } from "./compressed_opening.ts";
import { contentOf, identify, NO_FINGERPRINT } from "./file_identity.ts";
import type { FileQueueParts } from "./queue_parts.ts";
import type { OpenFile } from "./queued_file.ts";
import { changedAt } from "./rotation_names.ts";
import type { TailContext } from "./tail_context.ts";
import type { TailPosition } from "./tail_position.ts";

/**
 * Tells how far the files of a path were read: to the register, which knows them again by that, and to
 * whoever keeps it for the next run.
 */
export class FilePlaces {
  readonly #path: string;
  readonly #context: TailContext;

  constructor({ path, context }: Pick<FileQueueParts, "path" | "context">) {
    this.#path = path;
    this.#context = context;
  }

  /** How far a file would have been read, of which that is not so. */
  positionAt(reader: ByteReader, offset: number): TailPosition {
    const info = reader.stat();
    const content = contentOf(reader, offset, this.#context.tailBuffer);
    return {
      path: this.#path,
      identity: { ...identify(info), head: content?.identity.head ?? NO_FINGERPRINT },
      offset: content?.offset ?? 0,
      tail: content?.tail ?? NO_FINGERPRINT,
      readAt: this.#context.scheduler.now(),
      modifiedAt: changedAt(info),
    };
  }

  /** Tells both the register and whoever keeps positions. */
  place(position: TailPosition, isAtPath: boolean): void {
    this.#context.register.remember(position, isAtPath);
    this.#context.onPlace(position);
  }

  /** A copy of a file is told by how far the file was read, also while that is open. */
  remember({ file, phase }: OpenFile): void {
    if (phase.kind === "archived") return;
    const isAtPath = phase.kind === "current" || phase.kind === "vanished";
    this.#context.register.remember(file.position, isAtPath);
  }

  /** A copy beside the path, of which nothing is read, is known by its own name and numbers. */
  passOver(reader: ByteReader, path: string): void {
    const known = this.positionAt(reader, reader.stat().size);
    const position: TailPosition = { ...known, path, isPassedOver: true };
    this.#context.register.remember(position, false);
    // Should the original be truncated while nobody looks, this is all that is left of it.
    this.#context.onPlace(position);
  }

  /** A copy that has nothing more than was read of its original is known by its own numbers, too. */
  placeCopy(position: TailPosition, copy: Deno.FileInfo, path: string): void {
    const identity = { ...identify(copy), head: position.identity.head };
    this.place({ ...position, path, identity }, path === this.#path);
  }

  /** A compressed file that was read is known by its own numbers from now on. */
  placeArchive(position: TailPosition, archive: Deno.FileInfo, path: string): void {
    const identity = identify(archive);
    const finished = { ...position, path, identity, offset: PASSED_OVER, tail: NO_FINGERPRINT };
    this.place(finished, path === this.#path);
  }
}
