/**
 * Topics over HTTP: publishing, history, long polls, and server-sent events. Described in {@code
 * docs/topics-http.md}.
 */
@NullMarked
package io.millrace.broker.rest;

import org.jspecify.annotations.NullMarked;
