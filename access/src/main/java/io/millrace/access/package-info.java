/**
 * Who may do what: principals, credentials, decisions and token verification. One implementation
 * for every door; sees no feature and opens no connection.
 */
@NullMarked
package io.millrace.access;

import org.jspecify.annotations.NullMarked;
