// Plays streams in Chromium, each with hls.js and with Shaka Player side by side (a manifest of DASH with Shaka alone), until it is asked to end (SIGTERM).
// Writes one line of JSON for each player twice a second: what it has seen so far.
// usage: node play.mjs CHROMIUM HLS_JS STREAM=ADDRESS...
import { launch } from './chromium.mjs';
import { own, servePlayers } from './pages.mjs';

const [executablePath, hls, ...streams] = process.argv.slice(2);
const PLAYERS = ['hls.js', 'shaka'];

const pages = await servePlayers(hls);
const browser = await launch(executablePath, { width: 800, height: 600 });
try {
  const page = browser.page;
  page.on('pageerror', (error) => console.error(`page error: ${error.stack}`));
  const over = new Promise((resolve) => process.once('SIGTERM', resolve));
  await page.exposeFunction('tell', (line) => console.log(line));
  await page.goto(pages.address);
  for (const stream of streams) {
    const name = stream.slice(0, stream.indexOf('='));
    const address = stream.slice(name.length + 1);
    for (const player of address.endsWith('.mpd') ? ['shaka'] : PLAYERS) {
      await page.evaluate((what) => {
        window.play(...what);
      }, [player, name, own(address)]);
    }
  }
  await over;
} finally {
  await browser.close();
  pages.close();
}
