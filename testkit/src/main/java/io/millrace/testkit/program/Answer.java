package io.millrace.testkit.program;

/** An HTTP answer: its status, its content type (empty when it has none), its body as text. */
public record Answer(int status, String contentType, String body) {}
