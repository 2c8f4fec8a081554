import { type LineEditor, LineHistory } from "./line_editor.ts";
import type { Saved } from "./effect.ts";

/** A line that is being typed, or a question. */
export type Prompt =
  | { readonly kind: "filter" | "jump"; readonly editor: LineEditor; error?: PromptError }
  | {
    readonly kind: "save";
    readonly editor: LineEditor;
    readonly saved: Saved;
    error?: PromptError;
  }
  | { readonly kind: "confirm"; readonly path: string; readonly saved: Saved };

/** What is wrong with the line. */
export interface PromptError {
  readonly message: string;
  /** Where in the line. */
  readonly position: number;
}

/** The lines typed before, by what they were for. */
export class PromptHistories {
  readonly filter: LineHistory = new LineHistory();
  readonly jump: LineHistory = new LineHistory();
  readonly save: LineHistory = new LineHistory();
}
