/**
 * What a device keeps of the service: a page that is shown where there is no network, and its style. Documents and answers are never
 * kept: they may have changed since, and what somebody asked is nobody else's business who has the device next.
 */

const PAGE = new URL("offline", location.href).href;
const KEPT = [PAGE, new URL("static/style.css", location.href).href];
const CACHE = "kb-offline";

const worker = /** @type {any} */ (self); // its own type is in a library that would hide that of pages

worker.addEventListener("install", (event) => event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(KEPT))));

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  else if (KEPT.includes(request.url)) event.respondWith(fetch(request).catch(() => caches.match(request.url)));
});
