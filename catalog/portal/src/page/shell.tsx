/** What every page stands in: header, main, footer, and the voice for screen readers. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { ListPage } from '../list/list-page';
import { RecordingPage } from '../recordings/recording-page';
import { TopicsPage } from '../topics/topics-page';
import { WatchPage } from '../watch/watch-page';
import { useToken } from './account';
import { Voice } from './announce';
import { Link, usePath } from './navigation';
import { routeOf, type Route } from './route';

export function Shell() {
  const path = usePath();
  const token = useToken();
  useFocusOnHeading(path);
  return (
    <>
      <a class="skip" href="#main">Skip to content</a>
      <header class="top">
        <Link href="/" class="brand" aria-label="Millrace, all live streams">
          <Mark />
          <span>Millrace</span>
        </Link>
        {token !== undefined && <nav aria-label="Administration"><Link href="/topics">Topics</Link></nav>}
      </header>
      <main id="main" tabIndex={-1}>{pageOf(routeOf(path))}</main>
      <footer class="bottom">
        <span>Millrace</span>
        <a href="/licenses.txt">Open-source licences</a>
      </footer>
      <Voice />
    </>
  );
}

function pageOf(route: Route) {
  switch (route.page) {
    case 'list':
      return <ListPage />;
    case 'watch':
      return <WatchPage key={`${route.app}/${route.name}`} app={route.app} name={route.name} />;
    case 'recording':
      return <RecordingPage key={route.id} id={route.id} />;
    case 'topics':
      return <TopicsPage />;
    case 'nowhere':
      return <Nowhere />;
  }
}

function Nowhere() {
  useTitle('Page not found');
  return (
    <div class="plain">
      <h1 tabIndex={-1}>There is no page here</h1>
      <p>The address may be misspelt. A stream's page is <code>/watch/APP/STREAM</code>.</p>
      <p><Link href="/" class="button">See all live streams</Link></p>
    </div>
  );
}

/** After a navigation (not after the first load) the heading of the new page gets the focus, and the page is at its top. */
function useFocusOnHeading(path: string) {
  const [shown, show] = useState(path);
  useEffect(() => {
    if (shown !== path) {
      show(path);
      window.scrollTo(0, 0);
      document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    }
  }, [path, shown]);
}

/** Sets the document's title while the page is shown. */
export function useTitle(title: string) {
  const before = useRef(document.title);
  useEffect(() => {
    document.title = `${title} · Millrace`;
    return () => {
      document.title = before.current;
    };
  }, [title]);
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true" class="mark">
      <rect width="32" height="32" rx="8" />
      <path d="M6 11.5c3.3-3 6.7-3 10 0s6.7 3 10 0" />
      <path d="M6 17.5c3.3-3 6.7-3 10 0s6.7 3 10 0" opacity=".8" />
      <path d="M6 23.5c3.3-3 6.7-3 10 0s6.7 3 10 0" opacity=".5" />
    </svg>
  );
}
