/** Where in the recording one is, under the picture: what there is to see at a moment shows above the pointer before one goes there. */

import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clock } from '../page/words';
import { parseThumbnails, thumbnailAt, thumbnailsOf, type Thumbnail } from './thumbnails';

interface Props {
  readonly id: string;
  readonly video: RefObject<HTMLVideoElement | null>;
}

/** What is pointed at: a second of the recording, and where on the bar that is, from 0 to 1. */
interface Aim {
  readonly at: number;
  readonly place: number;
}

const STEP_SECONDS = 1;

/** Half of a slider's knob, in pixels: its middle stays so far within the bar. */
const KNOB = 8;

export function SeekBar({ id, video }: Props) {
  const { time, duration } = useTime(video);
  const [aim, setAim] = useState<Aim>();
  const thumbnails = useThumbnails(id, aim !== undefined);
  if (duration === 0) {
    return null;
  }
  const point = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const place = Math.min(1, Math.max(0, (event.clientX - left - KNOB) / Math.max(1, width - 2 * KNOB)));
    setAim({ at: place * duration, place });
  };
  const go = (at: number) => {
    if (video.current) {
      video.current.currentTime = at;
    }
  };
  return (
    <div class="seek" onPointerMove={point} onPointerLeave={() => setAim(undefined)}>
      {aim && <Preview aim={aim} thumbnail={thumbnailAt(thumbnails, aim.at)} />}
      <input
        id="seek" type="range" min="0" max={duration} step={STEP_SECONDS} value={time}
        aria-label="Position" aria-valuetext={`${clock(time * 1000)} of ${clock(duration * 1000)}`}
        onInput={(event) => {
          const at = Number(event.currentTarget.value);
          setAim({ at, place: at / duration });
          go(at);
        }}
        onBlur={() => setAim(undefined)}
      />
      <span class="seek-time">{clock(time * 1000)} / {clock(duration * 1000)}</span>
    </div>
  );
}

function Preview({ aim, thumbnail }: { readonly aim: Aim; readonly thumbnail: Thumbnail | undefined }) {
  const half = (thumbnail?.width ?? 40) / 2 + 4;
  return (
    <div class="preview" id="preview" aria-hidden="true" style={{ left: `clamp(${half}px, ${aim.place * 100}%, calc(100% - ${half}px))` }}>
      {thumbnail && (
        <div class="preview-tile" style={{ width: `${thumbnail.width}px`, height: `${thumbnail.height}px` }}>
          <img key={thumbnail.sheet} src={thumbnail.sheet} alt="" style={{ left: `${-thumbnail.left}px`, top: `${-thumbnail.top}px` }} />
        </div>
      )}
      <span class="preview-time">{clock(aim.at * 1000)}</span>
    </div>
  );
}

function useTime(video: RefObject<HTMLVideoElement | null>): { readonly time: number; readonly duration: number } {
  const [state, setState] = useState({ time: 0, duration: 0 });
  useEffect(() => {
    const element = video.current;
    if (!element) {
      return undefined;
    }
    const read = () => setState({ time: element.currentTime, duration: Number.isFinite(element.duration) ? element.duration : 0 });
    const names = ['timeupdate', 'seeking', 'durationchange', 'emptied'];
    names.forEach((name) => element.addEventListener(name, read));
    read();
    return () => names.forEach((name) => element.removeEventListener(name, read));
  }, []);
  return state;
}

/** Asked for when somebody points at the bar first; without them the preview is the time alone. */
function useThumbnails(id: string, wanted: boolean): readonly Thumbnail[] {
  const [thumbnails, setThumbnails] = useState<readonly Thumbnail[]>([]);
  const asked = useRef('');
  useEffect(() => {
    if (!wanted || asked.current === id) {
      return;
    }
    asked.current = id;
    const address = new URL(thumbnailsOf(id), location.href).href;
    void fetch(address)
      .then(async (response) => (response.ok ? parseThumbnails(await response.text(), address) : []))
      .then((read) => asked.current === id && setThumbnails(read))
      .catch(() => {
        asked.current = '';
      });
  }, [id, wanted]);
  return thumbnails;
}
