/** The picture with everything that lies on it: notices, the bar, the keys. */

import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { PlayIcon, SoundIcon } from '../page/icons';
import { ControlBar } from './control-bar';
import type { Notice } from './notice';
import type { WatchSession, Watching } from './session';
import { actionFor, focusOf, type Action } from './shortcuts';
import { shortcutsOn } from './preferences';

/** Without a movement for so long, the bar leaves the picture alone. */
const IDLE_MILLIS = 3_000;
const SEEK_SECONDS = 5;
const VOLUME_STEP = 0.1;

interface Props {
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly session: WatchSession | undefined;
  readonly watching: Watching;
  readonly notice: Notice | undefined;
  readonly title: string;
}

/** What the video element says about itself. */
export interface VideoState {
  readonly paused: boolean;
  readonly muted: boolean;
  readonly volume: number;
  readonly fullScreen: boolean;
}

export function Player({ video, session, watching, notice, title }: Props) {
  const box = useRef<HTMLElement>(null);
  const state = useVideoState(video, box);
  const [idle, stir] = useIdle();
  const { phase, buffering } = watching.playback;
  const playing = phase === 'playing';
  const picture = watching.stream?.picture;

  const act = (action: Action) => {
    const element = video.current;
    if (!element) {
      return;
    }
    stir();
    switch (action) {
      case 'playPause':
        return element.paused ? session?.play() : element.pause();
      case 'mute':
        return mute(element, !element.muted);
      case 'fullScreen':
        return box.current && toggleFullScreen(box.current, element);
      case 'back':
        return session?.seekBy(-SEEK_SECONDS);
      case 'forward':
        return session?.seekBy(SEEK_SECONDS);
      case 'louder':
        return setVolume(element, element.volume + VOLUME_STEP);
      case 'quieter':
        return setVolume(element, element.volume - VOLUME_STEP);
    }
  };
  useKeys(box, act);

  // Mouse: a click plays or pauses. Touch: a tap brings the bar back.
  const onPictureClick = (event: MouseEvent) => {
    if ((event as PointerEvent).pointerType === 'touch' || !playing) {
      stir();
    } else {
      act('playPause');
    }
  };

  return (
    <section
      id="player" ref={box} class="player" aria-label="Player"
      data-state={phase} data-buffering={buffering} data-paused={state.paused} data-muted={state.muted}
      data-idle={idle && playing && !state.paused}
      style={picture ? { aspectRatio: `${picture.width} / ${picture.height}` } : {}}
      onPointerMove={stir} onFocusIn={stir} onPointerDown={stir}
    >
      <video
        id="video" ref={video} playsInline muted aria-label={`${title}, live picture`}
        onClick={onPictureClick} onDblClick={() => act('fullScreen')}
      />
      {(buffering || (notice?.busy ?? false)) && <div class="spinner" aria-hidden="true" />}
      {notice && (
        <div class="notice" id="notice">
          <p class="notice-title">{notice.title}</p>
          <p>{notice.text}</p>
          {notice.retry && <button type="button" class="button" id="retry" onClick={() => session?.retry()}>Try again</button>}
        </div>
      )}
      {playing && state.paused && !buffering && (
        <button type="button" class="big-play" id="big-play" aria-label="Play" onClick={() => act('playPause')}><PlayIcon /></button>
      )}
      {playing && !state.paused && state.muted && (
        <button type="button" class="unmute" id="unmute" onClick={() => video.current && mute(video.current, false)}>
          <SoundIcon level="off" />Unmute
        </button>
      )}
      <ControlBar state={state} ready={playing} session={session} act={act} onVolume={(volume) => video.current && setVolume(video.current, volume)} />
    </section>
  );
}

function mute(video: HTMLVideoElement, muted: boolean) {
  video.muted = muted;
  if (!muted && video.volume === 0) {
    video.volume = 0.5;
  }
}

function setVolume(video: HTMLVideoElement, volume: number) {
  video.volume = Math.min(1, Math.max(0, Math.round(volume * 100) / 100));
  video.muted = video.volume === 0;
}

/** iPhones fill the screen with a video only, not with a page's element. */
function toggleFullScreen(box: HTMLElement, video: HTMLVideoElement & { webkitEnterFullscreen?: () => void }) {
  if (document.fullscreenElement) {
    void document.exitFullscreen();
  } else if (document.fullscreenEnabled) {
    void box.requestFullscreen().catch(() => {});
  } else {
    video.webkitEnterFullscreen?.();
  }
}

function useVideoState(video: RefObject<HTMLVideoElement | null>, box: RefObject<HTMLElement | null>): VideoState {
  const [state, setState] = useState<VideoState>({ paused: true, muted: true, volume: 1, fullScreen: false });
  useEffect(() => {
    const element = video.current;
    if (!element) {
      return undefined;
    }
    const read = () => setState({
      paused: element.paused,
      muted: element.muted,
      volume: element.volume,
      fullScreen: document.fullscreenElement !== null && document.fullscreenElement === box.current,
    });
    const names = ['play', 'pause', 'playing', 'volumechange', 'emptied'];
    names.forEach((name) => element.addEventListener(name, read));
    document.addEventListener('fullscreenchange', read);
    read();
    return () => {
      names.forEach((name) => element.removeEventListener(name, read));
      document.removeEventListener('fullscreenchange', read);
    };
  }, []);
  return state;
}

/** True when nobody has moved for a while; the function says that somebody did. */
function useIdle(): [boolean, () => void] {
  const [idle, setIdle] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const stir = () => {
    clearTimeout(timer.current);
    setIdle(false);
    timer.current = setTimeout(() => setIdle(true), IDLE_MILLIS);
  };
  useEffect(() => {
    stir();
    return () => clearTimeout(timer.current);
  }, []);
  return [idle, stir];
}

/** The keys work wherever the focus is on the page, except where what has it uses them itself; they can be turned off. */
function useKeys(box: RefObject<HTMLElement | null>, act: (action: Action) => void) {
  const current = useRef(act);
  current.current = act;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey } = event;
      const inPlayer = box.current?.contains(document.activeElement) ?? false;
      const action = actionFor({ key, ctrlKey, metaKey, altKey, focus: focusOf(document.activeElement), inPlayer });
      if (action !== undefined && !event.defaultPrevented && shortcutsOn() && !(event.repeat && (action === 'playPause' || action === 'mute' || action === 'fullScreen'))) {
        event.preventDefault();
        current.current(action);
      }
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}
