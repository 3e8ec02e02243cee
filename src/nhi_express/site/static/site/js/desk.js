// @ts-check
/**
 * Sign-in to the units' desk with the passkey of a bound phone: this computer's browser, or the phone beside it, asks
 * which. The page holds a form with `data-desk`, which says where to go on.
 */
import { clear, tell, Trouble } from "./trouble.js";
import * as passkey from "./passkey.js";
import { post } from "./server.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-desk]"));
let busy = false;

async function enter() {
  if (!passkey.supported()) throw new Trouble("unsupported");
  const asked = /** @type {{token: string, passkey: object}} */ (await post("/units/challenge", {}));
  const used = await passkey.use(asked.passkey);
  const answer = { token: asked.token, assertion: JSON.parse(used.json), next: form?.dataset.desk ?? "" };
  const { next } = await post("/units/enter", answer);
  location.assign(next);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (busy) return;
  busy = true;
  clear();
  try {
    await enter();
  } catch (error) {
    tell(error);
  } finally {
    busy = false;
  }
});
