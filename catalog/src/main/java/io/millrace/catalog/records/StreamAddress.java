package io.millrace.catalog.records;

/** Which stream: the name of its app, and its own. */
public record StreamAddress(String app, String stream) {}
