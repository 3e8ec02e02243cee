// @ts-check
/** Speaks with the card component, a small program on this computer. What it reads is handed to the site as it is. */

import { toBase64url } from "../site/js/encoding.js";

/** @typedef {{name: string, card: boolean}} Reader */
/** @typedef {{code: string, title: string, body: string, now: string[]}} Told */
/** @typedef {{url: string, version: string, told: Record<string, Told>}} Settings */

/** A reading that did not succeed. `name` is the component's word for it, or MISSING, TOO_OLD. */
export class Fault extends Error {
  /** @param {string} name */
  constructor(name) {
    super(name);
    this.name = name;
  }
}

/** @returns {Settings} */
export function settings() {
  return JSON.parse(document.getElementById("agent")?.textContent ?? "{}");
}

/**
 * @param {string} have
 * @param {string} need
 */
export function older(have, need) {
  const [a, b] = [have, need].map((version) => version.split(".").map(Number));
  const at = [0, 1, 2].find((part) => a[part] !== b[part]);
  return at !== undefined && a[at] < b[at];
}

let token = "";

/**
 * @param {string} path
 * @param {object} [body] sent as JSON; without one it is only asked
 * @returns {Promise<any>}
 */
async function ask(path, body) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const init = body ? { method: "POST", body: JSON.stringify(body), headers: { ...headers, "Content-Type": "application/json" } } : { headers };
  let response;
  try {
    response = await fetch(settings().url + path, { ...init, cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(20000) });
  } catch {
    throw new Fault("MISSING");
  }
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Fault(told.code ?? "MISSING");
  return told;
}

/** The component's version. Throws a Fault when it is missing, or too old for this site. */
export async function version() {
  const told = await ask("/version");
  if (older(String(told.version), settings().version)) throw new Fault("TOO_OLD");
  return String(told.version);
}

/** Make this page known to the component, once. */
async function pair() {
  await version();
  const ticket = toBase64url(crypto.getRandomValues(new Uint8Array(24)));
  token = (await ask("/pair", { ticket })).token;
}

/**
 * Ask as a page that is known; a component that was started anew does not know it any longer.
 * @param {string} path
 * @param {object} [body]
 */
async function known(path, body) {
  if (!token) await pair();
  try {
    return await ask(path, body);
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.name !== "NOT_PAIRED") throw fault;
    token = "";
    await pair();
    return ask(path, body);
  }
}

/** @returns {Promise<Reader[]>} */
export async function readers() {
  return (await known("/status")).readers;
}

/**
 * @param {string[]} want of block, state, response, permit
 * @param {string} [challenge] what the card is to answer
 * @returns {Promise<Record<string, string | null>>}
 */
export function read(want, challenge) {
  return known("/read", challenge ? { want, challenge } : { want });
}

/**
 * Something for the card to answer, from the site.
 * @returns {Promise<{token: string, challenge: string}>}
 */
export async function challenge() {
  const response = await post("/portal/challenge", {});
  if (!response.ok) throw await response.json();
  return response.json();
}

/**
 * @param {string} path of the site
 * @param {object} body
 */
export function post(path, body) {
  const csrf = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"))?.value ?? "";
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}
