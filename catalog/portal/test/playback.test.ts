import { describe, expect, test } from 'vitest';
import { backOff, initial, nextDeadline, step, STALL_MILLIS, type Command, type Event, type Playback } from '../src/watch/playback';

/** Plays events, one a second where nothing else is said, and keeps what came out. */
class Viewer {
  playback: Playback = initial;
  now = 100_000;
  commands: Command[] = [];

  take(event: Event, afterMillis = 1_000): this {
    this.now += afterMillis;
    const { playback, command } = step(this.playback, event, this.now);
    this.playback = playback;
    if (command !== undefined) {
      this.commands.push(command);
    }
    return this;
  }

  says(state: 'offline' | 'starting' | 'live' | 'interrupted', broadcast?: number): this {
    return this.take({ kind: 'said', state, broadcast });
  }

  sees(kind: 'moving' | 'stalled' | 'ended' | 'unsupported' | 'mediaFailed' | 'unknown' | 'retry'): this {
    return this.take({ kind });
  }

  fails(status?: number): this {
    return this.take({ kind: 'loadFailed', status });
  }

  /** Lets time pass to the next deadline. */
  waits(): this {
    const deadline = nextDeadline(this.playback);
    expect(deadline, 'nothing is waited for').toBeDefined();
    return this.take({ kind: 'tick' }, Math.max(0, deadline! - this.now));
  }

  watching(): this {
    return this.says('live', 1).sees('moving');
  }

  get phase() {
    return this.playback.phase;
  }

  /** The commands since this was last read. */
  did(): Command[] {
    return this.commands.splice(0);
  }
}

describe('before the picture', () => {
  test('starts by itself when the stream is live', () => {
    const viewer = new Viewer().says('live', 1);
    expect(viewer.phase).toBe('starting');
    expect(viewer.did()).toEqual(['attach']);
    expect(viewer.sees('moving').phase).toBe('playing');
  });

  test('waits while the stream is offline, starting or interrupted, and plays when it is live', () => {
    const viewer = new Viewer();
    expect(viewer.says('offline').phase).toBe('offline');
    expect(viewer.says('starting', 1).phase).toBe('starting');
    expect(viewer.says('interrupted', 1).phase).toBe('interrupted');
    expect(viewer.did()).toEqual([]);
    expect(viewer.says('live', 1).did()).toEqual(['attach']);
  });

  test('an unknown stream is offline, and plays when it comes on air', () => {
    const viewer = new Viewer().sees('unknown');
    expect(viewer.phase).toBe('offline');
    expect(viewer.says('live', 1).did()).toEqual(['attach']);
  });

  test('a playlist that is not there yet is still starting, and is asked for again', () => {
    const viewer = new Viewer().says('live', 1).fails(404);
    expect(viewer.phase).toBe('starting');
    expect(viewer.waits().did()).toEqual(['attach', 'attach']);
  });

  test('a playlist that fails is unreachable', () => {
    expect(new Viewer().says('live', 1).fails(503).phase).toBe('unreachable');
  });

  test('says that the server is unreachable until it answers', () => {
    const viewer = new Viewer().take({ kind: 'silent', trouble: 'unreachable' });
    expect(viewer.phase).toBe('unreachable');
    expect(viewer.says('live', 1).phase).toBe('starting');
  });
});

describe('refused', () => {
  test.each([401, 403])('%i is a refusal, tried again after half a minute or when asked', (status) => {
    const viewer = new Viewer().says('live', 1).fails(status);
    expect(viewer.phase).toBe('refused');
    expect(nextDeadline(viewer.playback)! - viewer.now).toBe(30_000);
    viewer.did();
    expect(viewer.sees('retry').did()).toEqual(['attach']);
    expect(viewer.fails(status).waits().did()).toEqual(['attach']);
  });

  test('a poll that says live again does not hurry a refused player', () => {
    const viewer = new Viewer().says('live', 1).fails(403);
    viewer.did();
    expect(viewer.says('live', 1).did()).toEqual([]);
    expect(viewer.phase).toBe('refused');
  });
});

describe('interruptions', () => {
  test('a short stall is buffering, a longer one an interruption', () => {
    const viewer = new Viewer().watching().sees('stalled');
    expect(viewer.phase).toBe('playing');
    expect(viewer.playback.buffering).toBe(true);
    expect(nextDeadline(viewer.playback)! - viewer.now).toBe(STALL_MILLIS);
    expect(viewer.waits().phase).toBe('interrupted');
    expect(viewer.sees('moving').phase).toBe('playing');
  });

  test('shows what is buffered before it says interrupted', () => {
    const viewer = new Viewer().watching().says('interrupted', 1);
    expect(viewer.phase).toBe('playing');
    expect(viewer.sees('stalled').phase).toBe('interrupted');
  });

  test('attaches anew when the publisher is back and the player does not notice', () => {
    const viewer = new Viewer().watching().says('interrupted', 1).sees('stalled').waits();
    viewer.did();
    expect(viewer.says('live', 1).did()).toEqual([]);
    expect(viewer.waits().did()).toEqual(['attach']);
    expect(viewer.phase).toBe('interrupted');
    expect(viewer.sees('moving').phase).toBe('playing');
  });

  test('a failed load is retried in the background while the picture moves', () => {
    const viewer = new Viewer().watching().fails(500);
    expect(viewer.phase).toBe('playing');
    viewer.did();
    expect(viewer.waits().did()).toEqual(['resume']);
    expect(nextDeadline(viewer.playback)).toBeUndefined();
  });

  test('retries with back-off, resuming at first and then from the start', () => {
    const viewer = new Viewer().watching().sees('stalled');
    viewer.did();
    const waited: number[] = [];
    for (let failure = 0; failure < 6; failure++) {
      viewer.fails();
      waited.push(nextDeadline(viewer.playback)! - viewer.now);
      viewer.waits();
    }
    expect(waited.slice(0, 4)).toEqual([1_000, 2_000, 4_000, 8_000]);
    expect(viewer.did()).toEqual(['resume', 'resume', 'resume', 'attach', 'attach', 'attach']);
    expect(viewer.phase).toBe('interrupted');
  });

  test('the back-off begins anew after a recovery', () => {
    const viewer = new Viewer().watching().sees('stalled').fails().waits().fails().waits().sees('moving').sees('stalled').fails();
    expect(nextDeadline(viewer.playback)! - viewer.now).toBe(1_000);
  });

  test('the back-off has a ceiling', () => {
    expect([1, 2, 3, 4, 5, 100].map(backOff)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  test('tries at once when the server answers again', () => {
    const viewer = new Viewer().watching().sees('stalled').fails().take({ kind: 'silent', trouble: 'unreachable' });
    expect(viewer.phase).toBe('unreachable');
    viewer.fails().fails();
    viewer.did();
    expect(viewer.says('live', 1).did()).toEqual(['resume']);
  });

  test('a catalogue that is silent does not disturb a moving picture', () => {
    expect(new Viewer().watching().take({ kind: 'silent', trouble: 'unreachable' }).phase).toBe('playing');
  });
});

describe('decoder', () => {
  test('is mended twice in place, then attached anew', () => {
    const viewer = new Viewer().watching();
    viewer.did();
    viewer.sees('mediaFailed').sees('mediaFailed').sees('mediaFailed').waits();
    expect(viewer.did()).toEqual(['recoverMedia', 'recoverMedia', 'attach']);
  });

  test('failures far apart are each mended in place', () => {
    const viewer = new Viewer().watching();
    viewer.did();
    for (let failure = 0; failure < 4; failure++) {
      viewer.take({ kind: 'mediaFailed' }, 31_000).sees('moving');
    }
    expect(viewer.did()).toEqual(Array(4).fill('recoverMedia'));
  });

  test('a format the browser cannot play is said, until another broadcast begins', () => {
    const viewer = new Viewer().says('live', 1).sees('unsupported');
    viewer.did();
    expect(viewer.phase).toBe('unplayable');
    expect(viewer.says('live', 1).did()).toEqual([]);
    expect(viewer.says('live', 2).did()).toEqual(['attach']);
  });
});

describe('the end', () => {
  test('plays to the last frame although the catalogue already says offline', () => {
    const viewer = new Viewer().watching().says('offline');
    expect(viewer.phase).toBe('playing');
    expect(viewer.sees('ended').phase).toBe('ended');
  });

  test('stays ended while the catalogue still speaks of the same broadcast', () => {
    const viewer = new Viewer().watching().sees('ended');
    viewer.did();
    expect(viewer.says('live', 1).phase).toBe('ended');
    expect(viewer.says('offline').phase).toBe('ended');
    expect(viewer.did()).toEqual(['detach']);
  });

  test('picks up the next broadcast', () => {
    const viewer = new Viewer().watching().sees('ended').says('offline').says('starting', 2);
    expect(viewer.says('live', 2).phase).toBe('starting');
    expect(viewer.sees('moving').phase).toBe('playing');
    expect(viewer.did()).toEqual(['attach', 'detach', 'attach']);
  });

  test('picks up the next broadcast at once when it was on air before this one had ended here', () => {
    const viewer = new Viewer().watching().says('live', 2);
    expect(viewer.phase).toBe('playing');
    viewer.did();
    expect(viewer.sees('ended').did()).toEqual(['attach']);
  });

  test('picks up the next broadcast where the catalogue gives no times', () => {
    const viewer = new Viewer().says('live').sees('moving').sees('ended').says('live');
    expect(viewer.did()).toEqual(['attach']);
    expect(viewer.says('offline').says('live').did()).toEqual(['detach', 'attach']);
  });

  test('a stall with the stream gone is the end, and lets go', () => {
    const viewer = new Viewer().watching().says('offline').sees('stalled');
    expect(viewer.phase).toBe('ended');
    viewer.did();
    expect(viewer.waits().did()).toEqual(['detach']);
    expect(viewer.phase).toBe('ended');
  });

  test('late news from a player that was let go changes nothing', () => {
    const viewer = new Viewer().watching().sees('ended').says('offline').sees('moving').fails(404).sees('ended');
    expect(viewer.phase).toBe('ended');
    expect(nextDeadline(viewer.playback)).toBeUndefined();
  });
});
