import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { nextPoll, poll, retryAfterMillis, type Polled } from '../src/streams/poll';
import { parseLive, type Stream } from '../src/streams/stream';

describe('the time to the next request', () => {
  test('is three seconds, spread a little, while answers come', () => {
    expect(nextPoll({ kind: 'answered' }, 0)).toBe(2_550);
    expect(nextPoll({ kind: 'answered' }, 0.5)).toBe(3_000);
  });

  test('doubles with every failure, up to half a minute', () => {
    const waits = [1, 2, 3, 4, 5, 6, 50].map((failures) => nextPoll({ kind: 'failed', failures, retryAfterMillis: undefined }, 0.5));
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('is at least what the server asks for', () => {
    expect(nextPoll({ kind: 'failed', failures: 1, retryAfterMillis: 60_000 }, 0.5)).toBe(60_000);
    expect([null, '', '7', '-1', '99999', 'Sun, 06 Nov 1994 08:49:37 GMT'].map(retryAfterMillis)).toEqual([undefined, undefined, 7_000, undefined, 300_000, undefined]);
  });
});

describe('polling', () => {
  /** The page as far as polling knows it. */
  const page = Object.assign(new EventTarget(), { hidden: false });
  const heard: Polled<Stream[]>[] = [];
  const asked: Headers[] = [];
  let answer: () => Response;
  let stop = () => {};

  const list = (...names: string[]) =>
    Response.json({ streams: names.map((stream) => ({ app: 'live', stream, state: 'live' })) }, { headers: { ETag: `"${names.join()}"` } });

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('document', page);
    vi.stubGlobal('window', new EventTarget());
    vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
      asked.push(new Headers(init.headers));
      return answer();
    });
  });

  afterEach(() => {
    stop();
    page.hidden = false;
    heard.length = asked.length = 0;
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const start = async () => {
    stop = poll('/api/v1/live', parseLive, (polled) => heard.push(polled));
    await vi.advanceTimersByTimeAsync(0);
  };
  const names = () => heard.at(-1)?.value?.map((stream) => stream.name);

  test('asks with the validator of the last answer and stays quiet when nothing changed', async () => {
    answer = () => list('a');
    await start();
    answer = () => new Response(null, { status: 304 });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(asked.map((headers) => headers.get('If-None-Match'))).toEqual([null, '"a"']);
    expect(heard).toHaveLength(1);
  });

  test('keeps the last value when the server is gone, and says so until it is back', async () => {
    answer = () => list('a');
    await start();
    answer = () => { throw new TypeError('failed to fetch'); };
    await vi.advanceTimersByTimeAsync(4_000);
    expect([names(), heard.at(-1)?.trouble]).toEqual([['a'], 'unreachable']);
    answer = () => list('a', 'b');
    await vi.advanceTimersByTimeAsync(10_000);
    expect([names(), heard.at(-1)?.trouble]).toEqual([['a', 'b'], undefined]);
  });

  test.each([[401, 'refused'], [403, 'refused'], [404, 'unknown'], [500, 'unreachable']])('status %i is called %s', async (status, trouble) => {
    answer = () => new Response(null, { status });
    await start();
    expect(heard.at(-1)).toEqual({ value: undefined, trouble });
  });

  test('an answer that makes no sense counts as no answer', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    answer = () => Response.json({ flowers: [] });
    await start();
    expect(heard.at(-1)?.trouble).toBe('unreachable');
  });

  test('pauses while the page is hidden and asks at once when it is shown', async () => {
    answer = () => list('a');
    await start();
    page.hidden = true;
    page.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    page.hidden = false;
    page.dispatchEvent(new Event('visibilitychange'));
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(2);
  });

  test('asks no more once stopped', async () => {
    answer = () => list('a');
    await start();
    stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
  });
});
