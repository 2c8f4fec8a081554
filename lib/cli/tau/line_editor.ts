import type { InputEvent } from "../screen/input_event.ts";

/** A line that long is somebody's paste by mistake. */
const MAX_CHARACTERS = 4096;

/** Lines that are kept to be used again. */
const MAX_HISTORY = 100;

/** Lines typed before, the newest last; the same line stands there once. */
export class LineHistory {
  #lines: string[] = [];

  /** What was typed before. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Remembers a line. */
  add(line: string): void {
    if (line === "") return;
    this.#lines = [...this.#lines.filter((other) => other !== line), line].slice(-MAX_HISTORY);
  }
}

/** A line of text that is being typed, with a cursor and the lines typed before. */
export class LineEditor {
  #characters: string[];
  #cursor: number;
  readonly #history: readonly string[];
  /** Which line of the history is shown; their number is the line that is being typed. */
  #place: number;
  #typed = "";

  constructor(text = "", history: LineHistory = new LineHistory()) {
    this.#characters = [...text];
    this.#cursor = this.#characters.length;
    this.#history = history.lines;
    this.#place = this.#history.length;
  }

  /** What was typed so far. */
  get text(): string {
    return this.#characters.join("");
  }

  /** What stands before the cursor. */
  get beforeCursor(): string {
    return this.#characters.slice(0, this.#cursor).join("");
  }

  /** Puts a text in the place of what stands right before the cursor. */
  replaceBefore(text: string, replacement: string): void {
    this.#remove(this.#cursor - [...text].length, this.#cursor);
    this.#insert(replacement);
  }

  /** Does what a key is for; false when it has no meaning in a line. */
  input(event: InputEvent): boolean {
    switch (event.kind) {
      case "text":
        if (event.alt === true) return false;
        this.#insert(event.text);
        return true;
      case "paste":
        this.#insert(event.text.replace(/[\r\n\t]+/g, " "));
        return true;
      case "ctrl":
        return this.#control(event.letter);
      case "key":
        return this.#key(event);
      case "mouse":
        return false;
    }
  }

  #key({ key, ctrl = false }: Extract<InputEvent, { readonly kind: "key" }>): boolean {
    switch (key) {
      case "left":
        this.#cursor = ctrl ? this.#wordStart() : Math.max(0, this.#cursor - 1);
        return true;
      case "right":
        this.#cursor = ctrl ? this.#wordEnd() : this.#clamp(this.#cursor + 1);
        return true;
      case "home":
        this.#cursor = 0;
        return true;
      case "end":
        this.#cursor = this.#characters.length;
        return true;
      case "backspace":
        this.#remove(this.#cursor - 1, this.#cursor);
        return true;
      case "delete":
        this.#remove(this.#cursor, this.#cursor + 1);
        return true;
      case "up":
        return this.#recall(this.#place - 1);
      case "down":
        return this.#recall(this.#place + 1);
      default:
        return false;
    }
  }

  /** As shells have it. */
  #control(letter: string): boolean {
    switch (letter) {
      case "a":
        return this.#key({ kind: "key", key: "home" });
      case "e":
        return this.#key({ kind: "key", key: "end" });
      case "b":
        return this.#key({ kind: "key", key: "left" });
      case "f":
        return this.#key({ kind: "key", key: "right" });
      case "d":
        return this.#key({ kind: "key", key: "delete" });
      case "p":
        return this.#recall(this.#place - 1);
      case "n":
        return this.#recall(this.#place + 1);
      case "u":
        this.#remove(0, this.#cursor);
        return true;
      case "k":
        this.#remove(this.#cursor, this.#characters.length);
        return true;
      case "w":
        this.#remove(this.#wordStart(), this.#cursor);
        return true;
      default:
        return false;
    }
  }

  #insert(text: string): void {
    const room = MAX_CHARACTERS - this.#characters.length;
    const added = [...text].filter((character) => !/\p{Cc}/u.test(character)).slice(0, room);
    this.#characters.splice(this.#cursor, 0, ...added);
    this.#cursor += added.length;
  }

  #remove(start: number, end: number): void {
    const from = this.#clamp(start);
    this.#characters.splice(from, this.#clamp(end) - from);
    this.#cursor = from;
  }

  #wordStart(): number {
    let at = this.#cursor;
    while (at > 0 && this.#characters[at - 1] === " ") at--;
    while (at > 0 && this.#characters[at - 1] !== " ") at--;
    return at;
  }

  #wordEnd(): number {
    let at = this.#cursor;
    const { length } = this.#characters;
    while (at < length && this.#characters[at] === " ") at++;
    while (at < length && this.#characters[at] !== " ") at++;
    return at;
  }

  #recall(place: number): boolean {
    if (place < 0 || place > this.#history.length) return true;
    if (this.#place === this.#history.length) this.#typed = this.text;
    this.#place = place;
    this.#characters = [...(this.#history[place] ?? this.#typed)];
    this.#cursor = this.#characters.length;
    return true;
  }

  #clamp(place: number): number {
    return Math.min(this.#characters.length, Math.max(0, place));
  }
}
