// A website in front of the sample site that can be slow and can fail.
import { createServer, request } from "node:http";

/** startSite serves the pages of another site. While broken is set, none is found; each takes wait milliseconds. */
export async function startSite(behind) {
  const site = { broken: false, wait: 0 };
  const server = createServer((incoming, answer) => {
    setTimeout(() => {
      if (site.broken) {
        answer.writeHead(404).end("gone");
        return;
      }
      const headers = { ...incoming.headers, "accept-encoding": "identity" };
      incoming.pipe(request(new URL(incoming.url, behind), { method: incoming.method, headers }, (page) => {
        answer.writeHead(page.statusCode, page.headers);
        page.pipe(answer);
      }).on("error", () => answer.destroy()));
    }, incoming.url === "/robots.txt" ? 0 : site.wait);
  });
  await new Promise((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  site.address = `http://127.0.0.1:${server.address().port}`;
  site.stop = () => { server.close(); server.closeAllConnections(); };
  return site;
}
