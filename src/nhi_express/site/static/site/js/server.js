// @ts-check
/** Asking the server from a page: JSON there and back, refusals as a `Trouble`. */
import { Trouble } from "./trouble.js";

/**
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
export async function post(path, body) {
  const token = /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"));
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token?.value ?? "" };
  const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Trouble("refused", answer.problem);
  return answer;
}
