/** Server-sent events out of a response body (WHATWG HTML, section 9.2), for answers to POST requests. */

/**
 * Give the events of a stream, one by one; what is cut off at its end is not an event.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<{name: string, data: string}>}
 */
export async function* readEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let pending = "";
  let name = "";
  let data = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      pending += decoder.decode(value, { stream: true });
      // A carriage return at the very end may be the first half of a line break.
      const complete = pending.endsWith("\r") ? pending.slice(0, -1) : pending;
      const lines = complete.split(/\r\n|\n|\r/);
      pending = lines.pop() + pending.slice(complete.length);
      for (const line of lines) {
        if (line === "") {
          if (data.length) yield { name: name || "message", data: data.join("\n") };
          name = "";
          data = [];
        } else if (line.startsWith("event:")) {
          name = line.slice(6).trimStart();
        } else if (line.startsWith("data:")) {
          data.push(line.slice(5).replace(/^ /, ""));
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
