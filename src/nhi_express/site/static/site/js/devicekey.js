// @ts-check
/**
 * The phone's own keys: P-256 signing keys that cannot be taken out of the browser, kept in IndexedDB by device id.
 *
 * A new key has no device id yet: it waits under "new:" and its identifier (the first 16 hex digits of its RFC 7638
 * thumbprint) until the server has bound it, and is then adopted under the device's id.
 */
import { join, toBase64url } from "./encoding.js";
import { Trouble } from "./trouble.js";

const STORE = "keys";
const WAITING = "new:";
const WAITS_AT_MOST = 24 * 60 * 60 * 1000;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

/** @typedef {{pair: CryptoKeyPair, made: number}} Kept */

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    if (!globalThis.indexedDB || !globalThis.crypto?.subtle) return reject(new Trouble("no-storage"));
    const request = indexedDB.open("nhi-express", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Trouble("no-storage"));
  });
}

/**
 * Do something in one transaction, and wait until it is safely stored.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T>}
 */
async function within(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(new Trouble("no-storage"));
    });
  } finally {
    database.close();
  }
}

/**
 * Make a key that waits to be bound.
 * @returns {Promise<string>} the name it waits under
 */
export async function make() {
  await forgetOld();
  const pair = /** @type {CryptoKeyPair} */ (await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]));
  const name = WAITING + (await identifier(pair));
  await within("readwrite", (store) => store.put({ pair, made: Date.now() }, name));
  return name;
}

/**
 * The keys that wait, newest first.
 * @returns {Promise<{name: string, made: number}[]>}
 */
async function waitingKeys() {
  const names = (await within("readonly", (store) => store.getAllKeys())).map(String);
  const found = names.filter((name) => name.startsWith(WAITING)).map(async (name) => ({ name, made: (await kept(name)).made }));
  return (await Promise.all(found)).sort((one, other) => other.made - one.made);
}

/** Drop keys whose binding never came to an end. */
async function forgetOld() {
  for (const { name, made } of await waitingKeys()) if (Date.now() - made > WAITS_AT_MOST) await remove(name);
}

/** @returns {Promise<string>} */
async function newest() {
  const [first] = await waitingKeys();
  if (!first) throw new Trouble("key-gone");
  return first.name;
}

/**
 * @param {string} name
 * @returns {Promise<Kept | undefined>}
 */
function find(name) {
  return within("readonly", (store) => store.get(name));
}

/**
 * @param {string} name
 * @returns {Promise<Kept>}
 */
async function kept(name) {
  const found = await find(name);
  if (!found) throw new Trouble("key-gone");
  return found;
}

/**
 * Whether this phone still has the key of a device.
 * @param {string} device
 * @returns {Promise<boolean>}
 */
export async function has(device) {
  return (await find(device)) !== undefined;
}

/**
 * The public half, as the server takes it: the four members of RFC 7638, nothing else.
 * @param {string} name
 * @returns {Promise<{crv: string, kty: string, x: string, y: string}>}
 */
export async function publicJwk(name) {
  return jwk((await kept(name)).pair);
}

/** @param {CryptoKeyPair} pair */
async function jwk(pair) {
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  return { crv: String(crv), kty: String(kty), x: String(x), y: String(y) };
}

/** @param {CryptoKeyPair} pair */
async function identifier(pair) {
  const canonical = new TextEncoder().encode(JSON.stringify(await jwk(pair)));
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", canonical));
  return Array.from(bytes.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * What the key signs (the server's devices/rules.py says the same).
 * @param {"bind" | "unlock"} purpose
 * @param {string} challenge base64url, as the server gave it
 * @param {Uint8Array<ArrayBuffer>} bound bytes of the passkey's answer in the same act; empty without one
 * @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function message(purpose, challenge, bound) {
  const hash = toBase64url(await crypto.subtle.digest("SHA-256", bound));
  return join(new TextEncoder().encode(`nhi-express/${purpose}/1\n${challenge}\n${hash}`));
}

/**
 * Sign an act.
 * @param {string} name
 * @param {"bind" | "unlock"} purpose
 * @param {string} challenge
 * @param {Uint8Array<ArrayBuffer>} bound
 * @returns {Promise<string>} r and s, 64 bytes, base64url
 */
export async function sign(name, purpose, challenge, bound) {
  const { pair } = await kept(name);
  return toBase64url(await crypto.subtle.sign(SIGNING, pair.privateKey, await message(purpose, challenge, bound)));
}

/**
 * Keep a waiting key as a device's. Doing it again is harmless.
 * @param {string} device the id that the server gave
 * @param {string} [mark] the identifier that the server shows for it: with it, another tab's key is never taken for it
 */
export async function adopt(device, mark) {
  if (await has(device)) return;
  const name = mark ? WAITING + mark : await newest();
  const waiting = await kept(name);
  await within("readwrite", (store) => {
    store.delete(name);
    return store.put(waiting, device);
  });
  // Browsers throw stored things away when space is short, unless asked not to.
  await navigator.storage?.persist?.().catch(() => false);
}

/**
 * Forget a key.
 * @param {string} name
 */
export async function remove(name) {
  await within("readwrite", (store) => store.delete(name));
}
