import { readCsi, readSs3 } from "./csi_input.ts";
import type { InputEvent, KeyName } from "./input_event.ts";

const ESC = 0x1b;

/** Ctrl-C. */
const INTERRUPT = 0x03;

/** Of a sequence that never ends nothing more is kept; what follows is taken for what it is. */
const MAX_SEQUENCE_BYTES = 64;

/** A paste that is longer is cut: nobody types a filter of that length. */
const MAX_PASTE_BYTES = 1 << 16;

const PASTE_END = "\x1b[201~";

/** Keys that send one control character. */
const CONTROL_KEYS: ReadonlyMap<number, KeyName> = new Map([
  [0x09, "tab"],
  [0x0d, "enter"],
  [0x0a, "enter"],
  [0x08, "backspace"],
  [0x7f, "backspace"],
]);

/**
 * Makes keys, text, pastes and mouse actions of the bytes that a terminal sends. Sequences and characters
 * may come in any pieces; what no terminal sends is passed over.
 *
 * An escape character begins most sequences and is a key besides: after a pause, {@linkcode KeyDecoder.flush}
 * says that nothing follows it.
 */
export class KeyDecoder {
  #bytes: number[] = [];
  #paste: number[] | undefined;

  /** Whether what was pushed ends inside of a sequence, which an escape key alone may be. */
  get isWaiting(): boolean {
    return this.#bytes.length > 0 && this.#paste === undefined;
  }

  /** What is complete with these bytes. */
  push(bytes: Uint8Array): InputEvent[] {
    const events: InputEvent[] = [];
    for (const byte of bytes) {
      if (this.#paste !== undefined) this.#takePasted(byte, events);
      else this.#take(byte, events);
    }
    return events;
  }

  /** Nothing came for a while: what waits is complete. */
  flush(): InputEvent[] {
    if (!this.isWaiting) return [];
    const [first, second] = this.#bytes;
    this.#bytes = [];
    if (first !== ESC) return [];
    if (second === undefined || second === ESC) return [{ kind: "key", key: "escape" }];
    // Alt and the letter that begins longer sequences.
    return [{ kind: "text", text: String.fromCharCode(second), alt: true }];
  }

  #take(byte: number, events: InputEvent[]): void {
    this.#bytes.push(byte);
    const first = this.#bytes[0] ?? 0;
    if (first === ESC) this.#takeEscaped(events);
    else if (first < 0x80) this.#emit(singleByte(first), events);
    else this.#takeUtf8(events);
  }

  #takeEscaped(events: InputEvent[]): void {
    const bytes = this.#bytes;
    const [, second] = bytes;
    if (second === undefined) return;
    if (second === ESC) {
      // The first one was the key.
      this.#bytes = [ESC];
      events.push({ kind: "key", key: "escape" });
    } else if (second === 0x5b) {
      this.#takeCsi(events);
    } else if (second === 0x4f) {
      this.#takeSs3(events);
    } else if (second < 0x80) {
      this.#emit(withAlt(singleByte(second)), events);
    } else {
      // A character of several bytes, with Alt.
      this.#bytes = [second];
      this.#takeUtf8(events);
    }
  }

  #takeSs3(events: InputEvent[]): void {
    const [, , third] = this.#bytes;
    if (third === undefined) return;
    if (third >= 0x20 && third < 0x7f) return this.#emit(readSs3(third), events);
    // It was cut off: this byte begins something else.
    this.#bytes = [];
    this.#take(third, events);
  }

  #takeCsi(events: InputEvent[]): void {
    const bytes = this.#bytes;
    const last = bytes.at(-1) ?? 0;
    if (bytes.length === 2) return;
    const isFinal = last >= 0x40 && last < 0x7f;
    // `CSI [` begins the function keys of the Linux console, of one letter.
    if (isFinal && !(bytes.length === 3 && last === 0x5b)) {
      const text = String.fromCharCode(...bytes.slice(2));
      if (text === "200~") {
        this.#bytes = [];
        this.#paste = [];
      } else {
        this.#emit(readCsi(text), events);
      }
      return;
    }
    if (last < 0x20 || last >= 0x7f) {
      // It was cut off: this byte begins something else.
      this.#bytes = [];
      this.#take(last, events);
    } else if (bytes.length > MAX_SEQUENCE_BYTES) {
      this.#bytes = [];
    }
  }

  #takeUtf8(events: InputEvent[]): void {
    const bytes = this.#bytes;
    const first = bytes[0] ?? 0;
    const last = bytes.at(-1) ?? 0;
    if (bytes.length > 1 && (last & 0xc0) !== 0x80) {
      this.#bytes = [];
      this.#take(last, events);
      return;
    }
    const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
    if (bytes.length < length) return;
    const text = new TextDecoder().decode(new Uint8Array(bytes));
    const isCharacter = !text.includes("\ufffd") && !/\p{Cc}/u.test(text);
    this.#emit(isCharacter ? { kind: "text", text } : undefined, events);
  }

  #takePasted(byte: number, events: InputEvent[]): void {
    const paste = this.#paste ?? [];
    if (byte === INTERRUPT) {
      // A paste whose end got lost must not swallow the way out.
      this.#paste = undefined;
      this.#take(byte, events);
      return;
    }
    paste.push(byte);
    const tail = String.fromCharCode(...paste.slice(-PASTE_END.length));
    if (tail !== PASTE_END) {
      // The end may be near, so the last bytes stay.
      if (paste.length > MAX_PASTE_BYTES + PASTE_END.length) paste.splice(MAX_PASTE_BYTES, 1);
      return;
    }
    const text = new TextDecoder().decode(new Uint8Array(paste.slice(0, -PASTE_END.length)));
    this.#paste = undefined;
    events.push({ kind: "paste", text });
  }

  #emit(event: InputEvent | undefined, events: InputEvent[]): void {
    this.#bytes = [];
    if (event !== undefined) events.push(event);
  }
}

function singleByte(byte: number): InputEvent {
  const key = CONTROL_KEYS.get(byte);
  if (key !== undefined) return { kind: "key", key };
  if (byte < 0x20) {
    return { kind: "ctrl", letter: String.fromCharCode(byte + 0x40).toLowerCase() };
  }
  return { kind: "text", text: String.fromCharCode(byte) };
}

function withAlt(event: InputEvent): InputEvent {
  return event.kind === "text" || event.kind === "key" ? { ...event, alt: true } : event;
}
