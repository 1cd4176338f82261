/** The form that signs in, for what only administrators may see. */

import { useState } from 'preact/hooks';
import { signIn, type SignInOutcome } from './account';

const TROUBLE: Readonly<Record<Exclude<SignInOutcome, 'signedIn'>, string>> = {
  wrong: 'The name or the password is wrong.',
  tooMany: 'Too many attempts. Wait a moment, then try again.',
  unreachable: 'The server can’t be reached. Try again.',
};

export function SignIn({ why }: { readonly why: string }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState('');
  const onSubmit = async (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setTrouble('');
    const outcome = await signIn(String(form.get('name') ?? ''), String(form.get('password') ?? ''));
    setBusy(false);
    if (outcome !== 'signedIn') {
      setTrouble(TROUBLE[outcome]);
    }
  };
  return (
    <form class="sign-in" onSubmit={onSubmit}>
      <p class="quiet">{why}</p>
      <label>Name<input name="name" autocomplete="username" autocapitalize="none" required maxLength={64} /></label>
      <label>Password<input name="password" type="password" autocomplete="current-password" required maxLength={256} /></label>
      <button type="submit" class="button" disabled={busy}>{busy ? 'Signing in…' : 'Sign in'}</button>
      <p class="sign-in-trouble" role="alert">{trouble}</p>
    </form>
  );
}
