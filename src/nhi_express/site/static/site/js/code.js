// @ts-check
/**
 * The pages for device codes and for activation codes. A token comes behind the sharp, when the phone's own camera opened the link, or from the
 * scanner; it leaves the address bar at once and is sent in a body. What it leads to is a question, not a binding.
 */
import { clear, tell, Trouble } from "./trouble.js";
import { post } from "./server.js";
import { Scanner } from "./scanner.js";

// Either page reads both kinds of QR code, and each code is asked about where it belongs.
const PAGES = ["/app/bind/code/", "/app/bind/unit/code/"];
const TOKEN = /^#([\w-]{22})$/;

/**
 * What a QR code says, if it is a link of ours: the page it belongs to, and its token.
 * @param {string} text
 * @param {string} origin
 * @returns {{page: string, token: string} | null} null for anything else
 */
export function codeIn(text, origin) {
  const link = URL.canParse(text) ? new URL(text) : null;
  if (!link || link.origin !== origin || !PAGES.includes(link.pathname) || link.search || link.username) return null;
  const token = TOKEN.exec(link.hash)?.[1];
  return token ? { page: link.pathname, token } : null;
}

/** A Macintosh without a touch screen; an iPad calls itself one, too. The server has refused all others. */
function onComputer() {
  return /Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints === 0;
}

/** @param {{page: string, token: string}} code */
async function send({ page, token }) {
  if (onComputer()) throw new Trouble("computer");
  const { next } = await post(`${page}token`, { token });
  location.assign(next);
}

/** The token with which the page was opened, taken out of the address bar and the history. */
function takeFromAddress() {
  const code = codeIn(location.origin + location.pathname + location.hash, location.origin);
  if (location.hash) history.replaceState(null, "", location.pathname);
  if (code) send(code).catch(tell);
}

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-scan]"));
const begin = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-begin]"));
const end = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-end]"));
const looking = /** @type {HTMLElement | null} */ (document.querySelector("[data-looking]"));
const finder = /** @type {HTMLVideoElement | null} */ (document.querySelector("[data-finder]"));

/** @param {boolean} open */
function show(open) {
  for (const shown of [finder, looking, end]) if (shown) shown.hidden = !open;
  if (begin) begin.hidden = open;
}

/** @param {Scanner} scanner */
async function scan(scanner) {
  clear();
  if (onComputer()) throw new Trouble("computer");
  show(true);
  try {
    const text = await scanner.read();
    if (text === null) return;
    const code = codeIn(text, location.origin);
    if (!code) throw new Trouble("foreign");
    await send(code);
  } finally {
    show(false);
  }
}

if (place && begin && end && finder) {
  const scanner = new Scanner(finder);
  place.hidden = false;
  begin.addEventListener("click", () => scan(scanner).catch(tell));
  end.addEventListener("click", () => scanner.stop());
  // A page put away must not go on looking.
  addEventListener("pagehide", () => scanner.stop());
  addEventListener("hashchange", takeFromAddress);
  takeFromAddress();
}
