package io.millrace.config;

/**
 * One thing wrong with the configuration.
 *
 * @param path where, as dotted keys ({@code ingest.rtmp.port}) or an environment variable's name
 * @param message what is wrong and what to write instead
 */
public record ConfigProblem(String path, String message) {
  @Override
  public String toString() {
    return path + ": " + message;
  }
}
