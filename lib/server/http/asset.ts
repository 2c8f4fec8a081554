/** A file that the collector serves as it is, such as a part of its page. */
export interface Asset {
  /** Its media type, such as `text/html; charset=utf-8`. */
  readonly type: string;
  /** Its bytes, or its text. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}
