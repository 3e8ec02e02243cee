// @ts-check
/** Districts follow the county, villages the district. A village that is not in the list is said to be unknown, not refused. */

const area = /** @type {HTMLElement | null} */ (document.querySelector("[data-areas]"));

/** @param {string} name */
const input = (name) => /** @type {HTMLSelectElement} */ (document.getElementById(name));
/** @param {string} text 台 and 臺 alike */
const plain = (text) => text.trim().replaceAll("台", "臺");

/**
 * @param {HTMLSelectElement} select
 * @param {string[]} choices
 */
function offer(select, choices) {
  const chosen = select.value;
  const first = select.options[0];
  select.replaceChildren(first, ...choices.map((choice) => new Option(choice, choice, false, choice === chosen)));
}

/** @param {HTMLElement} area */
async function follow(area) {
  /** @type {Record<string, Record<string, string[]>>} */
  const tree = await (await fetch(area.dataset.areas ?? "")).json();
  const [county, district, village, list] = ["county", "district", "village", "villages"].map(input);
  const known = () => tree[county.value]?.[district.value] ?? [];
  const showDistricts = () => offer(district, Object.keys(tree[county.value] ?? {}));
  const showVillages = () => list.replaceChildren(...known().map((name) => new Option(name)));
  const judge = () => {
    const odd = village.value !== "" && known().length > 0 && !known().some((name) => plain(name) === plain(village.value));
    /** @type {HTMLElement} */ (area.querySelector("[data-unknown]")).hidden = !odd;
  };
  county.addEventListener("change", () => [showDistricts(), showVillages(), judge()]);
  district.addEventListener("change", () => [showVillages(), judge()]);
  village.addEventListener("change", judge);
  showDistricts();
  showVillages();
}

if (area) follow(area);
