// @ts-check
/** The page with a device code: counts down, copies, and tells what a phone did with it. */

import "../site/js/copy.js";

const card = /** @type {HTMLElement} */ (document.querySelector("[data-code-state]"));
const ends = Date.now() + Number(card.dataset.seconds) * 1000;
const left = /** @type {HTMLElement} */ (document.querySelector("[data-left]"));

/** @param {string} state */
function show(state) {
  for (const told of document.querySelectorAll("[data-standing]")) /** @type {HTMLElement} */ (told).hidden = /** @type {HTMLElement} */ (told).dataset.standing !== state;
  card.hidden = state === "bound";
  card.classList.toggle("over", state === "expired");
}

/** @param {{id: string, model: string, identifier: string}} phone */
function name(phone) {
  const place = /** @type {HTMLElement} */ (document.querySelector('[data-standing="bound"]'));
  /** @type {HTMLElement} */ (place.querySelector("[data-model]")).textContent = phone.model;
  /** @type {HTMLElement} */ (place.querySelector("[data-identifier]")).textContent = phone.identifier.replace(/(.{4})(?=.)/g, "$1 ");
  /** @type {HTMLInputElement} */ (place.querySelector("[data-device]")).value = phone.id;
}

function count() {
  const seconds = Math.max(0, Math.round((ends - Date.now()) / 1000));
  left.textContent = (left.dataset.words ?? "").replace("{minutes}", String(Math.floor(seconds / 60))).replace("{seconds}", String(seconds % 60));
  if (seconds > 0) setTimeout(count, 1000);
}

/** A phone is at work on the code: a screen that nobody touches meanwhile (`data-phone-stays`) has its time anew. */
function stay() {
  if ("phoneStays" in card.dataset) /** @type {HTMLButtonElement | null} */ (document.querySelector("#time-left [data-stay]"))?.click();
}

let shown = "waiting";

async function look() {
  const answer = await fetch(card.dataset.codeState ?? "", { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  // Signed out, or the screen was parted from its case.
  if (answer?.status === 401 || answer?.status === 409) return location.replace(card.dataset.leave ?? "/portal/");
  if (answer?.ok) {
    const { state, phone } = await answer.json();
    if (phone) name(phone);
    if (state !== shown && (state === "claimed" || state === "bound")) stay();
    if (state !== shown) show((shown = state === "none" ? "expired" : state));
    if (shown === "bound" || shown === "expired") return;
  }
  setTimeout(look, 1000);
}

count();
if (card.dataset.codeState) look();
