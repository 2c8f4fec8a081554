import type { CodePoints } from "./code_points.ts";

/** What is known about where a node stands. */
export interface Place {
  /** What follows the node: nothing that matters, the end of the text, or more of the pattern. */
  readonly end: "open" | "text" | "more";
  /** What the character before is surely in; `undefined` when there may be none. */
  readonly before: () => CodePoints | undefined;
  /** What the character after is surely in; `undefined` when there may be none. */
  readonly after: () => CodePoints | undefined;
}

/** A place of which nothing is known, with more of the pattern after it. */
export const INSIDE: Place = {
  end: "more",
  before: () => undefined,
  after: () => undefined,
};
