// @ts-check
/**
 * The last step of a binding. The page holds a form with `data-bind` and, in it, the fields of site/phone.html's
 * `bind_fields(options)`; options are `{challenge, passkey}`, passkey being creation options or null.
 *
 * On sending, the phone makes its key, then a passkey where it can, signs both together, and the form goes off as
 * any form does. Its other fields (password, the server's token) are the page's own.
 */
import { tell, clear } from "./trouble.js";
import * as devicekey from "./devicekey.js";
import * as passkey from "./passkey.js";
import { traits } from "./phone.js";
import { checked, release } from "./forms.js";

/** @type {{json: string, bound: Uint8Array<ArrayBuffer>}} */
const NO_PASSKEY = { json: "", bound: new Uint8Array() };

/**
 * @param {HTMLFormElement} form
 * @param {{challenge: string, passkey: object | null}} options
 */
async function prove(form, options) {
  const made = options.passkey && (await passkey.available()) ? await passkey.create(options.passkey) : NO_PASSKEY;
  const name = await devicekey.make();
  const values = {
    device_key: JSON.stringify(await devicekey.publicJwk(name)),
    device_signature: await devicekey.sign(name, "bind", options.challenge, made.bound),
    passkey: made.json,
    ...(await traits()),
  };
  for (const [field, value] of Object.entries(values)) input(form, field).value = value;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function input(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-bind]"));
const block = document.getElementById("bind-options");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  clear();
  if (!checked(form)) return;
  try {
    await prove(form, JSON.parse(block?.textContent ?? "{}"));
    form.submit();
  } catch (error) {
    release(form);
    tell(error);
  }
});
