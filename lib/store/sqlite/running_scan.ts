import type { ScanReply } from "./scan_protocol.ts";

/** Answers what a thread was asked. */
export type PostReply = (reply: ScanReply, transfer?: Transferable[]) => void;

/** A part of a search or of counting, under way in a thread. */
export interface RunningScan {
  /** Batches that its reader has room for: with none it must wait. */
  credits: number;
  /** Does one step; false when it has ended. */
  step(): boolean;
  /** Lets go what it can make again; its next step does so. */
  rest(): void;
}
