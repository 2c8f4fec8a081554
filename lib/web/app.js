import { AddressBar } from "./address_bar.js";
import { isPassing, Problem } from "./api.js";
import { makeCriteria, splitTags } from "./criteria.js";
import { DetailPane } from "./detail_pane.js";
import { setUpDownloads } from "./downloads.js";
import { byId } from "./dom.js";
import { EmptyNote } from "./empty_note.js";
import { EventList } from "./event_list.js";
import { keyOf } from "./event_row.js";
import { describeFault } from "./fault.js";
import { FilterForm } from "./filter_form.js";
import { Highlighter } from "./highlighter.js";
import { setUpKeys } from "./keyboard.js";
import { NewPill } from "./new_pill.js";
import { onceAFrame } from "./once_a_frame.js";
import { RangeMenu } from "./range_menu.js";
import { Result } from "./result.js";
import { SelectedEvent } from "./selected_event.js";
import { ShapeSection } from "./shape_section.js";
import { StatusLine } from "./status_line.js";
import { setUpTheme } from "./theme.js";
import { formatDate } from "./time_format.js";
import { ALL_TIME, isOpen, resolveRange } from "./time_range.js";
import { sourcePattern, tagPattern } from "./value_pattern.js";
import { asksTheSame } from "./view_state.js";
import { ZoneButton } from "./zone_button.js";

/** @typedef {import("./view_state.js").ViewState} ViewState */
/** @typedef {import("./view_state.js").EventRef} EventRef */

/** When the collector could not be asked, it is asked again after so long. */
const RETRY_MS = 2000;

/** A collector that keeps nothing answers so. */
const NOTHING_KEPT = 409;

const address = new AddressBar((next) => apply(next));
let state = address.state;
/** @type {Result | undefined} */
let result;
/** Moment from which relative ranges are counted. */
let now = Date.now() / 1000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let retry;

/** Once a frame is enough, however many events arrive. */
const showCountsSoon = onceAFrame(() => showCounts());
const status = new StatusLine();
const highlighter = new Highlighter(() => list.invalidate());
const list = new EventList(byId("list", HTMLElement), {
  onSelect: (row, opens) => select({ timestamp: row.timestamp, id: row.id }, opens || state.open),
  onEnd: () => {
    pill.leave(result?.total ?? 0);
    showCounts();
  },
  onShown: (rows) => highlighter.highlight(rows),
});
const pill = new NewPill(byId("pill", HTMLButtonElement), () => list.toEnd());
const detail = new DetailPane(byId("detail", HTMLElement), {
  onClose: closeDetail,
  onOpen: (event) => select(event, true),
  onSource: (source) => go({ source: sourcePattern(source) }),
  onTag: (tag) => {
    const tags = splitTags(state.tags);
    const pattern = tagPattern(tag);
    if (!tags.includes(pattern)) go({ tags: [...tags, pattern].join(",") });
  },
  matchesOf: (text) => highlighter.matchesOf(text),
});
const selected = new SelectedEvent(list, detail);
const filters = new FilterForm((fields) => go(fields), () => resolveRange(state.range, now));
const ranges = new RangeMenu({
  onRange: (range) => go({ range, zoomedFrom: undefined, live: isOpen(range) }),
  onZone: (utc) => go({ utc }),
});
const zone = new ZoneButton(byId("zone", HTMLButtonElement), () => {
  go({ utc: !state.utc }, "replace");
});
const shape = new ShapeSection((range, isZoom) => {
  const from = state.zoomedFrom ?? state.range;
  go({ range, zoomedFrom: isZoom ? from : undefined, live: isOpen(range) });
});
const empty = new EmptyNote(byId("empty", HTMLElement), {
  onAllTime: () => go({ range: ALL_TIME, zoomedFrom: undefined, live: true }),
  onNoFilters: () => go({ content: "", source: "", tags: "" }),
  onSource: (source) => go({ source }),
});

/**
 * Changes what is shown.
 *
 * @param {Partial<ViewState>} changes
 * @param {import("./address_bar.js").AddressChange} [how]
 */
function go(changes, how = "push") {
  const next = { ...state, ...changes };
  address.change(next, how);
  apply(next);
}

/** @param {ViewState} next */
function apply(next) {
  const before = state;
  state = next;
  filters.show(state);
  ranges.show(state.range, state.utc);
  zone.show(state.utc);
  if (result === undefined || !asksTheSame(before, state)) {
    open();
  } else {
    if (state.live !== before.live) state.live ? result.resume() : result.pause();
    shape.update(state);
    selected.show(state, result);
  }
  showCounts();
}

/** Asks for what the state says. */
function open() {
  clearTimeout(retry);
  result?.close();
  now = Date.now() / 1000;
  const range = resolveRange(state.range, now);
  const opened = new Result(makeCriteria(state, { start: undefined, end: undefined }), range, {
    onChange: () => {
      list.invalidate();
      showCountsSoon();
    },
    onShift: (from, difference, until) => {
      list.shift(from, difference, until);
      pill.shift(from, difference);
    },
    onShape: (counts) => shape.add(counts),
    onLive: (rows) => shape.count(rows),
    onFeed: (feed) => status.showFeed(feed),
    onMissed: (count) => status.addMissed(count),
    onForgotten: (most) => status.showForgotten(most),
    onError: (error, willRetry) => showError(error, willRetry),
    onWorking: () => status.showTrouble(""),
    onStale: () => open(),
  });
  result = opened;
  status.reset();
  status.showTrouble("");
  filters.clearErrors();
  highlighter.use(state.content);
  shape.reset(state, now);
  list.show(opened);
  selected.forget();
  empty.hide();
  void start(opened);
}

/** @param {Result} opened */
async function start(opened) {
  try {
    await opened.open(state.live);
    if (opened !== result) return;
    showCounts();
    selected.forget();
    selected.show(state, opened);
  } catch (error) {
    if (opened !== result) return;
    if (error instanceof Problem && error.status === NOTHING_KEPT) {
      opened.openUnkept(state.live);
      shape.add({ interval: 1, counts: [] });
      showCounts();
    } else {
      const willRetry = isPassing(error);
      showError(error, willRetry);
      if (willRetry) retry = setTimeout(() => open(), RETRY_MS);
    }
  }
}

/** @param {unknown} error @param {boolean} willRetry */
function showError(error, willRetry) {
  if (!willRetry) shape.giveUp();
  const { message, state, parameter } = describeFault(error, willRetry);
  if (parameter !== undefined && filters.showError(parameter, message)) {
    status.showTrouble("The search was refused");
    empty.showRefused(message);
  } else {
    status.showTrouble(state);
  }
  showCounts();
}

function showCounts() {
  if (result === undefined) return;
  const { total, waiting, isCounted, firstTimestamp } = result;
  shape.showTotal(total);
  status.showView({ isLive: state.live, isOpen: isOpen(state.range), waiting });
  empty.show(total, state, isCounted);
  pill.show(!list.sticks && state.live, total);
  // Rows show the date when they are not all of today.
  const today = formatDate(Date.now() / 1000, state.utc);
  const showsDate = firstTimestamp !== undefined && formatDate(firstTimestamp, state.utc) !== today;
  list.restyle({ utc: state.utc, showsDate });
}

/** @param {EventRef} event @param {boolean} opens */
function select(event, opens) {
  const isOther = state.event === undefined || keyOf(state.event) !== keyOf(event);
  // Walking through the list is no step to go back.
  go({ event, open: opens }, isOther && opens && !state.open ? "push" : "later");
}

function closeDetail() {
  go({ open: false });
  byId("list", HTMLElement).focus();
}

/** A fixed range has nothing to follow: going live leaves it. */
function toggleLive() {
  if (isOpen(state.range)) return go({ live: !state.live }, "replace");
  const { zoomedFrom } = state;
  const range = zoomedFrom !== undefined && isOpen(zoomedFrom) ? zoomedFrom : ALL_TIME;
  go({ range, zoomedFrom: undefined, live: true });
}

function openSelected() {
  const row = list.selectedRow;
  if (row !== undefined) select({ timestamp: row.timestamp, id: row.id }, true);
}

const help = byId("help", HTMLDialogElement);
setUpTheme(byId("theme", HTMLButtonElement));
setUpKeys({
  "/": () => filters.focus(),
  "j": () => list.move(1),
  "k": () => list.move(-1),
  "ArrowDown": () => list.move(1),
  "ArrowUp": () => list.move(-1),
  "g": () => list.toStart(),
  "Home": () => list.toStart(),
  "G": () => list.toEnd(),
  "End": () => list.toEnd(),
  " ": toggleLive,
  "Enter": openSelected,
  "?": () => help.showModal(),
}, () => {
  if (state.open) closeDetail();
});
setUpDownloads(() => makeCriteria(state, resolveRange(state.range, now)));
byId("live", HTMLButtonElement).addEventListener("click", toggleLive);
byId("help-button", HTMLButtonElement).addEventListener("click", () => help.showModal());
addEventListener("online", () => result?.hurry());
apply(state);
