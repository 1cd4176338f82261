/** One viewer's watching of one stream: brings the catalogue, the engine and the pure {@link Playback} together. */

import { poll, type Polled } from '../streams/poll';
import { parseStream, type Stream } from '../streams/stream';
import { createEngine, type Engine, type EngineStats, type Sounds } from './engine';
import { initial, nextDeadline, step, type Command, type Event, type Playback } from './playback';

export interface Watching {
  readonly playback: Playback;
  /** As the catalogue described it last; kept while it can't be reached. */
  readonly stream: Stream | undefined;
}

/** Made for a video element that is in the page; `close` lets go of everything. */
export class WatchSession {
  private playback: Playback = initial;
  private stream: Stream | undefined;
  private engine: Engine | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastTime = 0;
  private readonly stops: (() => void)[] = [];
  private closed = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly app: string,
    private readonly name: string,
    private readonly onChange: (watching: Watching) => void,
  ) {
    this.listen('playing', () => this.take({ kind: 'moving' }));
    this.listen('canplay', () => this.video.paused && this.take({ kind: 'moving' }));
    this.listen('timeupdate', () => this.timePassed());
    this.listen('waiting', () => !this.video.paused && !this.video.seeking && this.take({ kind: 'stalled' }));
    this.listen('ended', () => this.take({ kind: 'ended' }));
    void this.start();
  }

  retry() {
    this.take({ kind: 'retry' });
  }

  /** Plays on, from the live edge where the viewer has been away for longer than the stream can be gone back. */
  play() {
    const { seekable } = this.video;
    if (seekable.length > 0 && this.video.currentTime < seekable.start(0)) {
      this.goLive();
    }
    void this.tryPlaying();
  }

  goLive() {
    const edge = this.engine?.liveEdge();
    if (edge !== undefined) {
      this.video.currentTime = edge;
    }
    void this.tryPlaying();
  }

  /** Moves by so many seconds, not past the live edge nor before what the server still has. */
  seekBy(seconds: number) {
    const { seekable, currentTime } = this.video;
    if (seekable.length > 0) {
      const edge = this.engine?.liveEdge() ?? seekable.end(seekable.length - 1);
      const latest = Math.max(edge, seconds < 0 ? 0 : currentTime);
      this.video.currentTime = Math.min(latest, Math.max(seekable.start(0) + 0.5, currentTime + seconds));
    }
  }

  /** Seconds behind the live edge. */
  behind(): number {
    const edge = this.engine?.liveEdge();
    return edge === undefined ? 0 : Math.max(0, edge - this.video.currentTime);
  }

  stats(): EngineStats | undefined {
    return this.engine?.stats();
  }

  sounds(): Sounds | undefined {
    return this.engine?.sounds();
  }

  hear(sound: number) {
    this.engine?.hear(sound);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.stops.splice(0).forEach((stop) => stop());
    this.engine?.detach();
  }

  private async start() {
    let engine: Engine | undefined;
    try {
      engine = await createEngine(this.video, `${this.app}/${this.name}`, (event) => this.take(event));
    } catch {
      // The player's code could not be loaded: the same as a server that is gone.
      this.take({ kind: 'silent', trouble: 'unreachable' });
      this.timer = setTimeout(() => this.closed || void this.start(), 4_000);
      return;
    }
    if (this.closed) {
      engine?.detach();
      return;
    }
    this.engine = engine;
    this.stops.push(poll(`/api/v1/live/${this.app}/${this.name}`, parseStream, (polled) => this.heard(polled)));
  }

  private heard({ value, trouble }: Polled<Stream>) {
    this.stream = value ?? this.stream;
    if (trouble === 'unknown') {
      this.take({ kind: 'unknown' });
    } else if (trouble !== undefined || value === undefined) {
      this.take({ kind: 'silent', trouble: trouble ?? 'unreachable' });
    } else {
      this.take({ kind: 'said', state: value.state, broadcast: value.startedAt });
    }
    this.tell();
  }

  private take(event: Event) {
    if (this.closed) {
      return;
    }
    const now = performance.now();
    const before = this.playback;
    const { playback, command } = step(before, event, now);
    this.playback = playback;
    if (command !== undefined) {
      this.carryOut(command);
    }
    clearTimeout(this.timer);
    const deadline = nextDeadline(this.playback);
    if (deadline !== undefined) {
      this.timer = setTimeout(() => this.take({ kind: 'tick' }), Math.max(50, deadline - now));
    }
    if (before.phase !== playback.phase || before.buffering !== playback.buffering || before.said !== playback.said) {
      this.tell();
    }
  }

  private carryOut(command: Command) {
    if (!this.engine) {
      this.playback = step(this.playback, { kind: 'unsupported' }, performance.now()).playback;
      return;
    }
    switch (command) {
      case 'attach':
        this.lastTime = 0;
        this.engine.attach(this.stream?.playlist ?? `/play/${this.app}/${this.name}/index.m3u8`);
        void this.tryPlaying();
        break;
      case 'resume':
        this.engine.resume();
        break;
      case 'recoverMedia':
        this.engine.recoverMedia();
        void this.tryPlaying();
        break;
      case 'detach':
        this.engine.detach();
        break;
    }
  }

  /** Browsers refuse sound that nobody asked for: then it is played without. What is refused even so, the viewer starts by hand. */
  private async tryPlaying() {
    try {
      await this.video.play();
    } catch (problem) {
      if (problem instanceof DOMException && problem.name === 'NotAllowedError' && !this.video.muted) {
        this.video.muted = true;
        await this.video.play().catch(() => {});
      }
    }
  }

  private timePassed() {
    const moved = this.video.currentTime !== this.lastTime;
    this.lastTime = this.video.currentTime;
    if (moved && !this.video.seeking && this.video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA) {
      this.take({ kind: 'moving' });
    }
  }

  private listen(name: keyof HTMLMediaElementEventMap, listener: () => void) {
    this.video.addEventListener(name, listener);
    this.stops.push(() => this.video.removeEventListener(name, listener));
  }

  private tell() {
    if (!this.closed) {
      this.onChange({ playback: this.playback, stream: this.stream });
    }
  }
}
