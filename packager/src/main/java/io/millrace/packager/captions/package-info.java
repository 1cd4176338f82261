/**
 * CTA-608 and CTA-708 captions out of coded pictures, as timed cues and as WebVTT segments. Pure:
 * samples in, cues and bytes out; damaged captions are left out and counted.
 */
@NullMarked
package io.millrace.packager.captions;

import org.jspecify.annotations.NullMarked;
