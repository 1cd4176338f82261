/**
 * What a viewer is told about a stream, and what the player does next. Pure: facts come in with the time at which they
 * became known, a new {@link Playback} and at most one command come out.
 *
 * Two sources are weighed. The catalogue says what the publisher does (`said`), the player says what the viewer sees
 * (`picture`, `failure`). As long as the picture moves, nothing else counts: a catalogue that can't be reached doesn't
 * stop a stream that can. Only where the picture stands still is the reason looked for elsewhere.
 *
 *     (nothing) --live--> attach --moving--> playing --stalled--> playing, after STALL_MILLIS interrupted
 *         ^                 ^                   |                     |  moving: playing; offline: ended
 *         |                 +--- retryAt, patience, a new broadcast --+
 *       offline, starting, interrupted,         +--ended--> ended --live, another broadcast--> attach
 *       refused, unreachable: wait
 */

import type { StreamState } from '../streams/stream';

export type Phase =
  | 'offline'
  | 'starting'
  | 'playing'
  | 'interrupted'
  | 'ended'
  | 'refused'
  | 'unreachable'
  /** This browser can't decode the stream. */
  | 'unplayable';

export type Event =
  /** The catalogue answered. `broadcast` tells one time on air from the next. */
  | { readonly kind: 'said'; readonly state: StreamState; readonly broadcast: number | undefined }
  /** The catalogue knows no such stream. */
  | { readonly kind: 'unknown' }
  /** The catalogue did not answer, or would not. */
  | { readonly kind: 'silent'; readonly trouble: 'unreachable' | 'refused' }
  /** There is a picture, and it moves or would if the viewer had not paused it. */
  | { readonly kind: 'moving' }
  /** The picture stands still for want of data. */
  | { readonly kind: 'stalled' }
  /** Loading was given up. `status` is the HTTP status, undefined where there was no answer. */
  | { readonly kind: 'loadFailed'; readonly status: number | undefined }
  /** Decoding was given up. */
  | { readonly kind: 'mediaFailed' }
  | { readonly kind: 'unsupported' }
  /** The playlist is closed and its last frame has been shown. */
  | { readonly kind: 'ended' }
  /** The viewer asked to try again. */
  | { readonly kind: 'retry' }
  /** Time has passed: see {@link nextDeadline}. */
  | { readonly kind: 'tick' };

/**
 * What the player does: `attach` loads the playlist from the start, whatever was there before; `resume` goes on loading
 * where it was; `recoverMedia` rebuilds the decoder; `detach` lets go of everything.
 */
export type Command = 'attach' | 'resume' | 'recoverMedia' | 'detach';

export interface Playback {
  readonly phase: Phase;
  /** The picture stands still, but not yet for so long that it is called an interruption. */
  readonly buffering: boolean;
  readonly said: StreamState | 'unknown' | undefined;
  readonly trouble: 'unreachable' | 'refused' | undefined;
  /** The broadcast the catalogue speaks of. */
  readonly onAir: number | undefined;
  readonly attached: boolean;
  /** The broadcast that is attached or was last; `none` before the first and when the stream was seen off the air since. */
  readonly broadcast: number | undefined | 'none';
  /** Whether this broadcast has been seen playing here. */
  readonly seen: boolean;
  readonly picture: 'none' | 'moving' | 'stalled' | 'ended' | 'unsupported';
  readonly stalledAt: number | undefined;
  readonly failure: { readonly status: number | undefined; readonly retryAt: number } | undefined;
  /** Failures since the picture last moved. */
  readonly failures: number;
  readonly mediaFailedAt: readonly number[];
  /** When to attach anew if the picture does not move by then. */
  readonly patience: number | undefined;
}

export interface Step {
  readonly playback: Playback;
  readonly command?: Command;
}

/** Standing still for so long is an interruption. */
export const STALL_MILLIS = 4_000;
const PATIENCE_MILLIS = 15_000;
/** How long after the publisher's return the player may take to notice by itself. */
const RETURN_PATIENCE_MILLIS = 4_000;
const SLOWEST_RETRY_MILLIS = 15_000;
const REFUSED_RETRY_MILLIS = 30_000;
/** As many decoder failures in the window are mended in place; the next one attaches anew. */
const MEDIA_RECOVERIES = 2;
const MEDIA_WINDOW_MILLIS = 30_000;
const RESUMES = 3;

export const initial: Playback = {
  phase: 'starting',
  buffering: false,
  said: undefined,
  trouble: undefined,
  onAir: undefined,
  attached: false,
  broadcast: 'none',
  seen: false,
  picture: 'none',
  stalledAt: undefined,
  failure: undefined,
  failures: 0,
  mediaFailedAt: [],
  patience: undefined,
};

/** Takes in one event. Times are milliseconds of any clock that only goes forward. */
export function step(before: Playback, event: Event, now: number): Step {
  const { playback, command } = follow(take(before, event, now), event, now);
  const settled = { ...playback, ...shown(playback, now) };
  return command === undefined ? { playback: settled } : { playback: settled, command };
}

/** When a `tick` is due, or undefined where only an event can change anything. */
export function nextDeadline(playback: Playback): number | undefined {
  const deadlines = [
    playback.failure?.retryAt,
    playback.buffering && playback.stalledAt !== undefined ? playback.stalledAt + STALL_MILLIS : undefined,
    playback.patience,
  ].filter((deadline) => deadline !== undefined);
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

/** Milliseconds before the nth try, n from 1: 1, 2, 4, 8, 15, 15 seconds. */
export function backOff(failures: number): number {
  return Math.min(SLOWEST_RETRY_MILLIS, 1000 * 2 ** Math.min(failures - 1, 10));
}

/** The facts after an event. */
function take(before: Playback, event: Event, now: number): Playback {
  switch (event.kind) {
    case 'said': {
      const came = event.state === 'live' && (before.said !== 'live' || before.trouble !== undefined);
      const off = event.state === 'offline';
      return {
        ...before,
        said: event.state,
        trouble: undefined,
        onAir: event.broadcast,
        broadcast: off && !before.attached ? 'none' : before.broadcast,
        patience: came && before.picture === 'stalled' ? now + RETURN_PATIENCE_MILLIS : before.patience,
        failure: came && before.failure && !isRefusal(before.failure.status) ? { ...before.failure, retryAt: now } : before.failure,
      };
    }
    case 'unknown':
      return { ...before, said: 'unknown', trouble: undefined, onAir: undefined };
    case 'silent':
      return { ...before, trouble: event.trouble };
    case 'moving':
      return !before.attached || before.picture === 'ended'
        ? before
        : { ...before, picture: 'moving', seen: true, stalledAt: undefined, patience: undefined, ...(before.failure ? {} : { failures: 0 }) };
    case 'stalled':
      return before.picture === 'moving'
        ? { ...before, picture: 'stalled', stalledAt: now, patience: now + PATIENCE_MILLIS }
        : before;
    case 'loadFailed':
      return before.attached ? failed(before, event.status, now) : before;
    case 'mediaFailed':
      return { ...before, mediaFailedAt: [...before.mediaFailedAt.filter((at) => now - at < MEDIA_WINDOW_MILLIS), now] };
    case 'unsupported':
      return { ...before, picture: 'unsupported', failure: undefined, patience: undefined };
    case 'ended':
      return before.attached ? { ...before, picture: 'ended', failure: undefined, patience: undefined, stalledAt: undefined } : before;
    case 'retry':
    case 'tick':
      return before;
  }
}

/** The command that the facts ask for, and the facts once it is given. */
function follow(playback: Playback, event: Event, now: number): Step {
  const { said, attached, picture, failure } = playback;
  const another = playback.onAir !== playback.broadcast;
  const over = picture === 'ended' || picture === 'unsupported';

  if (over && attached) {
    if (said === 'live' && another) {
      return attach(playback, now);
    }
    // Gone: whatever comes next is another broadcast, even where nothing tells them apart.
    return said === 'offline' || said === 'unknown' || (said === 'starting' && another)
      ? detach(playback, picture === 'ended' && said !== 'starting')
      : { playback };
  }
  if (!attached) {
    return said === 'live' && playback.trouble === undefined ? attach(playback, now) : { playback };
  }
  if (event.kind === 'mediaFailed') {
    return playback.mediaFailedAt.length <= MEDIA_RECOVERIES
      ? { playback, command: 'recoverMedia' }
      : { playback: { ...failed(playback, undefined, now), picture: 'none' } };
  }
  if ((said === 'offline' || said === 'unknown') && (failure !== undefined || (playback.patience !== undefined && playback.patience <= now))) {
    return detach(playback, playback.seen);
  }
  if (event.kind === 'retry') {
    return attach(playback, now);
  }
  if (failure !== undefined && failure.retryAt <= now) {
    const fresh = picture === 'none' || failure.status === 404 || failure.status === 410 || playback.failures > RESUMES;
    return fresh && picture !== 'moving' ? attach(playback, now) : { playback: { ...playback, failure: undefined }, command: 'resume' };
  }
  if (playback.patience !== undefined && playback.patience <= now) {
    return said === 'live' ? attach(playback, now) : { playback: { ...playback, patience: undefined } };
  }
  return { playback };
}

function attach(playback: Playback, now: number): Step {
  const same = playback.broadcast === playback.onAir;
  return {
    playback: {
      ...playback,
      attached: true,
      broadcast: playback.onAir,
      seen: same && playback.seen,
      picture: 'none',
      stalledAt: undefined,
      failure: undefined,
      failures: same ? playback.failures : 0,
      mediaFailedAt: same ? playback.mediaFailedAt : [],
      patience: now + PATIENCE_MILLIS,
    },
    command: 'attach',
  };
}

function detach(playback: Playback, seen: boolean): Step {
  return {
    playback: { ...initial, said: playback.said, trouble: playback.trouble, onAir: playback.onAir, seen },
    command: 'detach',
  };
}

function failed(playback: Playback, status: number | undefined, now: number): Playback {
  const failures = playback.failures + 1;
  const wait = isRefusal(status) ? REFUSED_RETRY_MILLIS : backOff(failures);
  return { ...playback, failures, failure: { status, retryAt: now + wait }, patience: undefined };
}

function isRefusal(status: number | undefined): boolean {
  return status === 401 || status === 403;
}

/** What the viewer is told. */
function shown(playback: Playback, now: number): { phase: Phase; buffering: boolean } {
  const { picture, said, failure, seen, trouble } = playback;
  const wellOtherwise = said === 'live' && failure === undefined && trouble === undefined;
  if (picture === 'stalled' && wellOtherwise && now - (playback.stalledAt ?? now) < STALL_MILLIS) {
    return { phase: 'playing', buffering: true };
  }
  const told = (phase: Phase) => ({ phase, buffering: false });
  if (picture === 'moving') {
    return told('playing');
  }
  if (picture === 'ended') {
    return told('ended');
  }
  if (picture === 'unsupported') {
    return told('unplayable');
  }
  if (isRefusal(failure?.status) || trouble === 'refused') {
    return told('refused');
  }
  if (trouble === 'unreachable') {
    return told('unreachable');
  }
  switch (said) {
    case undefined:
    case 'starting':
      return told('starting');
    case 'offline':
    case 'unknown':
      return told(seen ? 'ended' : 'offline');
    case 'interrupted':
      return told('interrupted');
    case 'live':
      if (seen) {
        return told('interrupted');
      }
      return told(failure === undefined || failure.status === 404 ? 'starting' : 'unreachable');
  }
}
