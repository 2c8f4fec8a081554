import type { BackendNotice } from "../../hat/backends/options.ts";
import type { BridgeNotice } from "../../hat/bridge/bridge_options.ts";
import type { EventerClientInfo } from "../../hat/eventer/eventer_service.ts";
import type { EventServerNotice } from "../../hat/server/event_server.ts";
import type { Reporter } from "../reporter.ts";

/** Tells the user what happens in an event server. */
export function reportEventServer(notice: EventServerNotice, reporter: Reporter): void {
  switch (notice.kind) {
    case "listening":
      return reporter.detail(`Listening on ${notice.hostname}, port ${notice.port}`);
    case "client-joined":
      return reporter.detail(`Joined: ${describe(notice.client)}`);
    case "client-left":
      return reporter.detail(`Left: ${describe(notice.client)}`);
    case "sync-connected":
      return reporter.detail(`Connected to server ${notice.serverId} at ${notice.address}`);
    case "sync-caught-up":
      return reporter.notice(
        `Follows server ${notice.serverId} at ${notice.address}, ${notice.events} events were missing`,
      );
    case "module-back":
      return reporter.notice(`Module '${notice.module}' takes part again`);
    default:
      return reporter.warning(describeTrouble(notice));
  }
}

/** Tells the user what happens where events are kept. */
export function reportBackend(notice: BackendNotice, reporter: Reporter): void {
  switch (notice.kind) {
    case "dropped":
      return reporter.detail(`Dropped ${notice.events} events`);
    case "flush-failed":
      return reporter.warning(
        `Events could not be brought to the disk, trying again: ${messageOf(notice.error)}`,
      );
    case "drop-failed":
      return reporter.warning(
        `Old events could not be dropped, trying again: ${messageOf(notice.error)}`,
      );
    case "callback-failed":
      return reporter.warning(`Events could not be told: ${messageOf(notice.error)}`);
  }
}

/** Tells the user what happens in a bridge. */
export function reportBridge(notice: BridgeNotice, reporter: Reporter): void {
  const { bridge } = notice;
  switch (notice.kind) {
    case "bridge-stalled":
      return reporter.warning(
        `Bridge '${bridge}' brings no events ${directionOf(notice)}, trying again: ${
          messageOf(notice.error)
        }`,
      );
    case "bridge-resumed":
      return reporter.notice(`Bridge '${bridge}' brings events ${directionOf(notice)} again`);
    case "bridge-refused":
      return reporter.warning(
        `Bridge '${bridge}' passes over event '${notice.id}', which it cannot bring ${
          directionOf(notice)
        }: ${notice.reason}`,
      );
  }
}

type Trouble = Exclude<EventServerNotice, {
  readonly kind:
    | "listening"
    | "client-joined"
    | "client-left"
    | "sync-connected"
    | "sync-caught-up"
    | "module-back";
}>;

function describeTrouble(notice: Trouble): string {
  switch (notice.kind) {
    case "session-failed":
      return `Session ${notice.sessionId} failed, its events are not registered: ${
        messageOf(notice.error)
      }`;
    case "module-failed":
      return `Module '${notice.module}' failed in '${notice.call}': ${messageOf(notice.error)}`;
    case "module-hangs":
      return `Module '${notice.module}' hangs in '${notice.call}' and is left out until that ends`;
    case "overloaded":
      return `Events were refused as ${notice.waiting} wait to be registered`;
    case "client-refused":
      return `Refused client '${notice.name}' (${notice.remote}): ${notice.reason}`;
    case "stranger-failed":
      return `Closed ${notice.remote}, which did not say who it is: ${messageOf(notice.error)}`;
    case "client-failed":
      return `Closed ${describe(notice.client)}: ${messageOf(notice.error)}`;
    case "accept-failed":
      return `A connection could not be taken: ${messageOf(notice.error)}`;
    case "sync-lost":
      return `Does not follow the server at ${notice.address}, trying again: ${
        messageOf(notice.error)
      }`;
    case "stop-not-durable":
      return `The last events could not be brought to the disk: ${messageOf(notice.error)}`;
  }
}

function directionOf({ direction }: { readonly direction: "to-hat" | "to-theia" }): string {
  return direction === "to-hat" ? "from the collector" : "to the collector";
}

function describe({ id, name, remote }: EventerClientInfo): string {
  return `client ${id} '${name}' (${remote})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
