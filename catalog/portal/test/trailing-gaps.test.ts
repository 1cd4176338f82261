import { describe, expect, it } from 'vitest';
import { endBeforeGaps, isOver } from '../src/watch/trailing-gaps';

const segment = (start: number, gap = false) => ({ start, duration: 2, gap });

describe('the end of a lost broadcast', () => {
  it('is where the last media before the gaps ends', () => {
    expect(endBeforeGaps(false, [segment(0), segment(2), segment(4, true), segment(6, true)])).toBe(4);
  });

  it('is unknown while the broadcast may go on, and left to the player where media comes last', () => {
    expect(endBeforeGaps(true, [segment(0), segment(2, true)])).toBeUndefined();
    expect(endBeforeGaps(false, [segment(0), segment(2, true), segment(4)])).toBeUndefined();
    expect(endBeforeGaps(false, [])).toBeUndefined();
  });

  it('is the start where nothing but gaps is left', () => {
    expect(endBeforeGaps(false, [segment(8, true)])).toBe(0);
  });

  it('is reached a little before the last picture, for players stop short of it', () => {
    expect(isOver(3.6, 4)).toBe(true);
    expect(isOver(3.4, 4)).toBe(false);
    expect(isOver(3.6, undefined)).toBe(false);
  });
});
