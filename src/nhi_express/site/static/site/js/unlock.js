// @ts-check
/**
 * Sign-in with a bound phone: its key signs a fresh challenge together with the passkey's assertion, or alone beside
 * the password where the binding has no passkey. The page holds site/phone.html's `unlock_list(members)`.
 */
import { clear, tell, Trouble } from "./trouble.js";
import * as devicekey from "./devicekey.js";
import * as passkey from "./passkey.js";
import { post } from "./server.js";

/** @typedef {{token: string, challenge: string, passkey: object | null}} Challenge */

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-unlock]"));
const form = /** @type {HTMLFormElement | null} */ (place?.querySelector("form[data-password]") ?? null);
const secret = /** @type {HTMLInputElement | null} */ (document.getElementById("unlock-password"));
let waiting = "";
let busy = false;

/**
 * @param {string} device
 * @param {string | null} password
 */
async function unlock(device, password) {
  if (!(await devicekey.has(device))) throw new Trouble("key-gone");
  const asked = /** @type {Challenge} */ (await post("/app/unlock/challenge", { device }));
  if (!asked.passkey && password === null) return ask(device);
  const used = asked.passkey ? await passkey.use(asked.passkey) : { json: "null", bound: new Uint8Array() };
  // The page's query says where the person wanted to go.
  const { next } = await post(`/app/unlock/enter${location.search}`, {
    token: asked.token,
    device,
    device_signature: await devicekey.sign(device, "unlock", asked.challenge, used.bound),
    assertion: JSON.parse(used.json),
    password,
  });
  location.assign(next);
}

/**
 * Show the password's field for one member.
 * @param {string} device
 */
function ask(device) {
  if (!form || !secret || !place) return;
  waiting = device;
  const chosen = place.querySelector(`[data-device="${CSS.escape(device)}"] strong`);
  const whose = form.querySelector("[data-whose]");
  if (whose) whose.textContent = chosen?.textContent ?? "";
  form.hidden = false;
  secret.value = "";
  secret.focus();
}

/**
 * One try at a time.
 * @param {string} device
 * @param {string | null} password
 */
async function once(device, password) {
  if (busy) return;
  busy = true;
  clear();
  try {
    await unlock(device, password);
  } catch (error) {
    tell(error);
  } finally {
    busy = false;
  }
}

place?.addEventListener("click", (event) => {
  const chosen = /** @type {Element} */ (event.target).closest("[data-device]");
  if (chosen) once(chosen.getAttribute("data-device") ?? "", null);
});
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  once(waiting, secret?.value ?? "");
});
