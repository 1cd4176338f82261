/** Moving between pages with the History API. */

import type { ComponentProps } from 'preact';
import { useEffect, useState } from 'preact/hooks';

const MOVED = 'millrace:moved';

/** The path of the page that is shown. */
export function usePath(): string {
  const [path, setPath] = useState(location.pathname);
  useEffect(() => {
    const moved = () => setPath(location.pathname);
    window.addEventListener('popstate', moved);
    window.addEventListener(MOVED, moved);
    return () => {
      window.removeEventListener('popstate', moved);
      window.removeEventListener(MOVED, moved);
    };
  }, []);
  return path;
}

/** A link within the portal. Opening in a new tab or window stays the browser's. */
export function Link(props: ComponentProps<'a'> & { readonly href: string }) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }
    event.preventDefault();
    if (location.pathname !== props.href) {
      history.pushState(null, '', props.href);
      window.dispatchEvent(new Event(MOVED));
    }
  };
  return <a {...props} onClick={follow} />;
}
