// @ts-check
// Checked apart from the pages: tsc --lib es2022,webworker
/**
 * The app's service worker: keeps the app's own files and one page for times without network. It never keeps a page
 * of a member. The server puts `SHELL = {version, files, offline}` in front, so a new release is a new worker.
 */
/** @type {{version: string, files: string[], offline: Record<string, string>}} */
// @ts-ignore - set by the server
const shell = SHELL;
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const CACHE = `shell-${shell.version}`;
const LANGUAGE = "/app/language-of-this-phone";

worker.addEventListener("install", (event) => {
  const kept = caches.open(CACHE).then((cache) => cache.addAll([...shell.files, ...Object.values(shell.offline)]));
  event.waitUntil(kept.then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (shell.files.includes(new URL(request.url).pathname)) event.respondWith(file(request));
});

/**
 * A page always comes from the network.
 * @param {FetchEvent} event
 */
async function page(event) {
  try {
    const response = await fetch(event.request);
    event.waitUntil(remember(response.headers.get("Content-Language")));
    return response;
  } catch {
    return offline();
  }
}

/** @param {string | null} language of the page just shown: the offline page speaks it too */
async function remember(language) {
  if (language) await (await caches.open(CACHE)).put(LANGUAGE, new Response(language)).catch(() => undefined);
}

async function offline() {
  const cache = await caches.open(CACHE);
  const language = await (await cache.match(LANGUAGE))?.text();
  const path = shell.offline[language ?? ""] ?? Object.values(shell.offline)[0];
  return (await cache.match(path)) ?? Response.error();
}

/** @param {Request} request */
async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreSearch: true })) ?? fetch(request);
}
