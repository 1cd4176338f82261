/** The icons. All are decoration: what they stand on has a name of its own. */

import type { ComponentChildren } from 'preact';

function Icon({ children }: { readonly children: ComponentChildren }) {
  return <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">{children}</svg>;
}

export const PlayIcon = () => <Icon><path d="M8 5.2v13.6c0 .8.9 1.3 1.5.8l10-6.8a1 1 0 0 0 0-1.6l-10-6.8A1 1 0 0 0 8 5.2z" fill="currentColor" /></Icon>;
export const PauseIcon = () => <Icon><path d="M7 5h3.5v14H7zM13.5 5H17v14h-3.5z" fill="currentColor" /></Icon>;
export const EyeIcon = () => (
  <Icon>
    <path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linejoin="round" />
    <circle cx="12" cy="12" r="3" fill="currentColor" />
  </Icon>
);
export const BackIcon = () => (
  <Icon>
    <path d="M12 5a7.5 7.5 0 1 1-7.3 5.8M12 5 8.5 2M12 5 8.5 8" fill="none" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" stroke-linejoin="round" />
    <path d="M13.9 10.2h-3.2l-.4 2.7c1.8-.8 3.8-.1 3.8 1.5 0 1.9-2.5 2.5-4 1.2" fill="none" stroke="currentColor" stroke-width="1.3" stroke-linecap="round" />
  </Icon>
);
export const SoundIcon = ({ level }: { readonly level: 'off' | 'low' | 'high' }) => (
  <Icon>
    <path d="M4 9.5v5h3.5L12 19V5L7.5 9.5z" fill="currentColor" />
    {level === 'off'
      ? <path d="m15.5 9.5 5 5m0-5-5 5" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" fill="none" />
      : <path d="M15 9.2a4 4 0 0 1 0 5.6" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" fill="none" />}
    {level === 'high' && <path d="M17.7 6.7a7.5 7.5 0 0 1 0 10.6" stroke="currentColor" stroke-width="1.9" stroke-linecap="round" fill="none" />}
  </Icon>
);
export const FullScreenIcon = ({ leave }: { readonly leave: boolean }) => (
  <Icon>
    <path
      d={leave ? 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5' : 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5'}
      fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"
    />
  </Icon>
);
