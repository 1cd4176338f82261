import { describe, expect, test } from 'vitest';
import { actionFor, type KeyPress } from '../src/watch/shortcuts';

const press = (key: string, more: Partial<KeyPress> = {}) =>
  actionFor({ key, ctrlKey: false, metaKey: false, altKey: false, focus: 'nothing', inPlayer: false, ...more });

describe('keys', () => {
  test('play, mute, fill the screen and move', () => {
    expect([' ', 'k', 'm', 'M', 'f', 'ArrowLeft', 'ArrowRight'].map((key) => press(key))).toEqual(
      ['playPause', 'playPause', 'mute', 'mute', 'fullScreen', 'back', 'forward']);
  });

  test('up and down scroll the page, and are the volume only within the player', () => {
    expect(press('ArrowUp')).toBeUndefined();
    expect(press('ArrowUp', { inPlayer: true })).toBe('louder');
    expect(press('ArrowDown', { inPlayer: true })).toBe('quieter');
  });

  test('with Ctrl, Alt or Command stay the browser’s', () => {
    expect([press('f', { ctrlKey: true }), press('m', { metaKey: true }), press('ArrowLeft', { altKey: true })]).toEqual([undefined, undefined, undefined]);
  });

  test('stay with what has the focus where it uses them itself', () => {
    expect(press(' ', { focus: 'button' })).toBeUndefined();
    expect(press('m', { focus: 'button' })).toBe('mute');
    expect(press('ArrowLeft', { focus: 'slider' })).toBeUndefined();
    expect(press('m', { focus: 'text' })).toBeUndefined();
  });
});
