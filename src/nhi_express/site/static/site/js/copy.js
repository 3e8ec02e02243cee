// @ts-check
/** Buttons that copy: data-copy names the element whose text goes, data-copied what the button says afterwards. */

for (const button of document.querySelectorAll("[data-copy]")) {
  const { copy = "", copied = "" } = /** @type {HTMLElement} */ (button).dataset;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(copy)?.textContent?.trim() ?? "");
    const words = button.querySelector("span");
    if (words) words.textContent = copied;
  });
}
