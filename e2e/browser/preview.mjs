// Opens the portal's page of a recording and points at places of its bar; writes as JSON the colour in the middle of the picture that shows there, and the
// time below it. The last one is kept as a screenshot.
// usage: node preview.mjs CHROMIUM PAGE SCREENSHOT PLACE... (from 0 to 1)
import { launch } from './chromium.mjs';

const [executablePath, address, screenshot, ...places] = process.argv.slice(2);
const DEADLINE_MILLIS = 30_000;

const browser = await launch(executablePath, { width: 1000, height: 800 });
const problems = [];
try {
  const page = browser.page;
  page.setDefaultTimeout(DEADLINE_MILLIS);
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });
  await page.goto(address);
  const bar = page.locator('#seek');
  await bar.waitFor();
  const { x, y, width, height } = await bar.boundingBox();
  const seen = [];
  for (const place of places) {
    await page.mouse.move(x + width * Number(place), y + height / 2);
    await page.waitForFunction(() => document.querySelector('#preview img')?.complete);
    const time = await page.locator('.preview-time').innerText();
    const tile = await page.locator('.preview-tile').screenshot();
    const [red, green, blue] = await page.evaluate(middle, `data:image/png;base64,${tile.toString('base64')}`);
    seen.push({ place: Number(place), time, red, green, blue });
  }
  await page.screenshot({ path: screenshot });
  await page.mouse.click(x + width * Number(places.at(-1)), y + height / 2);
  await page.waitForFunction(() => !document.querySelector('#video').seeking && document.querySelector('#video').currentTime > 0);
  const went = await page.evaluate(() => document.querySelector('#video').currentTime / document.querySelector('#video').duration);
  console.log(JSON.stringify({ seen, went, problems }));
} finally {
  await browser.close();
}

/** Runs in the page: the colour in the middle of a picture. */
async function middle(picture) {
  const image = new Image();
  image.src = picture;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return [...context.getImageData(image.width / 2, image.height / 2, 1, 1).data];
}
