// The page with both players, on a port of this machine.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));

/** Serves it: its address, and what ends it. `hls` is the file of hls.js. */
export async function servePlayers(hls) {
  const files = {
    '/': ['text/html', join(folder, 'players.html')],
    '/players.js': ['text/javascript', join(folder, 'players.js')],
    '/clock.js': ['text/javascript', join(folder, 'clock.js')],
    '/hls.js': ['text/javascript', hls],
    '/shaka.js': ['text/javascript', join(folder, 'node_modules/shaka-player/dist/shaka-player.compiled.js')],
  };
  const pages = createServer(async (request, response) => {
    const [type, file] = files[request.url] ?? [];
    if (type === undefined) {
      response.writeHead(404).end();
    } else {
      response.writeHead(200, { 'content-type': type }).end(await readFile(file));
    }
  });
  await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${pages.address().port}/`, close: () => pages.close() };
}

let players = 0;

/**
 * The same address on a host of its own. Browsers open six connections to one host over HTTP/1.1, and a low-latency player holds
 * one for each playlist. So each player gets a host as it would have in a page of its own; all of them are this machine.
 */
export function own(address) {
  const url = new URL(address);
  url.hostname = `player-${++players}.localhost`;
  return url.href;
}
