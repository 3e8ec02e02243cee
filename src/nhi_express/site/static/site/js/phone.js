// @ts-check
/** What this phone is, in words its owner recognises in the list of phones. The server believes none of it. */

/**
 * @returns {Promise<{platform: string, model: string}>}
 */
export async function traits() {
  const hints = /** @type {any} */ (navigator).userAgentData;
  try {
    const told = await hints.getHighEntropyValues(["model", "platform", "platformVersion"]);
    const version = String(told.platformVersion ?? "").split(".")[0];
    return { platform: `${told.platform} ${version}`.trim(), model: told.model || fromAgent(navigator.userAgent).model };
  } catch {
    return fromAgent(navigator.userAgent);
  }
}

/**
 * @param {string} agent the User-Agent header's text
 * @returns {{platform: string, model: string}}
 */
export function fromAgent(agent) {
  const apple = /\((iPhone|iPad)[^)]*? OS (\d+)/.exec(agent);
  if (apple) return { platform: `iOS ${apple[2]}`, model: apple[1] };
  const android = /Android (\d+)[^;)]*(?:; ([^;)]+?)(?: Build\/[^;)]*)?)?\)/.exec(agent);
  if (android) return { platform: `Android ${android[1]}`, model: android[2]?.length > 1 ? android[2] : "Android" };
  const other = /Windows|Macintosh|CrOS|Linux/.exec(agent)?.[0] ?? "";
  return { platform: other.replace("Macintosh", "macOS"), model: other ? "Browser" : "" };
}
