import type { Message } from "./connection.ts";

/** What the collector does for one connection. It frees itself when the connection is gone. */
export interface Session {
  /** Takes a message of the client. */
  receive(message: Message): void;
  /** Takes nothing more; resolves when what was taken is done, which the owner does not wait for for ever. */
  stop(): Promise<void>;
}
