import { describe, expect, test } from 'vitest';
import { isRecordingId, parseRecording, parseRecordings } from '../src/recordings/recording';
import { MalformedAnswer } from '../src/streams/stream';

const show = {
  id: '01M7YZMHG0B2Y153S441CND7V7', app: 'live', stream: 'show', title: 'The show', startedAt: '2026-11-21T20:00:00Z',
  endedAt: '2026-11-21T20:01:30Z', durationSeconds: 90.5, bytes: 1000, width: 1280, height: 720, pinned: false,
  playlist: '/play/vod/01M7YZMHG0B2Y153S441CND7V7/index.m3u8',
};

describe('a recording', () => {
  test('is read with everything that the page shows', () => {
    expect(parseRecording(show)).toEqual({
      id: show.id, app: 'live', name: 'show', title: 'The show', startedAt: Date.UTC(2026, 10, 21, 20), millis: 90_500,
      picture: { width: 1280, height: 720 },
    });
  });

  test('is called like its stream where that has no title', () => {
    expect(parseRecording({ ...show, title: ' ', width: 0 })).toMatchObject({ title: 'show', picture: undefined });
  });

  test.each([null, 'show', {}, { ...show, id: '../x' }, { ...show, app: 'LIVE' }, { ...show, startedAt: 'yesterday' }])(
    'that makes no sense is refused, and left out of the list: %j', (answer) => {
      expect(() => parseRecording(answer)).toThrow(MalformedAnswer);
      expect(parseRecordings({ items: [answer, show] })).toHaveLength(1);
    });

  test('has an id that is safe in an address', () => {
    expect(isRecordingId(show.id)).toBe(true);
    expect(isRecordingId('01M7YZMHG0B2Y153S441CND7V/')).toBe(false);
  });
});

test('a list that is none is refused', () => {
  expect(() => parseRecordings({})).toThrow(MalformedAnswer);
  expect(() => parseRecordings(null)).toThrow(MalformedAnswer);
});
