/** The page of one recording: the browser's own controls, since there is a beginning and an end, and a bar with thumbnails. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../page/announce';
import { Link } from '../page/navigation';
import { useTitle } from '../page/shell';
import { clock } from '../page/words';
import { parseRecording, playlistOf, type Recording } from './recording';
import { dateOf } from './recordings-section';
import { SeekBar } from './seek-bar';
import { createEngine, type Engine } from '../watch/engine';

type Trouble = 'gone' | 'unreachable' | 'unsupported';

const WORDS: Readonly<Record<Trouble, string>> = {
  gone: 'This recording is not here any more, or not for everybody.',
  unreachable: "The server can't be reached.",
  unsupported: 'This browser cannot play it.',
};

export function RecordingPage({ id }: { readonly id: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [recording, setRecording] = useState<Recording>();
  const [trouble, setTrouble] = useState<Trouble>();
  const title = recording?.title ?? 'Recording';
  useTitle(title);
  useEffect(() => trouble && announce(WORDS[trouble]), [trouble]);

  useEffect(() => {
    const asking = new AbortController();
    void describe(id, asking.signal).then(setRecording, (problem: unknown) => {
      if (!asking.signal.aborted) {
        setTrouble(problem === 404 ? 'gone' : 'unreachable');
      }
    });
    return () => asking.abort();
  }, [id]);

  useEffect(() => {
    let engine: Engine | undefined;
    let closed = false;
    if (!video.current) {
      return undefined;
    }
    void createEngine(video.current, id, (event) => {
      if (event.kind === 'mediaFailed') {
        engine?.recoverMedia();
      } else if (event.kind === 'unsupported') {
        setTrouble('unsupported');
      } else if (event.kind === 'loadFailed') {
        setTrouble(event.status === 404 || event.status === 401 || event.status === 403 ? 'gone' : 'unreachable');
      }
    }).then((made) => {
      if (closed) {
        made?.detach();
      } else if (made === undefined) {
        setTrouble('unsupported');
      } else {
        engine = made;
        made.attach(playlistOf(id));
      }
    }, () => setTrouble('unreachable'));
    return () => {
      closed = true;
      engine?.detach();
    };
  }, [id]);

  const picture = recording?.picture;
  return (
    <div class="watch-page">
      <p class="way-back"><Link href="/">← All streams and recordings</Link></p>
      <div class="player recording-player" style={picture ? { aspectRatio: `${picture.width} / ${picture.height}` } : {}}>
        <video id="video" ref={video} controls playsInline aria-label={`${title}, recording`} />
      </div>
      <SeekBar id={id} video={video} />
      {trouble && <p class="trouble" id="recording-trouble" data-trouble={trouble}><strong>{WORDS[trouble]}</strong></p>}
      <div class="about">
        <h1 tabIndex={-1}>{title}</h1>
        {recording && (
          <p class="about-line">
            <span class="about-item">{dateOf(recording.startedAt)}</span>
            <span class="about-item">{clock(recording.millis)}</span>
            <span class="about-item about-name">{recording.app}/{recording.name}</span>
          </p>
        )}
      </div>
    </div>
  );
}

/** Rejects with the status where it is no success. */
async function describe(id: string, signal: AbortSignal): Promise<Recording> {
  const response = await fetch(`/api/v1/assets/${id}`, { headers: { Accept: 'application/json' }, signal });
  if (!response.ok) {
    return Promise.reject(response.status);
  }
  return parseRecording(await response.json());
}
