import type { ScreenSize } from "../../../lib/cli/screen/cell_grid.ts";
import type { TerminalDevice, TerminalSignal } from "../../../lib/cli/screen/terminal_device.ts";
import { VirtualScreen } from "../screen/virtual_screen.ts";

const encoder = new TextEncoder();

/** A terminal with a virtual screen, typed on by a test. */
export class FakeTerminal implements TerminalDevice {
  screen: VirtualScreen;
  /** Whether its keys come at once and unseen. */
  isRaw = false;
  /** Bytes that it was sent. */
  written = 0;
  /** Frames that it was sent. */
  frames = 0;
  /** Whether the program may suspend itself. */
  isTrusted = true;
  /** Whether the system lets it. */
  isStoppable = true;
  suspended = 0;
  #isClosed = false;
  #typed: Uint8Array[] = [];
  #wake: () => void = () => {};
  readonly #signalListeners = new Set<(signal: TerminalSignal) => void>();
  readonly #crashListeners = new Set<() => void>();
  readonly #decoder = new TextDecoder();

  constructor(columns = 80, rows = 24) {
    this.screen = new VirtualScreen(columns, rows);
  }

  size(): ScreenSize {
    return { columns: this.screen.columns, rows: this.screen.rows };
  }

  /** Types, or sends what a terminal sends. */
  type(...texts: string[]): void {
    for (const text of texts) this.#typed.push(encoder.encode(text));
    this.#wake();
  }

  /** The terminal is gone. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Gives it another size. */
  resize(columns: number, rows: number): void {
    const { modes } = this.screen;
    this.screen = new VirtualScreen(columns, rows);
    for (const mode of modes) this.screen.modes.add(mode);
    if (!modes.has("7")) this.screen.modes.delete("7");
    this.signal("resize");
  }

  signal(signal: TerminalSignal): void {
    for (const listener of this.#signalListeners) listener(signal);
  }

  crash(): void {
    for (const listener of this.#crashListeners) listener();
  }

  /** How many listen for anything. */
  get listeners(): number {
    return this.#signalListeners.size + this.#crashListeners.size;
  }

  async *input(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = this.#typed.shift();
      if (next !== undefined) yield next;
      else if (this.#isClosed) return;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  // deno-lint-ignore require-await -- failures are rejections
  async write(bytes: Uint8Array): Promise<void> {
    this.frames++;
    this.writeSync(bytes);
  }

  writeSync(bytes: Uint8Array): void {
    this.written += bytes.length;
    this.screen.write(this.#decoder.decode(bytes, { stream: true }));
  }

  setRaw(isRaw: boolean): void {
    this.isRaw = isRaw;
  }

  onSignal(listener: (signal: TerminalSignal) => void): Disposable {
    this.#signalListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#signalListeners.delete(listener) };
  }

  onCrash(listener: () => void): Disposable {
    this.#crashListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#crashListeners.delete(listener) };
  }

  maySuspend(): boolean {
    return this.isTrusted;
  }

  suspend(): boolean {
    if (this.isStoppable) this.suspended++;
    return this.isStoppable;
  }
}
