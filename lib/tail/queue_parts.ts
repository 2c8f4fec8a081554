import type { BatchMaker } from "./batch_maker.ts";
import type { FileOpener } from "./file_opener.ts";
import type { LineAssembler } from "./line_assembler.ts";
import type { TailContext } from "./tail_context.ts";

/** What a `FileQueue` works with. */
export interface FileQueueParts {
  /** The path whose files are read, as the user gave it. */
  readonly path: string;
  /** Shared by all that are followed together. */
  readonly context: TailContext;
  /** Into lines, or as it was appended. */
  readonly split: "line" | "diff";
  /** A label that `TextDecoder` knows. */
  readonly encoding: string;
  /** Decides where to begin in a file. */
  readonly opener: FileOpener;
  /** Makes events of lines. */
  readonly batches: BatchMaker;
  /** Joins the lines of one event. */
  readonly assembler: LineAssembler;
  /** Who claims the files in the register. */
  readonly owner: unknown;
  /** Is told of a file that cannot be read. */
  readonly onError: (error: Error) => void;
}
