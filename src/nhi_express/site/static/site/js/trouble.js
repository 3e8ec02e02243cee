// @ts-check
/** What may go wrong on the phone itself, told in words that the server has put into the page (site/phone.html). */

/** Something a person can be told. `kind` is a `data-trouble` of the page. */
export class Trouble extends Error {
  /**
   * @param {string} kind
   * @param {{code?: string, title?: string, body?: string, help_url?: string}} [problem] what the server said
   */
  constructor(kind, problem) {
    super(kind);
    this.kind = kind;
    this.problem = problem;
  }
}

/** Hide what was told before. */
export function clear() {
  for (const told of document.querySelectorAll("[data-trouble]")) /** @type {HTMLElement} */ (told).hidden = true;
}

/**
 * Tell what went wrong. What is not a `Trouble` is a fault of ours or of the network, and is told as "offline".
 * @param {unknown} error
 */
export function tell(error) {
  clear();
  const trouble = error instanceof Trouble ? error : new Trouble("offline");
  if (!(error instanceof Trouble)) console.warn(error);
  const told = /** @type {HTMLElement | null} */ (document.querySelector(`[data-trouble="${trouble.kind}"]`));
  if (!told) return;
  if (trouble.problem) fill(told, trouble.problem);
  told.hidden = false;
  told.tabIndex = -1;
  told.focus();
}

/**
 * @param {HTMLElement} told
 * @param {{code?: string, title?: string, body?: string, help_url?: string}} problem
 */
function fill(told, { code = "", title = "", body = "", help_url: help = "/help/" }) {
  for (const [name, text] of Object.entries({ title, text: body, code })) {
    const place = told.querySelector(`[data-${name}]`);
    if (place) place.textContent = text;
  }
  told.querySelector("[data-help]")?.setAttribute("href", help);
}
