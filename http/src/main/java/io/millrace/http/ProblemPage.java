package io.millrace.http;

import io.vertx.core.buffer.Buffer;

/** A problem as a small page of its own, without scripts or other files. */
final class ProblemPage {
  private ProblemPage() {}

  static Buffer of(Problem problem) {
    String title = problem.code().replace('-', ' ');
    return Buffer.buffer(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>%1$d %2$s</title>
        <style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:36rem;margin:15vh auto;\
        padding:0 1.25rem}h1{font-size:1.6rem;margin:0}p{overflow-wrap:anywhere}</style></head>
        <body><main><h1>%3$s</h1><p>%4$s.</p><p>Error %1$d</p></main></body></html>
        """
            .formatted(
                problem.status(),
                escaped(title),
                escaped(Character.toUpperCase(title.charAt(0)) + title.substring(1)),
                escaped(problem.detail())));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
