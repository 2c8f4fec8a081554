import type { LabelKind } from "./filter_completion.ts";

/** Labels are asked for anew when they are older. */
const LABELS_MS = 30_000;

/** The sources and tags that the collector told. */
export class KnownLabels {
  readonly #known = new Map<
    LabelKind,
    { readonly labels: readonly string[]; readonly ms: number }
  >();

  /** Takes what is told at a time, in milliseconds. */
  set(kind: LabelKind, labels: readonly string[], ms: number): void {
    this.#known.set(kind, { labels, ms });
  }

  /** Undefined when they must be asked for. */
  get(kind: LabelKind, ms: number): readonly string[] | undefined {
    const known = this.#known.get(kind);
    return known === undefined || ms - known.ms > LABELS_MS ? undefined : known.labels;
  }
}
