// @ts-check
/**
 * How far the work on a list is. The site tells it in a stream of events, for a while at a time, and the browser asks
 * again; where there is no room for one more stream, the page asks every few seconds. When the list stands differently
 * than the page shows it, the page is loaded anew.
 */

/** Between two questions, where there is no stream. */
const PAUSE = 3000;

/** @typedef {{stage: string, percent: number | null, text: string}} Told */

/**
 * @param {HTMLElement} place
 * @param {Told} told
 */
export function show(place, told) {
  if (told.stage !== place.dataset.stage) return location.reload();
  const words = place.querySelector("[data-told]");
  const bar = /** @type {HTMLProgressElement | null} */ (place.querySelector("[data-bar]"));
  if (words) words.textContent = told.text;
  if (told.percent === null) bar?.removeAttribute("value");
  else if (bar) bar.value = told.percent;
}

/**
 * Ask until the page is left. A network that is away for a moment is waited for; who is signed out is led to signing in.
 * @param {HTMLElement} place
 */
export function poll(place) {
  const ask = async () => {
    const answer = await fetch(place.dataset.poll ?? "", { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) show(place, await answer.json());
    else if (answer && answer.status < 500) location.reload();
  };
  const timer = setInterval(ask, PAUSE);
  addEventListener("pagehide", () => clearInterval(timer));
}

/**
 * @param {HTMLElement} place
 * @param {string} path
 */
export function listen(place, path) {
  const stream = new EventSource(path);
  stream.addEventListener("message", (event) => show(place, JSON.parse(event.data)));
  // Between two streams the browser connects again by itself; one that was refused stays closed.
  stream.addEventListener("error", () => {
    if (stream.readyState === EventSource.CLOSED) poll(place);
  });
  addEventListener("pagehide", () => stream.close());
}

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-progress]"));
if (place?.dataset.events) listen(place, place.dataset.events);
// A page that comes back from the browser's memory tells of a time that is past.
addEventListener("pageshow", (event) => {
  if (event.persisted && place) location.reload();
});
