import { describe, expect, test } from 'vitest';
import { routeOf } from '../src/page/route';
import { bytes, kept, parseNamespaces, perSecond, ratesOf } from '../src/topics/namespaces';
import { visible } from '../src/topics/visible';
import { LONGEST_PAYLOAD, messageOf, MOST_CHARACTERS, MOST_SEEN, readFrame, withNewest, type Seen } from '../src/topics/inspector';

const DOOR = { publishedMessages: 10, publishedBytes: 1000, deliveredMessages: 30, deliveredBytes: 3000, subscriptions: 3, refused: { 'rate-limited': 2, 'too-large': 1 } };
const ANSWER = {
  items: [{
    name: 'orders', partitions: 8, generation: 2, durability: 'logged', retentionSeconds: 86_400, retentionBytes: null,
    live: { name: 'orders', doors: { websocket: DOOR, http: DOOR }, pausedSubscriptions: 1, fanoutLagBytes: 2048, tailLagMessages: 0, partitionsBehind: 0 },
  }],
};

describe('namespaces', () => {
  test('are read with the traffic of all doors together', () => {
    expect(parseNamespaces(ANSWER)).toEqual([{
      name: 'orders', partitions: 8, durability: 'logged', retentionSeconds: 86_400,
      traffic: { published: 20, publishedBytes: 2000, delivered: 60, deliveredBytes: 6000, refused: 6, subscriptions: 6, paused: 1, lagBytes: 2048 },
    }]);
  });

  test.each([undefined, {}, { items: [{}] }, { items: [{ ...ANSWER.items[0], live: null }] }])('%j is no answer', (answer) => {
    expect(() => parseNamespaces(answer)).toThrow();
  });

  test('have rates between two looks, and none after a restart of the server', () => {
    const [before] = parseNamespaces(ANSWER);
    const traffic = before!.traffic;
    const now = { ...traffic, published: 120, delivered: 560, refused: 6 };
    expect(ratesOf(traffic, now, 2000)).toMatchObject({ published: 50, delivered: 250, refused: 0 });
    expect(ratesOf(now, traffic, 2000)).toBeUndefined();
    expect(ratesOf(traffic, now, 0)).toBeUndefined();
  });

  test('are shown in words', () => {
    expect([undefined, 0, 0.4, 9.96, 1234.4].map(perSecond)).toEqual(['–', '0', '0.4', '10.0', '1,234']);
    expect([0, 999, 1500, 250_000, 3_200_000_000].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '250 kB', '3.2 GB']);
    expect([604_800, 43_200, 90].map(kept)).toEqual(['7 d', '12 h', '90 s']);
  });

  test('have a page', () => {
    expect(routeOf('/topics')).toEqual({ page: 'topics' });
    expect(routeOf('/topics/')).toEqual({ page: 'topics' });
    expect(routeOf('/topics/x')).toEqual({ page: 'nowhere' });
  });
});

describe('text of strangers', () => {
  test.each([
    ['plain text, with\nlines and\ttabs', 'plain text, with\nlines and\ttabs'],
    ['Grüße, 日本語, שלום, مرحبا, 😀', 'Grüße, 日本語, שלום, مرحبا, 😀'],
    ['a\u202Eb\u2069c', 'a⟨U+202E⟩b⟨U+2069⟩c'],
    ['\u0000\u001B[2J\r\u007F', '⟨U+0000⟩⟨U+001B⟩[2J⟨U+000D⟩⟨U+007F⟩'],
    ['a\u00A0b\u3000c\u200Bd\u2028e', 'a⟨U+00A0⟩b⟨U+3000⟩c⟨U+200B⟩d⟨U+2028⟩e'],
    ['a\uFE0Fb\u{E0101}c\u034F', 'a⟨U+FE0F⟩b⟨U+E0101⟩c⟨U+034F⟩'],
    ['\u3164\u2800\u{E0041}\uD800', '⟨U+3164⟩⟨U+2800⟩⟨U+E0041⟩⟨U+D800⟩'],
  ])('%j is seen as %j', (text, seen) => {
    expect(visible(text)).toBe(seen);
  });
});

describe('the inspector', () => {
  test('lays JSON out, and shows text and bytes as they are', () => {
    const read = readFrame('{"type":"message","sub":"inspector","topic":"a/b","time":5,"position":"p","headers":{"ce_type":"x"},"payload":{"t":1}}');
    expect(messageOf(read!.frame)).toEqual({
      topic: 'a/b', time: 5, position: 'p', id: undefined, contentType: undefined, headers: [['ce_type', 'x']], form: 'json', payload: '{\n  "t": 1\n}', leftOut: 0,
    });
    expect(messageOf({ topic: 'a/b', time: 5, text: 'hello' })).toMatchObject({ form: 'text', payload: 'hello' });
    expect(messageOf({ topic: 'a/b', time: 5, base64: 'AAA=' })).toMatchObject({ form: 'base64', payload: 'AAA=' });
    expect(messageOf({ topic: 'a/b', time: 5, text: 'AAA=' })).toMatchObject({ form: 'text', payload: 'AAA=' });
  });

  test('shows what would be unseen, wherever it stands', () => {
    const message = messageOf({
      topic: 'a/\u202Eb', time: 5, id: 'i\u200B', contentType: 'text/\u00ADplain', headers: { 'x\uFEFF': 'y\u2066' }, text: 'one\n\ttwo\u0007',
    });
    expect(message).toMatchObject({
      topic: 'a/⟨U+202E⟩b', id: 'i⟨U+200B⟩', contentType: 'text/⟨U+00AD⟩plain', headers: [['x⟨U+FEFF⟩', 'y⟨U+2066⟩']], payload: 'one\n\ttwo⟨U+0007⟩',
    });
    expect(messageOf({ topic: 'a', time: 5, payload: '\u202E' }).payload).toBe('"⟨U+202E⟩"');
  });

  test.each(['', '{', '[]', '{"type":1}', 'null'])('%j is no frame', (text) => {
    expect(readFrame(text)).toBeUndefined();
  });

  test('keeps the newest on top, and not all', () => {
    let seen: readonly Seen[] = [];
    for (let key = 0; key < MOST_SEEN + 10; key++) {
      seen = withNewest(seen, { kind: 'gap', key, reason: 'slow' });
    }
    expect(seen).toHaveLength(MOST_SEEN);
    expect(seen[0]?.key).toBe(MOST_SEEN + 9);
  });

  test('keeps fewer of those that are large, and of each no more than can be read', () => {
    const long = messageOf({ topic: 'a/b', time: 5, text: 'x'.repeat(LONGEST_PAYLOAD + 7) });
    expect(long.payload).toHaveLength(LONGEST_PAYLOAD);
    expect(long.leftOut).toBe(7);
    const halved = messageOf({ topic: 'a/b', time: 5, text: `${'x'.repeat(LONGEST_PAYLOAD - 1)}😀` });
    expect(halved.payload).toHaveLength(LONGEST_PAYLOAD - 1);
    expect(halved.leftOut).toBe(2);
    let seen: readonly Seen[] = [];
    for (let key = 0; key < MOST_SEEN; key++) {
      seen = withNewest(seen, { kind: 'message', key, message: long });
    }
    expect(seen).toHaveLength(Math.floor(MOST_CHARACTERS / LONGEST_PAYLOAD));
    expect(seen[0]?.key).toBe(MOST_SEEN - 1);
  });
});
