// @ts-check
/**
 * Millrace's topics for JavaScript: publish with acknowledgement, subscribe with history, and come
 * back without a gap when the connection is lost. One ES module without dependencies, for browsers
 * and for Node 22 (for older ones pass a WebSocket). The protocol is docs/websocket.md; how to use
 * this is docs/clients.md.
 *
 *   const client = new MillraceClient('wss://example.org/ws', { token });
 *   for await (const event of client.subscribe('plant/#', { start: { last: 10 } })) …
 *   await client.publish('plant/hall/t1', { t: 21.5 });
 */

/**
 * A message that was published.
 * @typedef {object} Message
 * @property {'message'} type
 * @property {string} topic `namespace/path`
 * @property {string} [position] where to go on behind it; not there where the namespace keeps nothing
 * @property {number} time when the log took it, milliseconds since 1970
 * @property {string} [id] the publisher's
 * @property {string} [contentType]
 * @property {Record<string, string>} headers
 * @property {any} payload a value where the content is JSON, a string where it is text, else a Uint8Array
 */

/**
 * Messages are missing before the next one. `not-resumed` is this client's own reason: after the
 * connection was lost it could only go on from now.
 * @typedef {object} Gap
 * @property {'gap'} type
 * @property {'retention'|'slow'|'not-kept'|'log-changed'|'not-resumed'} reason
 * @property {number} [partition]
 * @property {number} [from]
 * @property {number} [to]
 */

/**
 * What a subscription tells: messages, gaps, and that what comes now is live.
 * @typedef {Message | Gap | { type: 'caught-up' } | { type: 'started', mayRepeat: boolean }} Event
 */

/**
 * Where to begin: now, with the last messages, with those since a time, or behind a position.
 * @typedef {'now' | { last: number } | { since: string | number } | { after: string }} Start
 */

/**
 * @typedef {object} SubscribeOptions
 * @property {Start} [start] now unless told; all others need the capability `history`
 * @property {string} [where] an expression over the message that has to hold
 * @property {'pause'|'drop-oldest'|'disconnect'} [policy] what the server does when messages are not taken
 */

/**
 * @typedef {object} PublishOptions
 * @property {string} [contentType]
 * @property {Record<string, string>} [headers]
 * @property {string} [messageId] under which it is published once within two minutes; made up where there is none
 * @property {boolean} [retain]
 * @property {number} [ttl] milliseconds after which it is not delivered any more
 */

/**
 * @typedef {object} ClientOptions
 * @property {string | (() => string | Promise<string>)} [token] a key or a JWT, or where to get one: asked before each connection and before the one in use expires
 * @property {any} [WebSocket] where there is no global one
 * @property {number} [maxInFlight] messages that may wait for their acknowledgement, 1000; more wait here
 * @property {number} [publishTimeout] milliseconds for which a message is tried, 60000; at most 120000
 * @property {number} [requestTimeout] the same of a history, 30000
 * @property {number} [connectTimeout] the same of a connection, 10000
 * @property {[number, number]} [reconnect] bounds of the wait before connecting again, [400, 20000]
 * @property {(state: 'connected'|'disconnected'|'closed', reason?: MillraceError) => void} [onState]
 */

const PASSING = new Set(['unavailable', 'overloaded', 'rate-limited', 'timeout', 'unreachable']);
const MOST_WAITING = 1000;
const BEAT = 500;

/** Something was refused or did not work: `code` is for programs, the message for people. */
export class MillraceError extends Error {
  /** @param {string} code of the server, or `timeout`, `closed`, `unreachable` @param {string} message */
  constructor(code, message) {
    super(message);
    this.name = 'MillraceError';
    this.code = code;
  }

  /** Whether the same may work later; publish again with the same message id then. */
  get isTransient() {
    return PASSING.has(this.code);
  }
}

/** Publishes and subscribes over one WebSocket, which is made again when it is lost. */
export class MillraceClient {
  #options;
  #address;
  #WebSocket;
  /** @type {any} */ #socket = null;
  #isIn = false;
  /** @type {MillraceError | null} */ #end = null;
  /** @type {MillraceError | null} */ #refusal = null;
  #attempt = 0;
  #word = 0;
  #asked = 0;
  #linkedAt = 0;
  #heardAt = 0;
  #isPinged = false;
  #pingInterval = 25_000;
  /** @type {any} */ #retry;
  /** @type {any} */ #renewal;
  #producer = [...crypto.getRandomValues(new Uint8Array(8))].map((b) => b.toString(16).padStart(2, '0')).join('');
  /** What waits for an answer, by id and in order. @type {Map<string, any>} */ #requests = new Map();
  /** Messages for which there is no room in flight yet. @type {any[]} */ #unsent = [];
  #inFlight = 0;
  /** Topics of which a message was refused for now. @type {Map<string, HeldTopic>} */ #held = new Map();
  /** @type {Set<Subscription>} */ #subscriptions = new Set();
  /** @type {Map<string, Subscription>} */ #byWord = new Map();
  #beat;
  #letIn;

  /**
   * Begins to connect.
   * @param {string | URL} address `ws://host:port/ws`, or `wss`
   * @param {ClientOptions} [options]
   */
  constructor(address, options = {}) {
    this.#address = String(address);
    this.#options = { maxInFlight: 1000, publishTimeout: 60_000, requestTimeout: 30_000, connectTimeout: 10_000, reconnect: [400, 20_000], ...options };
    this.#WebSocket = options.WebSocket ?? globalThis.WebSocket;
    if (!this.#WebSocket) throw new TypeError('there is no WebSocket here: pass one in the options');
    this.#letIn = deferred();
    this.#letIn.promise.catch(() => {});
    this.#beat = setInterval(() => this.#watch(), BEAT);
    this.#beat.unref?.();
    this.#connect();
  }

  /** Resolves when the server has let the client in for the first time. @returns {Promise<void>} */
  connected() {
    return this.#letIn.promise;
  }

  /**
   * Publishes.
   * @param {string} topic `namespace/path`
   * @param {any} payload a Uint8Array or an ArrayBuffer is bytes, a string is text, all else is JSON
   * @param {PublishOptions} [options]
   * @returns {Promise<{ messageId: string, time: number, position?: string }>} resolves when the message is as safe as its namespace promises
   */
  publish(topic, payload, options = {}) {
    const id = this.#newWord();
    const messageId = options.messageId ?? `${this.#producer}-${id}`;
    const frame = JSON.stringify({ type: 'publish', id, topic, ...content(payload), ...options, messageId });
    return this.#ask({ id, frame, messageId, topic, isPublish: true, deadline: Date.now() + this.#options.publishTimeout });
  }

  /**
   * Reads messages that were published before.
   * @param {string} filter
   * @param {{ start?: Start, where?: string, limit?: number }} [options] at most 1000 messages, 100 unless told
   * @returns {Promise<{ messages: Message[], gaps: Gap[], position?: string, complete: boolean }>}
   */
  history(filter, options = {}) {
    const id = this.#newWord();
    const frame = JSON.stringify({ type: 'history', id, filter, ...options });
    return this.#ask({ id, frame, isPublish: false, deadline: Date.now() + this.#options.requestTimeout });
  }

  /**
   * Subscribes. With a callback events are given to it; without one they are taken with `for await`,
   * which ends with an error when the subscription is refused or ended.
   * @param {string} filter `namespace/path`, where `+` is one level and `#`, at the end, any number
   * @param {SubscribeOptions} [options]
   * @param {(event: Event) => void} [callback]
   * @returns {Subscription}
   */
  subscribe(filter, options = {}, callback) {
    if (this.#end) throw this.#end;
    const subscription = new Subscription(filter, options, callback, {
      take: (its) => this.#takeBack(its),
      say: (its) => this.#say(its),
      over: (its) => this.#subscriptions.delete(its),
    });
    this.#subscriptions.add(subscription);
    this.#say(subscription);
    return subscription;
  }

  /** Resolves when everything that was published before is acknowledged or has failed. @returns {Promise<void>} */
  async flush() {
    await Promise.allSettled([...this.#requests.values(), ...this.#unsent].filter((one) => one.isPublish).map((one) => one.answer.promise));
  }

  /** Ends the client; what has no answer yet fails with `closed`, so `flush` first. */
  close() {
    this.#over(new MillraceError('closed', 'the client was closed'));
  }

  #newWord() {
    return (++this.#word).toString(36);
  }

  /** @param {any} request */
  #ask(request) {
    if (this.#end) return Promise.reject(this.#end);
    request.answer = deferred();
    request.number = ++this.#asked;
    if (request.isPublish && this.#inFlight >= this.#options.maxInFlight) this.#unsent.push(request);
    else this.#begin(request);
    return request.answer.promise;
  }

  /** @param {any} request */
  #begin(request) {
    if (request.isPublish) this.#inFlight++;
    this.#requests.set(request.id, request);
    const held = this.#held.get(request.topic);
    held?.hold(request);
    if (held) this.#goOn(request.topic, held);
    else this.#sendRequest(request);
  }

  /** @param {any} request */
  #sendRequest(request) {
    if (!this.#isIn) return;
    request.isUnderWay = true;
    this.#send(request.frame);
  }

  /** Takes a request that is over, and begins the next one that waits for its room. @param {string} id @param {boolean} [isGivenUp] */
  #answered(id, isGivenUp = false) {
    const request = this.#requests.get(id);
    if (request) {
      this.#requests.delete(id);
      const held = this.#held.get(request.topic);
      held?.over(request, isGivenUp);
      if (held) this.#goOn(request.topic, held);
      if (request.isPublish) {
        this.#inFlight--;
        const next = this.#unsent.shift();
        if (next) this.#begin(next);
      }
    }
    return request;
  }

  /** Does what is to be done now about a topic that is held. @param {string} topic @param {HeldTopic} held */
  #goOn(topic, held) {
    // Without a connection the next one begins with it anew.
    if (!this.#isIn) return;
    for (let next = held.next(); next; next = held.next()) this.#sendRequest(next);
    if (held.isOver) {
      this.#held.delete(topic);
    } else if (held.rests()) {
      const { rest } = held;
      setTimeout(() => {
        if (this.#held.get(topic) !== held) return;
        held.goOn(rest);
        this.#goOn(topic, held);
      }, this.#wait(0));
    }
  }

  /** @param {string} frame */
  #send(frame) {
    if (this.#isIn) this.#socket.send(frame);
  }

  /** Subscribes under a word of its own, so that what is still under way of an earlier one is passed over. @param {Subscription} its */
  #say(its) {
    if (!this.#isIn || !its.isWanted || its.word) return;
    its.word = this.#newWord();
    this.#byWord.set(its.word, its);
    this.#send(JSON.stringify({ type: 'subscribe', sub: its.word, filter: its.filter, ...its.options, start: its.next() }));
  }

  /** @param {Subscription} its */
  #takeBack(its) {
    if (!its.word) return;
    this.#byWord.delete(its.word);
    this.#send(JSON.stringify({ type: 'unsubscribe', sub: its.word }));
    its.word = null;
  }

  async #connect() {
    const { token } = this.#options;
    let shown;
    try {
      shown = typeof token === 'function' ? await token() : token;
      if (this.#end) return;
      const socket = new this.#WebSocket(this.#address, 'millrace.json');
      this.#socket = socket;
      this.#refusal = null;
      this.#linkedAt = Date.now();
      socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'connect', id: 'connect', token: shown })));
      socket.addEventListener('message', (/** @type {any} */ event) => {
        if (socket === this.#socket) this.#received(event.data, shown);
      });
      socket.addEventListener('error', () => {});
      socket.addEventListener('close', (/** @type {any} */ event) => {
        if (socket === this.#socket) this.#lost(new MillraceError('unreachable', `the connection is lost (${event.code} ${event.reason ?? ''})`));
      });
    } catch (error) {
      this.#lost(new MillraceError('unreachable', `cannot connect: ${error}`));
    }
  }

  /** @param {any} data @param {string | undefined} token */
  #received(data, token) {
    this.#heardAt = Date.now();
    this.#isPinged = false;
    const frame = JSON.parse(data);
    const { type, id, sub } = frame;
    if (type === 'connected') this.#connected(frame, token);
    else if (type === 'error' && sub === undefined && (id === undefined || id === 'connect')) this.#refusal = new MillraceError(frame.code, frame.message);
    else if (type === 'published') this.#published(frame);
    else if (type === 'history') this.#answered(id)?.answer.resolve(page(frame));
    else if (type === 'error' && sub === undefined) this.#refused(id, new MillraceError(frame.code, frame.message));
    else if (type === 'error' || type === 'ended') this.#ended(sub, new MillraceError(frame.code, frame.message));
    else if (sub !== undefined) this.#byWord.get(sub)?.told(frame);
  }

  /** @param {any} frame */
  #published({ id, time, position }) {
    const request = this.#answered(id);
    request?.answer.resolve({ messageId: request.messageId, time, position });
  }

  /** @param {any} frame @param {string | undefined} token */
  #connected(frame, token) {
    this.#pingInterval = frame.pingInterval;
    if (frame.expires && typeof this.#options.token === 'function') {
      const left = frame.expires - Date.now();
      clearTimeout(this.#renewal);
      this.#renewal = setTimeout(() => this.#renew(token), Math.min(2 ** 31 - 1, Math.max(1000, left - Math.min(30_000, left / 4))));
      this.#renewal.unref?.();
    }
    if (this.#isIn) return;
    this.#isIn = true;
    this.#attempt = 0;
    for (const subscription of this.#subscriptions) this.#say(subscription);
    for (const held of this.#held.values()) held.startAgain();
    for (const request of this.#requests.values()) {
      const held = this.#held.get(request.topic);
      if (held) held.hold(request);
      else this.#sendRequest(request);
    }
    for (const [topic, held] of [...this.#held]) this.#goOn(topic, held);
    this.#letIn.resolve(undefined);
    this.#options.onState?.('connected');
  }

  /** Shows a newer token before the one in use ends. @param {string | undefined} old */
  async #renew(old) {
    try {
      // @ts-ignore: it is a function where there is a renewal
      const token = await this.#options.token();
      if (token !== old) this.#send(JSON.stringify({ type: 'connect', id: 'connect', token }));
    } catch {
      // The connection ends with the token, and the next one asks again.
    }
  }

  /** @param {string} id @param {MillraceError} reason */
  #refused(id, reason) {
    const request = this.#requests.get(id);
    if (!request) return;
    if (!reason.isTransient) {
      this.#answered(id)?.answer.reject(reason);
    } else if (request.isPublish) {
      const { topic } = request;
      const all = [...this.#requests.values()];
      const held = this.#held.get(topic) ?? new HeldTopic(all.filter((one) => one.isUnderWay && one.topic === topic).length);
      this.#held.set(topic, held);
      request.isUnderWay = false;
      request.refusal = reason;
      held.refused(request);
      this.#goOn(topic, held);
    } else {
      request.isUnderWay = false;
      setTimeout(() => this.#requests.has(id) && !request.isUnderWay && this.#sendRequest(request), this.#wait(0));
    }
  }

  /** A subscription was refused or has ended: it begins again where that may help. @param {string} sub @param {MillraceError} reason */
  #ended(sub, reason) {
    const its = this.#byWord.get(sub);
    if (!its) return;
    this.#byWord.delete(sub);
    its.word = null;
    if (its.mayGoOn(reason)) {
      setTimeout(() => this.#say(its), this.#wait(its.attempt++));
    } else {
      this.#subscriptions.delete(its);
      its.end(reason);
    }
  }

  /** @param {MillraceError} failure */
  #lost(failure) {
    const reason = this.#refusal ?? failure;
    // Who was in may come in again, with a newer token.
    const isFinal = this.#refusal !== null && !reason.isTransient && !this.#isIn;
    this.#socket = null;
    this.#isIn = false;
    for (const request of this.#requests.values()) {
      request.isDoubtful ||= request.isUnderWay;
      request.isUnderWay = false;
    }
    this.#byWord.clear();
    for (const subscription of this.#subscriptions) subscription.word = null;
    clearTimeout(this.#renewal);
    if (this.#end) return;
    if (isFinal) {
      this.#over(reason);
      return;
    }
    this.#options.onState?.('disconnected', reason);
    this.#retry = setTimeout(() => this.#connect(), this.#wait(this.#attempt++));
  }

  /** Milliseconds before an attempt: at random below a bound that doubles, so that not all come at once. @param {number} attempt */
  #wait(attempt) {
    const [first, longest] = this.#options.reconnect;
    const bound = Math.min(longest, first * 2 ** Math.min(attempt, 30));
    return bound / 2 + Math.random() * (bound / 2);
  }

  /** Why one is given up. What is not under way, and was not when a connection was lost, is known not to be done. @param {any} request */
  #lateness(request) {
    if (request.isUnderWay || request.isDoubtful) return new MillraceError('timeout', 'no answer came in time; whether it was done is not known');
    const held = this.#isIn ? this.#held.get(request.topic)?.reason : undefined;
    return request.refusal ?? held ?? new MillraceError('unreachable', 'it could not be sent in time');
  }

  /** Gives up what is late, and a server that is not heard of. */
  #watch() {
    const now = Date.now();
    // First, or one of these would be sent when another gives up its place.
    this.#unsent = this.#unsent.filter((request) => now < request.deadline || request.answer.reject(this.#lateness(request)));
    for (const request of [...this.#requests.values()]) {
      if (now >= request.deadline) {
        const reason = this.#lateness(request);
        this.#answered(request.id, true).answer.reject(reason);
      }
    }
    if (!this.#socket) return;
    const silent = now - this.#heardAt;
    if (!this.#isIn ? now - this.#linkedAt > this.#options.connectTimeout : silent >= 2 * this.#pingInterval) {
      const socket = this.#socket;
      // It may never tell that it is closed.
      this.#lost(new MillraceError('unreachable', 'nothing was heard of the server for too long'));
      socket.close();
    } else if (this.#isIn && silent >= this.#pingInterval && !this.#isPinged) {
      this.#isPinged = true;
      this.#send('{"type":"ping"}');
    }
  }

  /** @param {MillraceError} reason */
  #over(reason) {
    if (this.#end) return;
    this.#end = reason;
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    const socket = this.#socket;
    this.#socket = null;
    this.#isIn = false;
    socket?.close();
    this.#letIn.reject(reason);
    for (const request of [...this.#requests.values(), ...this.#unsent]) request.answer.reject(reason);
    this.#requests.clear();
    this.#held.clear();
    this.#unsent = [];
    for (const subscription of this.#subscriptions) subscription.end(reason);
    this.#subscriptions.clear();
    this.#options.onState?.('closed', reason);
  }
}

/**
 * One topic of which a message was refused for now: what follows it waits, so that the order stays.
 * When all that was under way is answered it rests, then goes on with one message, and with each that
 * is published one more may be under way; when one is refused again, it begins anew.
 */
class HeldTopic {
  /** By number, in order. @type {any[]} */ #waiting = [];
  /** @type {'draining' | 'resting' | 'going'} */ #state = 'draining';
  #underWay;
  #window = 0;
  /** The number of its last rest. */ rest = 0;
  /** With what one was refused last. @type {MillraceError | undefined} */ reason;

  /** @param {number} underWay how many are not answered, with the one that was refused */
  constructor(underWay) {
    this.#underWay = underWay;
  }

  /** Whether nothing waits, so that no order can be lost. */
  get isOver() {
    return this.#waiting.length === 0;
  }

  /** @param {any} request */
  hold(request) {
    const at = this.#waiting.findIndex((one) => one.number > request.number);
    this.#waiting.splice(at < 0 ? this.#waiting.length : at, 0, request);
  }

  /** One that was under way is refused for now. @param {any} request */
  refused(request) {
    this.#underWay--;
    this.#state = 'draining';
    this.reason = request.refusal;
    this.hold(request);
  }

  /** One has its answer, or nothing more is to be done about it. @param {any} request @param {boolean} isGivenUp */
  over(request, isGivenUp) {
    const at = this.#waiting.indexOf(request);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
    } else {
      this.#underWay--;
      if (!isGivenUp) this.#window++;
    }
  }

  /** Whether it now has to rest. */
  rests() {
    if (this.#state !== 'draining' || this.#underWay > 0) return false;
    this.#state = 'resting';
    this.rest++;
    return true;
  }

  /** A rest is over; nothing is done where it is not the last one. @param {number} which */
  goOn(which) {
    if (this.#state !== 'resting' || which !== this.rest) return;
    this.#state = 'going';
    this.#window = 1;
  }

  /** A new connection, which knows of none; all of them are held again. */
  startAgain() {
    this.#waiting = [];
    this.#underWay = 0;
    this.#state = 'going';
    this.#window = 1;
  }

  /** The next that may be sent, which is under way from now on. @returns {any} */
  next() {
    if (this.#state !== 'going' || this.#underWay >= this.#window || this.isOver) return undefined;
    this.#underWay++;
    return this.#waiting.shift();
  }
}

/**
 * A subscription, which lasts across connections until it is closed. It is an async iterable of
 * events: at most 1000 wait; beyond that it is left, and taken up again behind the last one.
 */
export class Subscription {
  /** @type {string | null} under which the server knows it now */ word = null;
  attempt = 0;
  #callback;
  #client;
  #isPaused = false;
  #isBegun = false;
  #mayNotResume = false;
  /** @type {Event[]} */ #waiting = [];
  /** @type {any[]} */ #takers = [];
  /** @type {MillraceError | null} */ #end = null;
  #isClosed = false;
  #ending = deferred();

  /** @param {string} filter @param {SubscribeOptions} options @param {any} callback @param {any} client */
  constructor(filter, options, callback, client) {
    this.filter = filter;
    this.options = options;
    /** @type {string | undefined} behind the last message that came */
    this.position = undefined;
    this.#callback = callback;
    this.#client = client;
    this.#ending.promise.catch(() => {});
  }

  /** Resolves when it was closed, rejects with the reason when it was refused or ended. @returns {Promise<void>} */
  ended() {
    return this.#ending.promise;
  }

  get isWanted() {
    return !this.#isPaused && !this.#isClosed && !this.#end;
  }

  /** Where it goes on, or begins. @returns {Start | undefined} */
  next() {
    if (this.position !== undefined && !this.#mayNotResume) return { after: this.position };
    return this.#isBegun ? undefined : this.options.start;
  }

  /** Whether to subscribe again, after it was refused or has ended. @param {MillraceError} reason */
  mayGoOn(reason) {
    if (reason.isTransient || reason.code === 'namespace-changed') return true;
    const isFromNow = (this.options.start ?? 'now') === 'now';
    if (reason.code !== 'not-authorized' || !isFromNow || !this.#isBegun || this.#mayNotResume || this.position === undefined) return false;
    // It may not read history: it goes on from now, behind a gap.
    this.#mayNotResume = true;
    return true;
  }

  /** @param {any} frame */
  told(frame) {
    if (frame.type === 'subscribed') {
      const isLossy = this.#isBegun && (this.position === undefined || this.#mayNotResume);
      this.#isBegun = true;
      this.attempt = 0;
      this.position = frame.position ?? this.position;
      this.#give({ type: 'started', mayRepeat: frame.mayRepeat });
      if (isLossy) this.#give({ type: 'gap', reason: 'not-resumed' });
    } else if (frame.type === 'message') {
      this.position = frame.position ?? this.position;
      this.#give(message(frame));
    } else if (frame.type === 'gap') {
      const { sub, ...gap } = frame;
      this.#give(gap);
    } else if (frame.type === 'caught-up') {
      this.position = frame.position ?? this.position;
      this.#give({ type: 'caught-up' });
    }
  }

  /** @param {any} event */
  #give(event) {
    if (this.#callback) {
      try {
        this.#callback(event);
      } catch (error) {
        // The listener's own affair; the next event comes all the same.
        queueMicrotask(() => {
          throw error;
        });
      }
    } else if (this.#takers.length > 0) {
      this.#takers.shift().resolve({ value: event, done: false });
    } else {
      this.#waiting.push(event);
      if (this.#waiting.length >= MOST_WAITING && !this.#isPaused) {
        this.#isPaused = true;
        this.#client.take(this);
      }
    }
  }

  /** @param {MillraceError} reason */
  end(reason) {
    this.#end = reason;
    this.#ending.reject(reason);
    for (const taker of this.#takers.splice(0)) taker.reject(reason);
  }

  /** Unsubscribes; what waits can still be taken. */
  close() {
    if (this.#isClosed || this.#end) return;
    this.#isClosed = true;
    this.#client.take(this);
    this.#client.over(this);
    this.#ending.resolve(undefined);
    for (const taker of this.#takers.splice(0)) taker.resolve({ value: undefined, done: true });
  }

  /** @returns {AsyncIterator<Event>} */
  [Symbol.asyncIterator]() {
    return {
      next: () => this.#take(),
      return: async () => {
        this.close();
        return { value: undefined, done: true };
      },
    };
  }

  /** @returns {Promise<any>} */
  #take() {
    const event = this.#waiting.shift();
    if (event) {
      if (this.#isPaused && this.#waiting.length <= MOST_WAITING / 2) {
        this.#isPaused = false;
        this.#client.say(this);
      }
      return Promise.resolve({ value: event, done: false });
    }
    if (this.#end) return Promise.reject(this.#end);
    if (this.#isClosed) return Promise.resolve({ value: undefined, done: true });
    const taker = deferred();
    this.#takers.push(taker);
    return taker.promise;
  }
}

function deferred() {
  /** @type {any} */ const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}

/** A payload as the protocol writes it. @param {any} payload */
function content(payload) {
  if (payload === undefined) return {};
  if (typeof payload === 'string') return { text: payload };
  if (payload instanceof ArrayBuffer || ArrayBuffer.isView(payload)) {
    const bytes = payload instanceof ArrayBuffer ? new Uint8Array(payload) : new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength);
    let binary = '';
    for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
    return { base64: btoa(binary) };
  }
  return { payload };
}

/** @param {any} frame @returns {Message} */
function message({ sub, text, base64, headers = {}, ...frame }) {
  const payload = text ?? (base64 === undefined ? frame.payload : Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  return { ...frame, type: 'message', headers, payload };
}

/** @param {any} frame */
function page({ messages, gaps = [], position, complete }) {
  return { messages: messages.map(message), gaps, position, complete };
}
