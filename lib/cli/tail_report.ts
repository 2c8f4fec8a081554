import type { CheckpointNotice } from "../tail/checkpoint/checkpoint_notice.ts";
import type { TailNotice } from "../tail/tail_notice.ts";
import type { Reporter } from "./reporter.ts";

/**
 * Tells the user what happens to the files that are followed.
 *
 * @param isOnce Nothing is waited for.
 */
export function reportTail(notice: TailNotice, reporter: Reporter, isOnce = false): void {
  const { path } = notice;
  switch (notice.kind) {
    case "opened":
      return reporter.detail(`Following '${path}' from byte ${notice.offset}`);
    case "closed":
      return reporter.detail(`Done with a file of '${path}' at byte ${notice.offset}`);
    case "rotated":
      return reporter.detail(`'${path}' is another file now`);
    case "truncated":
      return reporter.notice(
        `'${path}' was ${
          notice.reason === "shrunk" ? "truncated" : "rewritten"
        }; reading it from its beginning`,
      );
    case "missing":
      return reporter.notice(`'${path}' is not there${isOnce ? "" : "; waiting for it"}`);
    case "unreadable":
      return reporter.warning(
        `Cannot read '${path}'${isOnce ? "" : ", trying again"}: ${notice.error.message}`,
      );
    case "line-cut":
      return reporter.warning(
        `A line of '${path}' has ${notice.lineBytes} bytes, kept are the first ${notice.keptBytes}`,
      );
    case "hints-unavailable":
      return reporter.detail(`Changes in '${path}' are found by looking: ${notice.error.message}`);
    case "send-failed":
      return reporter.warning(`Could not hand over an event: ${notice.error.message}`);
  }
}

/** Tells the user what happens to the checkpoint. */
export function reportCheckpoint(notice: CheckpointNotice, reporter: Reporter): void {
  switch (notice.kind) {
    case "checkpoint-damaged":
      return reporter.warning(
        `One copy of the checkpoint was damaged and is made anew from the other one: '${notice.copy}': ` +
          notice.error.message,
      );
    case "checkpoint-lost":
      return reporter.warning(
        `Both copies of the checkpoint in '${notice.directory}' were damaged: ` +
          `${notice.error.message}; files whose position is lost are read as ` +
          "'--on-lost-checkpoint' says",
      );
    case "checkpoint-full":
    case "checkpoint-unwritable":
      return reporter.warning(
        `Cannot write the checkpoint in '${notice.directory}', delivery waits for it: ` +
          notice.error.message,
      );
    case "checkpoint-recovered":
      return reporter.notice(`The checkpoint in '${notice.directory}' is written again.`);
  }
}
