/** What a viewer chose, kept in this browser. */

const SHORTCUTS = 'millrace.shortcuts';

/** Whether single keys control the player; a viewer who speaks to the computer or types by accident turns it off (WCAG 2.1.4). */
export function shortcutsOn(): boolean {
  try {
    return localStorage.getItem(SHORTCUTS) !== 'off';
  } catch {
    return true;
  }
}

export function turnShortcuts(on: boolean) {
  try {
    localStorage.setItem(SHORTCUTS, on ? 'on' : 'off');
  } catch {
    // A browser that keeps nothing: the keys stay on.
  }
}
