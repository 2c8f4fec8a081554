import type { BackoffOptions } from "../../base/backoff.ts";
import type { Backend } from "../backend.ts";
import type { ConnectionOptions } from "../chatter/connection_options.ts";
import type { ClientTls } from "../chatter/sockets.ts";

/** A server to synchronise from. */
export interface SyncSource extends ConnectionOptions {
  /** Where it is. */
  readonly hostname: string;
  /** Its port. */
  readonly port: number;
  /** Its server id. @default {asked for} */
  readonly serverId?: number | undefined;
  /** A secret that it has. @default {none} */
  readonly token?: string | undefined;
  /** Connects by TLS. @default {TCP} */
  readonly tls?: ClientTls | undefined;
}

/** What happens when a server is synchronised from. */
export type SyncNotice =
  | {
    /** It is connected, and what is missing is asked for. */
    readonly kind: "sync-connected";
    /** Where it is: `host:port`. */
    readonly address: string;
    /** Its server id. */
    readonly serverId: number;
  }
  | {
    /** Nothing is missing any more; from now on its events are followed. */
    readonly kind: "sync-caught-up";
    /** Where it is: `host:port`. */
    readonly address: string;
    /** Its server id. */
    readonly serverId: number;
    /** How many events were missing. */
    readonly events: number;
  }
  | {
    /** It cannot be reached or followed; that is tried again. */
    readonly kind: "sync-lost";
    /** Where it is: `host:port`. */
    readonly address: string;
    /** Why. */
    readonly error: unknown;
  };

/** Options of a synchronisation. */
export interface ServerSyncOptions {
  /** The server to synchronise from. */
  readonly from: SyncSource;
  /** The id of the server that does it. */
  readonly ownServerId: number;
  /** Where events are registered. */
  readonly backend: Backend;
  /** Servers that are synchronised from by others than this, which must be another one. @default {none} */
  readonly claimed?: Set<number>;
  /** Is told what happens; must not throw. @default {nobody is told} */
  readonly observer?: (notice: SyncNotice) => void;
  /** How long to wait before connecting again. */
  readonly backoff?: BackoffOptions | undefined;
}
