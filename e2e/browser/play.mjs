// Plays streams in Chromium, each with hls.js and with Shaka Player side by side (a manifest of DASH with Shaka alone), until it is asked to end (SIGTERM).
// Writes one line of JSON for each player twice a second: what it has seen so far.
// usage: node play.mjs CHROMIUM HLS_JS STREAM=ADDRESS...
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.mjs';

const [executablePath, hls, ...streams] = process.argv.slice(2);
const PLAYERS = ['hls.js', 'shaka'];
const folder = dirname(fileURLToPath(import.meta.url));
const FILES = {
  '/': ['text/html', join(folder, 'players.html')],
  '/players.js': ['text/javascript', join(folder, 'players.js')],
  '/hls.js': ['text/javascript', hls],
  '/shaka.js': ['text/javascript', join(folder, 'node_modules/shaka-player/dist/shaka-player.compiled.js')],
};

// Browsers open six connections to one host over HTTP/1.1, and a low-latency player holds one for each playlist. So each player
// gets a host of its own, as it would have in a page of its own; all of them are this machine.
let players = 0;
const own = (address) => {
  const url = new URL(address);
  url.hostname = `player-${++players}.localhost`;
  return url.href;
};

const pages = createServer(async (request, response) => {
  const [type, file] = FILES[request.url] ?? [];
  if (type === undefined) {
    response.writeHead(404).end();
  } else {
    response.writeHead(200, { 'content-type': type }).end(await readFile(file));
  }
});
await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));

const browser = await launch(executablePath, { width: 800, height: 600 });
try {
  const page = browser.page;
  page.on('pageerror', (error) => console.error(`page error: ${error.stack}`));
  const over = new Promise((resolve) => process.once('SIGTERM', resolve));
  await page.exposeFunction('tell', (line) => console.log(line));
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  for (const stream of streams) {
    const name = stream.slice(0, stream.indexOf('='));
    const address = stream.slice(name.length + 1);
    for (const player of address.endsWith('.mpd') ? ['shaka'] : PLAYERS) {
      await page.evaluate((what) => window.play(...what), [player, name, own(address)]);
    }
  }
  await over;
} finally {
  await browser.close();
  pages.close();
}
