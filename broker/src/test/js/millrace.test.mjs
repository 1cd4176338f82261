// The JavaScript client against a broker on real sockets; JavaScriptClientTest starts both.
// environment: MILLRACE_WS (the door's address), MILLRACE_CUT (an address that cuts the proxy's connections),
// MILLRACE_PROXY (the same door behind a proxy that can be cut)
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MillraceClient, MillraceError } from '../../main/resources/client/millrace.js';

const DOOR = process.env.MILLRACE_WS;
const PROXY = process.env.MILLRACE_PROXY;
const RECONNECT = [20, 100];

/** A client that ends with its test. */
function client(t, options = {}, address = DOOR) {
  const made = new MillraceClient(address, { token: 'all', reconnect: RECONNECT, WebSocket: globalThis.WebSocket, ...options });
  t.after(() => made.close());
  return made;
}

/** Events of a subscription until one is of a type. */
async function until(subscription, type) {
  const events = [];
  for (;;) {
    const { value, done } = await subscription[Symbol.asyncIterator]().next();
    if (done) return events;
    events.push(value);
    if (value.type === type) return events;
  }
}

async function messages(subscription, count) {
  const taken = [];
  while (taken.length < count) {
    const { value } = await subscription[Symbol.asyncIterator]().next();
    if (value.type === 'message') taken.push(value);
    assert.notEqual(value.type, 'gap');
  }
  return taken;
}

const cut = () => fetch(process.env.MILLRACE_CUT);

test('values, texts and bytes arrive as they were', async (t) => {
  const subscription = client(t).subscribe('plant/js/kinds');
  await until(subscription, 'caught-up');
  const publisher = client(t);
  const first = await publisher.publish('plant/js/kinds', { t: 21.5 }, { headers: { ce_type: 'x' }, messageId: 'js-1' });
  await publisher.publish('plant/js/kinds', 'über');
  await publisher.publish('plant/js/kinds', new Uint8Array([0, 128, 255]));
  const [value, text, bytes] = await messages(subscription, 3);
  assert.deepEqual(value.payload, { t: 21.5 });
  assert.equal(value.contentType, 'application/json');
  assert.deepEqual(value.headers, { ce_type: 'x' });
  assert.equal(value.id, 'js-1');
  assert.equal(value.topic, 'plant/js/kinds');
  assert.equal(value.time, first.time);
  assert.equal(first.messageId, 'js-1');
  assert.equal(text.payload, 'über');
  assert.deepEqual(bytes.payload, new Uint8Array([0, 128, 255]));
  assert.equal(subscription.position, bytes.position);
});

test('nothing is missed and nothing comes twice when the connection is cut again and again', async (t) => {
  const states = [];
  const broken = client(t, { maxInFlight: 50, onState: (state) => states.push(state) }, PROXY);
  const subscription = broken.subscribe('plant/js/cut');
  await until(subscription, 'caught-up');
  const results = [];
  for (let i = 0; i < 1000; i++) {
    results.push(broken.publish('plant/js/cut', String(i)));
    if (i % 250 === 249) {
      // Only what is connected can be cut.
      await results[i];
      await cut();
    }
  }
  await Promise.all(results);
  const taken = await messages(subscription, 1000);
  assert.deepEqual(taken.map((one) => one.payload), Array.from({ length: 1000 }, (_, i) => String(i)));
  assert.ok(states.filter((state) => state === 'connected').length > 2, states.join());
});

test('a subscription that is not taken holds up nobody and misses nothing', async (t) => {
  const busy = client(t);
  const subscription = busy.subscribe('plant/js/slow');
  const heard = [];
  busy.subscribe('plant/js/+', {}, (event) => event.type === 'message' && heard.push(event));
  await until(subscription, 'caught-up');
  for (let i = 0; i < 2500; i++) busy.publish('plant/js/slow', String(i));
  await busy.flush();
  while (heard.length < 2500) await new Promise((resolve) => setImmediate(resolve));
  const taken = await messages(subscription, 2500);
  assert.deepEqual(taken.map((one) => Number(one.payload)), Array.from({ length: 2500 }, (_, i) => i));
});

test('history comes page by page', async (t) => {
  const reader = client(t);
  for (let i = 0; i < 12; i++) await reader.publish('plant/js/history', i);
  const first = await reader.history('plant/js/history', { start: { last: 12 }, limit: 5 });
  const second = await reader.history('plant/js/history', { start: { after: first.position }, limit: 100 });
  assert.equal(first.complete, false);
  assert.equal(second.complete, true);
  assert.deepEqual([...first.messages, ...second.messages].map((one) => one.payload), Array.from({ length: 12 }, (_, i) => i));
});

test('what is refused fails with the server\'s word', async (t) => {
  const reader = client(t, { token: 'reader' });
  await assert.rejects(reader.publish('plant/a', 'x'), { code: 'not-authorized' });
  const refused = reader.subscribe('plant/#');
  await assert.rejects(until(refused, 'caught-up'), { code: 'not-authorized' });
  await assert.rejects(refused.ended(), { code: 'not-authorized' });
});

test('who is not let in ends with the reason', async (t) => {
  const wrong = client(t, { token: 'wrong' });
  await assert.rejects(wrong.connected(), (error) => error instanceof MillraceError && error.code === 'not-authenticated');
  await assert.rejects(wrong.publish('plant/a', 'x'), { code: 'not-authenticated' });
  assert.throws(() => wrong.subscribe('plant/a'));
});

test('where nothing is kept a lost connection is a gap', async (t) => {
  const broken = client(t, {}, PROXY);
  const subscription = broken.subscribe('wire/#');
  await until(subscription, 'caught-up');
  await cut();
  const events = await until(subscription, 'gap');
  assert.equal(events.at(-1).reason, 'not-resumed');
  await broken.publish('wire/a', 'x');
  assert.equal((await until(subscription, 'message')).at(-1).payload, 'x');
});

test('a token is asked for again before each connection', async (t) => {
  let asked = 0;
  const renewed = client(t, { token: async () => (asked++, 'all') }, PROXY);
  await renewed.connected();
  await cut();
  await renewed.publish('plant/js/token', 'x');
  assert.equal(asked, 2);
});

test('a loop over a subscription ends when it is closed', async (t) => {
  const looping = client(t);
  const subscription = looping.subscribe('plant/js/loop');
  looping.publish('plant/js/loop', 'x');
  const seen = [];
  for await (const event of subscription) {
    seen.push(event.type);
    if (event.type === 'message') break;
    if (event.type === 'caught-up') await looping.publish('plant/js/loop', 'y');
  }
  assert.equal(seen.at(-1), 'message');
  await subscription.ended();
});

test('closing fails what has no answer', async () => {
  const closed = new MillraceClient('ws://127.0.0.1:1/ws', { WebSocket: globalThis.WebSocket });
  const waiting = closed.publish('plant/a', 'x');
  closed.close();
  await assert.rejects(waiting, { code: 'closed' });
  await assert.rejects(closed.connected(), { code: 'closed' });
});

test('messages behind one that is refused for its rate keep their order', async (t) => {
  const subscription = client(t).subscribe('tight/js/order');
  await until(subscription, 'caught-up');
  const limited = client(t);
  await limited.connected();
  for (let i = 0; i < 4; i++) limited.publish('tight/js/order', String(i));
  const taken = await messages(subscription, 4);
  assert.deepEqual(taken.map((one) => one.payload), ['0', '1', '2', '3']);
  await limited.flush();
});

/** A WebSocket whose server is the test: it sees what is published, and answers. */
function scripted() {
  const sockets = [];
  class Socket extends EventTarget {
    published = [];

    constructor() {
      super();
      sockets.push(this);
      queueMicrotask(() => this.dispatchEvent(new Event('open')));
    }

    send(text) {
      const frame = JSON.parse(text);
      if (frame.type === 'connect') this.answer({ type: 'connected', pingInterval: 25_000 });
      else if (frame.type === 'publish') this.published.push(frame);
    }

    answer(frame) {
      queueMicrotask(() => this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(frame) })));
    }

    close() {
      this.dispatchEvent(new Event('close'));
    }
  }
  return { Socket, sockets };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a topic whose message was refused waits for it, others and a new connection do not', async (t) => {
  const { Socket, sockets } = scripted();
  const publisher = client(t, { WebSocket: Socket });
  await publisher.connected();
  const results = [];
  const publish = (topic, ...texts) => texts.forEach((text) => results.push(publisher.publish(topic, text)));
  /** What was sent since, at least so many, when all that follows from the answers before is done. */
  const sent = async (least = 0) => {
    await turn();
    while (sockets.at(-1).published.length < least) await turn();
    return sockets.at(-1).published.splice(0);
  };
  const texts = (frames) => frames.map((one) => one.text);
  const refuse = (...frames) => frames.forEach((one) => sockets.at(-1).answer({ type: 'error', id: one.id, code: 'rate-limited', message: 'more is published than is allowed' }));
  const accept = (...frames) => frames.forEach((one) => sockets.at(-1).answer({ type: 'published', id: one.id, time: 1 }));

  publish('plant/a', '1', '2', '3');
  const [one, two, three] = await sent();
  refuse(two);
  await turn();
  publish('plant/a', '4');
  publish('plant/b', 'other');
  const [other] = await sent();
  assert.equal(other.text, 'other');

  accept(one, other);
  refuse(three);
  const [again] = await sent(1);
  assert.equal(again.messageId, two.messageId);
  assert.deepEqual(await sent(), []);
  accept(again);
  const both = await sent(2);
  assert.deepEqual(texts(both), ['3', '4']);

  refuse(...both);
  await turn();
  publish('plant/a', '5');
  sockets.at(-1).close();
  while (sockets.length < 2) await turn();
  const [first] = await sent(1);
  assert.equal(first.text, '3');
  assert.deepEqual(await sent(), []);
  accept(first);
  const rest = await sent(2);
  assert.deepEqual(texts(rest), ['4', '5']);
  accept(...rest);
  await Promise.all(results);
  publish('plant/a', '6');
  const [last] = await sent();
  accept(last);
  await publisher.flush();
});

test('what was refused until its time was over fails with the reason, and so does what waited behind it', async (t) => {
  const { Socket } = scripted();
  class Refusing extends Socket {
    send(text) {
      super.send(text);
      // At once, so that nothing is under way when a timer looks.
      this.published.splice(0).forEach((one) => this.answer({ type: 'error', id: one.id, code: 'rate-limited', message: 'too much' }));
    }
  }
  const publisher = client(t, { WebSocket: Refusing, publishTimeout: 100 });
  await publisher.connected();
  const result = publisher.publish('plant/a', 'x');
  const together = publisher.publish('plant/a', 'y');
  await turn();
  const neverSent = publisher.publish('plant/a', 'z');
  await Promise.all([result, together, neverSent].map((one) => assert.rejects(one, { code: 'rate-limited' })));
});

test('only what was sent fails with a timeout', async (t) => {
  const { Socket } = scripted();
  const publisher = client(t, { WebSocket: Socket, publishTimeout: 100, maxInFlight: 1 });
  await publisher.connected();
  const sent = publisher.publish('plant/a', 'x');
  const waiting = publisher.publish('plant/b', 'y');
  // The client's own timers do not keep the process.
  const alive = setInterval(() => {}, 1000);
  t.after(() => clearInterval(alive));
  await Promise.all([assert.rejects(waiting, { code: 'unreachable' }), assert.rejects(sent, { code: 'timeout' })]);
});
