import { describe, expect, test } from 'vitest';
import { pushRecipe } from '../src/page/push';
import { recordingPath, routeOf, watchPath } from '../src/page/route';
import { bitrate, clock, codecName, codecNames, spoken, viewers } from '../src/page/words';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe('addresses', () => {
  test('name the list and a stream', () => {
    expect(routeOf('/')).toEqual({ page: 'list' });
    expect(routeOf('/watch/live/demo')).toEqual({ page: 'watch', app: 'live', name: 'demo' });
    expect(routeOf('/watch/live/demo/')).toEqual({ page: 'watch', app: 'live', name: 'demo' });
    expect(routeOf('/watch/live/a%7Eb')).toEqual({ page: 'watch', app: 'live', name: 'a~b' });
  });

  test('name a recording', () => {
    expect(routeOf('/recordings/01M7YZMHG0B2Y153S441CND7V7')).toEqual({ page: 'recording', id: '01M7YZMHG0B2Y153S441CND7V7' });
    expect(routeOf(recordingPath('01M7YZMHG0B2Y153S441CND7V7')).page).toBe('recording');
    expect(routeOf('/recordings/../api')).toEqual({ page: 'nowhere' });
    expect(routeOf('/recordings/demo')).toEqual({ page: 'nowhere' });
  });

  test.each(['/watch', '/watch/live', '/watch/LIVE/demo', '/watch/live/a%20b', '/watch/live/%', '/watch/live/%2e%2e', '/watch/a/b/c', '/admin'])(
    '%s leads nowhere', (path) => {
      expect(routeOf(path)).toEqual({ page: 'nowhere' });
    });

  test('of a stream lead back to it', () => {
    const stream = { app: 'live', name: 'A.b_c~d-9' };
    expect(routeOf(watchPath(stream))).toEqual({ page: 'watch', ...stream });
  });
});

describe('time on air', () => {
  test.each([
    [-5 * SECOND, '0:00'], [0, '0:00'], [7_999, '0:07'], [12 * MINUTE + 34 * SECOND, '12:34'], [59 * MINUTE + 59 * SECOND, '59:59'],
    [HOUR, '1:00:00'], [3 * HOUR + 5 * MINUTE + 9 * SECOND, '3:05:09'], [24 * HOUR, '1 d 00:00'], [51 * HOUR + 5 * MINUTE, '2 d 03:05'],
  ])('of %i ms reads %s', (millis, text) => {
    expect(clock(millis)).toBe(text);
  });

  test.each([
    [-1, 'less than a minute'], [59 * SECOND, 'less than a minute'], [MINUTE, '1 minute'], [HOUR, '1 hour'],
    [HOUR + 5 * MINUTE, '1 hour 5 minutes'], [51 * HOUR + 5 * MINUTE, '2 days 3 hours'],
  ])('of %i ms is spoken as %s', (millis, text) => {
    expect(spoken(millis)).toBe(text);
  });
});

test('viewers are counted in words', () => {
  expect([0, 1, 2, 1204].map(viewers)).toEqual(['no viewers', '1 viewer', '2 viewers', '1,204 viewers']);
});

test('bit rates have a unit', () => {
  expect([849_600, 4_210_000].map(bitrate)).toEqual(['850 kbit/s', '4.2 Mbit/s']);
});

test('codecs have names', () => {
  expect(['avc1.64001e', 'hvc1.1.6.L93', 'mp4a.40.2', 'Opus', 'xyz1.2'].map(codecName)).toEqual(['H.264', 'H.265', 'AAC', 'Opus', 'xyz1.2']);
});

test('formats that several tracks have are counted', () => {
  expect(codecNames(['avc1.64001e', 'mp4a.40.2', 'mp4a.40.5'])).toEqual(['H.264', '2 × AAC']);
  expect(codecNames(['avc1.64001e', 'mp4a.40.2'])).toEqual(['H.264', 'AAC']);
});

test('the recipe names this host in OBS’s and ffmpeg’s words', () => {
  const recipe = pushRecipe('media.example');
  expect(recipe.obsServer).toBe('rtmp://media.example/live');
  expect(recipe.obsKey).toBe('demo?key=YOUR_KEY');
  expect(recipe.ffmpeg).toContain('"rtmp://media.example/live/demo?key=YOUR_KEY"');
});
