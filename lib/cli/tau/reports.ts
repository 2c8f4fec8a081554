import { formatCount, formatEvents } from "../format/count.ts";
import type { Report } from "./effect.ts";
import { goOnSeeking } from "./event_steps.ts";
import type { Model } from "./model.ts";
import { takeLabels } from "./prompt_completion.ts";

/** Tells the model what came of an effect, or happened. */
export function takeReport(model: Model, report: Report): void {
  const { scope } = model;
  switch (report.kind) {
    case "connection":
      model.connection = report.state;
      return;
    case "following":
      if (report.scope !== scope.id) return;
      scope.takeFollowing();
      return model.count();
    case "arrived":
      if (report.scope !== scope.id) return;
      model.rate.add(report.events.length, model.now());
      return scope.arrived(report.events);
    case "refused":
      if (report.scope === scope.id) scope.error = report.reason;
      return;
    case "found":
      return scope.pages.found(report.load, report.events);
    case "loaded":
      scope.pages.loaded(report.load, report.isEnd);
      return goOnSeeking(model);
    case "loadFailed":
      model.seek = undefined;
      return scope.failed(report.load, report.reason);
    case "counted":
      if (report.scope === scope.id) scope.counted(report.data);
      return;
    case "countFailed":
      if (report.scope !== scope.id) return;
      scope.counted(undefined);
      if (report.reason !== undefined) model.say(report.reason, true);
      return;
    case "labels":
      return takeLabels(model, report.by, report.labels);
    default:
      return takeWord(model, report);
  }
}

/** What the user is told. */
function takeWord(
  model: Model,
  report: Extract<Report, { readonly kind: "missed" | `sav${string}` }>,
): void {
  switch (report.kind) {
    case "missed": {
      const { count } = report;
      return model.say(
        `${count === undefined ? "Some events" : formatEvents(count)} passed by unseen`,
        true,
      );
    }
    case "saving":
      return model.say(`Saving: ${formatCount(report.count)} events so far`);
    case "saved":
      return model.say(`Saved ${formatEvents(report.count)} in ${report.path}`);
    case "saveFailed":
      return model.say(report.reason, true);
    case "saveExists":
      model.prompt = { kind: "confirm", path: report.path, saved: report.saved };
  }
}
