package io.millrace.broker.log;

/** One partition of one generation of a namespace's log. */
public record PartitionRef(String namespace, int generation, int partition) {}
