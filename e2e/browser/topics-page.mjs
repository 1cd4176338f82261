// Opens the portal's page of topics: what strangers see there, and what an administrator does. Writes what was seen as
// JSON to standard output.
// usage: node topics-page.mjs CHROMIUM PORTAL PASSWORD KEY SCREENSHOT_FOLDER
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
  // The rates come with the second look at the namespaces.
  await page.waitForFunction(() => [...document.querySelectorAll('tbody tr td.figure small')].some((cell) => cell.textContent !== ''));
  for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const scheme of ['light', 'dark']) {
      await picture(page, `topics-${size}`, viewport, scheme);
    }
  }
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  await page.getByLabel('Where').fill('payload.celsius >');
  await page.getByRole('button', { name: 'Look' }).click();
  const ended = page.getByText(/^Ended: /);
  await ended.waitFor();
  const refusal = await ended.innerText();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('What goes on in the topics is for administrators.').waitFor();
  console.log(JSON.stringify({ tablesForStrangers, namespaces, payload, overflow, refusal, problems }));
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

async function picture(page, name, viewport, colorScheme) {
  await page.setViewportSize(viewport);
  await page.emulateMedia({ colorScheme });
  await page.screenshot({ path: join(screenshots, `${name}-${colorScheme}.png`), fullPage: true });
}
