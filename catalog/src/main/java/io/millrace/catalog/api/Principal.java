package io.millrace.catalog.api;

/**
 * Who is asking.
 *
 * @param account its name
 */
record Principal(String account) {}
