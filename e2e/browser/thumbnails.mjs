// Plays a recording with Shaka Player, and shows each of its thumbnails as a page does above a seek bar: those of a WebVTT file that it is given,
// or else those of which its playlist or its manifest tells.
// Writes one line of JSON: of each thumbnail its times and the mean colour that is seen, and what went wrong.
// usage: node thumbnails.mjs CHROMIUM ADDRESS [THUMBNAILS]
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch } from './chromium.mjs';

const [executablePath, address, thumbnails] = process.argv.slice(2);
const folder = dirname(fileURLToPath(import.meta.url));
const shaka = await readFile(join(folder, 'node_modules/shaka-player/dist/shaka-player.compiled.js'));

const pages = createServer((request, response) => {
  const isScript = request.url === '/shaka.js';
  response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' });
  response.end(isScript ? shaka : '<!doctype html><script src="/shaka.js"></script><video muted></video>');
});
await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));

const browser = await launch(executablePath, { width: 800, height: 600 });
const problems = [];
try {
  const page = browser.page;
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  const seen = await page.evaluate(show, { address, thumbnails });
  console.log(JSON.stringify({ seen, problems }));
} finally {
  await browser.close();
  pages.close();
}

/** Runs in the page. */
async function show({ address, thumbnails }) {
  /* global shaka */
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  await player.attach(document.querySelector('video'));
  await player.load(address);
  const track = thumbnails ? await player.addThumbnailsTrack(thumbnails, 'text/vtt') : player.getImageTracks()[0];
  const { start, end } = player.seekRange();
  const sheets = new Map();
  const seen = [];
  let next = start;
  for (;;) {
    // As for a pointer in the middle of its part of the bar.
    const found = await player.getThumbnails(track.id, next + 0.5);
    if (!found || next + 0.5 > end) {
      break;
    }
    next = found.startTime + found.duration;
    const file = found.uris[0].split('#')[0];
    const sheet = sheets.get(file) ?? (await loaded(file));
    sheets.set(file, sheet);
    const canvas = document.createElement('canvas');
    canvas.width = found.width;
    canvas.height = found.height;
    document.body.append(canvas);
    const context = canvas.getContext('2d');
    context.drawImage(
      sheet, found.positionX, found.positionY, found.width, found.height, 0, 0, found.width, found.height);
    const { data } = context.getImageData(0, 0, found.width, found.height);
    const colour = [0, 0, 0];
    for (let i = 0; i < data.length; i++) {
      if (i % 4 < 3) colour[i % 4] += data[i];
    }
    seen.push({
      start: found.startTime - start,
      end: found.startTime + found.duration - start,
      red: colour[0] / (data.length / 4),
      green: colour[1] / (data.length / 4),
      blue: colour[2] / (data.length / 4),
    });
  }
  return { thumbnails: seen, seconds: end - start, sheets: sheets.size };

  async function loaded(file) {
    const image = new Image();
    image.crossOrigin = 'anonymous';
    image.src = file;
    await image.decode();
    return image;
  }
}
