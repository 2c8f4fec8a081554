/** Bytes of the text format that more than one reader looks for. */
export const NEWLINE = 0x0a;
/** `:` */
export const COLON = 0x3a;
/** ` ` */
export const SPACE = 0x20;
/** `\r`, which a header line may end with. */
export const RETURN = 0x0d;

/** White space inside a line. */
export function isBlank(byte: number): boolean {
  return byte === SPACE || byte === 0x09 || byte === RETURN;
}
