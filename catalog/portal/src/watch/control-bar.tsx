/** The bar at the foot of the picture. */

import { BackIcon, FullScreenIcon, PauseIcon, PlayIcon, SoundIcon } from '../page/icons';
import { useNow } from '../page/time';
import type { VideoState } from './player';
import type { WatchSession } from './session';
import type { Action } from './shortcuts';

/** Less than this behind the live edge still counts as live: segments arrive in steps. */
const LIVE_SECONDS = 4;

interface Props {
  readonly state: VideoState;
  /** There is a picture to control. */
  readonly ready: boolean;
  readonly session: WatchSession | undefined;
  readonly act: (action: Action) => void;
  readonly onVolume: (volume: number) => void;
}

export function ControlBar({ state, ready, session, act, onVolume }: Props) {
  const silent = state.muted || state.volume === 0;
  return (
    <div class="bar" role="group" aria-label="Player controls">
      <button type="button" id="play" aria-label={state.paused ? 'Play' : 'Pause'} aria-keyshortcuts="Space" disabled={!ready} onClick={() => act('playPause')}>
        {state.paused ? <PlayIcon /> : <PauseIcon />}
      </button>
      <button type="button" id="back" aria-label="Back 5 seconds" aria-keyshortcuts="ArrowLeft" disabled={!ready} onClick={() => act('back')}>
        <BackIcon />
      </button>
      <LiveButton ready={ready} session={session} />
      <span class="bar-space" />
      <SoundMenu session={session} />
      <button type="button" id="mute" aria-label="Mute" aria-pressed={silent} aria-keyshortcuts="m" onClick={() => act('mute')}>
        <SoundIcon level={silent ? 'off' : state.volume < 0.5 ? 'low' : 'high'} />
      </button>
      <input
        id="volume" class="volume" type="range" min="0" max="100" step="5" aria-label="Volume"
        value={silent ? 0 : Math.round(state.volume * 100)}
        onInput={(event) => onVolume(Number(event.currentTarget.value) / 100)}
      />
      <button type="button" id="fullscreen" aria-label={state.fullScreen ? 'Leave full screen' : 'Full screen'} aria-keyshortcuts="f" onClick={() => act('fullScreen')}>
        <FullScreenIcon leave={state.fullScreen} />
      </button>
    </div>
  );
}

/** Only where there is something to choose. */
function SoundMenu({ session }: { readonly session: WatchSession | undefined }) {
  useNow(1_000);
  const sounds = session?.sounds();
  if (sounds === undefined || sounds.names.length < 2) {
    return null;
  }
  return (
    <select id="sound" class="sound-menu" aria-label="Sound track" value={sounds.chosen} onChange={(event) => session?.hear(Number(event.currentTarget.value))}>
      {sounds.names.map((name, index) => <option key={index} value={index}>{name}</option>)}
    </select>
  );
}

function LiveButton({ ready, session }: { readonly ready: boolean; readonly session: WatchSession | undefined }) {
  useNow(1_000);
  const behind = ready ? session?.behind() ?? 0 : 0;
  const live = behind < LIVE_SECONDS;
  return (
    <button type="button" id="live" class="live-button" data-live={ready && live} disabled={!ready} onClick={() => session?.goLive()}>
      <span class="live-dot" aria-hidden="true" />
      {live ? 'Live' : <>Go live<span class="live-behind"><span class="unseen">, </span>{Math.round(behind)} s behind</span></>}
    </button>
  );
}
