import type { InputEvent, MouseEvent } from "../screen/input_event.ts";
import { stepToError, stepToMark, stepToMatch } from "./event_steps.ts";
import { type Action, actionOf, KEYS } from "./keys.ts";
import type { Model } from "./model.ts";
import { promptInput, startFilter, startJump, startSave } from "./prompt_actions.ts";
import { beginAt } from "./scope.ts";
import { sourcePattern } from "./source_pattern.ts";

/** Rows that the wheel scrolls. */
const WHEEL_ROWS = 3;

/** Columns that contents are moved by. */
const SHIFT_COLUMNS = 16;

/** What may be copied: terminals pass over more. */
const MAX_COPIED_CHARACTERS = 65_536;

/** Does what a key or the mouse is for. */
export function takeInput(model: Model, event: InputEvent): void {
  if ((event.kind === "text" || event.kind === "key") && event.alt === true) {
    // There are no keys with Alt: these are Escape and another one, typed fast.
    takeInput(model, { kind: "key", key: "escape" });
    return takeInput(model, { ...event, alt: false });
  }
  if (event.kind === "ctrl" && event.letter === "z") return model.push({ kind: "suspend" });
  if (event.kind === "mouse") return takeMouse(model, event);
  if (model.prompt !== undefined) return promptInput(model, event);
  const action = actionOf(event);
  if (action === undefined) return;
  const isSeeking = model.seek !== undefined;
  model.message = model.seek = undefined;
  if (isSeeking && action === "back") return;
  if (event.kind === "ctrl" && event.letter === "c") model.push({ kind: "quit" });
  else if (model.help !== undefined) helpAction(model, action);
  else if (model.detail === undefined || !detailAction(model, action)) listAction(model, action);
}

function takeMouse(model: Model, { action, row, column }: MouseEvent): void {
  const { layout, detail, scope } = model;
  model.seek = undefined;
  const rows = action === "wheelup" ? -WHEEL_ROWS : action === "wheeldown" ? WHEEL_ROWS : 0;
  if (rows !== 0) {
    if (model.help !== undefined) scrollHelp(model, rows);
    else if (detail !== undefined) detail.scroll(rows);
    else scope.list.scroll(rows);
    return;
  }
  if (action !== "press" || model.help !== undefined || detail !== undefined) return;
  const { list, histogram } = layout;
  if (row >= list.row && row < list.row + list.rows) clickRow(model, row - list.row);
  else if (row >= histogram.row && row < histogram.row + histogram.rows) clickBar(model, column);
}

/** The first click selects, the next one expands. */
function clickRow(model: Model, row: number): void {
  const { list } = model.scope;
  const index = list.indexAtRow(row);
  if (index === undefined) return;
  if (index === list.selected) model.expand(list.selectedEvent);
  else list.select(index);
}

function clickBar(model: Model, column: number): void {
  const bars = model.scope.histogram?.columns(model.layout.columns);
  if (bars === undefined || column >= bars.counts.length) return;
  model.scope.pages.toTime(bars.start + column * bars.interval);
}

function helpAction(model: Model, action: Action): void {
  const { rows } = model.size;
  const steps: Partial<Record<Action, number>> = {
    down: 1,
    up: -1,
    pageDown: rows - 1,
    pageUp: 1 - rows,
    first: -KEYS.length,
    last: KEYS.length * 2,
  };
  const step = steps[action];
  if (step === undefined) model.help = undefined;
  else scrollHelp(model, step);
}

function scrollHelp(model: Model, by: number): void {
  model.help = Math.max(0, (model.help ?? 0) + by);
}

/** What keys do to the expanded event; false for those that mean the same as in the list. */
function detailAction(model: Model, action: Action): boolean {
  const { detail } = model;
  if (detail === undefined) return false;
  const actions: Partial<Record<Action, () => void>> = {
    down: () => detail.scroll(1),
    up: () => detail.scroll(-1),
    pageDown: () => detail.page(1),
    pageUp: () => detail.page(-1),
    first: () => detail.toStart(),
    last: () => detail.toEnd(),
    left: () => detail.move(-SHIFT_COLUMNS),
    right: () => detail.move(SHIFT_COLUMNS),
    wrap: () => detail.wrap(),
    raw: () => detail.toggleRaw(),
    expand: () => model.expand(undefined),
    back: () => model.expand(undefined),
    quit: () => model.expand(undefined),
  };
  const act = actions[action];
  act?.();
  return act !== undefined;
}

function listAction(model: Model, action: Action): void {
  const { scope } = model;
  const { list } = scope;
  const actions: Readonly<Record<Action, () => void>> = {
    down: () => list.move(1),
    up: () => list.move(-1),
    pageDown: () => list.page(1),
    pageUp: () => list.page(-1),
    first: () => scope.pages.toStart(),
    last: () => scope.pages.toEnd(),
    left: () => void (list.shift = Math.max(0, list.shift - SHIFT_COLUMNS)),
    right: () => void (list.shift += model.isWrapped ? 0 : SHIFT_COLUMNS),
    expand: () => model.expand(list.selectedEvent),
    filter: () => startFilter(model),
    jump: () => startJump(model),
    pause: () => list.mode === "following" ? list.pause() : scope.pages.toEnd(),
    context: () => showContext(model),
    mark: () => toggleMark(model),
    nextMatch: () => stepToMatch(model, 1),
    previousMatch: () => stepToMatch(model, -1),
    nextMark: () => stepToMark(model),
    nextError: () => stepToError(model, 1),
    previousError: () => stepToError(model, -1),
    save: () => startSave(model),
    wrap: () => toggleWrap(model),
    raw: () => expandRaw(model),
    copy: () => copyContent(model),
    zoomIn: () => zoomIn(model),
    zoomOut: () => zoomOut(model),
    redraw: () => model.push({ kind: "redraw" }),
    help: () => void (model.help = 0),
    back: () => goBack(model),
    quit: () => model.push({ kind: "quit" }),
  };
  actions[action]();
}

function showContext(model: Model): void {
  const event = model.currentEvent;
  if (event === undefined) return;
  model.expand(undefined);
  if (model.isContext) return model.leaveContext();
  model.enterContext({ source: sourcePattern(event.source) }, beginAt(event));
}

function toggleMark(model: Model): void {
  const event = model.currentEvent;
  if (event === undefined) return;
  if (!model.marks.toggle(event)) model.say("Cannot mark more events: save some first", true);
}

function toggleWrap(model: Model): void {
  model.isWrapped = !model.isWrapped;
  model.scope.list.shift = 0;
  model.refresh();
}

function expandRaw(model: Model): void {
  model.expand(model.scope.list.selectedEvent);
  model.detail?.toggleRaw();
}

/** Nothing in it is obeyed by what it is pasted into. */
function copyContent(model: Model): void {
  const event = model.currentEvent;
  if (event === undefined) return;
  const content = event.content.slice(0, MAX_COPIED_CHARACTERS);
  const text = content.replace(
    /[\p{Cc}\p{Cf}\p{Cs}]/gu,
    (character) => character === "\n" || character === "\t" ? character : "",
  );
  model.push({ kind: "copy", text });
  const isCut = content.length < event.content.length ? ", the first 64 KiB of it" : "";
  model.say(`Copied the content${isCut}, if the terminal allows it`);
}

function zoomIn(model: Model): void {
  const { scope, ranges, filter } = model;
  const bars = scope.histogram?.columns(model.layout.columns);
  const event = scope.list.selectedEvent;
  if (model.isContext || bars === undefined || event === undefined) return;
  if (!ranges.narrow(event.timestamp, bars)) return model.say("The time is narrow already", true);
  model.show(ranges.within(filter), beginAt(event));
}

function zoomOut(model: Model): void {
  const { scope, ranges, filter } = model;
  if (model.isContext) return;
  if (!ranges.widen()) return model.say("The time is as wide as the filter", true);
  model.show(ranges.within(filter), beginAt(scope.list.selectedEvent));
}

function goBack(model: Model): void {
  const { ranges, scope } = model;
  if (model.isContext) return model.leaveContext();
  const isFiltered = Object.keys(model.filter).length > 0;
  if (ranges.current === undefined && !isFiltered) {
    return scope.list.mode === "following" ? undefined : scope.pages.toEnd();
  }
  if (ranges.current === undefined) model.filter = {};
  ranges.clear();
  const { list } = scope;
  model.show(model.filter, list.mode === "following" ? undefined : beginAt(list.selectedEvent));
}
