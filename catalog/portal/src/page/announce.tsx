/** The one live region: what changes without the viewer's doing is said here to screen readers. */

import { useLayoutEffect, useState } from 'preact/hooks';

let speak: (text: string) => void = () => {};

/** Says a sentence once the screen reader is free. */
export function announce(text: string) {
  speak(text);
}

export function Voice() {
  const [text, setText] = useState('');
  useLayoutEffect(() => {
    speak = setText;
    return () => {
      speak = () => {};
    };
  }, []);
  return <div id="announcements" role="status" aria-live="polite" class="unseen">{text}</div>;
}
