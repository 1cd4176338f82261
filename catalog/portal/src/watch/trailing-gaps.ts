/** Where a broadcast ends that was lost: its last playlist may list gaps behind the last picture. */

export interface Listed {
  readonly start: number;
  readonly duration: number;
  readonly gap?: boolean;
}

/**
 * Seconds on the media timeline at which the last segment with media ends, where the playlist is
 * complete and ends in gaps. hls.js waits for what the gaps would have held and never says `ended`.
 */
export function endBeforeGaps(live: boolean, segments: readonly Listed[]): number | undefined {
  if (live || !segments.at(-1)?.gap) {
    return undefined;
  }
  const last = segments.findLast((segment) => !segment.gap);
  return last === undefined ? 0 : last.start + last.duration;
}

/** Whether a player that stands at `position` has shown everything there is. */
export function isOver(position: number, end: number | undefined): boolean {
  return end !== undefined && position >= end - 0.5;
}
