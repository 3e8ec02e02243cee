// @ts-check
/**
 * The camera as a reader of QR codes: the browser's own reader where it has one, else the vendored one, which is
 * fetched only then.
 */
import { Trouble } from "./trouble.js";

const VENDORED = new URL("../../vendor/barcode-detector/", import.meta.url);
const QR = { formats: ["qr_code"] };
const PAUSE_MS = 120;

/** @typedef {{detect(source: HTMLVideoElement): Promise<{rawValue: string}[]>}} Reader */

/** @returns {Promise<Reader>} */
async function makeReader() {
  const own = /** @type {any} */ (globalThis).BarcodeDetector;
  const formats = own ? await own.getSupportedFormats().catch(() => []) : [];
  if (formats.includes("qr_code")) return new own(QR);
  const vendored = await import(new URL("ponyfill.js", VENDORED).href);
  // Left alone, it would fetch its WebAssembly from somebody else's server.
  const locateFile = (/** @type {string} */ name) => new URL(name, VENDORED).href;
  vendored.prepareZXingModule({ overrides: { locateFile } });
  return new vendored.BarcodeDetector(QR);
}

/** One camera, one reader. */
export class Scanner {
  /** @param {HTMLVideoElement} finder shows what the camera sees */
  constructor(finder) {
    this.finder = finder;
    /** @type {MediaStream | null} */
    this.stream = null;
    /** @type {Promise<Reader> | null} */
    this.reader = null;
    this.turn = 0;
  }

  /**
   * Look until a QR code is seen.
   * @returns {Promise<string | null>} what it says; null when it was stopped
   */
  async read() {
    const turn = ++this.turn;
    try {
      await this.open(turn);
      this.reader ??= makeReader();
      return await this.look(await this.reader, turn);
    } catch (error) {
      // Stopped while the camera was still opening: nobody's fault.
      if (turn !== this.turn) return null;
      this.reader = null;
      console.info(error);
      throw new Trouble("camera");
    } finally {
      if (turn === this.turn) this.stop();
    }
  }

  /** @param {number} turn */
  async open(turn) {
    // The camera at the back, where there is a choice.
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    if (turn !== this.turn) return release(stream);
    this.stream = stream;
    this.finder.srcObject = stream;
    await this.finder.play();
  }

  /**
   * @param {Reader} reader
   * @param {number} turn
   * @returns {Promise<string | null>}
   */
  async look(reader, turn) {
    while (turn === this.turn) {
      const [seen] = this.finder.readyState >= 2 ? await reader.detect(this.finder) : [];
      if (seen && turn === this.turn) return seen.rawValue;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return null;
  }

  /** Let the camera go. */
  stop() {
    this.turn++;
    if (this.stream) release(this.stream);
    this.stream = this.finder.srcObject = null;
  }
}

/** @param {MediaStream} stream */
function release(stream) {
  for (const track of stream.getTracks()) track.stop();
}
