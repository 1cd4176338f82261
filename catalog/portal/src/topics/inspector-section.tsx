/** Shows what is published to the topics of a filter, as it comes. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { inspect, withNewest, type Message, type Seen, type State } from './inspector';
import { visible } from './visible';

interface Wish {
  readonly filter: string;
  readonly where: string;
}

/** A filter that was asked for elsewhere on the page; asked for again, it is another one. */
export interface Wanted {
  readonly filter: string;
}

export function InspectorSection({ token, wanted }: { readonly token: string; readonly wanted: Wanted | undefined }) {
  const [typed, setTyped] = useState('');
  const [wish, setWish] = useState<Wish>();
  const [seen, setSeen] = useState<readonly Seen[]>([]);
  const [state, setState] = useState<State | 'stopped'>();
  const end = useRef<(() => void) | undefined>(undefined);
  useEffect(() => {
    if (wanted) {
      setTyped(wanted.filter);
      setWish({ filter: wanted.filter, where: '' });
    }
  }, [wanted]);
  useEffect(() => {
    setSeen([]);
    setState(undefined);
    end.current = wish && inspect(token, wish.filter, wish.where, (one) => setSeen((all) => withNewest(all, one)), setState);
    return end.current;
  }, [token, wish]);
  const onStop = () => {
    end.current?.();
    setState('stopped');
  };
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
        {(state === 'connecting' || state === 'live') && <button type="button" class="button plain-button" onClick={onStop}>Stop</button>}
      </form>
      <p role="status" class="quiet">{wordsOf(state, seen.length)}</p>
      <ol class="inspector-seen">
        {seen.map((one) => (
          <li key={one.key}>{one.kind === 'message' ? <Shown message={one.message} /> : <p class="topics-bad">Messages are missing here: <bdi>{visible(one.reason)}</bdi></p>}</li>
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
        <b title={message.topic}><bdi>{message.topic}</bdi></b>
        {message.form === 'base64' && <i class="inspector-form">Base64</i>}
        <span><bdi>{message.payload.slice(0, 160)}</bdi></span>
      </summary>
      <dl>
        {message.headers.map(([name, value]) => <div key={name}><dt><bdi>{name}</bdi></dt><dd><bdi>{value}</bdi></dd></div>)}
        {message.contentType !== undefined && <div><dt>content type</dt><dd><bdi>{message.contentType}</bdi></dd></div>}
        {message.id !== undefined && <div><dt>id</dt><dd><bdi>{message.id}</bdi></dd></div>}
        {message.position !== undefined && <div><dt>position</dt><dd>{message.position}</dd></div>}
      </dl>
      {message.form === 'base64' && <p class="quiet">The payload is no text. These are its bytes in Base64:</p>}
      <pre><bdi>{message.payload}</bdi></pre>
      {message.leftOut > 0 && <p class="quiet">{message.leftOut.toLocaleString('en')} more characters are not shown.</p>}
    </details>
  );
}

function wordsOf(state: State | 'stopped' | undefined, seen: number): string {
  if (state === undefined) {
    return 'Choose a namespace above, or write a filter.';
  }
  if (state === 'connecting') {
    return 'Connecting…';
  }
  if (state === 'live') {
    return seen === 0 ? 'Nothing has been published yet. New messages are shown as they come.' : 'The newest is on top.';
  }
  if (state === 'stopped') {
    return seen === 0 ? 'Stopped.' : 'Stopped. What has come by then stays here.';
  }
  return `Ended: ${visible(state.ended)}`;
}
