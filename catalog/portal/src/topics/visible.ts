/**
 * Text of strangers, for people to look at: what shows nothing by itself, or turns round what stands beside it, is
 * written as its code point, so that no two topics look alike and no payload looks like another.
 */

/** Controls, format characters (those of direction among them), odd blanks, fillers and variation selectors, and what is no character. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}\p{DI}\u2800]/gu;

/** These are seen as what they are. */
const PLAIN = new Set([' ', '\n', '\t']);

export function visible(text: string): string {
  return text.replace(UNSEEN, (character) => (PLAIN.has(character) ? character : codePoint(character)));
}

function codePoint(character: string): string {
  return `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
