/**
 * For a page of another site: `<script src="https://KB/embed.js" async></script>` puts the question box where it stands.
 * `data-height` tells its height in pixels, `data-title` what it is called by those who read it to themselves.
 */

(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const frame = document.createElement("iframe");
  frame.src = new URL("embed", script.src).href;
  frame.title = script.dataset.title ?? "政策咨询";
  frame.referrerPolicy = "no-referrer";
  frame.style.cssText = `display: block; width: 100%; height: ${Number(script.dataset.height) || 560}px; border: 0;`;
  script.after(frame);
})();
