/** A line to copy, with its button. */

import { useEffect, useState } from 'preact/hooks';
import { announce } from './announce';

export function CopyLine({ label, text }: { readonly label: string; readonly text: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (copied) {
      const timer = setTimeout(() => setCopied(false), 2_000);
      return () => clearTimeout(timer);
    }
    return undefined;
  }, [copied]);
  const onClick = async () => {
    const done = await copy(text);
    setCopied(done);
    announce(done ? `${label} copied` : `Could not copy the ${label}: select it and copy it by hand`);
  };
  return (
    <div class="copy-line">
      <span class="copy-label">{label}</span>
      <div class="copy-box">
        <code>{text}</code>
        <button type="button" class="button small" onClick={onClick} aria-label={`Copy ${label}`}>
          {copied ? 'Copied' : 'Copy'}
        </button>
      </div>
    </div>
  );
}

/** The clipboard is only there on HTTPS and on this machine; elsewhere a hidden text field does it. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'unseen';
    const focused = document.activeElement;
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    if (focused instanceof HTMLElement) {
      focused.focus();
    }
    return done;
  }
}
