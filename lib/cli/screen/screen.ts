import { CellGrid, type ScreenSize } from "./cell_grid.ts";
import { FrameWriter, type ScreenAbilities } from "./frame_writer.ts";
import type { InputEvent } from "./input_event.ts";
import { KeyDecoder } from "./key_decoder.ts";
import { copyToClipboard, ENTER_SCREEN, LEAVE_SCREEN } from "./sequences.ts";
import type { TerminalDevice, TerminalSignal } from "./terminal_device.ts";

/** Time between two frames at the least: 30 in a second look smooth. */
const FRAME_MS = 33;

/** An escape character after which nothing comes for that long is the key: remote terminals are slower. */
const ESCAPE_MS = 50;

/** What a program that has the screen is told. */
export interface ScreenHandler {
  /** Draws the frame that is due into a blank grid. */
  draw(grid: CellGrid): void;
  /** Something was typed, or done with the mouse. */
  input(event: InputEvent): void;
  /** The terminal is gone. */
  closed(): void;
}

/** How a screen is taken. */
export interface ScreenOptions extends ScreenAbilities {
  readonly handler: ScreenHandler;
}

/** How long a frame that is being written gets before the screen is given back: far more than it needs. */
const LEAVE_WAIT_MS = 50;

const encoder = new TextEncoder();

/**
 * The whole screen of a terminal, drawn frame by frame, and its input.
 *
 * From when it is made until it is disposed the terminal is in another state: whatever ends the program,
 * short of `kill -9`, gives it back as it was.
 */
export class Screen implements Disposable {
  readonly #device: TerminalDevice;
  readonly #handler: ScreenHandler;
  readonly #writer: FrameWriter;
  readonly #decoder = new KeyDecoder();
  readonly #listeners: readonly Disposable[];
  /**
   * - `shown`: the screen is ours.
   * - `suspended`: the terminal is as it was before, until the program goes on.
   * - `closed`: for good.
   */
  #state: "shown" | "suspended" | "closed" = "shown";
  #size: ScreenSize;
  #isWriting = false;
  #isDue = false;
  #drawnMs = -Infinity;
  #frameTimer: ReturnType<typeof setTimeout> | undefined;
  #escapeTimer: ReturnType<typeof setTimeout> | undefined;

  /** Takes the terminal. */
  constructor(device: TerminalDevice, { handler, ...abilities }: ScreenOptions) {
    this.#device = device;
    this.#handler = handler;
    this.#writer = new FrameWriter(abilities);
    this.#size = device.size();
    this.#listeners = [
      device.onCrash(() => this[Symbol.dispose]()),
      device.onSignal((signal) => this.#takeSignal(signal)),
    ];
    this.#enter();
    void this.#readInput();
  }

  /** Its size now. */
  get size(): ScreenSize {
    return this.#size;
  }

  /** Something changed: a frame is due, at once if the last one is long enough ago. */
  invalidate(): void {
    this.#isDue = true;
    this.#schedule();
  }

  /** Draws everything anew: something else wrote on the terminal. */
  redraw(): void {
    this.#writer.reset();
    this.invalidate();
  }

  /** Hands a text to the clipboard of the person at the terminal. */
  copy(text: string): void {
    if (this.#state === "shown") this.#device.writeSync(encoder.encode(copyToClipboard(text)));
  }

  /**
   * Gives the terminal back and suspends the program, until somebody lets it go on.
   *
   * @returns False when it is not allowed to, and nothing happened.
   */
  suspend(): boolean {
    if (this.#state !== "shown" || !this.#device.maySuspend()) return false;
    this.#leave("suspended");
    if (this.#device.suspend()) return true;
    this.#enter();
    return false;
  }

  /** Gives the terminal back for good. */
  [Symbol.dispose](): void {
    if (this.#state === "closed") return;
    for (const listener of this.#listeners) listener[Symbol.dispose]();
    clearTimeout(this.#escapeTimer);
    if (this.#state === "shown") this.#leave("closed");
    this.#state = "closed";
  }

  #enter(): void {
    this.#state = "shown";
    this.#device.setRaw(true);
    this.#device.writeSync(encoder.encode(ENTER_SCREEN));
    this.#size = this.#device.size();
    this.redraw();
  }

  /** A terminal that is gone takes nothing, and needs nothing. */
  #leave(state: "suspended" | "closed"): void {
    this.#state = state;
    clearTimeout(this.#frameTimer);
    this.#frameTimer = undefined;
    // A frame that another thread is writing must not come after what gives the screen back. Nothing
    // here can wait for it but by standing still: the program may be crashing.
    if (this.#isWriting) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LEAVE_WAIT_MS);
    }
    try {
      this.#device.writeSync(encoder.encode(LEAVE_SCREEN));
    } catch {
      // Its keys may still be given back.
    }
    try {
      this.#device.setRaw(false);
    } catch {
      // There is no terminal any more.
    }
  }

  #takeSignal(signal: TerminalSignal): void {
    if (signal === "suspend") this.suspend();
    else if (signal === "continue") this.#enter();
    else if (this.#state === "shown") {
      this.#size = this.#device.size();
      this.redraw();
    }
  }

  async #readInput(): Promise<void> {
    try {
      for await (const bytes of this.#device.input()) {
        if (this.#state === "closed") return;
        if (this.#state === "shown") this.#takeInput(bytes);
      }
    } finally {
      if (this.#state !== "closed") this.#handler.closed();
    }
  }

  #takeInput(bytes: Uint8Array): void {
    clearTimeout(this.#escapeTimer);
    for (const event of this.#decoder.push(bytes)) this.#handler.input(event);
    if (!this.#decoder.isWaiting) return;
    this.#escapeTimer = setTimeout(() => {
      for (const event of this.#decoder.flush()) this.#handler.input(event);
    }, ESCAPE_MS);
  }

  #schedule(): void {
    const isBusy = this.#isWriting || this.#frameTimer !== undefined;
    if (!this.#isDue || isBusy || this.#state !== "shown") return;
    const waitMs = Math.max(0, this.#drawnMs + FRAME_MS - performance.now());
    this.#frameTimer = setTimeout(() => {
      this.#frameTimer = undefined;
      void this.#draw();
    }, waitMs);
  }

  /** A slow terminal gets fewer frames: the next one is drawn when it has taken this one. */
  async #draw(): Promise<void> {
    this.#isDue = false;
    this.#drawnMs = performance.now();
    const grid = new CellGrid(this.#size);
    this.#handler.draw(grid);
    const output = this.#writer.write(grid);
    if (output === "") return;
    this.#isWriting = true;
    try {
      await this.#device.write(encoder.encode(output));
    } catch {
      this.#handler.closed();
    } finally {
      this.#isWriting = false;
    }
    this.#schedule();
  }
}
