import { describe, expect, test } from 'vitest';
import { isStreamName, MalformedAnswer, parseLive, parseStream } from '../src/streams/stream';

const demo = {
  app: 'live', stream: 'demo', title: 'Big Buck Bunny', state: 'live', startedAt: '2026-11-21T20:00:00Z', viewers: 12,
  width: 854, height: 480, codecs: ['avc1.64001e', 'mp4a.40.2'], playlist: '/play/live/demo/index.m3u8', still: '/play/live/demo/still.mp4',
};

describe('a stream', () => {
  test('is read with everything that is known about it', () => {
    expect(parseStream(demo)).toEqual({
      app: 'live', name: 'demo', title: 'Big Buck Bunny', state: 'live', startedAt: Date.UTC(2026, 10, 21, 20), viewers: 12,
      picture: { width: 854, height: 480 }, codecs: ['avc1.64001e', 'mp4a.40.2'],
      playlist: '/play/live/demo/index.m3u8', still: '/play/live/demo/still.mp4',
    });
  });

  test('needs a name and a state, and nothing else', () => {
    expect(parseStream({ app: 'live', stream: 'demo', state: 'starting' })).toEqual({
      app: 'live', name: 'demo', title: 'demo', state: 'starting', startedAt: undefined, viewers: 0,
      picture: undefined, codecs: [], playlist: '/play/live/demo/index.m3u8', still: undefined,
    });
  });

  test.each([null, 'demo', {}, { ...demo, app: 'LIVE' }, { ...demo, stream: '../x' }, { ...demo, state: 'on fire' }])(
    'that makes no sense is refused: %j', (answer) => {
      expect(() => parseStream(answer)).toThrow(MalformedAnswer);
    });

  test.each(['javascript:alert(1)', 'data:video/mp4;base64,AAAA', '//elsewhere/still.mp4', 7])(
    'does not take %j for an address', (address) => {
      const stream = parseStream({ ...demo, playlist: address, still: address });
      expect([stream.playlist, stream.still]).toEqual(['/play/live/demo/index.m3u8', undefined]);
    });

  test('has counts that are never negative or broken', () => {
    for (const viewers of [-1, NaN, Infinity, '5', null]) {
      expect(parseStream({ ...demo, viewers }).viewers).toBe(0);
    }
  });

  test('a title of any length is cut', () => {
    expect(parseStream({ ...demo, title: 'x'.repeat(10_000) }).title).toHaveLength(200);
  });
});

describe('the list', () => {
  test('leaves out entries that make no sense and keeps the others', () => {
    expect(parseLive({ streams: [demo, { app: 'live' }, null] }).map((stream) => stream.name)).toEqual(['demo']);
  });

  test.each([null, [], {}, { streams: {} }])('that is no list is refused: %j', (answer) => {
    expect(() => parseLive(answer)).toThrow(MalformedAnswer);
  });
});

test('names follow the server’s rules', () => {
  expect(isStreamName('live', 'A.b_c~d-9')).toBe(true);
  expect(isStreamName('live', 'x'.repeat(129))).toBe(false);
  expect(isStreamName('Live', 'x')).toBe(false);
  expect(isStreamName('live', '..')).toBe(false);
});
