/** The player's keys. Pure: which action a key press asks for. */

export type Action = 'playPause' | 'mute' | 'fullScreen' | 'back' | 'forward' | 'louder' | 'quieter';

/** A key press, as far as it matters here. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** What has the focus: it keeps its own keys. */
  readonly focus: 'nothing' | 'button' | 'slider' | 'text';
  /** The focus is within the player. Up and down are the page's everywhere else: they scroll. */
  readonly inPlayer: boolean;
}

const KEYS: Readonly<Record<string, Action>> = {
  ' ': 'playPause',
  k: 'playPause',
  m: 'mute',
  f: 'fullScreen',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  ArrowUp: 'louder',
  ArrowDown: 'quieter',
};

/** Undefined where the key is not the player's. */
export function actionFor(press: KeyPress): Action | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey || press.focus === 'text') {
    return undefined;
  }
  const arrow = press.key.startsWith('Arrow');
  if ((press.focus === 'button' && press.key === ' ') || (press.focus === 'slider' && arrow)) {
    return undefined;
  }
  if ((press.key === 'ArrowUp' || press.key === 'ArrowDown') && !press.inPlayer) {
    return undefined;
  }
  return KEYS[press.key.length === 1 ? press.key.toLowerCase() : press.key];
}

/** What an element does with keys itself. */
export function focusOf(element: Element | null): KeyPress['focus'] {
  if (element instanceof HTMLInputElement) {
    return element.type === 'range' ? 'slider' : element.type === 'checkbox' ? 'button' : 'text';
  }
  if (element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement || (element instanceof HTMLElement && element.isContentEditable)) {
    return 'text';
  }
  if (element?.matches('a[href], button, summary')) {
    return 'button';
  }
  return 'nothing';
}
