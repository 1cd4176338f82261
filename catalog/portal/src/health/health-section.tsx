/** How the publisher of a stream is doing, for those who are signed in. */

import { useEffect, useState } from 'preact/hooks';
import { signOut, useToken } from '../page/account';
import { announce } from '../page/announce';
import { SignIn } from '../page/sign-in';
import { poll, type Polled } from '../streams/poll';
import { arrivalFigures, eventFigures, trackFigures, trackTitle, verdictOf, type Figure } from './figures';
import { parseHealth, type Finding, type StreamHealth } from './stream-health';

interface Props {
  readonly app: string;
  readonly name: string;
}

const LOOKS: Readonly<Record<Finding['severity'], string>> = { problem: 'Problem', warning: 'Warning', info: 'Note' };

export function HealthSection(props: Props) {
  const [open, setOpen] = useState(false);
  return (
    <div class="more health">
      <details id="health" onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>Stream health</summary>
        {open && <Access {...props} />}
      </details>
    </div>
  );
}

function Access(props: Props) {
  const token = useToken();
  return token === undefined
    ? <SignIn why="How the encoder is doing is shown to administrators. Sign in to see it." />
    : <Health {...props} token={token} />;
}

function Health({ app, name, token }: Props & { readonly token: string }) {
  const [{ value: health, trouble }, setPolled] = useState<Polled<StreamHealth>>({ value: undefined, trouble: undefined });
  useEffect(() => poll(`/api/v1/live/${app}/${name}/health`, parseHealth, setPolled, token), [app, name, token]);
  useEffect(() => {
    if (trouble === 'refused') {
      signOut();
    }
  }, [trouble]);
  const verdict = health && verdictOf(health);
  const news = verdict ? `Stream health: ${verdict.text}` : '';
  useEffect(() => {
    if (news !== '') {
      announce(news);
    }
  }, [news]);

  if (!health || !verdict) {
    return <p class="quiet" id="health-waiting">{trouble === 'unknown' ? 'The stream is not on air, and nothing is known of an earlier broadcast.' : trouble ? 'The server can’t be reached.' : 'Looking…'}</p>;
  }
  return (
    <div class="health-body" data-look={verdict.look}>
      <p class="health-verdict"><span class={`health-mark ${verdict.look}`} aria-hidden="true" />{verdict.text}</p>
      {health.findings.length > 0 && (
        <ul class="findings">
          {health.findings.map((finding) => <FindingItem key={finding.code} finding={finding} />)}
        </ul>
      )}
      {health.tracks.map((track, index) => (
        <Figures key={index} title={trackTitle(track)} figures={trackFigures(track)} />
      ))}
      <Figures title="How it arrives" figures={arrivalFigures(health)} />
      <Figures title="In this broadcast" figures={eventFigures(health)} />
      <p class="health-foot">
        <span class="quiet">{footOf(health, trouble)}</span>
        <button type="button" class="button small" onClick={signOut}>Sign out</button>
      </p>
    </div>
  );
}

function footOf({ endedAt }: StreamHealth, trouble: Polled<StreamHealth>['trouble']): string {
  if (trouble) {
    return 'The server can’t be reached; this is what it said last.';
  }
  return endedAt === undefined
    ? 'Measured every second.'
    : `As it was at the end, ${new Date(endedAt).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })}.`;
}

function FindingItem({ finding }: { readonly finding: Finding }) {
  return (
    <li class={`finding ${finding.severity}`} data-code={finding.code}>
      <span class="finding-look">{LOOKS[finding.severity]}</span>
      <p class="finding-what">{finding.what}</p>
      {finding.effect && <p>{finding.effect}</p>}
      {finding.advice && <p class="finding-advice">{finding.advice}</p>}
    </li>
  );
}

function Figures({ title, figures }: { readonly title: string; readonly figures: readonly Figure[] }) {
  return (
    <section class="figures">
      <h2>{title}</h2>
      <dl class="numbers">
        {figures.map(({ name, value }) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
    </section>
  );
}
