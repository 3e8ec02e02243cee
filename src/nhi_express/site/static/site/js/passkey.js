// @ts-check
/** Passkeys: thin wrappers of WebAuthn, for phones that can unlock themselves and tell so. */
import { join } from "./encoding.js";
import { Trouble } from "./trouble.js";

/** @typedef {{json: string, bound: Uint8Array<ArrayBuffer>}} Answer JSON for the server, and the bytes the device key signs with it */

/** Whether this browser can make and read WebAuthn's JSON itself. */
export function supported() {
  const offered = /** @type {any} */ (globalThis.PublicKeyCredential);
  return Boolean(offered?.parseCreationOptionsFromJSON && offered?.parseRequestOptionsFromJSON && offered?.prototype.toJSON);
}

/**
 * Whether this phone can check its owner by finger, face, pattern or PIN.
 * @returns {Promise<boolean>}
 */
export async function available() {
  if (!supported()) return false;
  return PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false);
}

/**
 * Make a passkey.
 * @param {any} options PublicKeyCredentialCreationOptionsJSON
 * @returns {Promise<Answer>}
 */
export async function create(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const credential = await asked(() => navigator.credentials.create({ publicKey }));
  const response = /** @type {AuthenticatorAttestationResponse} */ (credential.response);
  return answer(credential, credential.rawId, response.attestationObject);
}

/**
 * Use a passkey.
 * @param {any} options PublicKeyCredentialRequestOptionsJSON
 * @returns {Promise<Answer>}
 */
export async function use(options) {
  if (!supported()) throw new Trouble("cancelled");
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = await asked(() => navigator.credentials.get({ publicKey }));
  const response = /** @type {AuthenticatorAssertionResponse} */ (credential.response);
  return answer(credential, response.authenticatorData, response.clientDataJSON, response.signature);
}

/**
 * @param {PublicKeyCredential} credential
 * @param {...ArrayBuffer} bound
 * @returns {Answer}
 */
function answer(credential, ...bound) {
  return { json: JSON.stringify(credential.toJSON()), bound: join(...bound) };
}

/**
 * Browsers say NotAllowedError for nearly everything, to tell sites nothing; for the person it means: not unlocked.
 * @param {() => Promise<Credential | null>} ask
 * @returns {Promise<PublicKeyCredential>}
 */
async function asked(ask) {
  try {
    const credential = await ask();
    if (credential) return /** @type {PublicKeyCredential} */ (credential);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  throw new Trouble("cancelled");
}
