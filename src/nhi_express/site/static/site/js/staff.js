// @ts-check
/**
 * Staff sign in with a passkey, and make passkeys. Pages hold a form with `data-staff-enter` (where to go on) or with
 * `data-staff-make` (the address that gives options and keeps the answer) and, the first time, `data-ticket`.
 */
import { clear, tell, Trouble } from "./trouble.js";
import * as passkey from "./passkey.js";
import { post } from "./server.js";

/** @typedef {{token: string, passkey: object}} Asked */

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-staff-enter], [data-staff-make]"));
let busy = false;

/** An answer of a passkey that is known. */
async function proof() {
  const asked = /** @type {Asked} */ (await post("/staff/challenge", {}));
  const used = await passkey.use(asked.passkey);
  return { token: asked.token, assertion: JSON.parse(used.json) };
}

async function enter() {
  return post("/staff/enter", { ...(await proof()), next: form?.dataset.staffEnter ?? "" });
}

/** The first passkey is made with a ticket, another one with the proof of one that is there. @param {string} base */
async function make(base) {
  const ticket = form?.dataset.ticket ?? "";
  const asked = /** @type {Asked} */ (await post(`${base}options`, ticket ? { ticket } : await proof()));
  const made = await passkey.create(asked.passkey);
  return post(`${base}keep`, { ticket, token: asked.token, passkey: made.json });
}

async function once() {
  if (!passkey.supported()) throw new Trouble("unsupported");
  const base = form?.dataset.staffMake;
  const { next } = await (base ? make(base) : enter());
  location.assign(next);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  busy = true;
  clear();
  try {
    await once();
  } catch (error) {
    tell(error);
  } finally {
    busy = false;
  }
});
