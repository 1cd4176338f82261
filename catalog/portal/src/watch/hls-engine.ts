/** hls.js as an {@link Engine}. This module is loaded with the first player, and hls.js with it. */

import Hls, { ErrorDetails, ErrorTypes, Events, type ErrorData } from 'hls.js';
import type { Engine, Report } from './engine';
import type { Event } from './playback';
import { endBeforeGaps, isOver } from './trailing-gaps';

/** Undefined where the browser lacks Media Source Extensions (and managed ones). */
export function hlsEngine(video: HTMLVideoElement, contentId: string, report: Report): Engine | undefined {
  if (!Hls.isSupported()) {
    return undefined;
  }
  const sessionId = newSessionId();
  let hls: Hls | undefined;
  let end: number | undefined;

  const checkEnd = () => {
    if (isOver(video.currentTime, end)) {
      end = undefined;
      report({ kind: 'ended' });
    }
  };
  video.addEventListener('waiting', checkEnd);
  video.addEventListener('timeupdate', checkEnd);

  const attach = (url: string) => {
    hls?.destroy();
    const current = new Hls({
      // In headers, so that the addresses stay the same for every viewer and caches answer.
      cmcd: { sessionId, contentId, useHeaders: true },
      lowLatencyMode: true,
      liveDurationInfinity: true,
      // Where the playlist gives no HOLD-BACK; and how far a viewer who fell behind by stalls may stay behind.
      liveSyncDurationCount: 3,
      liveMaxLatencyDurationCount: 12,
      maxLiveSyncPlaybackRate: 1.05,
      backBufferLength: 60,
      maxBufferLength: 20,
    });
    hls = current;
    end = undefined;
    current.on(Events.LEVEL_UPDATED, (_, { details }) => {
      end = endBeforeGaps(details.live, details.fragments);
      checkEnd();
    });
    current.on(Events.ERROR, (_, data) => {
      if (data.fatal && hls === current) {
        report(failure(data));
      }
    });
    current.loadSource(url);
    current.attachMedia(video);
  };

  return {
    attach,
    resume: () => hls?.startLoad(),
    recoverMedia: () => hls?.recoverMediaError(),
    detach() {
      hls?.destroy();
      hls = undefined;
      end = undefined;
    },
    liveEdge() {
      const position = hls?.liveSyncPosition;
      return position === null || position === undefined || !Number.isFinite(position) ? undefined : position;
    },
    stats() {
      const level = hls?.levels[hls.currentLevel];
      const known = (value: number | undefined) => (value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined);
      return { latency: known(hls?.latency), bitrate: known(level?.bitrate), bandwidth: known(hls?.bandwidthEstimate) };
    },
    sounds: () => hls && { names: hls.audioTracks.map((track) => track.name), chosen: hls.audioTrack },
    hear(sound) {
      if (hls) {
        hls.audioTrack = sound;
      }
    },
  };
}

const UNSUPPORTED: readonly ErrorDetails[] = [
  ErrorDetails.MANIFEST_INCOMPATIBLE_CODECS_ERROR,
  ErrorDetails.BUFFER_INCOMPATIBLE_CODECS_ERROR,
  ErrorDetails.BUFFER_ADD_CODEC_ERROR,
];

/** A playlist without a segment: the broadcast has just begun, as if the playlist were not there yet. */
const EMPTY: readonly ErrorDetails[] = [ErrorDetails.LEVEL_EMPTY_ERROR];

function failure(data: ErrorData): Event {
  if (UNSUPPORTED.includes(data.details) || data.type === ErrorTypes.KEY_SYSTEM_ERROR) {
    return { kind: 'unsupported' };
  }
  if (data.type === ErrorTypes.MEDIA_ERROR) {
    return { kind: 'mediaFailed' };
  }
  const status = EMPTY.includes(data.details) ? 404 : data.response?.code;
  return { kind: 'loadFailed', status: status !== undefined && status >= 400 ? status : undefined };
}

/** A random UUID; `crypto.randomUUID` itself is only there on HTTPS and on this machine. */
function newSessionId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const variant = ((bytes[8]! & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
