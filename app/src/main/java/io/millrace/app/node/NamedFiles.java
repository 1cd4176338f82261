package io.millrace.app.node;

import io.millrace.access.AccessConfig;
import io.millrace.access.JwtRules;
import io.millrace.access.RevokedTokens;
import io.millrace.app.clip.SlateFile;
import io.millrace.broker.BrokerFiles;
import io.millrace.config.ConfigSection;
import io.millrace.http.FileProblems;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.Callable;

/** The keys, certificates and media that settings name. */
public final class NamedFiles {
  private NamedFiles() {}

  /**
   * Looks at all of them, so that a check finds what a start would; what is wrong is collected in
   * the configuration. Blocks on the files.
   */
  public static void check(ConfigSection root, NodeSettings settings) {
    ConfigSection jwt = root.section("access").section("jwt");
    settings
        .access()
        .jwt()
        .map(AccessConfig.Jwt::keySources)
        .orElse(Map.of())
        .forEach(
            (key, source) ->
                tryLoading(jwt, key, () -> JwtRules.load(source, new RevokedTokens(1))));
    settings
        .http()
        .certificate()
        .ifPresent(
            files -> FileProblems.collect(root.section("http").section("tls"), files::check));
    // One file may be for several machines: what does not run here needs nothing here.
    if (settings.runs(Role.ORIGIN)) {
      settings
          .ingest()
          .rtmpsCertificate()
          .ifPresent(
              files -> FileProblems.collect(root.section("ingest").section("rtmps"), files::check));
      settings
          .live()
          .slate()
          .ifPresent(
              file ->
                  tryLoading(
                      root.section("ingest"),
                      "slate",
                      () -> SlateFile.load(file, settings.packager().segmentDuration())));
    }
    if (settings.runs(Role.BROKER)) {
      BrokerFiles.check(root, settings.broker(), settings.http().certificate());
    }
  }

  private static void tryLoading(ConfigSection section, String key, Callable<?> loading) {
    try {
      loading.call();
    } catch (NoSuchFileException e) {
      section.problem(key, "there is no file " + e.getFile());
    } catch (Exception e) {
      String path = section.path() + "." + key;
      String message = String.valueOf(e.getMessage());
      section.problem(
          key, message.startsWith(path) ? message.substring(path.length()).strip() : message);
    }
  }
}
