// @ts-check
/** Base64url without padding, as the server writes it. */

/**
 * @param {ArrayBuffer | Uint8Array} bytes
 * @returns {string}
 */
export function toBase64url(bytes) {
  const text = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * The bytes of several buffers, one after the other.
 * @param {(ArrayBuffer | Uint8Array)[]} buffers
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function join(...buffers) {
  const parts = buffers.map((buffer) => new Uint8Array(buffer));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<string>} SHA-256, base64url
 */
export async function digest(bytes) {
  return toBase64url(await crypto.subtle.digest("SHA-256", bytes));
}
