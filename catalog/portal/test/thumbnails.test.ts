import { describe, expect, test } from 'vitest';
import { parseThumbnails, thumbnailAt } from '../src/recordings/thumbnails';

const ADDRESS = 'http://here/play/vod/A/thumbnails.vtt';
const LIST = `WEBVTT

00:00:00.000 --> 00:00:10.000
b/A/thumbnails-10s-160x90/sheet-0.jpg?token=x#xywh=0,0,160,90

00:00:10.000 --> 00:00:20.000
b/A/thumbnails-10s-160x90/sheet-0.jpg#xywh=160,0,160,90

01:00:30.000 --> 01:00:34.500
b/A/thumbnails-10s-160x90/sheet-14.jpg#xywh=320,270,160,90
`;

describe('thumbnails', () => {
  const read = parseThumbnails(LIST, ADDRESS);

  test('are tiles of sheets, whose addresses are beside the list', () => {
    expect(read).toHaveLength(3);
    expect(read[0]!.sheet).toBe('http://here/play/vod/A/b/A/thumbnails-10s-160x90/sheet-0.jpg?token=x');
    expect(read[2]).toMatchObject({ from: 3630, to: 3634.5, left: 320, top: 270, width: 160, height: 90 });
  });

  test.each([[0, 0], [9.99, 0], [10, 160], [19, 160], [3633, 320]])('at %s s one is shown, and it is that of this time', (at, left) => {
    expect(thumbnailAt(read, at)?.left).toBe(left);
  });

  test.each([-1, 20, 3629, 3634.5, NaN])('at %s s there is none', (at) => {
    expect(thumbnailAt(read, at)).toBeUndefined();
  });

  test('what is no list has none', () => {
    expect(parseThumbnails('<!doctype html>', ADDRESS)).toEqual([]);
    expect(parseThumbnails(LIST.replaceAll('\n', '\r\n'), ADDRESS)).toEqual(read);
    expect(thumbnailAt([], 3)).toBeUndefined();
  });
});
