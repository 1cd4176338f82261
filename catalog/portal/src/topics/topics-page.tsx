/** What goes on in the topics, for administrators: the namespaces, and a look into any filter. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signOut, useToken } from '../page/account';
import { useTitle } from '../page/shell';
import { SignIn } from '../page/sign-in';
import { poll, type Polled } from '../streams/poll';
import { InspectorSection, type Wanted } from './inspector-section';
import { bytes, kept, parseNamespaces, perSecond, ratesOf, type Namespace, type Rates } from './namespaces';

const COLUMNS = ['Kept', 'Published /s', 'Delivered /s', 'Refused /s', 'Subscriptions', 'Slow', 'Behind'] as const;
type Column = (typeof COLUMNS)[number];
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
  const [wanted, setWanted] = useState<Wanted>();
  if (polled.trouble === 'refused') {
    return <SignIn why="You are signed in no more." />;
  }
  return (
    <>
      {polled.trouble === 'unknown' && <p class="quiet">This server has no topics: it runs without the role <code>broker</code>.</p>}
      {polled.trouble === 'unreachable' && <p role="status" class="topics-trouble">The server can’t be reached. What is shown may be old.</p>}
      {polled.value && <Table namespaces={polled.value} rates={rates} onLook={(name) => setWanted({ filter: `${name}/#` })} />}
      {polled.value && <InspectorSection token={token} wanted={wanted} />}
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
        {/* On a phone a row is a card of its own, and no table by its layout: so the roles are said. */}
        <table role="table" aria-labelledby="namespaces">
          <thead role="rowgroup">
            <tr role="row">
              <th scope="col" role="columnheader">Namespace</th>
              {COLUMNS.map((column) => <th key={column} scope="col" role="columnheader" class={column === 'Kept' ? undefined : 'figure'}>{column}</th>)}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {namespaces.map((one) => <Row key={one.name} one={one} rates={rates.get(one.name)} onLook={onLook} />)}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ one, rates, onLook }: { readonly one: Namespace; readonly rates: Rates | undefined; readonly onLook: (name: string) => void }) {
  return (
    <tr role="row">
      <th scope="row" role="rowheader">
        <button type="button" class="topics-name" onClick={() => onLook(one.name)} title={`Look into ${one.name}/#`}>{one.name}</button>
      </th>
      <Cell of="Kept">{one.durability === 'memory' ? 'not kept' : `${kept(one.retentionSeconds)}, ${one.durability}`}</Cell>
      <Cell of="Published /s">{perSecond(rates?.published)}<small>{rates ? `${bytes(rates.publishedBytes)}/s` : ''}</small></Cell>
      <Cell of="Delivered /s">{perSecond(rates?.delivered)}<small>{rates ? `${bytes(rates.deliveredBytes)}/s` : ''}</small></Cell>
      <Cell of="Refused /s" isBad={rates !== undefined && rates.refused > 0}>{perSecond(rates?.refused)}</Cell>
      <Cell of="Subscriptions">{one.traffic.subscriptions.toLocaleString('en')}</Cell>
      <Cell of="Slow" isBad={one.traffic.paused > 0}>{one.traffic.paused.toLocaleString('en')}</Cell>
      <Cell of="Behind">{bytes(one.traffic.lagBytes)}</Cell>
    </tr>
  );
}

/** On a phone it says itself what it is of. */
function Cell({ of, isBad = false, children }: { readonly of: Column; readonly isBad?: boolean; readonly children: ComponentChildren }) {
  const classes = [of === 'Kept' ? '' : 'figure', isBad ? 'topics-bad' : ''].filter((name) => name !== '').join(' ');
  return <td role="cell" data-column={of} class={classes}>{children}</td>;
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
