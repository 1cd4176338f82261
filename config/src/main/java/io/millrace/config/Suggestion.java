package io.millrace.config;

import java.util.Collection;

/** "did you mean": the nearest of the words that would have been right. */
public final class Suggestion {
  private Suggestion() {}

  /** {@code "; did you mean 'x'?"}, or nothing when no candidate is near. */
  public static String nearest(String word, Collection<String> candidates) {
    return nearest("", word, candidates);
  }

  /**
   * The same for words that all start alike.
   *
   * @param prefix what stands before the word and every candidate, and is shown
   */
  static String nearest(String prefix, String word, Collection<String> candidates) {
    String best = "";
    // Two mistakes in four letters are another word.
    int bestDistance = Math.max(word.length() < 5 ? 1 : 2, word.length() / 3) + 1;
    for (String candidate : candidates) {
      int distance = distance(word, candidate);
      if (distance < bestDistance) {
        bestDistance = distance;
        best = candidate;
      }
    }
    return best.isEmpty() ? "" : "; did you mean '" + prefix + best + "'?";
  }

  /** Edit distance in which swapping two neighbours counts once (optimal string alignment). */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int same =
            Character.toLowerCase(a.charAt(i - 1)) == Character.toLowerCase(b.charAt(j - 1))
                ? 0
                : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1), d[i - 1][j - 1] + same);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
