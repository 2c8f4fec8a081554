import { type LineEditor, LineHistory } from "./line_editor.ts";
import type { Saved } from "./effect.ts";
import type { LabelKind } from "./filter_completion.ts";

/** A line that is being typed, or a question. */
export type Prompt =
  | LinePrompt
  | { readonly kind: "confirm"; readonly path: string; readonly saved: Saved };

/** A line that is being typed. */
export type LinePrompt =
  & (
    | { readonly kind: "filter" | "jump" }
    | { readonly kind: "save"; readonly saved: Saved }
  )
  & {
    readonly editor: LineEditor;
    error?: PromptError;
    choice?: PromptChoice;
    /** What must be told before the last word can be completed. */
    awaited?: LabelKind;
  };

/** What the last word can be completed to, and what it is now. */
export interface PromptChoice {
  readonly candidates: readonly string[];
  /** -1 is what was typed. */
  readonly index: number;
  readonly typed: string;
}

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
