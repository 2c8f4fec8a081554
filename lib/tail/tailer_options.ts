import type { LineFormat } from "./line_format.ts";

/** How a path is followed; everything has a default. */
export interface TailerOptions extends LineFormat {
  /** Labels of the events. @default {[]} */
  readonly tags?: readonly string[];
  /**
   * Where to begin in a file that is there from the start. One that appears later is always read from
   * its beginning.
   *
   * @default {"end"}
   */
  readonly from?: "beginning" | "end";
}
