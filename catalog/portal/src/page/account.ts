/** Who is signed in: an API token, kept for this tab only. */

import { useEffect, useState } from 'preact/hooks';

const KEPT = 'millrace.token';
const CHANGED = 'millrace:account';
const LIFETIME_SECONDS = 12 * 3600;
const DEADLINE_MILLIS = 10_000;

/** The token, or undefined while nobody is signed in. */
export function token(): string | undefined {
  try {
    return sessionStorage.getItem(KEPT) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The same, and drawn anew when it changes. */
export function useToken(): string | undefined {
  const [known, setKnown] = useState(token);
  useEffect(() => {
    const changed = () => setKnown(token());
    window.addEventListener(CHANGED, changed);
    return () => window.removeEventListener(CHANGED, changed);
  }, []);
  return known;
}

export type SignInOutcome = 'signedIn' | 'wrong' | 'tooMany' | 'unreachable';

/** Exchanges name and password for a token. The password is not kept. */
export async function signIn(name: string, password: string): Promise<SignInOutcome> {
  try {
    const response = await fetch('/api/v1/tokens', {
      method: 'POST',
      headers: { Authorization: `Basic ${base64(`${name}:${password}`)}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ label: 'Portal', lifetimeSeconds: LIFETIME_SECONDS }),
      // Else the browser asks in a window of its own when the password is wrong.
      credentials: 'omit',
      signal: AbortSignal.timeout(DEADLINE_MILLIS),
    });
    if (response.ok) {
      const made: unknown = await response.json();
      const secret = typeof made === 'object' && made !== null && 'token' in made ? made.token : undefined;
      if (typeof secret === 'string') {
        keep(secret);
        return 'signedIn';
      }
      return 'unreachable';
    }
    return response.status === 401 ? 'wrong' : response.status === 429 ? 'tooMany' : 'unreachable';
  } catch {
    return 'unreachable';
  }
}

/** Forgets the token. */
export function signOut() {
  keep(undefined);
}

function keep(secret: string | undefined) {
  try {
    if (secret === undefined) {
      sessionStorage.removeItem(KEPT);
    } else {
      sessionStorage.setItem(KEPT, secret);
    }
  } catch {
    // Without storage nobody can stay signed in.
  }
  window.dispatchEvent(new Event(CHANGED));
}

/** Of UTF-8, as the server reads it. */
function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}
