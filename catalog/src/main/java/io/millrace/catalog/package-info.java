/**
 * The catalogue: tenants, apps, streams, keys and users in PostgreSQL, their API, and the portal's
 * pages. Turns questions about who may do what into rows, and rows into answers.
 */
@NullMarked
package io.millrace.catalog;

import org.jspecify.annotations.NullMarked;
