/**
 * What tests run in the page. Browsers' types are known here only: `deno task check:web`.
 *
 * Each function is sent to the page as text, so that it must hold everything it needs.
 */

/**
 * Makes the page late: its frames, its timers, answers of the collector, and what sockets and threads
 * say come so many milliseconds later, in their order.
 *
 * @param {number} ms
 */
export function makeLate(ms) {
  const { setTimeout, requestAnimationFrame, fetch } = globalThis;
  /** @param {TimerHandler} handler @param {number} [delay] @param {unknown[]} args */
  const lateTimeout = (handler, delay = 0, ...args) => setTimeout(handler, delay + ms, ...args);
  /** @param {FrameRequestCallback} callback */
  const lateFrame = (callback) => setTimeout(() => requestAnimationFrame(callback), ms);
  /** @param {[input: RequestInfo | URL, init?: RequestInit]} args */
  const lateFetch = async (...args) => {
    const answer = await fetch(...args);
    await new Promise((resolve) => setTimeout(resolve, ms));
    args[1]?.signal?.throwIfAborted();
    return answer;
  };
  Object.assign(globalThis, {
    setTimeout: lateTimeout,
    requestAnimationFrame: lateFrame,
    fetch: lateFetch,
  });
  for (const { prototype } of [Worker, WebSocket]) {
    const setter = Object.getOwnPropertyDescriptor(prototype, "onmessage")?.set;
    Object.defineProperty(prototype, "onmessage", {
      /** @param {(event: MessageEvent) => void} handler */
      set(handler) {
        setter?.call(this, (/** @type {MessageEvent} */ event) => {
          setTimeout(() => handler.call(this, event), ms);
        });
      },
    });
  }
}

/** Background of the page. @returns {string} */
export function background() {
  return getComputedStyle(document.body).backgroundColor;
}

/** By how much the page is wider than the window. @returns {number} */
export function overflow() {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth - clientWidth;
}

/** Elements that move by themselves. @returns {number} */
export function countMoving() {
  return [...document.querySelectorAll("*")].filter((element) => {
    const { transitionDuration, animationName } = getComputedStyle(element);
    return transitionDuration !== "0s" || animationName !== "none";
  }).length;
}

/** Scripts and styles within the page's markup. @returns {number} */
export function countInline() {
  return document.querySelectorAll("script:not([src]), style, [onclick], [onload]").length;
}

/** @returns {Promise<string>} */
export function readClipboard() {
  return navigator.clipboard.readText();
}

/**
 * Resolves when the page begins to show a text, however shortly.
 *
 * @param {string} text
 * @returns {Promise<void>}
 */
export function textAppears(text) {
  return new Promise((resolve) => {
    const observer = new MutationObserver((changes) => {
      if (!changes.some(({ target }) => target.textContent === text)) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(document.body, { childList: true, characterData: true, subtree: true });
  });
}

/** Colours of texts. @param {Element[]} elements @returns {string[]} */
export function coloursOf(elements) {
  return elements.map((element) => getComputedStyle(element).color);
}

/** Which element has the focus, and its outline. @returns {{id: string, outline: string}} */
export function focused() {
  const element = document.activeElement ?? document.body;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  return { id: element.id || element.className, outline: `${outlineStyle} ${outlineWidth}` };
}

/** What hostile content could have done. @returns {{hacked: boolean, links: string[], odd: number}} */
export function traces() {
  const odd = "main script, main img, main svg, main b, main i, main u, main iframe";
  return {
    hacked: "hacked" in globalThis,
    links: [...document.querySelectorAll("a[href]")].map((a) => a.getAttribute("href") ?? ""),
    odd: document.querySelectorAll(odd).length,
  };
}

/** Tries what the page's policy forbids. @returns {Promise<boolean>} Whether it worked. */
export async function breakPolicy() {
  const script = document.createElement("script");
  script.textContent = "window.ran = 1";
  document.body.append(script);
  const image = new Image();
  const failed = new Promise((resolve) => image.onerror = resolve);
  image.src = "https://example.com/x.png";
  await failed;
  return "ran" in globalThis;
}

/** @param {Element} element @returns {boolean} */
export function scrolls(element) {
  return element.scrollHeight > element.clientHeight;
}

/** Moves a scroll bar to a part of its way. @param {Element} element @param {number} part */
export function scrollToPart(element, part) {
  element.scrollTop = part * (element.scrollHeight - element.clientHeight);
}

/**
 * Resolves when an element that was scrolled has come to rest.
 *
 * @param {Element} element
 * @returns {Promise<void>}
 */
export async function comesToRest(element) {
  let still = 0;
  for (let top = element.scrollTop; still < 10; top = element.scrollTop) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    still = element.scrollTop === top ? still + 1 : 0;
  }
}

/**
 * Whether the rows that are drawn are those of the place where the scroll bar stands, and all are loaded.
 *
 * @param {Element} list
 * @returns {boolean}
 */
export function isInPlace(list) {
  const rows = [...list.querySelectorAll(".row:not([hidden])")];
  const first = rows[0];
  if (first === undefined || rows.some((row) => row.classList.contains("loading"))) return false;
  const rank = Number(first.getAttribute("aria-posinset")) - 1;
  const total = Number(first.getAttribute("aria-setsize"));
  const way = list.scrollHeight - list.clientHeight;
  const most = total - list.clientHeight / first.clientHeight;
  return Math.abs(rank - (way === 0 ? 0 : list.scrollTop / way * most)) <= 1;
}

/**
 * Ranks and contents of rows.
 *
 * @param {Element[]} rows
 * @returns {{rank: number, number: number, text: string}[]} `number`: what stands after that word.
 */
export function readRows(rows) {
  return rows.map((row) => ({
    rank: Number(row.getAttribute("aria-posinset")) - 1,
    number: Number(/number (\d+)/.exec(row.textContent ?? "")?.[1] ?? NaN),
    text: row.querySelector(".row-content")?.textContent ?? "",
  }));
}

/** Begins to measure the time between frames. */
export function startFrames() {
  /** @type {number[]} */
  const gaps = [];
  let last = performance.now();
  /** @param {number} now */
  function frame(now) {
    gaps.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  }
  requestAnimationFrame(frame);
  Object.assign(globalThis, { gaps });
}

/** What was measured since the last call. @returns {number[]} */
export function takeFrames() {
  return /** @type {{gaps: number[]}} */ (/** @type {unknown} */ (globalThis)).gaps.splice(0);
}

/**
 * Controls without a name, and fields without a label.
 *
 * @returns {string[]}
 */
export function unnamedControls() {
  const controls = "button, a[href], input, [role], [tabindex], dialog, aside";
  const unnamed = [];
  for (const element of document.querySelectorAll(controls)) {
    const role = element.getAttribute("role") ?? "";
    const isNameless = ["presentation", "status", "alert"].includes(role);
    if (isNameless || element.getClientRects().length === 0) continue;
    const isField = element instanceof HTMLInputElement;
    const referred = element.getAttribute("aria-labelledby");
    const name = [
      element.getAttribute("aria-label"),
      referred === null ? "" : document.getElementById(referred)?.textContent,
      ...isField
        ? [...element.labels ?? []].map((label) => label.textContent)
        : [element.textContent],
    ].join("").trim();
    if (name === "") unnamed.push(element.outerHTML.slice(0, 120));
  }
  return unnamed;
}

/**
 * The texts whose contrast with what is behind them is too low, by computed styles.
 *
 * @param {number} min
 * @returns {string[]}
 */
export function lowContrasts(min) {
  /** @typedef {[red: number, green: number, blue: number, alpha: number]} Colour */

  /** @param {string} text @returns {Colour} */
  function parse(text) {
    const [red = 0, green = 0, blue = 0, alpha = 1] = (/\(([^)]*)\)/.exec(text)?.[1] ?? "0,0,0,0")
      .split(/[ ,/]+/)
      .map((part) => part.endsWith("%") ? Number(part.slice(0, -1)) / 100 : Number(part));
    return [red, green, blue, alpha];
  }

  /** @param {Colour} upper @param {Colour} lower @returns {Colour} */
  function over([red, green, blue, alpha], [red2, green2, blue2]) {
    const rest = 1 - alpha;
    return [
      red * alpha + red2 * rest,
      green * alpha + green2 * rest,
      blue * alpha + blue2 * rest,
      1,
    ];
  }

  /** @param {Colour} colour */
  function luminance(colour) {
    const [red = 0, green = 0, blue = 0] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  }

  /** @param {Element} element @returns {Colour} */
  function behind(element) {
    const own = parse(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own;
    const parent = element.parentElement;
    return over(own, parent === null ? [255, 255, 255, 1] : behind(parent));
  }

  /** @param {Colour} text @param {Colour} ground */
  function contrast(text, ground) {
    const both = [luminance(over(text, ground)), luminance(ground)];
    return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
  }

  /** @type {Set<string>} */
  const low = new Set();
  for (const element of document.querySelectorAll("body *")) {
    const isText = [...element.childNodes].some((node) => {
      return node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim();
    });
    const isField = element instanceof HTMLInputElement;
    if ((!isText && !isField) || element.getClientRects().length === 0) continue;
    const colours = [getComputedStyle(element).color];
    if (isField) colours.push(getComputedStyle(element, "::placeholder").color);
    for (const colour of colours) {
      const ratio = contrast(parse(colour), behind(element));
      const name = `${element.tagName}.${element.className}`;
      if (ratio < min) {
        low.add(`${name} '${element.textContent?.slice(0, 20)}': ${ratio.toFixed(2)}`);
      }
    }
  }
  return [...low];
}

/**
 * Whether the ends of the elements' texts are seen, and how far from the left the text begins.
 *
 * @param {Element[]} elements
 * @returns {{isBeginningSeen: boolean, isEndSeen: boolean, gap: number}[]}
 */
export function readEnds(elements) {
  return elements.map((element) => {
    const box = element.getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(element);
    const text = range.getBoundingClientRect();
    return {
      isBeginningSeen: text.left >= box.left - 1,
      isEndSeen: text.right <= box.right + 1,
      gap: Math.round(Math.max(0, text.left - box.left)),
    };
  });
}
