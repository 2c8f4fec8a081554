/**
 * Steps from the event that is looked at to another one that has something. Where an event is expanded,
 * the other one is expanded in its place.
 *
 * @module
 */

import { DeadlineError, runWithDeadline } from "../../base/deadline.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { headOf } from "./event_head.ts";
import { eventKey } from "./event_window.ts";
import type { Model } from "./model.ts";
import type { Direction, Seek } from "./seek.ts";
import { formatCount } from "../format/count.ts";

/** What is loaded is looked through that long at the most: somebody waits for the key. */
const MATCH_DEADLINE_MS = 500;

/** So many are loaded within some seconds; whoever looks for what is rarer has a filter for it. */
const MAX_SOUGHT = 100_000;

/** Goes to the next error. */
export function stepToError(model: Model, direction: Direction): void {
  begin(model, "error", direction, (event) => headOf(event).level === "error");
}

/** Goes to the next event that the filter finds; outside of a context these are all of the list. */
export function stepToMatch(model: Model, direction: Direction): void {
  if (model.isContext) {
    const matcher = compileCriteria(model.filter);
    return begin(model, "match", direction, (event) => matcher.matches(event));
  }
  const { list } = model.scope;
  const { detail } = model;
  if (detail !== undefined) list.select(placeOf(model));
  list.move(direction);
  if (detail !== undefined) model.expand(list.selectedEvent);
}

/** Goes to the next marked event, after the last one to the first. */
export function stepToMark(model: Model): void {
  const { scope, marks } = model;
  const next = marks.after(model.currentEvent);
  if (next === undefined) return model.say("No event is marked: m marks one", true);
  scope.pages.toTime(next.timestamp, eventKey(next));
  if (model.detail !== undefined) model.expand(next);
}

/** Looks at what was loaded for an event that is sought, and wants more of it until one is found. */
export function goOnSeeking(model: Model): void {
  const { seek, scope: { list } } = model;
  if (seek === undefined) return;
  try {
    const from = list.selected;
    const place = runWithDeadline(MATCH_DEADLINE_MS, () => findLoaded(model, from, seek));
    if (place !== undefined) return finish(model, place);
    goToEdge(model, seek, from);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    giveUp(model, seek, "The filter's pattern takes too long to look for the next match");
  }
}

function begin(
  model: Model,
  noun: Seek["noun"],
  direction: Direction,
  holds: Seek["holds"],
): void {
  const origin = model.currentEvent;
  if (origin === undefined) return;
  model.seek = { direction, noun, holds, origin, passed: 0 };
  const { list } = model.scope;
  const place = placeOf(model);
  if (place !== list.selected) list.select(place);
  goOnSeeking(model);
}

function findLoaded(
  model: Model,
  from: number,
  { direction, holds }: Seek,
): number | undefined {
  const { window } = model.scope.list;
  for (let at = from + direction; at >= 0 && at < window.length; at += direction) {
    const event = window.at(at);
    if (event !== undefined && holds(event)) return at;
  }
  return undefined;
}

function finish(model: Model, place: number): void {
  const { list } = model.scope;
  model.seek = undefined;
  list.select(place);
  if (model.detail !== undefined) model.expand(list.selectedEvent);
}

/** There, more is loaded. */
function goToEdge(model: Model, seek: Seek, from: number): void {
  const { list } = model.scope;
  const { window, mode } = list;
  const edge = seek.direction < 0 ? 0 : window.length - 1;
  const passed = seek.passed + Math.abs(edge - from);
  const which = `${seek.direction < 0 ? "earlier" : "later"} ${seek.noun}`;
  const isEnd = seek.direction < 0 ? !window.hasOlder : !window.hasNewer || mode === "paused";
  if (isEnd) return giveUp(model, seek, `There is no ${which}`);
  if (passed >= MAX_SOUGHT) {
    return giveUp(model, seek, `No ${which} among ${formatCount(passed)} events: filter for one`);
  }
  model.seek = { ...seek, passed };
  list.select(edge);
}

function giveUp(model: Model, { origin }: Seek, reason: string): void {
  model.seek = undefined;
  model.scope.pages.toTime(origin.timestamp, eventKey(origin));
  model.say(reason, true);
}

/** Of the event that is looked at; new ones may have been selected since it was expanded. */
function placeOf({ detail, scope: { list } }: Model): number {
  const place = detail === undefined ? -1 : list.window.indexOf(eventKey(detail.event));
  return place < 0 ? list.selected : place;
}
