import { byId } from "./dom.js";
import { formatCount } from "./time_format.js";

/** @typedef {import("./live_feed.js").FeedState} FeedState */

/** Tells whether events are followed, and what does not work. */
export class StatusLine {
  #button = byId("live", HTMLButtonElement);
  #state = byId("state", HTMLElement);
  #note = byId("note", HTMLElement);
  #announced = byId("announced", HTMLElement);
  /** @type {FeedState} */
  #feed = { kind: "connecting" };
  #isLive = true;
  #isOpen = true;
  #waiting = 0;
  #trouble = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #countdown;
  #missed = 0;

  /** @param {{isLive: boolean, isOpen: boolean, waiting: number}} view */
  showView({ isLive, isOpen, waiting }) {
    this.#isLive = isLive;
    this.#isOpen = isOpen;
    this.#waiting = waiting;
    this.#draw();
  }

  /** @param {FeedState} feed */
  showFeed(feed) {
    this.#feed = feed;
    clearInterval(this.#countdown);
    if (feed.kind === "waiting") {
      const endMs = performance.now() + feed.seconds * 1000;
      this.#countdown = setInterval(() => {
        this.#feed = { ...feed, seconds: Math.max(0, (endMs - performance.now()) / 1000) };
        this.#draw();
      }, 1000);
    }
    this.#draw();
  }

  /** What does not work, empty when everything does. @param {string} text */
  showTrouble(text) {
    this.#trouble = text;
    this.#draw();
  }

  /** Events passed by that cannot be had any more. @param {number} count */
  addMissed(count) {
    this.#missed += count;
    this.#note.textContent = `${
      formatCount(this.#missed)
    } events were missed: the collector keeps none`;
  }

  /** Events that nobody keeps had to leave the list. @param {number} most So many stay. */
  showForgotten(most) {
    if (this.#missed > 0) return;
    setText(
      this.#note,
      `The collector keeps no events: the newest ${formatCount(most)} are listed`,
    );
  }

  /** Forgets what was missed. */
  reset() {
    this.#missed = 0;
    this.#note.textContent = "";
  }

  #draw() {
    const isTrouble = this.#isOpen && this.#feed.kind !== "following";
    setText(this.#button, this.#isLive ? "Live" : "Paused");
    this.#button.setAttribute("aria-pressed", String(this.#isLive));
    this.#button.classList.toggle("is-trouble", isTrouble || this.#trouble !== "");
    const text = this.#trouble || this.#describe();
    setText(this.#state, text);
    // Nobody wants every number read out.
    setText(this.#announced, text.replace(/,? *(in )?[\d,]+ (s|new)$/, ""));
    this.#state.classList.toggle("is-trouble", isTrouble && this.#trouble === "");
    this.#state.classList.toggle("is-error", this.#trouble !== "" || this.#feed.kind === "failed");
  }

  #describe() {
    if (!this.#isOpen) return "Fixed range: new events are not followed";
    const feed = this.#feed;
    if (feed.kind === "connecting") return "Connecting…";
    if (feed.kind === "failed") return feed.message;
    if (feed.kind === "waiting") {
      const seconds = Math.ceil(feed.seconds);
      // What answered a search before it refused to be followed is there; something stands between.
      const what = feed.hasFollowed ? "Collector not reachable" : "No live connection";
      return `${what}, trying again ${seconds < 1 ? "now" : `in ${seconds} s`}`;
    }
    if (this.#isLive) return "Following new events";
    const waiting = this.#waiting === 0 ? "" : `, ${formatCount(this.#waiting)} new`;
    return `Paused${waiting}`;
  }
}

/** @param {HTMLElement} element @param {string} text */
function setText(element, text) {
  // A status that is set again is read out again.
  if (element.textContent !== text) element.textContent = text;
}
