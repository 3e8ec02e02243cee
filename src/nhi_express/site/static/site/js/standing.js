// @ts-check
/**
 * Pages that follow what happens elsewhere: a clerk's case (`data-case`), and a visitor's screen (`data-follow`, which
 * says where to ask, and `data-at`, where it stands). They ask each two seconds; asking is no touch.
 */
const PAUSE = 2000;
const KEPT = "standing-focus";
const watched = /** @type {HTMLElement | null} */ (document.querySelector("[data-case]"));
const follower = /** @type {HTMLElement | null} */ (document.querySelector("[data-follow]"));
const print = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-print]"));

/** @param {string} address @param {() => void} refused what to do when the answer is a refusal @returns {Promise<any>} */
async function ask(address, refused) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (answer && !answer.ok) refused();
  return answer?.ok ? answer.json() : null;
}

/** Somebody is typing: a page that loads itself anew would take it away. */
function typing() {
  const here = document.activeElement;
  return here instanceof HTMLInputElement || here instanceof HTMLTextAreaElement || here instanceof HTMLSelectElement;
}

/** What tells a control from the others, on this page and on the same page loaded anew. @param {Element} control */
function mark(control) {
  const form = control instanceof HTMLButtonElement ? control.form : null;
  return control.id || control.getAttribute("href") || form?.getAttribute("action") || "";
}

/** Load the page anew; what had the focus has it again, so that nobody who uses the keyboard is thrown back. */
function renew() {
  sessionStorage.setItem(KEPT, mark(document.activeElement ?? document.body));
  location.reload();
}

function refocus() {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  const controls = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("a, button, summary"));
  if (kept) [...controls].find((control) => mark(control) === kept)?.focus();
}

/** @param {HTMLElement} place */
async function watch(place) {
  const told = await ask(place.dataset.case ?? "", () => location.reload());
  if (told) {
    const standing = [told.screen, told.registered ? "True" : "False", told.approval, told.code].join(" ");
    if (standing !== place.dataset.standing && !typing()) return renew();
  }
  setTimeout(watch, PAUSE, place);
}

/** @param {HTMLElement} place */
async function follow(place) {
  const told = await ask(place.dataset.follow ?? "", () => location.replace("/visitor/"));
  if (told && (!told.known || told.at !== place.dataset.at)) return location.replace(told.at);
  setTimeout(follow, PAUSE, place);
}

refocus();
if (watched) setTimeout(watch, PAUSE, watched);
if (follower) setTimeout(follow, PAUSE, follower);
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
