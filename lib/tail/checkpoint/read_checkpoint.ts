import { SYSTEM_DISK } from "./checkpoint_disk.ts";
import { loadCheckpoint } from "./checkpoint_load.ts";
import type { CheckpointObserver } from "./checkpoint_notice.ts";
import type { CheckpointState } from "./checkpoint_state.ts";

/**
 * What the checkpoint in a directory says, without locking or changing anything, also while a watcher uses
 * it; "new" when there is none.
 *
 * @param observer Is told of damage. @default {nobody}
 * @throws {CheckpointError} When it cannot be read, or is none of ours.
 * @example
 * ```ts
 * import { readCheckpoint } from "./read_checkpoint.ts";
 * import assert from "node:assert/strict";
 *
 * const { kind } = await readCheckpoint("/nowhere");
 * assert.equal(kind, "new");
 * ```
 */
export async function readCheckpoint(
  directory: string,
  observer: CheckpointObserver = () => {},
): Promise<CheckpointState> {
  const { kind, contents, notices } = await loadCheckpoint(directory, SYSTEM_DISK);
  for (const notice of notices) observer(notice);
  return {
    kind,
    positions: contents.positions(),
    unsettled: contents.unsettled(),
    sources: contents.sources(),
  };
}
