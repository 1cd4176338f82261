/** One live stream in the list: the whole card is its link. */

import { Link } from '../page/navigation';
import { watchPath } from '../page/route';
import { TimeOnAir } from '../page/time';
import { viewers } from '../page/words';
import { EyeIcon } from '../page/icons';
import { keyOf, type Stream } from '../streams/stream';
import { Still } from './still';

const BADGES = { live: 'Live', starting: 'Starting', interrupted: 'Interrupted', offline: 'Offline' } as const;

export function StreamCard({ stream }: { readonly stream: Stream }) {
  return (
    <article class="card" data-stream={keyOf(stream)} data-state={stream.state}>
      <div class="card-picture">
        <Still src={stream.still} name={stream.title} />
        <span class={`badge ${stream.state}`}>{BADGES[stream.state]}</span>
        {stream.startedAt !== undefined && <span class="card-clock"><TimeOnAir since={stream.startedAt} /></span>}
      </div>
      <div class="card-words">
        <h2><Link href={watchPath(stream)}>{stream.title}</Link></h2>
        <p>
          <span class="card-name">{keyOf(stream)}</span>
          <span class="card-viewers"><EyeIcon />{viewers(stream.viewers)}</span>
        </p>
      </div>
    </article>
  );
}
