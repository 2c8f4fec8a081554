/** How a path is followed; everything has a default. */
export interface TailerOptions {
  /** Labels of the events. @default {[]} */
  readonly tags?: readonly string[];
  /**
   * Where to begin in a file that is there from the start. One that appears later is always read from
   * its beginning.
   *
   * @default {"end"}
   */
  readonly from?: "beginning" | "end";
  /** An event for each line, or for whatever was appended between two looks. @default {"line"} */
  readonly split?: "line" | "diff";
  /** A label that `TextDecoder` knows. @default {"utf-8"} */
  readonly encoding?: string;
}
