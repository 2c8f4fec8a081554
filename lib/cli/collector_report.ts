import type { ClientInfo, CollectorNotice } from "../server/collector_notice.ts";
import type { StoreNotice } from "../store/open_store.ts";
import type { Salvage } from "../store/sqlite/salvage.ts";
import { EventWriteError } from "../store/store.ts";
import { formatByteSize } from "./byte_size.ts";
import { formatInstant } from "./instant.ts";
import type { Reporter } from "./reporter.ts";

/** Tells the user what happens in a collector. */
export function reportCollector(notice: CollectorNotice, reporter: Reporter): void {
  switch (notice.kind) {
    case "listening":
      return reporter.detail(`Listening on ${notice.addresses.join(", ")}, port ${notice.port}`);
    case "listening-interrupted":
      return reporter.warning(
        `Nobody could connect for a moment: ${messageOf(notice.error)}; allow more open files if ` +
          "there are many connections (ulimit -n)",
      );
    case "client-joined":
      return reporter.detail(`Joined: ${describe(notice.client)}`);
    case "client-left":
      return reporter.detail(
        `Left: ${describe(notice.client)}, code ${notice.code}${
          notice.reason && `, ${notice.reason}`
        }`,
      );
    case "request-refused":
      return reporter.detail(`Refused ${notice.remote}: ${notice.status} ${notice.reason}`);
    case "malformed-event":
      return reporter.warning(
        `Malformed event of ${describe(notice.client)}: ${notice.error.message}`,
      );
    case "events-rejected":
      return reporter.warning(
        `${notice.count} malformed events of ${describe(notice.client)}: ${notice.reason}`,
      );
    case "criteria-refused":
      return reporter.detail(`Criteria of ${describe(notice.client)}: ${notice.error.message}`);
    case "stopped":
      if (notice.unsaved === 0) return reporter.detail("All that was accepted is stored");
      return reporter.warning(
        `The events of ${notice.unsaved} producers could not be stored in time`,
      );
    case "save-failed":
      // The store tells once that the disk is full, and once that it is not.
      if (isDiskFull(notice.error)) return reporter.detail(describeTrouble(notice));
      return reporter.warning(describeTrouble(notice));
    default:
      return reporter.warning(describeTrouble(notice));
  }
}

/** Tells the user what happens in a store. */
export function reportStore(notice: StoreNotice, reporter: Reporter): void {
  const isGood = notice.kind === "dropped" || notice.kind === "disk-ready";
  if (isGood) reporter.notice(describeStoreNotice(notice));
  else reporter.warning(describeStoreNotice(notice));
}

function describeStoreNotice(notice: StoreNotice): string {
  switch (notice.kind) {
    case "damaged-block":
      return `Block ${notice.block} of the store is damaged, its events are missing: ` +
        notice.reason;
    case "damaged-journal":
      return `Events of the store from arrival ${notice.arrival} on are damaged, they are lost: ` +
        notice.reason;
    case "salvaged":
      return describeSalvage(notice.salvage);
    case "torn-log":
      return "The log of the store ended within a commit, which is lost: after a crash it was not " +
        "acknowledged, otherwise the log is damaged";
    case "torn-tail":
      return `Data file ${notice.file} ended within an event: ${notice.bytes} bytes from byte ` +
        `${notice.offset} on were cut off`;
    case "damaged-file":
      return `Data file ${notice.file} is damaged, ${notice.bytes} bytes from byte ` +
        `${notice.offset} on are no event: ${notice.reason}`;
    case "changed-file":
      return `Data file ${notice.file} was changed by another program or is damaged; its events ` +
        "count as new";
    case "damaged-index":
      return `Line ${notice.line} of the index of the store was damaged and is made anew`;
    case "dropped": {
      const { events, bytes, oldest, newest } = notice.dropped;
      return `Retention dropped ${events} events (${formatByteSize(bytes)}) ` +
        `from ${formatInstant(oldest)} to ${formatInstant(newest)}`;
    }
    case "retention-failed":
      return `Retention failed, trying again later: ${notice.reason}`;
    case "disk-full":
      return `The disk is full: nothing is stored until there is room, producers are asked to try ` +
        `again; events can still be found, followed and deleted. ${notice.reason}`;
    case "disk-ready":
      return "The disk has room again: events are stored";
    case "purge-failed":
      return "Deleted events are found no more, but could not be removed from the disks of the " +
        `store yet: ${notice.reason}`;
  }
}

/** Tells the user what a repair of a store did. */
export function describeSalvage({ reason, events, lost, kept }: Salvage): string {
  const loss = lost === 0
    ? "nothing is known to be lost"
    : `${lost} blocks or commits are known to be lost`;
  return `The store was damaged (${reason}) and was made anew with ${events} events; ${loss}; ` +
    `the damaged one is kept as ${kept}`;
}

type Trouble = Extract<
  CollectorNotice,
  {
    readonly kind:
      | "search-failed"
      | "save-failed"
      | "producer-overload"
      | "slow-subscriber"
      | "stalled-client"
      | "client-failed";
  }
>;

function describeTrouble(notice: Trouble): string {
  switch (notice.kind) {
    case "search-failed":
      return `A search of ${describe(notice.client)} failed: ${messageOf(notice.error)}`;
    case "save-failed":
      return `${notice.events} events could not be stored${
        notice.retrying ? ", trying again" : ""
      }: ${messageOf(notice.error)}`;
    case "producer-overload":
      return `Closed ${
        describe(notice.client)
      }: ${notice.pendingBytes} bytes wait to be stored; it sends faster than the disk takes`;
    case "slow-subscriber":
      return `${describe(notice.client)} is too slow and missed ${notice.dropped} events${
        notice.closed ? "; it was closed" : ""
      }`;
    case "stalled-client":
      return `Closed ${describe(notice.client)}: it reads nothing`;
    case "client-failed":
      return `Closed ${describe(notice.client)}: ${messageOf(notice.error)}`;
  }
}

function describe({ id, path, dialect, remote }: ClientInfo): string {
  return `client ${id} (${remote}, ${path}, ${dialect})`;
}

function isDiskFull(error: unknown): boolean {
  return error instanceof EventWriteError && error.isDiskFull;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
