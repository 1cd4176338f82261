/**
 * An encoder of captions: CTA-608 pairs, CTA-708 packets, and the SEI around them. Knows no code of
 * the server: it has its own tables of everything.
 */
@NullMarked
package io.millrace.testkit.captions;

import org.jspecify.annotations.NullMarked;
