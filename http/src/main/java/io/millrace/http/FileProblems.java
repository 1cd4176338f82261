package io.millrace.http;

import io.millrace.config.ConfigSection;
import java.io.IOException;

/** What is wrong with certificates and keys that settings name, told beside the settings' own. */
public final class FileProblems {
  private FileProblems() {}

  /** Looks at one file or at a certificate with its key; blocks. */
  public interface Look {
    /**
     * @throws IOException naming the file and what is wrong with it
     */
    void take() throws IOException;
  }

  /** Looks, where the setting that is at fault is the one that the failure names. */
  public static void collect(ConfigSection section, Look look) {
    try {
      look.take();
    } catch (IOException e) {
      section.problem(CertificateFileException.keyOf(e), String.valueOf(e.getMessage()));
    }
  }

  /** Looks at the file of one setting. */
  public static void collect(ConfigSection section, String key, Look look) {
    try {
      look.take();
    } catch (IOException e) {
      section.problem(key, String.valueOf(e.getMessage()));
    }
  }
}
