package io.millrace.client;

import io.millrace.client.wire.Backoff;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** What {@link MillraceClient.Builder} collects, in its words. */
record Options(
    URI address,
    Optional<Supplier<String>> token,
    HttpClient http,
    int maxInFlight,
    Duration publishTimeout,
    Duration requestTimeout,
    Duration connectTimeout,
    Duration refusedFor,
    Backoff backoff,
    ConnectionListener listener) {}
