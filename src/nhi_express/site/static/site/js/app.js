// @ts-check
/** The app's shell: its service worker, and the end of a binding. */
import { adopt } from "./devicekey.js";
import { tell } from "./trouble.js";

navigator.serviceWorker?.register("/app/sw.js", { scope: "/app/" }).catch(() => undefined);

// The page that says "bound" carries the new device's id and identifier; the waiting key becomes that device's.
const { adoptDevice, adoptIdentifier } = document.body.dataset;
if (adoptDevice) adopt(adoptDevice, adoptIdentifier).catch(tell);
