/** Below what is live: the broadcasts that can be played again. */

import { useEffect, useState } from 'preact/hooks';
import { Link } from '../page/navigation';
import { recordingPath } from '../page/route';
import { clock, spoken } from '../page/words';
import { poll, type Polled } from '../streams/poll';
import { parseRecordings, type Recording } from './recording';

const SHOWN = 24;

export function RecordingsSection() {
  const [polled, setPolled] = useState<Polled<Recording[]>>();
  useEffect(() => poll(`/api/v1/assets?limit=${SHOWN}`, parseRecordings, setPolled), []);
  const recordings = polled?.value;
  if (recordings === undefined || recordings.length === 0) {
    return null;
  }
  return (
    <section class="recordings" aria-labelledby="recordings-title">
      <h2 id="recordings-title">Recordings</h2>
      <ul role="list">
        {recordings.map((recording) => (
          <li key={recording.id} data-recording={recording.id}>
            <Link href={recordingPath(recording.id)}>{recording.title}</Link>
            <span class="recordings-when">{dateOf(recording.startedAt)}</span>
            <span class="recordings-length">
              <span aria-hidden="true">{clock(recording.millis)}</span>
              <span class="only-spoken">{spoken(recording.millis)}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** As the viewer writes dates. */
export function dateOf(millis: number): string {
  return new Date(millis).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
