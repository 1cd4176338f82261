/** Time that goes on while it is looked at. */

import { useEffect, useState } from 'preact/hooks';
import { clock, spoken } from './words';

/** The wall clock, renewed every `everyMillis` while the page is visible. */
export function useNow(everyMillis: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setNow(Date.now()), everyMillis);
    return () => clearInterval(timer);
  }, [everyMillis]);
  return now;
}

/** How long a broadcast has been on air: a running clock to the eye, whole minutes to the ear. */
export function TimeOnAir({ since }: { readonly since: number }) {
  const elapsed = useNow(1_000) - since;
  return (
    <span class="on-air">
      <span class="unseen">on air for {spoken(elapsed)}</span>
      <span aria-hidden="true">{clock(elapsed)}</span>
    </span>
  );
}
