import { completeFilter, type LabelKind, labelsFor } from "./filter_completion.ts";
import type { Model } from "./model.ts";
import type { LinePrompt } from "./prompt.ts";

/** Completes the word before the cursor, or takes the next of what it may be. */
export function complete(model: Model, prompt: LinePrompt, step: 1 | -1): void {
  if (prompt.choice !== undefined) return choose(prompt, step);
  const { beforeCursor } = prompt.editor;
  const kind = labelsFor(beforeCursor);
  const labels = kind === undefined ? [] : model.labels.get(kind, model.now());
  if (labels === undefined && kind !== undefined) {
    prompt.awaited = kind;
    return model.push({ kind: "labels", by: kind });
  }
  delete prompt.awaited;
  const { word, candidates } = completeFilter(beforeCursor, labels ?? []);
  const [only = ""] = candidates;
  if (candidates.length === 0) return;
  if (candidates.length > 1) {
    prompt.choice = { candidates, index: step > 0 ? -1 : 0, typed: word };
    return choose(prompt, step);
  }
  // After a name comes its value, after a value the next word.
  prompt.editor.replaceBefore(word, only.endsWith(":") ? only : `${only} `);
}

/** Takes labels that were asked for, and completes what waits for them. */
export function takeLabels(model: Model, kind: LabelKind, labels: readonly string[]): void {
  model.labels.set(kind, labels, model.now());
  const { prompt } = model;
  if (prompt?.kind === "filter" && prompt.awaited === kind) complete(model, prompt, 1);
}

function choose(prompt: LinePrompt, step: 1 | -1): void {
  const { choice, editor } = prompt;
  if (choice === undefined) return;
  const { candidates, typed } = choice;
  const index = (choice.index + step + candidates.length) % candidates.length;
  const candidate = candidates[index] ?? "";
  editor.replaceBefore(candidates[choice.index] ?? typed, candidate);
  prompt.choice = { candidates, index, typed: candidate };
}
