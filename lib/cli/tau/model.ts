import type { Criteria } from "../../event/criteria.ts";
import type { RawEvent } from "../../event/raw_event.ts";
import type { ScreenSize } from "../screen/cell_grid.ts";
import { ContentRows } from "./content_rows.ts";
import { DetailView } from "./detail_view.ts";
import type { ConnectionState, Effect } from "./effect.ts";
import { KnownLabels } from "./known_labels.ts";
import { type Layout, layOut } from "./layout.ts";
import { Marks } from "./marks.ts";
import { type Prompt, PromptHistories } from "./prompt.ts";
import { RateMeter } from "./rate_meter.ts";
import { type Beginning, Scope, type ScopeOptions } from "./scope.ts";
import type { PageLimits } from "./paged_list.ts";
import type { Seek } from "./seek.ts";
import { TimeRanges } from "./time_ranges.ts";

/** A word to the user, for a while. */
export interface Message {
  readonly text: string;
  readonly isError: boolean;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/** How long a word to the user stays. */
const MESSAGE_MS = 6_000;

/** Counts that arriving events made out of date are asked for again no more often than this. */
const RECOUNT_MS = 5_000;

/** How the program begins. */
export interface ModelOptions {
  readonly size: ScreenSize;
  /** Where the collector is, for people. */
  readonly address: string;
  /** @default {all events} */
  readonly criteria?: Criteria;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How much a list loads and holds. */
  readonly limits?: PageLimits;
}

/**
 * All that the program knows. It does nothing by itself: what is to be done is taken from it as effects,
 * and what comes of them is told to it as reports.
 */
export class Model {
  readonly address: string;
  readonly now: () => number;
  readonly marks: Marks = new Marks();
  readonly rate: RateMeter = new RateMeter();
  readonly histories: PromptHistories = new PromptHistories();
  readonly labels: KnownLabels = new KnownLabels();
  readonly ranges: TimeRanges = new TimeRanges();
  /** What the filter line says; a context and a narrowed time come on top of it. */
  filter: Criteria;
  connection: ConnectionState = { kind: "connecting" };
  prompt: Prompt | undefined;
  detail: DetailView | undefined;
  /** The first row of the help that is shown; undefined while it is not. */
  help: number | undefined;
  /** An event that is looked for in what is being loaded. */
  seek: Seek | undefined;
  isWrapped = false;
  message: Message | undefined;
  /** The list is that of the last one. */
  readonly #scopes: Scope[] = [];
  readonly #limits: PageLimits;
  #size: ScreenSize;
  #layout: Layout;
  #rows: ContentRows;
  #effects: Effect[] = [];
  #lastId = 0;
  #countedMs = -Infinity;

  constructor({ size, address, criteria = {}, now, limits = {} }: ModelOptions) {
    this.#limits = limits;
    this.address = address;
    this.now = now;
    this.filter = criteria;
    this.#size = size;
    this.#layout = layOut(size);
    this.#scopes.push(this.#makeScope(criteria));
    this.#rows = this.#makeRows();
    this.#begin();
  }

  /** The list that is shown. */
  get scope(): Scope {
    const scope = this.#scopes.at(-1);
    if (scope === undefined) throw new Error("Cannot show events as there is no list");
    return scope;
  }

  /** Whether the list is the context of an event. */
  get isContext(): boolean {
    return this.#scopes.length > 1;
  }

  /** The event that is expanded, or else the selected one. */
  get currentEvent(): RawEvent | undefined {
    return this.detail?.event ?? this.scope.list.selectedEvent;
  }

  get layout(): Layout {
    return this.#layout;
  }

  get size(): ScreenSize {
    return this.#size;
  }

  /** The contents of events as rows. */
  get rows(): ContentRows {
    return this.#rows;
  }

  /** What is to be done, since it was asked for last. */
  takeEffects(): Effect[] {
    this.#recount();
    const effects = [...this.#effects, ...this.scope.takeEffects()];
    this.#effects = [];
    return effects;
  }

  /** Wants something to be done. */
  push(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** The screen has another size. */
  resize(size: ScreenSize): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    const isWider = size.columns !== this.#size.columns;
    this.#size = size;
    this.#layout = layOut(size);
    this.refresh();
    if (isWider) this.count();
  }

  /** Says something to the user. */
  say(text: string, isError = false): void {
    this.message = { text, isError, untilMs: this.now() + MESSAGE_MS };
  }

  /** Time goes on: what was said long enough is taken away. */
  tick(): void {
    if (this.message !== undefined && this.message.untilMs <= this.now()) this.message = undefined;
  }

  /** Shows what another filter finds. */
  show(criteria: Criteria, beginning?: Beginning): void {
    this.#scopes.splice(0, this.#scopes.length, this.#makeScope(criteria, { beginning }));
    this.#begin();
  }

  /** Shows something else until {@linkcode Model.leaveContext}; what the filter looks for stays marked. */
  enterContext(criteria: Criteria, beginning: Beginning): void {
    const { content } = this.filter;
    this.#scopes.push(this.#makeScope(criteria, { beginning, highlighted: content }));
    this.#begin();
  }

  /** Shows what was shown before. */
  leaveContext(): void {
    if (!this.isContext) return;
    this.#scopes.pop();
    this.#begin();
  }

  /** Expands an event, or none. */
  expand(event: RawEvent | undefined): void {
    this.detail = event === undefined ? undefined : new DetailView(event);
    this.refresh();
  }

  /** Makes the rows of the contents anew. */
  refresh(): void {
    this.#rows = this.#makeRows();
    const { list } = this.#layout;
    this.scope.list.resize(
      list.rows,
      (event) => this.isWrapped ? this.#rows.of(event).rows.length : 1,
    );
    this.detail?.resize(this.#size.columns, list.rows);
  }

  /** Asks for counts anew. */
  count(): void {
    const { id, criteria } = this.scope;
    this.#countedMs = this.now();
    this.push({ kind: "count", scope: id, criteria, stretches: this.#size.columns });
  }

  #makeScope(criteria: Criteria, options: Omit<ScopeOptions, "limits"> = {}): Scope {
    return new Scope(criteria, () => ++this.#lastId, { ...options, limits: this.#limits });
  }

  #begin(): void {
    // They are of the list that was shown before.
    this.detail = this.seek = undefined;
    this.refresh();
    this.scope.follow();
  }

  #makeRows(): ContentRows {
    const { contentColumns } = this.#layout;
    return new ContentRows(contentColumns, this.isWrapped, this.scope.highlighter);
  }

  #recount(): void {
    const isStale = this.scope.histogram?.isStale === true;
    if (isStale && this.now() - this.#countedMs >= RECOUNT_MS) this.count();
  }
}
