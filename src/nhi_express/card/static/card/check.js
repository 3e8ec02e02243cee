// @ts-check
/** 檢測環境: looks every second and a half what is there, from the browser to the card's own answer. */
import { challenge, Fault, post, read, readers, settings, version } from "./agent.js";

/** @typedef {"waiting" | "good" | "bad"} State */
const ORDER = ["browser", "permission", "agent", "reader", "card", "nhi", "authentic"];
// Which line a fault of the component stands at; the rest is the agent's.
const LINE = new Map(Object.entries({ NO_PCSC: "reader", NO_READER: "reader", READER_BUSY: "card", TWO_CARDS: "card", NO_CARD: "card", CARD_PULLED: "card", NOT_NHI_CARD: "nhi", CARD_UNREADABLE: "nhi" }));

/**
 * @param {string} name
 * @param {State} state
 * @param {string} [words]
 */
function show(name, state, words = "") {
  const line = /** @type {HTMLElement} */ (document.querySelector(`[data-check="${name}"]`));
  line.dataset.state = state;
  for (const badge of line.querySelectorAll("[data-badge]")) /** @type {HTMLElement} */ (badge).hidden = /** @type {HTMLElement} */ (badge).dataset.badge !== state;
  /** @type {HTMLElement} */ (line.querySelector("[data-mend]")).hidden = state !== "bad";
  /** @type {HTMLElement} */ (line.querySelector("[data-told]")).textContent = words;
}

/** What the browser says about reaching this computer; browsers that do not ask have no such permission. */
async function permission() {
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      return (await navigator.permissions.query({ name: /** @type {PermissionName} */ (name) })).state;
    } catch {
      // An unknown name: this browser calls it otherwise, or does not ask.
    }
  }
  return "granted";
}

/**
 * @param {string} failed
 * @param {string} [words]
 * @param {string[]} [now] what to do, where the fault knows better than the line
 */
function stopAt(failed, words, now = []) {
  for (const name of ORDER.slice(ORDER.indexOf(failed) + 1)) show(name, "waiting");
  show(failed, "bad", words);
  const mend = /** @type {HTMLElement} */ (document.querySelector(`[data-check="${failed}"] [data-mend]`));
  mend.dataset.usual ??= mend.textContent ?? "";
  mend.textContent = now.join(" ") || mend.dataset.usual;
}

let authentic = "";
/** @type {{fault: unknown, times: number, until: number}} what the site refused of this card, and when to ask again */
let refused = { fault: null, times: 0, until: 0 };

function forgetCard() {
  authentic = "";
  refused = { fault: null, times: 0, until: 0 };
}

/** The card's own answer is asked for once per card put in, not every second; what was refused, ever more rarely. */
async function prove() {
  if (authentic) return;
  if (Date.now() < refused.until) throw refused.fault;
  try {
    await ask();
  } catch (fault) {
    const times = refused.times + 1;
    if (!(fault instanceof Fault)) refused = { fault, times, until: Date.now() + 1500 * Math.min(2 ** times, 80) };
    throw fault;
  }
}

async function ask() {
  const fresh = await challenge();
  const told = await read(["block", "state", "response"], fresh.challenge);
  show("nhi", "good");
  const body = { card_token: fresh.token, ...Object.fromEntries(Object.entries(told).map(([name, value]) => [`card_${name}`, value ?? ""])) };
  const answer = await post("/portal/card", body);
  const result = await answer.json();
  if (!answer.ok) throw result;
  authentic = result.name;
}

/** @returns {Promise<void>} */
async function look() {
  show("browser", "fetch" in window && "AbortSignal" in window ? "good" : "bad");
  if ((await permission()) === "denied") return stopAt("permission");
  show("permission", "good");
  show("agent", "good", await version());
  const found = await readers();
  if (!found.length) throw new Fault("NO_READER");
  show("reader", "good", found.map((reader) => reader.name).join(", "));
  const inserted = found.filter((reader) => reader.card);
  if (inserted.length !== 1) {
    forgetCard();
    throw new Fault(inserted.length ? "TWO_CARDS" : "NO_CARD");
  }
  show("card", "good");
  await prove();
  show("nhi", "good");
  show("authentic", "good", authentic);
}

/** @param {unknown} fault */
function tell(fault) {
  const name = fault instanceof Fault ? fault.name : "";
  const problem = /** @type {any} */ (fault)?.problem;
  const words = name ? settings().told[name] : problem;
  stopAt(name ? (LINE.get(name) ?? "agent") : "authentic", words ? `${words.title} ${words.code}` : "", words?.now);
}

/** Read out only what changed: a list that speaks every second is worse than none. */
function summarise() {
  const summary = /** @type {HTMLElement} */ (document.querySelector("[data-summary]"));
  const bad = document.querySelector('[data-state="bad"] strong')?.textContent;
  const words = bad ? (summary.dataset.bad ?? "").replace("{}", bad) : authentic ? summary.dataset.good ?? "" : "";
  if (summary.textContent !== words) summary.textContent = words;
  /** @type {HTMLElement} */ (document.querySelector("[data-all-good]")).hidden = !authentic || Boolean(bad);
}

async function round() {
  if (document.visibilityState === "visible") {
    try {
      await look();
    } catch (fault) {
      tell(fault);
    }
    summarise();
  }
  setTimeout(round, 1500);
}

if (settings().url) round();
