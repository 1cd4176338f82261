// Publishes and subscribes in Chromium, from a page of another site: with the client that the server serves, and with
// EventSource. Writes "begun" when everything is live, and how often it was let in; publishes until it was let in again so
// often, and a little longer, and writes one line of JSON at the end: what came.
// usage: node topics.mjs CHROMIUM SERVER KEY TOPIC TIMES
import { createServer } from 'node:http';
import { launch } from './chromium.mjs';

const [executablePath, server, key, topic, times] = process.argv.slice(2);
const pages = createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>topics</title>');
});
await new Promise((resolve) => pages.listen(0, '127.0.0.1', resolve));

const browser = await launch(executablePath, { width: 800, height: 600 });
try {
  const page = browser.page;
  page.on('pageerror', (error) => console.error(`page error: ${error.stack}`));
  await page.exposeFunction('tell', (line) => console.log(line));
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  console.log(JSON.stringify(await page.evaluate(talk, { server, key, topic, times: Number(times) })));
} finally {
  await browser.close();
  pages.close();
}

/** Runs in the page. */
async function talk({ server, key, topic, times }) {
  const { MillraceClient } = await import(`${server}/client/millrace.js`);
  // What is waited for is looked at again whenever something has come.
  const waiting = new Set();
  const until = (condition) => new Promise((resolve) => {
    const look = () => {
      if (condition()) {
        waiting.delete(look);
        resolve();
      }
    };
    waiting.add(look);
    look();
  });
  const something = () => [...waiting].forEach((look) => look());

  const states = [];
  const ours = [];
  const gaps = [];
  const events = [];
  let letIn = 0;
  const client = new MillraceClient(`${server.replace('http', 'ws')}/ws`, {
    token: key,
    // The longest: four times a server has to start, beside others.
    publishTimeout: 120_000,
    reconnect: [100, 500],
    onState: (state) => {
      states.push(state);
      if (state === 'connected') tell(`let in ${++letIn}`);
    },
  });
  let live = false;
  client.subscribe(topic, {}, (event) => {
    if (event.type === 'message') ours.push(event.payload);
    if (event.type === 'gap') gaps.push(event);
    if (event.type === 'caught-up') live = true;
    something();
  });
  const source = new EventSource(`${server}/api/v1/topics/${topic}?token=${key}&since=0`);
  source.onmessage = (event) => {
    events.push(JSON.parse(event.data).payload);
    something();
  };
  await new Promise((resolve) => source.addEventListener('caught-up', resolve, { once: true }));
  await until(() => live);
  await tell('begun');
  const results = [];
  let acknowledged = 0;
  // Whoever waits in vain for the end is told for what.
  setInterval(() => tell(`${acknowledged} acknowledged, ${ours.length} and ${events.length} came, ${states.at(-1)}, `
    + `EventSource ${source.readyState}`), 10_000);
  for (let more = 100; more > 0; more -= letIn > times ? 1 : 0) {
    results.push(client.publish(topic, { number: results.length }).then(() => { acknowledged++; }));
    // A rate, nothing to wait for: the server is killed meanwhile, while something is under way.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const count = results.length;
  await Promise.all(results);
  await until(() => ours.length >= count && events.length >= count);
  return { count, ours: ours.map((one) => one.number), events: events.map((one) => one.number), gaps, states };
}
