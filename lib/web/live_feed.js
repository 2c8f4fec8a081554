import { FrameReader } from "./event_frames.js";
import { keyOf } from "./event_row.js";

/** @typedef {import("./event_row.js").EventRow} EventRow */

/**
 * How a feed is.
 *
 * @typedef {{kind: "connecting"} | {kind: "following"}
 *   | {kind: "waiting", seconds: number} | {kind: "failed", message: string}} FeedState
 */

/**
 * What a feed tells.
 *
 * @typedef {object} FeedEvents
 * @property {(rows: EventRow[]) => void} onRows Events as they arrive, each once.
 * @property {(state: FeedState) => void} onState
 * @property {(dropped: number) => void} onMissed Events passed by that cannot be had any more.
 * @property {() => void} onStale It cannot go on, and all must be asked for anew: the collector has fewer
 *   events than before, so it is another store, or more come again than can be told apart.
 */

const PROTOCOL = "theia.v1";

/** Bytes of a replay that may be ahead of the page. */
const WINDOW_BYTES = 4 << 20;

/** The collector says something every 15 s; after three times as long the connection is lost. */
const SILENCE_MS = 45_000;

const FIRST_WAIT_MS = 300;
const MAX_WAIT_MS = 10_000;

/**
 * Events after the last cursor that can be recognised when they come again. A replay of more, after a long
 * time without a connection, takes longer than asking anew.
 */
const MAX_RECENT = 200_000;

/**
 * Follows events by `/live`, from a cursor on, until it is closed. A lost connection is made anew and
 * goes on where the last one ended: every event comes once.
 */
export class LiveFeed {
  #criteria;
  #events;
  /** @type {number | undefined} */
  #cursor;
  /** Keys of what came after the cursor. @type {Set<string>} */
  #recent;
  /** Keys of what will come again. @type {Set<string>} */
  #again = new Set();
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #silence;
  #waitMs = FIRST_WAIT_MS;
  #isAccepted = false;
  #isFollowing = false;
  #isClosed = false;
  #taken = 0;
  #told = 0;

  /**
   * @param {import("./criteria.js").Criteria} criteria
   * @param {number | undefined} cursor Begins with what arrived after it, or with what arrives now.
   * @param {FeedEvents} events
   * @param {Iterable<string>} [known] Keys of events after the cursor that are not wanted.
   */
  constructor(criteria, cursor, events, known = []) {
    this.#criteria = criteria;
    this.#cursor = cursor;
    this.#events = events;
    this.#recent = new Set(known);
    this.#connect();
  }

  /** Everything that arrived up to there was handed on. */
  get cursor() {
    return this.#cursor;
  }

  /** Keys of the events after the cursor that were handed on already. @returns {ReadonlySet<string>} */
  get recent() {
    return this.#recent;
  }

  /** Asks now instead of after a while. */
  hurry() {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#connect();
  }

  close() {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#silence);
    this.#socket?.close();
  }

  #connect() {
    this.#events.onState({ kind: "connecting" });
    const url = new URL("live", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    url.hash = "";
    const socket = new WebSocket(url, PROTOCOL);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#isAccepted = false;
    this.#taken = 0;
    this.#told = 0;
    this.#listenForSilence();
    socket.onopen = () => {
      socket.send(JSON.stringify({ window: WINDOW_BYTES }));
      this.#ask();
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket && !this.#isClosed) this.#take(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (socket === this.#socket && !this.#isClosed) this.#reconnect(code, reason);
    };
  }

  #ask() {
    for (const key of this.#recent) this.#again.add(key);
    this.#recent.clear();
    this.#isFollowing = false;
    const since = this.#cursor === undefined ? {} : { since: this.#cursor };
    this.#socket?.send(JSON.stringify({ ...this.#criteria, ...since }));
  }

  /** @param {string | ArrayBuffer} data */
  #take(data) {
    this.#listenForSilence();
    if (typeof data === "string") return this.#takeText(data);
    if (!this.#isAccepted) return;
    this.#isFollowing = true;
    const rows = new FrameReader().push(new Uint8Array(data)).filter((row) => this.#isNew(row));
    if (this.#recent.size > MAX_RECENT) return this.#giveUp();
    if (rows.length > 0) this.#events.onRows(rows);
    this.#tell(data.byteLength);
  }

  /** @param {EventRow} row */
  #isNew(row) {
    const key = keyOf(row);
    this.#recent.add(key);
    return !this.#again.delete(key);
  }

  /** Before the collector must wait. @param {number} bytes */
  #tell(bytes) {
    this.#taken += bytes;
    if (this.#taken - this.#told < WINDOW_BYTES / 4) return;
    this.#told = this.#taken;
    this.#socket?.send(JSON.stringify({ taken: this.#taken }));
  }

  /** @param {string} text */
  #takeText(text) {
    if (text === "ok") {
      this.#isAccepted = true;
      this.#waitMs = FIRST_WAIT_MS;
      this.#events.onState({ kind: "following" });
      return;
    }
    const answer = JSON.parse(text);
    if ("error" in answer) {
      this.#fail(String(answer.error));
    } else if (!this.#isAccepted) {
      // It belongs to what was asked before.
    } else if ("gap" in answer) {
      this.#takeGap(answer.gap);
    } else if ("cursor" in answer) {
      this.#moveTo(answer.cursor);
    }
  }

  /** @param {number} cursor */
  #moveTo(cursor) {
    this.#isFollowing = true;
    const before = this.#cursor ?? -1;
    if (cursor < before) {
      this.#giveUp();
    } else if (cursor > before) {
      this.#cursor = cursor;
      this.#recent.clear();
    }
  }

  /**
   * What was dropped because the page was slow is asked for again. A gap right after `ok` says that the
   * collector keeps nothing that could be replayed.
   *
   * @param {{dropped: number, since: number}} gap
   */
  #takeGap(gap) {
    const canReplay = this.#isFollowing;
    this.#moveTo(gap.since);
    if (canReplay) this.#ask();
    else if (gap.dropped > 0) this.#events.onMissed(gap.dropped);
  }

  #giveUp() {
    this.close();
    this.#events.onStale();
  }

  /** @param {string} message */
  #fail(message) {
    this.close();
    this.#events.onState({ kind: "failed", message });
  }

  /** @param {number} code @param {string} reason */
  #reconnect(code, reason) {
    clearTimeout(this.#silence);
    // 1008: what was asked for is wrong, and would be again.
    if (code === 1008) return this.#fail(reason);
    const waitMs = this.#waitMs * (0.75 + Math.random() / 2);
    this.#waitMs = Math.min(2 * this.#waitMs, MAX_WAIT_MS);
    this.#events.onState({ kind: "waiting", seconds: waitMs / 1000 });
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#connect();
    }, waitMs);
  }

  #listenForSilence() {
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#silence = setTimeout(() => {
      if (socket !== this.#socket || this.#isClosed) return;
      this.#socket = undefined;
      socket?.close();
      this.#reconnect(1006, "");
    }, SILENCE_MS);
  }
}
