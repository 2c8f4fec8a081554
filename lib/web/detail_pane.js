import { fetchEvent } from "./api.js";
import { copyText } from "./clipboard.js";
import { ContextView } from "./context_view.js";
import { make, makeButton, showInert } from "./dom.js";
import { inertText } from "./inert_text.js";
import { levelOf } from "./level.js";
import { formatBytes, formatInstant, formatZone } from "./time_format.js";

/** @typedef {import("./event_frames.js").WholeEvent} WholeEvent */
/** @typedef {import("./view_state.js").EventRef} EventRef */

/**
 * What the pane tells.
 *
 * @typedef {object} DetailEvents
 * @property {() => void} onClose
 * @property {(event: EventRef) => void} onOpen Another event was chosen.
 * @property {(source: string) => void} onSource Only events of this source are wanted.
 * @property {(tag: string) => void} onTag Only events with this tag are wanted.
 * @property {(text: string) => Promise<readonly number[]>} matchesOf Where the searched pattern matches.
 */

/** A content is shown up to here until more is asked for: laying out a megabyte takes a while. */
const FIRST_CHARS = 50_000;

/** How long "Copied" is shown. */
const NOTE_MS = 1500;

/** Shows everything of one event, and its neighbours. */
export class DetailPane {
  #root;
  #events;
  /** @type {AbortController | undefined} */
  #abort;
  /** @type {string | undefined} */
  #shown;

  /** @param {HTMLElement} root @param {DetailEvents} events */
  constructor(root, events) {
    this.#root = root;
    this.#events = events;
  }

  get isOpen() {
    return !this.#root.hidden;
  }

  close() {
    this.#abort?.abort();
    this.#shown = undefined;
    this.#root.hidden = true;
    this.#root.replaceChildren();
  }

  /** @param {EventRef} event @param {boolean} utc */
  async open(event, utc) {
    const key = `${event.timestamp} ${event.id} ${utc}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#root.hidden = false;
    try {
      const whole = await fetchEvent(event, abort.signal);
      if (abort.signal.aborted) return;
      if (whole === undefined) this.#showProblem("This event is not stored any more.");
      else this.#show(whole, utc, abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) {
        this.#showProblem(error instanceof Error ? error.message : `${error}`);
      }
    }
  }

  /** @param {string} text */
  #showProblem(text) {
    this.#shown = undefined;
    this.#root.replaceChildren(this.#head("Event"), make("p", "detail-problem", text));
  }

  /** @param {string} title */
  #head(title) {
    const head = make("div", "detail-head");
    const close = makeButton("Close", () => this.#events.onClose(), "quiet");
    close.title = "Close (Esc)";
    head.append(make("h2", "", title), close);
    return head;
  }

  /** @param {WholeEvent} event @param {boolean} utc @param {AbortSignal} signal */
  #show(event, utc, signal) {
    const time = formatInstant(event.timestamp, utc, 6);
    const head = this.#head(`${time} ${formatZone(event.timestamp, utc)}`);
    const level = levelOf(event.content);
    if (level !== undefined) head.prepend(make("span", `level level-${level}`, level));
    const context = new ContextView(event, utc, { signal, onOpen: this.#events.onOpen });
    this.#root.replaceChildren(
      head,
      this.#labels(event),
      this.#content(event),
      headers(event),
      raw(event),
      context.element,
    );
    this.#root.scrollTop = 0;
  }

  /** @param {WholeEvent} event */
  #labels({ source, tags }) {
    const labels = make("div", "detail-labels");
    if (source !== "") {
      labels.append(label(source, "chip chip-source", `Only events of source ${source}`, () => {
        this.#events.onSource(source);
      }));
    }
    for (const tag of tags.split(",").filter(Boolean)) {
      labels.append(
        label(tag, "chip", `Only events with tag ${tag}`, () => this.#events.onTag(tag)),
      );
    }
    return labels;
  }

  /** @param {WholeEvent} event */
  #content({ content, bytes }) {
    const section = make("section");
    const head = sectionHead("Content", copyButton("Copy content", content));
    const text = make("pre", "detail-content");
    text.tabIndex = 0;
    text.setAttribute("aria-label", "Content");
    const beginning = content.slice(0, FIRST_CHARS);
    showInert(text, beginning, [], true);
    void this.#events.matchesOf(beginning).then((matches) => {
      const isWhole = text.dataset["whole"] !== undefined;
      if (matches.length > 0 && !isWhole) showInert(text, beginning, matches, true);
    });
    section.append(head, text);
    if (content.length > FIRST_CHARS) {
      const more = makeButton(`Show all ${formatBytes(bytes)}`, () => {
        text.dataset["whole"] = "";
        showInert(text, content, [], true);
        more.remove();
      });
      section.append(more);
    }
    return section;
  }
}

/** @param {string} title @param {HTMLElement} tool */
function sectionHead(title, tool) {
  const head = make("div", "section-head");
  head.append(make("h3", "", title), tool);
  return head;
}

/** @param {string} text @param {string} className @param {string} title @param {() => void} onClick */
function label(text, className, title, onClick) {
  const button = makeButton("", onClick, className);
  showInert(button, text);
  button.title = inertText(title);
  return button;
}

/** @param {string} text @param {string} content */
function copyButton(text, content) {
  const button = makeButton(text, async () => {
    const isDone = await copyText(content);
    button.textContent = isDone ? "Copied" : "Could not copy";
    setTimeout(() => button.textContent = text, NOTE_MS);
  }, "quiet");
  return button;
}

/** @param {WholeEvent} event */
function headers(event) {
  const section = make("section");
  const list = make("dl", "detail-headers");
  for (const [name, value] of event.headers) {
    const term = make("dt");
    const text = make("dd");
    showInert(term, name);
    showInert(text, value);
    list.append(term, text);
  }
  section.append(make("h3", "", "Headers"), list);
  return section;
}

/** @param {WholeEvent} event */
function raw({ raw }) {
  const details = make("details", "detail-raw");
  const text = make("pre");
  text.tabIndex = 0;
  text.setAttribute("aria-label", "Event in the text format");
  details.append(make("summary", "", "Raw event"), copyButton("Copy raw event", raw), text);
  details.addEventListener("toggle", () => {
    if (details.open && text.textContent === "") {
      showInert(text, raw.slice(0, FIRST_CHARS), [], true);
    }
  });
  return details;
}
