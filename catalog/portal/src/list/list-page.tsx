/** The first page: what is live. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { announce } from '../page/announce';
import { RecordingsSection } from '../recordings/recordings-section';
import { useTitle } from '../page/shell';
import { poll, type Polled } from '../streams/poll';
import { keyOf, parseLive, type Stream } from '../streams/stream';
import { HowToPush } from './how-to-push';
import { StreamCard } from './stream-card';

export function ListPage() {
  useTitle('Live now');
  const [polled, setPolled] = useState<Polled<Stream[]>>();
  useEffect(() => poll('/api/v1/live', parseLive, setPolled), []);
  useNews(polled);

  const streams = polled?.value;
  // One that has lost its publisher is shown, but is not live.
  const onAir = streams?.filter((stream) => stream.state !== 'interrupted').length ?? 0;
  return (
    <div class="list-page" data-state={stateOf(polled)}>
      <div class="list-head">
        <h1 tabIndex={-1}>Live now</h1>
        {onAir > 0 && <p class="count">{onAir} stream{onAir === 1 ? '' : 's'}</p>}
      </div>
      {polled?.trouble && <Trouble stale={streams !== undefined} refused={polled.trouble === 'refused'} />}
      {polled === undefined && <p class="quiet">Looking for streams…</p>}
      {streams?.length === 0 && <HowToPush host={location.hostname} />}
      {streams && streams.length > 0 && (
        // Safari drops the list's role when it has no bullets.
        <ul class="cards" role="list" aria-label="Live streams">
          {streams.map((stream) => <li key={keyOf(stream)}><StreamCard stream={stream} /></li>)}
        </ul>
      )}
      <RecordingsSection />
    </div>
  );
}

function stateOf(polled: Polled<Stream[]> | undefined) {
  if (polled?.trouble) {
    return polled.trouble === 'refused' ? 'refused' : 'unreachable';
  }
  return polled?.value === undefined ? 'loading' : polled.value.length === 0 ? 'empty' : 'streams';
}

function Trouble({ stale, refused }: { readonly stale: boolean; readonly refused: boolean }) {
  return (
    <div class="trouble" id="list-trouble">
      <strong>{refused ? 'The server does not show its streams to you' : "The server can't be reached"}</strong>
      <span>{stale ? 'This is what was live a moment ago. ' : ''}Trying again by itself.</span>
    </div>
  );
}

/** Says what came and went since the last answer. */
function useNews(polled: Polled<Stream[]> | undefined) {
  const before = useRef<Polled<Stream[]> | undefined>(undefined);
  useEffect(() => {
    const news = newsBetween(before.current, polled);
    before.current = polled;
    if (news !== '') {
      announce(news);
    }
  }, [polled]);
}

function newsBetween(before: Polled<Stream[]> | undefined, now: Polled<Stream[]> | undefined): string {
  if (now?.trouble) {
    return before?.trouble ? '' : "The server can't be reached. Trying again by itself.";
  }
  if (!now?.value) {
    return '';
  }
  if (before?.value === undefined || before.trouble) {
    const count = now.value.length;
    return count === 0 ? 'No streams are live' : `${count} stream${count === 1 ? ' is' : 's are'} live`;
  }
  const had = new Set(before.value.map(keyOf));
  const has = new Set(now.value.map(keyOf));
  const came = now.value.filter((stream) => !had.has(keyOf(stream))).map((stream) => `${stream.title} came on air.`);
  const went = before.value.filter((stream) => !has.has(keyOf(stream))).map((stream) => `${stream.title} went off air.`);
  return [...came, ...went].slice(0, 5).join(' ');
}
