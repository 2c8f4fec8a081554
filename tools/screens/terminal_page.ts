/** One run of text in one style, as `tmux capture-pane -e` writes it. */
interface Run {
  readonly text: string;
  readonly style: Style;
}

interface Style {
  readonly color: string | undefined;
  readonly background: string | undefined;
  readonly isBold: boolean;
  readonly isDim: boolean;
  readonly isReverse: boolean;
  readonly isUnderlined: boolean;
}

const PLAIN: Style = {
  color: undefined,
  background: undefined,
  isBold: false,
  isDim: false,
  isReverse: false,
  isUnderlined: false,
};

const FOREGROUND = "#d6d9df";
const BACKGROUND = "#15181d";

/** The sixteen colours that programs name by number. */
const COLORS = [
  "#2b303b",
  "#e06c75",
  "#8fc379",
  "#e5c07b",
  "#61afef",
  "#c678dd",
  "#56b6c2",
  "#c8ccd4",
  "#6b7280",
  "#f08b93",
  "#a9d794",
  "#f0d399",
  "#86c5f7",
  "#d79bea",
  "#7cd0d9",
  "#ffffff",
];

/** Makes a web page that shows the lines of a terminal, with the styles in them. */
export function terminalPage(lines: string): string {
  const body = runsOf(lines.replace(/\n$/, "")).map(runHtml).join("");
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: ${BACKGROUND}; }
    pre { display: inline-block; margin: 0; padding: 14px 16px; color: ${FOREGROUND};
      font: 14px/19px "DejaVu Sans Mono", monospace; }
  </style><pre>${body}</pre>`;
}

function runHtml({ text, style }: Run): string {
  const css = cssOf(style);
  const safe = text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  return css === "" ? safe : `<span style="${css}">${safe}</span>`;
}

/** A style goes on over the ends of lines. */
function runsOf(lines: string): Run[] {
  const runs: Run[] = [];
  let style = PLAIN;
  // deno-lint-ignore no-control-regex -- escape sequences are what it is about
  for (const part of lines.split(/(\x1b\[[\d;]*m)/)) {
    // deno-lint-ignore no-control-regex -- as above
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) style = applyCodes(style, codes.split(";").map(Number));
    else if (part !== "") runs.push({ text: part, style });
  }
  return runs;
}

function applyCodes(style: Style, codes: readonly number[]): Style {
  let next = style;
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 38 || code === 48) {
      const isIndexed = codes[i + 1] === 5;
      const color = isIndexed
        ? indexedColor(codes[i + 2] ?? 0)
        : `rgb(${codes.slice(i + 2, i + 5).join(",")})`;
      next = { ...next, [code === 38 ? "color" : "background"]: color };
      i += isIndexed ? 2 : 4;
    } else next = applyCode(next, code);
  }
  return next;
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, isBold: true };
  if (code === 2) return { ...style, isDim: true };
  if (code === 4) return { ...style, isUnderlined: true };
  if (code === 7) return { ...style, isReverse: true };
  if (code === 22) return { ...style, isBold: false, isDim: false };
  if (code === 24) return { ...style, isUnderlined: false };
  if (code === 27) return { ...style, isReverse: false };
  if (code >= 30 && code <= 37) return { ...style, color: COLORS[code - 30] };
  if (code === 39) return { ...style, color: undefined };
  if (code >= 40 && code <= 47) return { ...style, background: COLORS[code - 40] };
  if (code === 49) return { ...style, background: undefined };
  if (code >= 90 && code <= 97) return { ...style, color: COLORS[code - 82] };
  if (code >= 100 && code <= 107) return { ...style, background: COLORS[code - 92] };
  return style;
}

/** A colour of the palette of 256: 16 named ones, a cube of 6×6×6, 24 greys. */
function indexedColor(index: number): string {
  const named = COLORS[index];
  if (named !== undefined) return named;
  if (index >= 232) {
    const grey = 8 + 10 * (index - 232);
    return `rgb(${grey},${grey},${grey})`;
  }
  const place = index - 16;
  const level = (step: number) => step === 0 ? 0 : 55 + 40 * step;
  return `rgb(${level(Math.floor(place / 36))},${level(Math.floor(place / 6) % 6)},${
    level(place % 6)
  })`;
}

function cssOf(style: Style): string {
  const { isBold, isDim, isReverse, isUnderlined } = style;
  const color = isReverse ? style.background ?? BACKGROUND : style.color;
  const background = isReverse ? style.color ?? FOREGROUND : style.background;
  return [
    color && `color:${color}`,
    background && `background:${background}`,
    isBold && "font-weight:bold",
    isDim && "opacity:.6",
    isUnderlined && "text-decoration:underline",
  ].filter(Boolean).join(";");
}
