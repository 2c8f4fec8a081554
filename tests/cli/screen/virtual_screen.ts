import { cellAt } from "../../../lib/cli/screen/cell_text.ts";

/** A cell: its character, and the numbers of SGR that were set. */
interface VirtualCell {
  readonly text: string;
  readonly style: string;
}

const BLANK: VirtualCell = { text: " ", style: "" };

/** A sequence after `ESC [`, one after `ESC ]`, another escape. */
// deno-lint-ignore no-control-regex -- it is what a terminal reads
const ESCAPES = /^\x1b(?:\[([?]?)([\d;]*)([A-Za-z])|\]([^\x07\x1b]*)\x1b\\|(\\))/;

/** Modes that are on in a terminal by itself: wrapping at the last column, a visible cursor. */
const INITIAL_MODES: readonly string[] = ["7", "25"];

/**
 * A terminal that consists of what it was sent: cells, cursor, modes. It fails at everything that the
 * program has no reason to send, so nothing of an event can reach a terminal unseen.
 */
export class VirtualScreen {
  readonly columns: number;
  readonly rows: number;
  readonly modes: Set<string> = new Set(INITIAL_MODES);
  /** What was put into the clipboard last. */
  clipboard: string | undefined;
  #cells: VirtualCell[][];
  #row = 0;
  #column = 0;
  #style = "";

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
    this.#cells = this.#blank();
  }

  /** Where the cursor is; undefined while it is hidden. */
  get cursor(): { readonly row: number; readonly column: number } | undefined {
    return this.modes.has("25") ? { row: this.#row, column: this.#column } : undefined;
  }

  /** Whether the modes are those of a terminal that no program changed. */
  get isSane(): boolean {
    return this.modes.size === INITIAL_MODES.length &&
      INITIAL_MODES.every((mode) => this.modes.has(mode));
  }

  /** The text of a row, without the blanks at its end. */
  rowText(row: number): string {
    return (this.#cells[row] ?? []).map(({ text }) => text).join("").trimEnd();
  }

  /** All rows. */
  get text(): string {
    return this.#cells.map((_, row) => this.rowText(row)).join("\n");
  }

  /** The character of a cell, and its style. */
  at(row: number, column: number): VirtualCell {
    return this.#cells[row]?.[column] ?? BLANK;
  }

  /** The style of the first cell of a text on the screen. */
  styleOf(text: string): string {
    for (let row = 0; row < this.rows; row++) {
      const column = (this.#cells[row] ?? []).map((cell) => cell.text || "\0").join("").indexOf(
        text,
      );
      if (column >= 0) return this.at(row, column).style;
    }
    throw new Error(`'${text}' is not on the screen:\n${this.text}`);
  }

  /** Obeys a text. */
  write(text: string): void {
    for (let at = 0; at < text.length;) {
      if (text[at] !== "\x1b") {
        at = this.#print(text, at);
        continue;
      }
      const match = ESCAPES.exec(text.slice(at));
      if (match === null) throw new Error(`Sent ${JSON.stringify(text.slice(at, at + 20))}`);
      const [sequence, prefix = "", parameters = "", final, system] = match;
      if (system !== undefined) this.#system(system);
      else if (final !== undefined) this.#control(prefix, parameters, final);
      at += sequence.length;
    }
  }

  #print(text: string, at: number): number {
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(String.fromCodePoint(text.codePointAt(at) ?? 0))) {
      throw new Error(`Sent ${JSON.stringify(text.slice(at, at + 10))}`);
    }
    const cell = cellAt(text, at);
    this.#set(this.#column, cell.text, cell.width);
    this.#column += cell.width;
    if (this.#column > this.columns) throw new Error("Wrote beyond the last column");
    return cell.end;
  }

  /** Half of a wide character that is written over becomes blank, as in real terminals. */
  #set(column: number, text: string, width: number): void {
    const row = this.#cells[this.#row];
    if (row === undefined) throw new Error(`Wrote into row ${this.#row}`);
    if (row[column]?.text === "") row[column - 1] = BLANK;
    if (row[column + width]?.text === "") row[column + width] = BLANK;
    row[column] = { text, style: this.#style };
    if (width === 2) row[column + 1] = { text: "", style: this.#style };
  }

  #control(prefix: string, parameters: string, final: string): void {
    if (prefix === "?" && (final === "h" || final === "l")) return this.#mode(parameters, final);
    switch (final) {
      case "H": {
        const [row = 1, column = 1] = parameters.split(";").map(Number);
        this.#row = row - 1;
        this.#column = column - 1;
        return;
      }
      case "J":
        this.#cells = this.#blank();
        return;
      case "K":
        this.#cells[this.#row]?.fill(BLANK, this.#column);
        return;
      case "m":
        this.#style = parameters.replace(/^0;?/, "");
        return;
    }
    throw new Error(`Sent CSI ${prefix}${parameters}${final}`);
  }

  #mode(mode: string, final: string): void {
    if (final === "h") this.modes.add(mode);
    else this.modes.delete(mode);
    if (mode === "1049") this.#cells = this.#blank();
  }

  #system(text: string): void {
    const copied = /^52;c;([A-Za-z0-9+/=]*)$/.exec(text)?.[1];
    if (copied === undefined) throw new Error(`Sent OSC ${text}`);
    this.clipboard = new TextDecoder().decode(Uint8Array.fromBase64(copied));
  }

  #blank(): VirtualCell[][] {
    return Array.from({ length: this.rows }, () => new Array(this.columns).fill(BLANK));
  }
}
