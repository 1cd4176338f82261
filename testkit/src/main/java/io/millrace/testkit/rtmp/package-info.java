/**
 * A publisher of RTMP that speaks as the encoders in the field do, with their mistakes, and as an
 * attacker does. Knows no code of the server: it has its own writer and reader of everything.
 */
@NullMarked
package io.millrace.testkit.rtmp;

import org.jspecify.annotations.NullMarked;
