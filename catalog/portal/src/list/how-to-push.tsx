/** The empty list: how to fill it. */

import { CopyLine } from '../page/copy';
import { pushRecipe } from '../page/push';

export function HowToPush({ host }: { readonly host: string }) {
  const recipe = pushRecipe(host);
  return (
    <section class="push" aria-labelledby="push-title" id="empty-list">
      <div class="push-head">
        <h2 id="push-title">Nothing is on air</h2>
        <p>Push a stream and it appears here by itself. Put your publish key in place of <code>YOUR_KEY</code>; Millrace printed one when it was first started. <code>demo</code> is the stream's name: choose any.</p>
      </div>
      <div class="push-ways">
        <div class="panel">
          <h3>OBS Studio</h3>
          <p>Settings → Stream → Service: <em>Custom…</em></p>
          <CopyLine label="Server" text={recipe.obsServer} />
          <CopyLine label="Stream key" text={recipe.obsKey} />
        </div>
        <div class="panel">
          <h3>ffmpeg</h3>
          <p>Sends a file as if it were live.</p>
          <CopyLine label="Command" text={recipe.ffmpeg} />
          <CopyLine label="Address" text={recipe.address} />
        </div>
      </div>
    </section>
  );
}
