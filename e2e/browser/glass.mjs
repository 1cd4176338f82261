// Plays a stream of `ClockEncoder` in Chromium and reads the clock in each picture that is shown, for so many seconds once the player has settled.
// Then, where that is wanted: switch: has the network too slow for the tallest rendition for a while; seek: goes a minute back, stays there, and
// returns to the live edge.
// Writes one line of JSON for each player: every picture, the moments at which something was done, and what went wrong.
// usage: node glass.mjs CHROMIUM HLS_JS SECONDS LINES SCENARIO PLAYER=ADDRESS...
// LINES: of the rendition to stay with, 0 for the player's own choice. SCENARIO: of "switch" and "seek", with a comma, or "none".
// PLAYER: hls.js, shaka, or shaka-plain, which knows nothing of low latency; shaka-dash is the same with a manifest.
import { launch } from './chromium.mjs';
import { own, servePlayers } from './pages.mjs';

const [executablePath, hls, seconds, lines, scenario, ...players] = process.argv.slice(2);
const DEADLINE_MILLIS = 60_000;

/** Less than the tallest rendition takes, and more than the others. */
const SLOW_BITS = 1_200_000;

/** Behind the first picture: players find their place at the live edge by then. */
const SETTLED_MILLIS = 5_000;
const BACK_SECONDS = 60;
const STAY_MILLIS = 5_000;

const pages = await servePlayers(hls);
try {
  await Promise.all(players.map(inABrowser));
} finally {
  pages.close();
}

/** Each in one of its own: of several pages only the one in front draws every picture. */
async function inABrowser(player) {
  const browser = await launch(executablePath, { width: 800, height: 600 });
  try {
    await watch(browser.page, player);
  } finally {
    await browser.close();
  }
}

async function watch(page, player) {
  const name = player.slice(0, player.indexOf('='));
  const address = own(player.slice(name.length + 1));
  const settings = name.endsWith('-plain') ? { streaming: { lowLatencyMode: false } } : {};
  page.setDefaultTimeout(DEADLINE_MILLIS);
  const moments = [];
  const mark = (what) => moments.push({ what, at: Date.now() });
  const failures = [];
  page.on('pageerror', (error) => failures.push(`page error: ${error.stack}`));
  try {
    await page.goto(pages.address);
    await page.evaluate(begin, { engine: name.split('-')[0], name, address, settings, lines: Number(lines) });
    await page.waitForFunction(() => window.pictures.length > 0);
    mark('playing');
    await sleep(SETTLED_MILLIS);
    mark('settled');
    await sleep(Number(seconds) * 1000);
    mark('played');
    if (scenario.includes('switch')) {
      await switchQuality(page, mark);
    }
    if (scenario.includes('seek')) {
      await seek(page, mark);
    }
  } catch (error) {
    failures.push(String(error));
  }
  const { pictures, waits, problems, errors } = await page.evaluate(() => ({
    pictures: window.pictures ?? [],
    waits: window.waits ?? [],
    problems: window.seen?.problems ?? [],
    errors: window.seen?.errors ?? [],
  }));
  console.log(JSON.stringify({ player: name, pictures, moments, waits, problems: [...problems, ...failures], errors }));
}

/** Runs in the page. */
function begin({ engine, name, address, settings, lines }) {
  window.tell = () => {};
  window.pictures = [];
  window.waits = [];
  const { video, seen, control } = window.play(engine, name, address, settings);
  Object.assign(window, { seen, control });
  video.addEventListener('waiting', () => window.pictures.length > 0 && window.waits.push(Date.now()));
  window.watchClock(video, (picture) => window.pictures.push(picture));
  if (lines > 0) control.stayWith(lines);
}

async function switchQuality(page, mark) {
  const network = await page.context().newCDPSession(page);
  const quick = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  const top = await page.evaluate(() => window.control.tallest());
  await page.waitForFunction((lines) => window.pictures.at(-1).lines === lines, top);
  mark('slow');
  await network.send('Network.emulateNetworkConditions', { ...quick, downloadThroughput: SLOW_BITS / 8 });
  await page.waitForFunction((lines) => window.pictures.at(-1).lines < lines, top);
  await sleep(STAY_MILLIS);
  mark('quick');
  await network.send('Network.emulateNetworkConditions', quick);
  await page.waitForFunction((lines) => window.pictures.at(-1).lines === lines, top);
  await sleep(STAY_MILLIS);
  mark('switched');
}

async function seek(page, mark) {
  await page.waitForFunction((seconds) => window.control.canGoBack(seconds), BACK_SECONDS);
  mark('back');
  await page.evaluate((seconds) => window.control.goBack(seconds), BACK_SECONDS);
  await page.waitForFunction((seconds) => window.pictures.at(-1).delay > seconds * 1000, BACK_SECONDS);
  mark('there');
  await sleep(STAY_MILLIS);
  mark('forward');
  await page.evaluate(() => window.control.toLive());
  await page.waitForFunction((seconds) => window.pictures.at(-1).delay < (seconds * 1000) / 2, BACK_SECONDS);
  mark('live');
  await sleep(STAY_MILLIS);
  mark('end');
}

function sleep(millis) {
  return new Promise((resolve) => setTimeout(resolve, millis));
}
