// @ts-check
/** Small helps for forms. Every form works without them; with them it is harder to make a mistake. */

/** A digit group per number, e.g. data-group="4 3 3": 0912 345 678. The server forgives spaces. */
const GROUPS = "[data-group]";

/**
 * @param {string} text
 * @param {number[]} sizes
 * @returns {string}
 */
export function grouped(text, sizes) {
  const plain = text.replace(/[\s-]/g, "");
  const parts = [];
  let at = 0;
  for (const size of sizes) {
    if (at < plain.length) parts.push(plain.slice(at, at + size));
    at += size;
  }
  return [...parts, plain.slice(at)].filter(Boolean).join(" ");
}

/** @param {HTMLInputElement} input */
function group(input) {
  const sizes = (input.dataset.group ?? "").split(" ").map(Number);
  // Grouped on leaving the field, never while typing: a moving cursor is worse than a missing space.
  const show = () => (input.value = /^[\d\s-]+$/.test(input.value) ? grouped(input.value, sizes) : input.value);
  input.addEventListener("change", show);
  show();
}

/** @param {HTMLButtonElement} button */
function showPassword(button) {
  const input = /** @type {HTMLInputElement} */ (document.getElementById(button.dataset.show ?? ""));
  const texts = [button.textContent ?? "", button.dataset.hideText ?? ""];
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.textContent = texts[Number(shown)];
    button.setAttribute("aria-pressed", String(shown));
  });
  input.form?.addEventListener("submit", () => (input.type = "password"));
}

/**
 * A box that keeps what is there (data-keeps="name"): the field for a new value goes while it is ticked.
 * @param {HTMLInputElement} box
 */
function keeps(box) {
  const input = /** @type {HTMLInputElement | null} */ (document.getElementById(box.dataset.keeps ?? ""));
  const field = /** @type {HTMLElement | null} */ (input?.closest(".field") ?? null);
  const show = () => {
    if (input) input.disabled = box.checked;
    if (field) field.hidden = box.checked;
  };
  box.addEventListener("change", show);
  show();
}

/**
 * Whether the browser's own checks pass (required, length, pattern). Where not, the browser says so at the field.
 * @param {HTMLFormElement} form
 */
export function checked(form) {
  if (form.reportValidity()) return true;
  release(form);
  return false;
}

/**
 * Let a form be sent again.
 * @param {HTMLFormElement} form
 */
export function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

/**
 * The second of two quick taps sends nothing.
 * @param {SubmitEvent} event
 */
function once(event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  if (form.method !== "post") return;
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-disabled", "true");
}

/** @param {HTMLDialogElement} dialog */
function watchTime(dialog) {
  const ends = Date.now() + Number(dialog.dataset.seconds) * 1000;
  const left = dialog.querySelector("[data-left]");
  const stay = /** @type {HTMLButtonElement | null} */ (dialog.querySelector("[data-stay]"));
  let told = false;
  // In place of this page: going back does not show it again.
  const leave = () => dialog.dataset.leave && location.replace(dialog.dataset.leave);
  const timer = setInterval(() => {
    // Rounded up: the page leaves no sooner than the server's own time is over.
    const seconds = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    if (left) left.textContent = String(seconds);
    if (seconds <= 60 && !told) dialog.showModal();
    told ||= seconds <= 60;
    if (seconds > 0) return;
    clearInterval(timer);
    leave();
  }, 1000);
  const extend = async () => {
    dialog.close();
    if (!dialog.dataset.extend) return;
    const answer = await fetch(dialog.dataset.extend, { headers: { Accept: "application/json" } }).catch(() => null);
    // Without an answer the time runs on.
    if (!answer) return listen();
    clearInterval(timer);
    if (!answer.ok) return leave();
    // A visitor's screen is told how long it has now; elsewhere it is as long as before.
    const { seconds } = await answer.json().catch(() => ({}));
    if (seconds) dialog.dataset.seconds = String(seconds);
    watchTime(dialog);
  };
  const listen = () => stay?.addEventListener("click", extend, { once: true });
  listen();
}

document.addEventListener("submit", once, { capture: true });
// A page that comes back from the browser's memory must not stay locked.
addEventListener("pageshow", () => document.querySelectorAll("form").forEach(release));
for (const input of document.querySelectorAll(GROUPS)) group(/** @type {HTMLInputElement} */ (input));
for (const button of document.querySelectorAll("[data-show]")) showPassword(/** @type {HTMLButtonElement} */ (button));
for (const box of document.querySelectorAll("[data-keeps]")) keeps(/** @type {HTMLInputElement} */ (box));
for (const dialog of document.querySelectorAll("dialog[data-seconds]")) watchTime(/** @type {HTMLDialogElement} */ (dialog));
/** @type {HTMLElement | null} */ (document.querySelector("[data-focus]"))?.focus();
