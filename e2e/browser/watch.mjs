// Opens the portal, clicks a stream and watches it; writes what was seen as JSON to standard output.
// usage: node watch.mjs PORTAL APP/STREAM SECONDS SCREENSHOT_FOLDER CHROMIUM
import { join } from 'node:path';
import { launch } from './chromium.mjs';

const [portal, stream, seconds, screenshots, executablePath] = process.argv.slice(2);
const DEADLINE_MILLIS = 30_000;
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

const browser = await launch(executablePath, SIZES.desktop);
const problems = [];
try {
  const page = browser.page;
  page.setDefaultTimeout(DEADLINE_MILLIS);
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });

  await page.goto(portal);
  const link = page.locator(`a[href="/watch/${stream}"]`).first();
  await link.waitFor();
  await pictures(page, 'list');
  await link.click();

  const video = page.locator('video').first();
  await video.waitFor();
  await page.waitForFunction(() => document.querySelector('video')?.currentTime > 0 && !document.querySelector('video').paused);
  const seen = await video.evaluate(watch, Number(seconds) * 1000);
  await pictures(page, 'watch');
  console.log(JSON.stringify({ ...seen, problems }));
} finally {
  await browser.close();
}

/** Screenshots of one page at both sizes. */
async function pictures(page, name) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(screenshots, `${name}-${size}.png`) });
  }
  await page.setViewportSize(SIZES.desktop);
}

/** Runs in the page: what a video element did until it had played so many milliseconds, at most half as long again. */
async function watch(video, millis) {
  const waits = [];
  const began = performance.now();
  const at = () => Math.round(performance.now() - began);
  video.addEventListener('waiting', () => waits.push(at()));
  const start = video.currentTime;
  let longestStandstillMillis = 0;
  let last = { time: video.currentTime, at: 0 };
  while (video.currentTime - start < millis / 1000 && at() < millis * 1.5) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (video.currentTime > last.time) {
      last = { time: video.currentTime, at: at() };
    } else {
      longestStandstillMillis = Math.max(longestStandstillMillis, at() - last.at);
    }
  }
  const quality = video.getVideoPlaybackQuality();
  return {
    advancedSeconds: video.currentTime - start,
    watchedSeconds: at() / 1000,
    waits,
    longestStandstillMillis,
    width: video.videoWidth,
    height: video.videoHeight,
    frames: quality.totalVideoFrames,
    dropped: quality.droppedVideoFrames,
  };
}
