/** Asks the same address again and again: conditional requests, back-off while it fails, silence while nobody looks. */

import { MalformedAnswer } from './stream';

/** What is known after a request. The last good value stays beside a failure: stale is better than blank. */
export interface Polled<T> {
  readonly value: T | undefined;
  /** Set while the newest request has failed. */
  readonly trouble: 'unreachable' | 'refused' | 'unknown' | undefined;
}

/** How a request ended, as far as the next one is concerned. */
export type Outcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed'; readonly failures: number; readonly retryAfterMillis: number | undefined };

const EVERY_MILLIS = 3_000;
const FIRST_RETRY_MILLIS = 1_000;
const SLOWEST_MILLIS = 30_000;
const DEADLINE_MILLIS = 8_000;

/** Milliseconds until the next request. `random` is in [0, 1): it spreads the viewers of a server that comes back. */
export function nextPoll(outcome: Outcome, random: number): number {
  const spread = 0.85 + random * 0.3;
  if (outcome.kind === 'answered') {
    return Math.round(EVERY_MILLIS * spread);
  }
  const backOff = Math.min(SLOWEST_MILLIS, FIRST_RETRY_MILLIS * 2 ** Math.min(outcome.failures - 1, 10));
  return Math.round(Math.max(backOff * spread, outcome.retryAfterMillis ?? 0));
}

/** `Retry-After` in seconds (RFC 9110 10.2.3), at most five minutes; the form with a date is not used by this server. */
export function retryAfterMillis(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Math.min(Number(header), 300) * 1000 : undefined;
}

/** Starts asking, in the name of the token where there is one; returns what stops it. `onChange` is called with the first result and then whenever something is new. */
export function poll<T>(url: string, parse: (answer: unknown) => T, onChange: (polled: Polled<T>) => void, token?: string): () => void {
  let polled: Polled<T> = { value: undefined, trouble: undefined };
  let etag: string | null = null;
  let failures = 0;
  let told = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking: AbortController | undefined;
  let stopped = false;

  const ask = async () => {
    if (asking || document.hidden) {
      return;
    }
    asking = new AbortController();
    clearTimeout(timer);
    const deadline = setTimeout(() => asking?.abort(), DEADLINE_MILLIS);
    const outcome = await request(asking.signal);
    clearTimeout(deadline);
    asking = undefined;
    if (!stopped) {
      timer = setTimeout(ask, nextPoll(outcome, Math.random()));
    }
  };

  const request = async (signal: AbortSignal): Promise<Outcome> => {
    let retryAfter: number | undefined;
    try {
      const response = await fetch(url, {
        headers: {
          Accept: 'application/json',
          ...(etag === null ? {} : { 'If-None-Match': etag }),
          ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        },
        // Where the token is no longer good, the browser is not to ask for a password in a window of its own.
        ...(token === undefined ? {} : { credentials: 'omit' as const }),
        // The validator is handled here, so that an unchanged answer costs no parsing and no drawing.
        cache: 'no-store',
        signal,
      });
      if (response.status === 304 && polled.value !== undefined) {
        tell({ value: polled.value, trouble: undefined });
        return answered();
      }
      if (response.ok) {
        const value = parse(await response.json());
        etag = response.headers.get('ETag');
        tell({ value, trouble: undefined });
        return answered();
      }
      etag = null;
      retryAfter = retryAfterMillis(response.headers.get('Retry-After'));
      if (response.status === 404) {
        tell({ value: undefined, trouble: 'unknown' });
        return answered();
      }
      tell({ value: polled.value, trouble: response.status === 401 || response.status === 403 ? 'refused' : 'unreachable' });
    } catch (problem) {
      if (problem instanceof MalformedAnswer) {
        console.warn(`${url}: ${problem.message}`);
      }
      etag = null;
      tell({ value: polled.value, trouble: 'unreachable' });
    }
    failures += 1;
    return { kind: 'failed', failures, retryAfterMillis: retryAfter };
  };

  const answered = (): Outcome => {
    failures = 0;
    return { kind: 'answered' };
  };

  const tell = (next: Polled<T>) => {
    if (!stopped && (!told || polled.value !== next.value || polled.trouble !== next.trouble)) {
      polled = next;
      told = true;
      onChange(polled);
    }
  };

  const wake = () => {
    if (document.hidden) {
      clearTimeout(timer);
    } else {
      void ask();
    }
  };
  document.addEventListener('visibilitychange', wake);
  window.addEventListener('online', wake);
  void ask();
  return () => {
    stopped = true;
    asking?.abort();
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
    window.removeEventListener('online', wake);
  };
}
