// Opens the portal's page of topics: what strangers see there, and what an administrator does. Writes what was seen as
// JSON to standard output.
// usage: node topics-page.mjs CHROMIUM PORTAL PASSWORD KEY SCREENSHOT_FOLDER
import { connect } from 'node:net';
import { join } from 'node:path';
import { launch } from './chromium.mjs';

const [executablePath, portal, password, key, screenshots] = process.argv.slice(2);
const DEADLINE_MILLIS = 20_000;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

const browser = await launch(executablePath, DESKTOP);
const problems = [];
try {
  const page = browser.page;
  page.setDefaultTimeout(DEADLINE_MILLIS);
  page.on('pageerror', (error) => problems.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console: ${message.text()}`);
  });

  await page.goto(new URL('/topics', portal).href);
  await page.getByText('What goes on in the topics is for administrators.').waitFor();
  const tablesForStrangers = await page.locator('table').count();
  await picture(page, 'topics-stranger', PHONE, 'light');

  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'public', exact: true }).click();
  await page.getByText('New messages are shown as they come.').waitFor();
  const namespaces = await page.locator('tbody th').allInnerTexts();

  await publish('public/portal/hall-1', 'application/json', JSON.stringify({ celsius: 21.5, state: 'open' }));
  const message = page.locator('.inspector-seen li').filter({ hasText: 'public/portal/hall-1' });
  await message.locator('summary').click();
  const payload = await message.locator('pre').innerText();
  await publish('public/portal/a/topic/with/many/levels/and-a-long-name', 'text/plain', 'word '.repeat(200));
  await page.locator('.inspector-seen li').nth(1).waitFor();
  await publish(`public/portal/${encodeURIComponent('left\u202Eright')}`, 'text/plain', 'a\u200Bb');
  const unseen = page.locator('.inspector-seen li').filter({ hasText: 'public/portal/left' });
  await unseen.waitFor();
  const turned = await unseen.locator('summary bdi').allInnerTexts();
  await publish('public/portal/bytes', 'application/octet-stream', new Uint8Array([0xff, 0xfe, 0x00]));
  const bytes = page.locator('.inspector-seen li').filter({ hasText: 'public/portal/bytes' });
  await bytes.locator('summary').click();
  const binary = await bytes.innerText();
  // As long as a topic may be.
  await page.setViewportSize(DESKTOP);
  await publish(`public/portal/${'long-'.repeat(180)}`, 'text/plain', 'behind a long topic');
  const long = page.locator('.inspector-seen li').filter({ hasText: 'long-long' });
  const shownBehind = await long.getByText('behind a long topic').first().evaluate((text) => text.closest('summary span').getBoundingClientRect().width);
  const wholeTopic = await long.locator('summary b').getAttribute('title');
  // The rates come with the second look at the namespaces.
  await page.waitForFunction(() => [...document.querySelectorAll('tbody tr td.figure small')].some((cell) => cell.textContent !== ''));
  for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const scheme of ['light', 'dark']) {
      await picture(page, `topics-${size}`, viewport, scheme);
    }
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const tableOverflow = await page.locator('.topics-scroll').evaluate((box) => box.scrollWidth - box.clientWidth);
  const columns = await page.locator('thead th').allTextContents();
  // The page asks every few seconds.
  await cell(page, 'Subscriptions').filter({ hasText: /^1$/ }).waitFor();
  const subscriptions = await cell(page, 'Subscriptions').innerText();
  const slowBefore = await cell(page, 'Slow').innerText();

  await page.getByRole('button', { name: 'Stop' }).click();
  const stopped = { words: await page.locator('.inspector [role=status]').innerText(), seen: await page.locator('.inspector-seen li').count(), stops: await stops(page) };
  // The same namespace again: it is looked into again.
  await page.getByRole('button', { name: 'public', exact: true }).click();
  await page.getByText('The newest is on top.').waitFor();

  const silent = await neverReads('public/slow/#');
  for (let i = 0; i < 24; i++) {
    await publish('public/slow/a', 'text/plain', 'x'.repeat(900_000));
  }
  await cell(page, 'Slow').filter({ hasText: /^1$/ }).waitFor();
  await picture(page, 'topics-slow', PHONE, 'light');
  silent.destroy();

  await page.getByLabel('Where').fill('payload.celsius >');
  await page.getByRole('button', { name: 'Look' }).click();
  const ended = page.getByText(/^Ended: /);
  await ended.waitFor();
  const refusal = await ended.innerText();
  const stopsAfterTheEnd = await stops(page);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('What goes on in the topics is for administrators.').waitFor();
  console.log(JSON.stringify({
    tablesForStrangers, namespaces, payload, turned, binary, shownBehind, wholeTopic, overflow, tableOverflow, columns, subscriptions, slowBefore, stopped, refusal, stopsAfterTheEnd, problems,
  }));
} finally {
  await browser.close();
}

async function publish(topic, type, body) {
  const answer = await fetch(new URL(`/api/v1/topics/${topic}`, portal), {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type },
    body,
  });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
}

/** Of the namespace public. */
function cell(page, column) {
  return page.locator('tbody tr').filter({ has: page.getByRole('button', { name: 'public', exact: true }) }).locator(`td[data-column="${column}"]`);
}

function stops(page) {
  return page.getByRole('button', { name: 'Stop' }).count();
}

/** A subscriber over WebSocket that takes nothing once it has subscribed. */
async function neverReads(filter) {
  const { hostname, port } = new URL(portal);
  const socket = connect(Number(port), hostname);
  let heard = '';
  socket.on('data', (data) => { heard += data.toString('latin1'); });
  const hears = async (word) => {
    for (const deadline = Date.now() + DEADLINE_MILLIS; !heard.includes(word);) {
      if (Date.now() > deadline) throw new Error(`no ${word} in ${heard}`);
      await new Promise((resolve) => { socket.once('data', resolve); setTimeout(resolve, 100); });
    }
  };
  socket.write(`GET /ws HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
    + 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
  await hears('101');
  socket.write(textFrame({ type: 'connect', id: 'c', token: key }));
  await hears('"connected"');
  socket.write(textFrame({ type: 'subscribe', sub: 's', filter }));
  await hears('"subscribed"');
  socket.pause();
  return socket;
}

/** Masked with nothing but zeros. */
function textFrame(json) {
  const payload = Buffer.from(JSON.stringify(json));
  const head = payload.length < 126 ? [0x81, 0x80 | payload.length] : [0x81, 0xfe, payload.length >> 8, payload.length & 0xff];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(4), payload]);
}

async function picture(page, name, viewport, colorScheme) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}.png`), fullPage: true });
}
