import type { RawEvent } from "../../event/raw_event.ts";

/** Later or earlier. */
export type Direction = 1 | -1;

/** An event that is looked for also among those that are loaded for it. */
export interface Seek {
  readonly direction: Direction;
  /** What it is, for people. */
  readonly noun: "error" | "match";
  readonly holds: (event: RawEvent) => boolean;
  /** Where it began: one goes back there when nothing is found. */
  readonly origin: RawEvent;
  /** How many events were looked at. */
  readonly passed: number;
}
