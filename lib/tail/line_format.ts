import type { MultilineRule } from "./multiline_rule.ts";
import type { TimeParser } from "./time_parser.ts";

/** How the bytes of files become events. */
export interface LineFormat {
  /** An event for each line, or for whatever was appended between two looks. @default {"line"} */
  readonly split?: "line" | "diff";
  /** A label that `TextDecoder` knows. @default {"utf-8"} */
  readonly encoding?: string;
  /** Which lines belong together; only with `split: "line"`. @default {each is an event} */
  readonly multiline?: MultilineRule;
  /** Finds the timestamp in a line; what tells none has the time of reading. @default {none does} */
  readonly times?: TimeParser;
}

/** How files are read unless somebody says otherwise. */
export const DEFAULT_ENCODING = "utf-8";
