import { readTime } from "../../base/time_text.ts";
import type { InputEvent } from "../screen/input_event.ts";
import type { Saved } from "./effect.ts";
import { FilterError, formatFilter, parseFilter } from "./filter_text.ts";
import { LineEditor } from "./line_editor.ts";
import type { Model } from "./model.ts";
import type { LinePrompt, Prompt } from "./prompt.ts";
import { complete } from "./prompt_completion.ts";

const PERCENT = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/;

/** Begins to type a filter. */
export function startFilter(model: Model): void {
  const { histories, filter } = model;
  const editor = new LineEditor(formatFilter(filter), histories.filter);
  model.prompt = { kind: "filter", editor };
}

/** Begins to type a time. */
export function startJump(model: Model): void {
  model.prompt = { kind: "jump", editor: new LineEditor("", model.histories.jump) };
}

/** Begins to type the name of a file. */
export function startSave(model: Model): void {
  const { marks, scope, histories } = model;
  const saved: Saved = marks.size > 0
    ? { kind: "events", events: marks.inOrder() }
    : { kind: "found", criteria: scope.criteria };
  const name = histories.save.lines.at(-1) ?? "events.jsonl";
  model.prompt = { kind: "save", editor: new LineEditor(name, histories.save), saved };
}

/** Does what a key is for in the line that is being typed. */
export function promptInput(model: Model, event: InputEvent): void {
  const { prompt } = model;
  if (prompt === undefined) return;
  const isInterrupt = event.kind === "ctrl" && event.letter === "c";
  if (isInterrupt || (event.kind === "key" && event.key === "escape")) {
    model.prompt = undefined;
    return;
  }
  if (prompt.kind === "confirm") return answer(model, prompt, event);
  if (event.kind === "key" && event.key === "enter") return enter(model, prompt);
  const isTab = event.kind === "key" && (event.key === "tab" || event.key === "backtab");
  if (isTab && prompt.kind === "filter") {
    delete prompt.error;
    return complete(model, prompt, event.key === "tab" ? 1 : -1);
  }
  if (!prompt.editor.input(event)) return;
  delete prompt.error;
  delete prompt.choice;
  delete prompt.awaited;
}

function enter(model: Model, prompt: LinePrompt): void {
  const { text } = prompt.editor;
  switch (prompt.kind) {
    case "filter":
      return applyFilter(model, prompt, text);
    case "jump":
      return jump(model, prompt, text);
    case "save":
      if (text.trim() === "") return fail(prompt, "the file needs a name");
      model.histories.save.add(text);
      model.prompt = undefined;
      model.push({ kind: "save", path: text, overwrite: false, saved: prompt.saved });
  }
}

function applyFilter(model: Model, prompt: LinePrompt, text: string): void {
  try {
    model.filter = parseFilter(text, model.now() / 1000);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return fail(prompt, error.message, error.position);
  }
  model.histories.filter.add(text.trim());
  model.prompt = undefined;
  model.ranges.clear();
  model.show(model.filter);
}

function jump(model: Model, prompt: LinePrompt, text: string): void {
  const { scope } = model;
  const percent = PERCENT.exec(text)?.[1];
  try {
    if (text.trim() !== "") {
      const time = percent === undefined
        ? readTime(text, model.now() / 1000, { day: scope.list.selectedEvent?.timestamp })
        : timeAtPercent(model, Number(percent));
      scope.pages.toTime(time);
      model.expand(undefined);
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return fail(prompt, error.message);
  }
  model.histories.jump.add(text.trim());
  model.prompt = undefined;
}

/** @throws {TypeError} When there is no such place. */
function timeAtPercent(model: Model, percent: number): number {
  const { histogram } = model.scope;
  if (percent > 100) throw new TypeError(`Cannot jump to ${percent}%: there are 100% only`);
  if (histogram === undefined) throw new TypeError("Cannot jump: the events are not counted yet");
  return histogram.timeAt(percent / 100);
}

/** Any other key means no. */
function answer(
  model: Model,
  { path, saved }: Extract<Prompt, { readonly kind: "confirm" }>,
  event: InputEvent,
): void {
  model.prompt = undefined;
  if (event.kind === "text" && event.text.toLowerCase() === "y") {
    model.push({ kind: "save", path, overwrite: true, saved });
  } else {
    model.say("Nothing was saved");
  }
}

function fail(prompt: LinePrompt, message: string, position = 0): void {
  prompt.error = { message, position };
}
