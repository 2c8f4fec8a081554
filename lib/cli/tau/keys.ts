import type { InputEvent } from "../screen/input_event.ts";

/** What a key does in the list of events or while one event is expanded. */
export type Action =
  | "down"
  | "up"
  | "pageDown"
  | "pageUp"
  | "first"
  | "last"
  | "left"
  | "right"
  | "expand"
  | "filter"
  | "jump"
  | "pause"
  | "context"
  | "nextMatch"
  | "previousMatch"
  | "mark"
  | "nextMark"
  | "nextError"
  | "previousError"
  | "save"
  | "wrap"
  | "raw"
  | "copy"
  | "zoomIn"
  | "zoomOut"
  | "redraw"
  | "help"
  | "back"
  | "quit";

/** A row of the help. */
export interface KeyRow {
  /** Names as people write them. */
  readonly keys: readonly string[];
  readonly action: Action;
  /** What it does, in a few words. */
  readonly help: string;
}

/** All keys, in the order of the help; docs/tau.md has the same table. */
export const KEYS: readonly KeyRow[] = [
  { keys: ["/"], action: "filter", help: "type a filter; Tab completes, Up brings earlier ones" },
  { keys: ["Enter"], action: "expand", help: "expand the event, or close it" },
  { keys: ["j", "Down"], action: "down", help: "next event; at the newest one: follow" },
  { keys: ["k", "Up"], action: "up", help: "previous event" },
  {
    keys: ["PageDown", "Ctrl-F", "Ctrl-D"],
    action: "pageDown",
    help: "a screen down; the wheel scrolls, too",
  },
  { keys: ["PageUp", "Ctrl-B", "Ctrl-U"], action: "pageUp", help: "a screen up" },
  { keys: ["g", "Home"], action: "first", help: "the oldest event" },
  { keys: ["G", "End"], action: "last", help: "the newest event, and follow" },
  { keys: [":", "t"], action: "jump", help: "jump to a time (10:30, 15m, 2026-11-22) or to 40%" },
  { keys: ["Space"], action: "pause", help: "pause, or follow again" },
  { keys: ["c"], action: "context", help: "all events of the same source around this one" },
  { keys: ["n"], action: "nextMatch", help: "next match, also in a context and while expanded" },
  { keys: ["N"], action: "previousMatch", help: "previous match, likewise" },
  { keys: ["e"], action: "nextError", help: "next error, also among those that are not loaded" },
  { keys: ["E"], action: "previousError", help: "previous error, likewise" },
  { keys: ["m"], action: "mark", help: "mark the event, or take the mark away" },
  { keys: ["'"], action: "nextMark", help: "next marked event" },
  { keys: ["s"], action: "save", help: "save the marked events, or else all that are found" },
  { keys: ["y"], action: "copy", help: "copy the content to the clipboard (OSC 52)" },
  { keys: ["]"], action: "zoomIn", help: "narrow the time to what is around the event" },
  { keys: ["["], action: "zoomOut", help: "widen the time again" },
  { keys: ["w"], action: "wrap", help: "wrap long contents, or cut them" },
  { keys: ["x"], action: "raw", help: "bytes of the expanded event" },
  { keys: ["h", "Left"], action: "left", help: "move long contents" },
  { keys: ["l", "Right"], action: "right", help: "move long contents the other way" },
  { keys: ["Ctrl-L"], action: "redraw", help: "draw the screen anew" },
  { keys: ["?"], action: "help", help: "this help" },
  { keys: ["Escape"], action: "back", help: "close, leave the context, clear the filter" },
  { keys: ["q", "Ctrl-C"], action: "quit", help: "quit; Ctrl-Z suspends" },
];

const ACTIONS: ReadonlyMap<string, Action> = new Map(
  KEYS.flatMap(({ keys, action }) => keys.map((key) => [key, action] as const)),
);

const NAMES: Readonly<Record<string, string>> = {
  pageup: "PageUp",
  pagedown: "PageDown",
  backspace: "Backspace",
};

/** How people write a key; undefined for what is none. */
function keyName(event: InputEvent): string | undefined {
  switch (event.kind) {
    case "text":
      return event.alt === true ? `Alt-${event.text}` : event.text === " " ? "Space" : event.text;
    case "ctrl":
      return `Ctrl-${event.letter.toUpperCase()}`;
    case "key":
      return NAMES[event.key] ?? event.key.slice(0, 1).toUpperCase() + event.key.slice(1);
    default:
      return undefined;
  }
}

/** What a key does; undefined for a key without a meaning. */
export function actionOf(event: InputEvent): Action | undefined {
  const name = keyName(event);
  return name === undefined ? undefined : ACTIONS.get(name);
}
