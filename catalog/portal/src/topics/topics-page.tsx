/** What goes on in the topics, for administrators: the namespaces, and a look into any filter. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { signOut, useToken } from '../page/account';
import { useTitle } from '../page/shell';
import { SignIn } from '../page/sign-in';
import { poll, type Polled } from '../streams/poll';
import { InspectorSection } from './inspector-section';
import { bytes, kept, parseNamespaces, perSecond, ratesOf, type Namespace, type Rates } from './namespaces';

const ADDRESS = '/api/v1/namespaces?live=true&limit=200';

export function TopicsPage() {
  useTitle('Topics');
  const token = useToken();
  return (
    <div class="topics">
      <h1 tabIndex={-1}>Topics</h1>
      {token === undefined
        ? <SignIn why="What goes on in the topics is for administrators." />
        : <Signed token={token} />}
    </div>
  );
}

function Signed({ token }: { readonly token: string }) {
  const { polled, rates } = useNamespaces(token);
  const [filter, setFilter] = useState('');
  if (polled.trouble === 'refused') {
    return <SignIn why="You are signed in no more." />;
  }
  return (
    <>
      {polled.trouble === 'unknown' && <p class="quiet">This server has no topics: it runs without the role <code>broker</code>.</p>}
      {polled.trouble === 'unreachable' && <p role="status" class="topics-trouble">The server can’t be reached. What is shown may be old.</p>}
      {polled.value && <Table namespaces={polled.value} rates={rates} onLook={(name) => setFilter(`${name}/#`)} />}
      {polled.value && <InspectorSection token={token} wanted={filter} />}
      <p><button type="button" class="button plain-button" onClick={signOut}>Sign out</button></p>
    </>
  );
}

function Table({ namespaces, rates, onLook }: {
  readonly namespaces: readonly Namespace[];
  readonly rates: ReadonlyMap<string, Rates>;
  readonly onLook: (name: string) => void;
}) {
  return (
    <section aria-labelledby="namespaces">
      <h2 id="namespaces">Namespaces</h2>
      <div class="topics-scroll" tabIndex={0} role="region" aria-labelledby="namespaces">
        <table>
          <thead>
            <tr>
              <th scope="col">Namespace</th>
              <th scope="col">Kept</th>
              <th scope="col" class="figure">Published /s</th>
              <th scope="col" class="figure">Delivered /s</th>
              <th scope="col" class="figure">Refused /s</th>
              <th scope="col" class="figure">Subscriptions</th>
              <th scope="col" class="figure">Slow</th>
              <th scope="col" class="figure">Behind</th>
            </tr>
          </thead>
          <tbody>
            {namespaces.map((one) => <Row key={one.name} one={one} rates={rates.get(one.name)} onLook={onLook} />)}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ one, rates, onLook }: { readonly one: Namespace; readonly rates: Rates | undefined; readonly onLook: (name: string) => void }) {
  return (
    <tr>
      <th scope="row">
        <button type="button" class="topics-name" onClick={() => onLook(one.name)} title={`Look into ${one.name}/#`}>{one.name}</button>
      </th>
      <td>{one.durability === 'memory' ? 'not kept' : `${kept(one.retentionSeconds)}, ${one.durability}`}</td>
      <td class="figure">{perSecond(rates?.published)}<small>{rates ? `${bytes(rates.publishedBytes)}/s` : ''}</small></td>
      <td class="figure">{perSecond(rates?.delivered)}<small>{rates ? `${bytes(rates.deliveredBytes)}/s` : ''}</small></td>
      <td class={rates && rates.refused > 0 ? 'figure topics-bad' : 'figure'}>{perSecond(rates?.refused)}</td>
      <td class="figure">{one.traffic.subscriptions.toLocaleString('en')}</td>
      <td class={one.traffic.paused > 0 ? 'figure topics-bad' : 'figure'}>{one.traffic.paused.toLocaleString('en')}</td>
      <td class="figure">{bytes(one.traffic.lagBytes)}</td>
    </tr>
  );
}

/** What was said last, and what has happened in a second since the time before. */
function useNamespaces(token: string) {
  const [polled, setPolled] = useState<Polled<readonly Namespace[]>>({ value: undefined, trouble: undefined });
  const [rates, setRates] = useState<ReadonlyMap<string, Rates>>(new Map());
  const before = useRef<{ readonly at: number; readonly namespaces: readonly Namespace[] } | undefined>(undefined);
  useEffect(() => poll(ADDRESS, parseNamespaces, (next) => {
    const now = performance.now();
    const last = before.current;
    if (next.value && next.value !== last?.namespaces) {
      const found = new Map<string, Rates>();
      for (const one of next.value) {
        const earlier = last?.namespaces.find((its) => its.name === one.name);
        const rate = last && earlier && ratesOf(earlier.traffic, one.traffic, now - last.at);
        if (rate) {
          found.set(one.name, rate);
        }
      }
      before.current = { at: now, namespaces: next.value };
      setRates(found);
    }
    setPolled(next);
  }, token), [token]);
  return { polled, rates };
}
