import addressBarModule from "./address_bar.js" with { type: "text" };
import anywherePatternModule from "./anywhere_pattern.js" with { type: "text" };
import apiModule from "./api.js" with { type: "text" };
import appModule from "./app.js" with { type: "text" };
import axisTicksModule from "./axis_ticks.js" with { type: "text" };
import barTableModule from "./bar_table.js" with { type: "text" };
import bucketModule from "./bucket.js" with { type: "text" };
import chartStyle from "./chart.css" with { type: "text" };
import chartAxisModule from "./chart_axis.js" with { type: "text" };
import clipboardModule from "./clipboard.js" with { type: "text" };
import contextViewModule from "./context_view.js" with { type: "text" };
import controlsStyle from "./controls.css" with { type: "text" };
import criteriaModule from "./criteria.js" with { type: "text" };
import detailStyle from "./detail.css" with { type: "text" };
import detailPaneModule from "./detail_pane.js" with { type: "text" };
import domModule from "./dom.js" with { type: "text" };
import doubleModule from "./double.js" with { type: "text" };
import downloadsModule from "./downloads.js" with { type: "text" };
import emptyNoteStyle from "./empty_note.css" with { type: "text" };
import emptyNoteModule from "./empty_note.js" with { type: "text" };
import eventFramesModule from "./event_frames.js" with { type: "text" };
import eventListModule from "./event_list.js" with { type: "text" };
import eventRowModule from "./event_row.js" with { type: "text" };
import faultModule from "./fault.js" with { type: "text" };
import filterFormModule from "./filter_form.js" with { type: "text" };
import firstCommandsModule from "./first_commands.js" with { type: "text" };
import followingModule from "./following.js" with { type: "text" };
import highlightWorkerModule from "./highlight_worker.js" with { type: "text" };
import highlighterModule from "./highlighter.js" with { type: "text" };
import histogramModule from "./histogram.js" with { type: "text" };
import iconImage from "./icon.svg" with { type: "text" };
import inertTextModule from "./inert_text.js" with { type: "text" };
import intervalModule from "./interval.js" with { type: "text" };
import keyboardModule from "./keyboard.js" with { type: "text" };
import layoutStyle from "./layout.css" with { type: "text" };
import levelModule from "./level.js" with { type: "text" };
import listStyle from "./list.css" with { type: "text" };
import listPlaceModule from "./list_place.js" with { type: "text" };
import liveFeedModule from "./live_feed.js" with { type: "text" };
import liveRingModule from "./live_ring.js" with { type: "text" };
import liveTailModule from "./live_tail.js" with { type: "text" };
import matchThreadModule from "./match_thread.js" with { type: "text" };
import menusStyle from "./menus.css" with { type: "text" };
import neighboursModule from "./neighbours.js" with { type: "text" };
import newPillModule from "./new_pill.js" with { type: "text" };
import onceAFrameModule from "./once_a_frame.js" with { type: "text" };
import popupModule from "./popup.js" with { type: "text" };
import pythonPatternModule from "./python_pattern.js" with { type: "text" };
import rangeMenuModule from "./range_menu.js" with { type: "text" };
import resultModule from "./result.js" with { type: "text" };
import resultIndexModule from "./result_index.js" with { type: "text" };
import resultLoaderModule from "./result_loader.js" with { type: "text" };
import resultShapeModule from "./result_shape.js" with { type: "text" };
import rowPoolModule from "./row_pool.js" with { type: "text" };
import rowViewModule from "./row_view.js" with { type: "text" };
import scrollScaleModule from "./scroll_scale.js" with { type: "text" };
import selectedEventModule from "./selected_event.js" with { type: "text" };
import shapeModelModule from "./shape_model.js" with { type: "text" };
import shapeSectionModule from "./shape_section.js" with { type: "text" };
import statusLineModule from "./status_line.js" with { type: "text" };
import suggestBoxModule from "./suggest_box.js" with { type: "text" };
import themeStyle from "./theme.css" with { type: "text" };
import themeModule from "./theme.js" with { type: "text" };
import themeBootModule from "./theme_boot.js" with { type: "text" };
import timeFormatModule from "./time_format.js" with { type: "text" };
import timeRangeModule from "./time_range.js" with { type: "text" };
import valuePatternModule from "./value_pattern.js" with { type: "text" };
import viewStateModule from "./view_state.js" with { type: "text" };
import zoneButtonModule from "./zone_button.js" with { type: "text" };
import page from "./index.html" with { type: "text" };

const JAVASCRIPT = "text/javascript; charset=utf-8";
const CSS = "text/css; charset=utf-8";

/** A file of the page: its media type and its text. */
export interface WebAsset {
  /** Such as `text/html; charset=utf-8`. */
  readonly type: string;
  /** What is in it. */
  readonly body: string;
}

/** The files of the page, by path: what a collector serves to browsers. */
export const WEB_ASSETS: ReadonlyMap<string, WebAsset> = new Map([
  ["/", { type: "text/html; charset=utf-8", body: page }],
  ["/web/address_bar.js", { type: JAVASCRIPT, body: addressBarModule }],
  ["/web/anywhere_pattern.js", { type: JAVASCRIPT, body: anywherePatternModule }],
  ["/web/api.js", { type: JAVASCRIPT, body: apiModule }],
  ["/web/app.js", { type: JAVASCRIPT, body: appModule }],
  ["/web/axis_ticks.js", { type: JAVASCRIPT, body: axisTicksModule }],
  ["/web/bar_table.js", { type: JAVASCRIPT, body: barTableModule }],
  ["/web/bucket.js", { type: JAVASCRIPT, body: bucketModule }],
  ["/web/chart.css", { type: CSS, body: chartStyle }],
  ["/web/chart_axis.js", { type: JAVASCRIPT, body: chartAxisModule }],
  ["/web/clipboard.js", { type: JAVASCRIPT, body: clipboardModule }],
  ["/web/context_view.js", { type: JAVASCRIPT, body: contextViewModule }],
  ["/web/controls.css", { type: CSS, body: controlsStyle }],
  ["/web/criteria.js", { type: JAVASCRIPT, body: criteriaModule }],
  ["/web/detail.css", { type: CSS, body: detailStyle }],
  ["/web/detail_pane.js", { type: JAVASCRIPT, body: detailPaneModule }],
  ["/web/dom.js", { type: JAVASCRIPT, body: domModule }],
  ["/web/double.js", { type: JAVASCRIPT, body: doubleModule }],
  ["/web/downloads.js", { type: JAVASCRIPT, body: downloadsModule }],
  ["/web/empty_note.css", { type: CSS, body: emptyNoteStyle }],
  ["/web/empty_note.js", { type: JAVASCRIPT, body: emptyNoteModule }],
  ["/web/event_frames.js", { type: JAVASCRIPT, body: eventFramesModule }],
  ["/web/event_list.js", { type: JAVASCRIPT, body: eventListModule }],
  ["/web/event_row.js", { type: JAVASCRIPT, body: eventRowModule }],
  ["/web/fault.js", { type: JAVASCRIPT, body: faultModule }],
  ["/web/filter_form.js", { type: JAVASCRIPT, body: filterFormModule }],
  ["/web/first_commands.js", { type: JAVASCRIPT, body: firstCommandsModule }],
  ["/web/following.js", { type: JAVASCRIPT, body: followingModule }],
  ["/web/highlight_worker.js", { type: JAVASCRIPT, body: highlightWorkerModule }],
  ["/web/highlighter.js", { type: JAVASCRIPT, body: highlighterModule }],
  ["/web/histogram.js", { type: JAVASCRIPT, body: histogramModule }],
  ["/web/icon.svg", { type: "image/svg+xml", body: iconImage }],
  ["/web/inert_text.js", { type: JAVASCRIPT, body: inertTextModule }],
  ["/web/interval.js", { type: JAVASCRIPT, body: intervalModule }],
  ["/web/keyboard.js", { type: JAVASCRIPT, body: keyboardModule }],
  ["/web/layout.css", { type: CSS, body: layoutStyle }],
  ["/web/level.js", { type: JAVASCRIPT, body: levelModule }],
  ["/web/list.css", { type: CSS, body: listStyle }],
  ["/web/list_place.js", { type: JAVASCRIPT, body: listPlaceModule }],
  ["/web/live_feed.js", { type: JAVASCRIPT, body: liveFeedModule }],
  ["/web/live_ring.js", { type: JAVASCRIPT, body: liveRingModule }],
  ["/web/live_tail.js", { type: JAVASCRIPT, body: liveTailModule }],
  ["/web/match_thread.js", { type: JAVASCRIPT, body: matchThreadModule }],
  ["/web/menus.css", { type: CSS, body: menusStyle }],
  ["/web/neighbours.js", { type: JAVASCRIPT, body: neighboursModule }],
  ["/web/new_pill.js", { type: JAVASCRIPT, body: newPillModule }],
  ["/web/once_a_frame.js", { type: JAVASCRIPT, body: onceAFrameModule }],
  ["/web/popup.js", { type: JAVASCRIPT, body: popupModule }],
  ["/web/python_pattern.js", { type: JAVASCRIPT, body: pythonPatternModule }],
  ["/web/range_menu.js", { type: JAVASCRIPT, body: rangeMenuModule }],
  ["/web/result.js", { type: JAVASCRIPT, body: resultModule }],
  ["/web/result_index.js", { type: JAVASCRIPT, body: resultIndexModule }],
  ["/web/result_loader.js", { type: JAVASCRIPT, body: resultLoaderModule }],
  ["/web/result_shape.js", { type: JAVASCRIPT, body: resultShapeModule }],
  ["/web/row_pool.js", { type: JAVASCRIPT, body: rowPoolModule }],
  ["/web/row_view.js", { type: JAVASCRIPT, body: rowViewModule }],
  ["/web/scroll_scale.js", { type: JAVASCRIPT, body: scrollScaleModule }],
  ["/web/selected_event.js", { type: JAVASCRIPT, body: selectedEventModule }],
  ["/web/shape_model.js", { type: JAVASCRIPT, body: shapeModelModule }],
  ["/web/shape_section.js", { type: JAVASCRIPT, body: shapeSectionModule }],
  ["/web/status_line.js", { type: JAVASCRIPT, body: statusLineModule }],
  ["/web/suggest_box.js", { type: JAVASCRIPT, body: suggestBoxModule }],
  ["/web/theme.css", { type: CSS, body: themeStyle }],
  ["/web/theme.js", { type: JAVASCRIPT, body: themeModule }],
  ["/web/theme_boot.js", { type: JAVASCRIPT, body: themeBootModule }],
  ["/web/time_format.js", { type: JAVASCRIPT, body: timeFormatModule }],
  ["/web/time_range.js", { type: JAVASCRIPT, body: timeRangeModule }],
  ["/web/value_pattern.js", { type: JAVASCRIPT, body: valuePatternModule }],
  ["/web/view_state.js", { type: JAVASCRIPT, body: viewStateModule }],
  ["/web/zone_button.js", { type: JAVASCRIPT, body: zoneButtonModule }],
]);
