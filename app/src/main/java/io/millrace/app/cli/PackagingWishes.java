package io.millrace.app.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is said of media, live or recorded: its title, and how it is packaged. */
class PackagingWishes {
  @Option(names = "--title", paramLabel = "TEXT", description = "one line for people")
  private Optional<String> title = Optional.empty();

  @Option(
      names = "--ladder",
      paramLabel = "RUNGS",
      description =
          "its renditions, for example copy,480p,audio; with an empty one they are the server's")
  private Optional<String> ladder = Optional.empty();

  @Option(
      names = "--languages",
      paramLabel = "TRACKS",
      description =
          "of its sound and captions, with a name or without, for example"
              + " audio=en,audio-2=de:Kommentar,cc1=en; with an empty one they are as it says them"
              + " itself")
  private Optional<String> languages = Optional.empty();

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  /** As the API takes it; what was not said is not there. */
  JsonObject json() {
    JsonObject json = new JsonObject();
    title.ifPresent(text -> json.put("title", text));
    ladder.ifPresent(
        words ->
            json.put(
                "ladder",
                words.isBlank() ? null : new JsonArray(List.of(words.strip().split("\\s*,\\s*")))));
    languages.ifPresent(
        tracks -> json.put("languages", tracks.isBlank() ? null : languages(tracks)));
    return json;
  }

  private JsonObject languages(String tracks) {
    JsonObject json = new JsonObject();
    for (String track : tracks.strip().split("\\s*,\\s*", -1)) {
      String[] said = track.split("=", 2);
      if (said.length < 2 || said[0].isBlank()) {
        throw wrong("--languages: '" + track + "' is not like audio=en");
      }
      String[] words = said[1].split(":", 2);
      JsonObject naming = new JsonObject().put("language", words[0].strip());
      if (words.length > 1) {
        naming.put("name", words[1].strip());
      }
      json.put(said[0].strip(), naming);
    }
    return json;
  }

  /** What was said wrongly. */
  final ParameterException wrong(String words) {
    return new ParameterException(spec.commandLine(), words);
  }
}
