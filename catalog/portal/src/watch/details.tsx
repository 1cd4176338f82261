/** Numbers for those who ask for them, and the keys. */

import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { CopyLine } from '../page/copy';
import { useNow } from '../page/time';
import { bitrate, codecNames } from '../page/words';
import type { Stream } from '../streams/stream';
import { shortcutsOn, turnShortcuts } from './preferences';
import type { WatchSession } from './session';

interface Props {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly session: WatchSession | undefined;
  readonly stream: Stream | undefined;
}

export function Details(props: Props) {
  const [open, setOpen] = useState(false);
  const [keys, setKeys] = useState(shortcutsOn);
  return (
    <div class="more">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Stream details</summary>
        {open && <Numbers {...props} />}
      </details>
      <details>
        <summary>Keyboard</summary>
        <dl class="keys">
          <dt><kbd>Space</kbd></dt><dd>play or pause</dd>
          <dt><kbd>M</kbd></dt><dd>sound on or off</dd>
          <dt><kbd>F</kbd></dt><dd>full screen</dd>
          <dt><kbd>←</kbd> <kbd>→</kbd></dt><dd>5 seconds back or forward</dd>
          <dt><kbd>↑</kbd> <kbd>↓</kbd></dt><dd>volume, while the focus is in the player</dd>
        </dl>
        <label class="choice">
          <input
            type="checkbox" checked={keys}
            onChange={(event) => {
              turnShortcuts(event.currentTarget.checked);
              setKeys(shortcutsOn());
            }}
          />
          Use these keys
        </label>
      </details>
    </div>
  );
}

function Numbers({ video, session, stream }: Props) {
  useNow(1_000);
  const element = video.current;
  const stats = session?.stats();
  const quality = element?.getVideoPlaybackQuality?.();
  const playlist = new URL(stream?.playlist ?? '', location.href).href;
  const rows: readonly (readonly [name: string, id: string, value: string | undefined])[] = [
    ['Picture', 'picture-size', pictureSize(element, stream)],
    ['Formats', 'formats', stream && codecNames(stream.codecs).join(', ')],
    ['Bit rate', 'bitrate', stats?.bitrate === undefined ? undefined : bitrate(stats.bitrate)],
    ['Network', 'bandwidth', stats?.bandwidth === undefined ? undefined : bitrate(stats.bandwidth)],
    ['Behind the encoder', 'latency', stats?.latency === undefined ? undefined : `${stats.latency.toFixed(1)} s`],
    ['Buffered', 'buffered', `${bufferedAhead(element).toFixed(1)} s`],
    ['Dropped frames', 'dropped', quality ? `${quality.droppedVideoFrames} of ${quality.totalVideoFrames}` : undefined],
  ];
  return (
    <>
      <dl class="numbers">
        {rows.map(([name, id, value]) => <div key={id}><dt>{name}</dt><dd id={id}>{value || '–'}</dd></div>)}
      </dl>
      {stream && <CopyLine label="Playlist address" text={playlist} />}
    </>
  );
}

function pictureSize(video: HTMLVideoElement | null | undefined, stream: Stream | undefined): string | undefined {
  if (video && video.videoWidth > 0) {
    return `${video.videoWidth}×${video.videoHeight}`;
  }
  return stream?.picture && `${stream.picture.width}×${stream.picture.height}`;
}

function bufferedAhead(video: HTMLVideoElement | null | undefined): number {
  for (let range = 0; video && range < video.buffered.length; range++) {
    if (video.buffered.start(range) <= video.currentTime && video.currentTime <= video.buffered.end(range)) {
      return video.buffered.end(range) - video.currentTime;
    }
  }
  return 0;
}
