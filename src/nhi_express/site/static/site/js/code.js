// @ts-check
/**
 * The page for device codes. A token comes behind the sharp, when the phone's own camera opened the link, or from the
 * scanner; it leaves the address bar at once and is sent in a body. What it leads to is a question, not a binding.
 */
import { clear, tell, Trouble } from "./trouble.js";
import { post } from "./server.js";
import { Scanner } from "./scanner.js";

const PAGE = "/app/bind/code/";
const TOKEN = /^#([\w-]{22})$/;

/**
 * The token in what a QR code says, if it is a link of ours.
 * @param {string} text
 * @param {string} origin
 * @returns {string} empty for anything else
 */
export function tokenIn(text, origin) {
  const link = URL.canParse(text) ? new URL(text) : null;
  if (!link || link.origin !== origin || link.pathname !== PAGE || link.search || link.username) return "";
  return TOKEN.exec(link.hash)?.[1] ?? "";
}

/** A Macintosh without a touch screen; an iPad calls itself one, too. The server has refused all others. */
function onComputer() {
  return /Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints === 0;
}

/** @param {string} token */
async function send(token) {
  if (onComputer()) throw new Trouble("computer");
  const { next } = await post(`${PAGE}token`, { token });
  location.assign(next);
}

/** The token with which the page was opened, taken out of the address bar and the history. */
function takeFromAddress() {
  const token = TOKEN.exec(location.hash)?.[1] ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname);
  if (token) send(token).catch(tell);
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
    const token = tokenIn(text, location.origin);
    if (!token) throw new Trouble("foreign");
    await send(token);
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
