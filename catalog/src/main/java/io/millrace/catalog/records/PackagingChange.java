package io.millrace.catalog.records;

import io.millrace.catalog.Packaging;
import io.millrace.catalog.TrackNaming;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a change, or a new row, says of its packaging.
 *
 * @param ladder whether it says something of the ladder
 * @param window whether it says something of the window
 * @param languages whether it says something of the languages
 * @param to what it says; where that is empty, nothing is to be said there any more
 */
public record PackagingChange(boolean ladder, boolean window, boolean languages, Packaging to) {
  /** Says nothing. */
  public static final PackagingChange NONE =
      new PackagingChange(false, false, false, Packaging.UNSAID);

  /** For a statement's {@code set}. */
  static final String SET =
      "ladder = case when ? then ?::text[] else ladder end,"
          + " window_seconds = case when ? then ?::integer else window_seconds end,"
          + " languages = case when ? then ?::jsonb else languages end";

  /** The parameters of {@link #SET}, between those before and those behind it. */
  @Nullable Object[] between(@Nullable Object[] before, @Nullable Object... behind) {
    @Nullable Object[] own = {
      ladder, ladderOrNull(), window, secondsOrNull(), languages, languagesOrNull()
    };
    return Stream.of(before, own, behind).flatMap(Arrays::stream).toArray();
  }

  String @Nullable [] ladderOrNull() {
    return to.ladder().map(words -> words.toArray(String[]::new)).orElse(null);
  }

  /** Whether it says anything. */
  public boolean saysSomething() {
    return ladder || window || languages;
  }

  @Nullable String languagesOrNull() {
    return to.languages().map(said -> TrackNaming.toJson(said).encode()).orElse(null);
  }

  @Nullable Long secondsOrNull() {
    return to.window().map(Duration::toSeconds).orElse(null);
  }
}
