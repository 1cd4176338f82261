/** Shows what is published to the topics of a filter, as it comes. */

import { useEffect, useState } from 'preact/hooks';
import { inspect, withNewest, type Message, type Seen, type State } from './inspector';

interface Wish {
  readonly filter: string;
  readonly where: string;
}

/** `wanted` is the filter that was asked for elsewhere on the page; empty for none yet. */
export function InspectorSection({ token, wanted }: { readonly token: string; readonly wanted: string }) {
  const [typed, setTyped] = useState('');
  const [wish, setWish] = useState<Wish>();
  const [seen, setSeen] = useState<readonly Seen[]>([]);
  const [state, setState] = useState<State>();
  useEffect(() => {
    if (wanted !== '') {
      setTyped(wanted);
      setWish({ filter: wanted, where: '' });
    }
  }, [wanted]);
  useEffect(() => {
    setSeen([]);
    setState(undefined);
    return wish && inspect(token, wish.filter, wish.where, (one) => setSeen((all) => withNewest(all, one)), setState);
  }, [token, wish]);
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setWish({ filter: String(form.get('filter') ?? '').trim(), where: String(form.get('where') ?? '').trim() });
  };
  return (
    <section aria-labelledby="inspector" class="inspector">
      <h2 id="inspector">Messages</h2>
      <form onSubmit={onSubmit}>
        <label>Filter<input name="filter" required maxLength={1100} placeholder="public/#" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} spellcheck={false} autocapitalize="none" /></label>
        <label>Where<input name="where" maxLength={1000} placeholder="payload.t &gt; 20" spellcheck={false} autocapitalize="none" /></label>
        <button type="submit" class="button">Look</button>
        {wish && <button type="button" class="button plain-button" onClick={() => setWish(undefined)}>Stop</button>}
      </form>
      <p role="status" class="quiet">{wordsOf(state, seen.length)}</p>
      <ol class="inspector-seen">
        {seen.map((one) => (
          <li key={one.key}>{one.kind === 'message' ? <Shown message={one.message} /> : <p class="topics-bad">Messages are missing here: {one.reason}</p>}</li>
        ))}
      </ol>
    </section>
  );
}

function Shown({ message }: { readonly message: Message }) {
  return (
    <details>
      <summary>
        <time dateTime={new Date(message.time).toISOString()}>{new Date(message.time).toLocaleTimeString('en-GB')}</time>
        <b>{message.topic}</b>
        <span>{message.payload.slice(0, 160)}</span>
      </summary>
      <dl>
        {message.headers.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
        {message.contentType !== undefined && <div><dt>content type</dt><dd>{message.contentType}</dd></div>}
        {message.id !== undefined && <div><dt>id</dt><dd>{message.id}</dd></div>}
        {message.position !== undefined && <div><dt>position</dt><dd>{message.position}</dd></div>}
      </dl>
      <pre>{message.payload}</pre>
      {message.leftOut > 0 && <p class="quiet">{message.leftOut.toLocaleString('en')} more characters are not shown.</p>}
    </details>
  );
}

function wordsOf(state: State | undefined, seen: number): string {
  if (state === undefined) {
    return 'Choose a namespace above, or write a filter.';
  }
  if (state === 'connecting') {
    return 'Connecting…';
  }
  if (state === 'live') {
    return seen === 0 ? 'Nothing has been published yet. New messages are shown as they come.' : 'The newest is on top.';
  }
  return `Ended: ${state.ended}`;
}
