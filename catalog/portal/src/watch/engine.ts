/** What feeds the video element: hls.js, or the browser itself where it plays HLS and has no Media Source Extensions (older iPhones). */

import type { Event } from './playback';

export interface Engine {
  /** Loads the playlist from the start; what was loaded before is let go. */
  attach(url: string): void;
  /** Goes on loading after a failure. */
  resume(): void;
  recoverMedia(): void;
  detach(): void;
  /** Where the live picture should be played, in the video's time; undefined where nothing is loaded. */
  liveEdge(): number | undefined;
  stats(): EngineStats;
  /** Undefined where this engine does not tell, or nothing is loaded. */
  sounds(): Sounds | undefined;
  /** Goes over to another of them. */
  hear(sound: number): void;
}

/** The sounds that there are beside the picture. */
export interface Sounds {
  readonly names: readonly string[];
  /** The place in `names` of the one that is heard; -1 before it is known. */
  readonly chosen: number;
}

export interface EngineStats {
  /** Seconds between the encoder's newest picture and the one that is shown, as far as the playlist tells. */
  readonly latency: number | undefined;
  /** Bits per second of the rendition that is played, and what the network was measured to carry. */
  readonly bitrate: number | undefined;
  readonly bandwidth: number | undefined;
}

export type Report = (event: Event) => void;

/** Chooses the engine for this browser. `contentId` and the session go with every request as CMCD (CTA-5004). */
export async function createEngine(video: HTMLVideoElement, contentId: string, report: Report): Promise<Engine | undefined> {
  const { hlsEngine } = await import('./hls-engine');
  const engine = hlsEngine(video, contentId, report);
  if (engine) {
    return engine;
  }
  return video.canPlayType('application/vnd.apple.mpegurl') === '' ? undefined : nativeEngine(video, report);
}

function nativeEngine(video: HTMLVideoElement, report: Report): Engine {
  let url: string | undefined;

  // A media element does not tell why it failed: the playlist's own answer does.
  const failed = async () => {
    const asked = url;
    if (asked === undefined) {
      return;
    }
    const code = video.error?.code;
    const status = await fetch(asked, { cache: 'no-store' }).then((response) => response.status, () => undefined);
    if (asked !== url) {
      return;
    }
    if (status !== undefined && status < 400 && code === MediaError.MEDIA_ERR_DECODE) {
      report({ kind: 'mediaFailed' });
    } else {
      report({ kind: 'loadFailed', status: status !== undefined && status < 400 ? undefined : status });
    }
  };
  video.addEventListener('error', failed);

  const load = (address: string) => {
    url = address;
    video.src = address;
    video.load();
  };
  const again = () => url !== undefined && load(url);
  return {
    attach: load,
    resume: again,
    recoverMedia: again,
    detach() {
      url = undefined;
      video.removeAttribute('src');
      video.load();
    },
    liveEdge: () => (video.seekable.length === 0 ? undefined : Math.max(0, video.seekable.end(video.seekable.length - 1) - 1)),
    stats: () => ({ latency: undefined, bitrate: undefined, bandwidth: undefined }),
    sounds: () => undefined,
    hear() {},
  };
}
