/**
 * How deep arrays, choices and records may lie in each other. Reading and writing recurse, and this many
 * levels take a fraction of the stack wherever they start.
 */
export const MAX_DEPTH = 512;

/**
 * How many elements the arrays of one value may have together when it is decoded. An element of one byte
 * becomes an object of a hundred, so a message within the limit of a frame could fill the memory. Twenty
 * times the largest batch that is sensible.
 */
export const MAX_ELEMENTS = 1 << 21;

/**
 * How many bytes an integer may take: far more than any that is meant, and few enough that converting it
 * takes milliseconds.
 */
export const MAX_INTEGER_BYTES = 1 << 20;

/** How deep types may lie in each other in a schema text; what reads it recurses. */
export const MAX_TYPE_DEPTH = 100;

/**
 * How many types the parametric ones of a schema may become. More than that come only of one that refers to
 * itself with ever larger arguments.
 */
export const MAX_TYPES = 10_000;
