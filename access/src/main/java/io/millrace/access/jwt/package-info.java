/** The keys that tokens are checked with, each for one algorithm only. */
@NullMarked
package io.millrace.access.jwt;

import org.jspecify.annotations.NullMarked;
