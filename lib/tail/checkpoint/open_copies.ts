import { SYSTEM_SCHEDULER } from "../scheduler.ts";
import { toError } from "../tail_notice.ts";
import type { CheckpointContents } from "./checkpoint_contents.ts";
import type { CheckpointCopy } from "./checkpoint_copy.ts";
import { SYSTEM_DISK } from "./checkpoint_disk.ts";
import { CheckpointError } from "./checkpoint_error.ts";
import { loadCheckpoint } from "./checkpoint_load.ts";
import { type CheckpointOptions, GRACE_MS, RETAIN_MS } from "./checkpoint_options.ts";
import type { CheckpointState } from "./checkpoint_state.ts";
import { CheckpointWriter } from "./checkpoint_writer.ts";

/** A checkpoint whose copies are whole and on disk. */
export interface OpenedCheckpoint {
  /** What was found. */
  readonly state: CheckpointState;
  /** The same, to go on with. */
  readonly contents: CheckpointContents;
  /** Writes to the copies. */
  readonly writer: CheckpointWriter;
}

/**
 * Reads the copies in a directory that is locked, and mends or makes them.
 *
 * @throws {CheckpointError} When they cannot be read or written, or are none of ours.
 */
export async function openCopies(
  directory: string,
  options: CheckpointOptions,
): Promise<OpenedCheckpoint> {
  const { observer = () => {}, scheduler = SYSTEM_SCHEDULER, retainMs = RETAIN_MS } = options;
  const loaded = await loadCheckpoint(directory, options.disk ?? SYSTEM_DISK);
  const { kind, contents, copies, lastNumber } = loaded;
  for (const notice of loaded.notices) observer(notice);
  const state: CheckpointState = {
    kind,
    positions: contents.positions(),
    unsettled: contents.unsettled(),
    sources: contents.sources(),
  };
  const expireFrom = scheduler.now() + GRACE_MS;
  const surroundings = { directory, scheduler, observer, retainMs, expireFrom };
  const writer = new CheckpointWriter(contents, copies, lastNumber, surroundings);
  try {
    await secure(writer, copies, loaded.isSound, options.signal);
  } catch (cause) {
    await writer[Symbol.asyncDispose]();
    options.signal?.throwIfAborted();
    throw new CheckpointError(
      directory,
      `Cannot write the checkpoint in '${directory}': ${toError(cause).message}; ` +
        "make the directory and its files writable or choose another one with --state-dir",
      { cause },
    );
  }
  return { state, contents, writer };
}

async function secure(
  writer: CheckpointWriter,
  copies: readonly CheckpointCopy[],
  isSound: boolean,
  signal?: AbortSignal,
): Promise<void> {
  // What was read may be in the memory of the system alone, since a killed program did not sync it; the other
  // copy must not be touched before it is on disk.
  await Promise.all(copies.filter(({ health }) => health === "whole").map((copy) => copy.sync()));
  if (!isSound) await writer.renew(signal);
  signal?.throwIfAborted();
}
