// @ts-check
/** Forms that a card goes along with: before such a form is sent, the card in the reader is read into it. */
import { challenge, Fault, read, settings } from "./agent.js";
import { checked, release } from "../site/js/forms.js";

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(`card_${name}`));
}

/**
 * @param {HTMLFormElement} form
 * @param {Record<string, string | null>} values
 */
function fill(form, values) {
  for (const [name, value] of Object.entries(values)) field(form, name).value = value ?? "";
}

/** @param {HTMLFormElement} form */
function wantsPermit(form) {
  const holder = /** @type {RadioNodeList | HTMLInputElement | null} */ (form.elements.namedItem("holder"));
  return holder?.value === "permit";
}

/** @param {unknown} fault a Fault, or the site's own refusal, or a network that failed */
function told(fault) {
  const refused = /** @type {{problem?: {code: string, title: string, body: string}}} */ (fault)?.problem;
  if (refused) return { now: [], ...refused };
  const words = settings().told;
  return words[fault instanceof Fault ? fault.name : "SITE"] ?? words.CARD_UNREADABLE;
}

/** @param {unknown} fault */
function tell(fault) {
  const notice = /** @type {HTMLElement | null} */ (document.querySelector("[data-card-trouble] > .notice"));
  if (!notice) return;
  const words = told(fault);
  for (const name of ["title", "body", "code"]) {
    const place = notice.querySelector(`[data-${name}]`);
    if (place) place.textContent = words[/** @type {"title"} */ (name)];
  }
  const steps = words.now.map((step) => Object.assign(document.createElement("li"), { textContent: step }));
  notice.querySelector("[data-now]")?.replaceChildren(...steps);
  notice.querySelector("[data-code]")?.setAttribute("href", `/help/codes/${words.code}/`);
  notice.hidden = false;
  notice.focus();
}

/** @param {boolean} busy */
function showReading(busy) {
  const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-reading]"));
  if (line) line.hidden = !busy;
  if (busy) for (const notice of document.querySelectorAll("[data-card-trouble] > .notice")) /** @type {HTMLElement} */ (notice).hidden = true;
}

/**
 * Read what is still missing. Where a permit follows the card in the same reader, it takes two presses.
 * @param {HTMLFormElement} form
 * @returns {Promise<boolean>} whether everything is there
 */
async function complete(form) {
  const step = /** @type {HTMLElement | null} */ (form.querySelector("[data-permit-step]"));
  const second = wantsPermit(form) && step !== null && !step.hidden;
  if (second) {
    fill(form, await read(["permit"]));
    return true;
  }
  const fresh = await challenge();
  fill(form, { token: fresh.token, ...(await read(["block", "state", "response"], fresh.challenge)) });
  if (!wantsPermit(form) || !step) return true;
  step.hidden = false;
  return false;
}

/** @param {SubmitEvent} event */
async function send(event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!checked(form)) return;
  showReading(true);
  try {
    if (await complete(form)) form.submit();
    else release(form);
  } catch (fault) {
    release(form);
    tell(fault);
  } finally {
    showReading(false);
  }
}

/** Fields for one kind of holder go while the other is chosen. */
function followHolder() {
  for (const part of document.querySelectorAll("[data-when]")) {
    const form = /** @type {HTMLFormElement | null} */ (part.closest("form"));
    const show = () => (/** @type {HTMLElement} */ (part).hidden = form !== null && wantsPermit(form));
    form?.addEventListener("change", show);
    show();
  }
}

for (const form of document.querySelectorAll("form[data-card]")) form.addEventListener("submit", /** @type {EventListener} */ (send));
followHolder();
// A page that comes back from the browser's memory has no card in it any longer.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const input of document.querySelectorAll("input[name^=card_]")) /** @type {HTMLInputElement} */ (input).value = "";
  for (const step of document.querySelectorAll("[data-permit-step]")) /** @type {HTMLElement} */ (step).hidden = true;
});
