/**
 * Steps from the event that is looked at to another one that has something. Where an event is expanded,
 * the other one is expanded in its place.
 *
 * @module
 */

import { DeadlineError, runWithDeadline } from "../../base/deadline.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { headOf } from "./event_head.ts";
import { eventKey } from "./event_window.ts";
import type { Model } from "./model.ts";

/** Later or earlier. */
export type Direction = 1 | -1;

/** What is loaded is looked through that long at the most: somebody waits for the key. */
const MATCH_DEADLINE_MS = 500;

/** Goes to the next error among what is loaded: a filter finds the others. */
export function stepToError(model: Model, direction: Direction): void {
  const place = findLoaded(model, direction, (event) => headOf(event).level === "error");
  if (place !== undefined) return show(model, place);
  model.say(`No ${direction > 0 ? "later" : "earlier"} error is loaded`, true);
}

/**
 * Goes to the next event that the filter finds. Outside of a context these are all of the list, so it goes
 * on to those that are not loaded yet.
 */
export function stepToMatch(model: Model, direction: Direction): void {
  if (!model.isContext) {
    const { list } = model.scope;
    const { detail } = model;
    if (detail !== undefined) list.select(placeOf(model));
    list.move(direction);
    if (detail !== undefined) model.expand(list.selectedEvent);
    return;
  }
  try {
    const matcher = compileCriteria(model.filter);
    const place = runWithDeadline(
      MATCH_DEADLINE_MS,
      () => findLoaded(model, direction, (event) => matcher.matches(event)),
    );
    if (place !== undefined) return show(model, place);
    model.say(`No ${direction > 0 ? "later" : "earlier"} match is loaded`, true);
  } catch (error) {
    if (!(error instanceof DeadlineError)) throw error;
    model.say("The filter's pattern takes too long to look for the next match", true);
  }
}

/** Goes to the next marked event, after the last one to the first. */
export function stepToMark(model: Model): void {
  const { scope, marks } = model;
  const next = marks.after(model.currentEvent);
  if (next === undefined) return model.say("No event is marked: m marks one", true);
  scope.pages.toTime(next.timestamp, eventKey(next));
  if (model.detail !== undefined) model.expand(next);
}

function show(model: Model, place: number): void {
  const { list } = model.scope;
  list.select(place);
  if (model.detail !== undefined) model.expand(list.selectedEvent);
}

/** The place of the next event in the window for which something holds. */
function findLoaded(
  model: Model,
  direction: Direction,
  holds: (event: RawEvent) => boolean,
): number | undefined {
  const { window } = model.scope.list;
  for (let at = placeOf(model) + direction; at >= 0 && at < window.length; at += direction) {
    const event = window.at(at);
    if (event !== undefined && holds(event)) return at;
  }
  return undefined;
}

/** Of the event that is looked at; new ones may have been selected since it was expanded. */
function placeOf({ detail, scope: { list } }: Model): number {
  const place = detail === undefined ? -1 : list.window.indexOf(eventKey(detail.event));
  return place < 0 ? list.selected : place;
}
