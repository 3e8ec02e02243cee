// @ts-check
/**
 * Uploading a list: a place to drop it, how much of it is here, a way to stop, and plain words when the network fails.
 * Without this script the same form sends the same fields.
 */
import { release } from "./forms.js";
import { clear, tell, Trouble } from "./trouble.js";

/** So long may nothing move before we call the connection lost. */
const PATIENCE = 60_000;

/**
 * @param {ParentNode} place
 * @param {string} selector
 * @returns {HTMLElement}
 */
const part = (place, selector) => /** @type {HTMLElement} */ (place.querySelector(selector));

/**
 * What to send: the chosen file, or pasted rows as if they were one. A form's own text fields are kept short by the site.
 * @param {HTMLFormElement} form
 * @returns {File}
 */
function chosen(form) {
  const file = /** @type {HTMLInputElement} */ (form.elements.namedItem("file")).files?.[0];
  const pasted = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("pasted"));
  if (!file && !pasted.value.trim()) throw new Trouble("missing");
  const list = file ?? new File([pasted.value], `${form.dataset.pastedName}.csv`, { type: "text/csv" });
  if (list.size > Number(form.dataset.most)) throw new Trouble("too-large");
  return list;
}

/**
 * @param {XMLHttpRequest} request
 * @returns {{next?: string, problem?: object}}
 */
function answerOf(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    throw new Trouble(request.status === 413 ? "too-large" : "offline");
  }
}

/**
 * Send a form's fields, and tell meanwhile how many hundredths are there.
 * @param {XMLHttpRequest} request
 * @param {string} path
 * @param {FormData} fields
 * @param {(percent: number) => void} onPart
 * @returns {Promise<string>} where to go on
 */
export function send(request, path, fields, onPart) {
  return new Promise((resolve, reject) => {
    let timer = 0;
    const lost = () => reject(new Trouble("offline"));
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => (lost(), request.abort()), PATIENCE);
    };
    request.upload.addEventListener("progress", (event) => {
      alive();
      if (event.lengthComputable) onPart(Math.floor((event.loaded / event.total) * 100));
    });
    request.addEventListener("error", lost);
    request.addEventListener("abort", () => reject(new Trouble("stopped")));
    request.addEventListener("loadend", () => clearTimeout(timer));
    request.addEventListener("load", () => {
      try {
        const { next, problem } = answerOf(request);
        next ? resolve(next) : reject(new Trouble("refused", problem));
      } catch (error) {
        reject(error);
      }
    });
    request.open("POST", path);
    request.setRequestHeader("Accept", "application/json");
    alive();
    request.send(fields);
  });
}

/** The form, and what is shown while it is sent. */
class Upload {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.sending = part(form, "[data-sending]");
    this.bar = /** @type {HTMLProgressElement} */ (part(form, "[data-sending-bar]"));
    this.button = /** @type {HTMLButtonElement} */ (part(form, "button.button"));
    this.request = new XMLHttpRequest();
    part(form, "[data-sending-stop]").addEventListener("click", () => this.request.abort());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.run().catch((error) => this.failed(error));
    });
  }

  async run() {
    clear();
    const list = chosen(this.form);
    const fields = new FormData(this.form);
    fields.delete("pasted");
    fields.set("file", list);
    part(this.form, "[data-sending-name]").textContent = list.name;
    this.show(true);
    this.part(0);
    this.request = new XMLHttpRequest();
    location.assign(await send(this.request, this.form.action, fields, (percent) => this.part(percent)));
  }

  /** @param {number} percent */
  part(percent) {
    this.bar.value = percent;
    part(this.form, "[data-sending-part]").textContent = `${percent}%`;
    part(this.form, "[data-sending-whole]").hidden = percent < 100;
  }

  /** @param {boolean} sending */
  show(sending) {
    this.sending.hidden = !sending;
    this.button.hidden = sending;
  }

  /** @param {unknown} error */
  failed(error) {
    this.show(false);
    release(this.form);
    tell(error);
  }
}

/**
 * A place to drop a file on. The file lands in the form's own field, so it can be seen and taken back there.
 * @param {HTMLElement} place
 */
function droppable(place) {
  const input = /** @type {HTMLInputElement} */ (part(place, "input[type=file]"));
  part(place, "[data-droppable]").hidden = false;
  for (const kind of ["dragenter", "dragover"])
    place.addEventListener(kind, (event) => {
      event.preventDefault();
      place.dataset.over = "yes";
    });
  for (const kind of ["dragleave", "drop"]) place.addEventListener(kind, () => delete place.dataset.over);
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) input.files = event.dataTransfer.files;
  });
}

for (const form of document.querySelectorAll("form[data-upload]")) new Upload(/** @type {HTMLFormElement} */ (form));
for (const place of document.querySelectorAll("[data-drop]")) droppable(/** @type {HTMLElement} */ (place));
