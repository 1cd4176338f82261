package io.millrace.access;

import io.millrace.access.AccessDecision.Reason;
import io.millrace.access.AccessDecision.Refused;

/** The refusals that every set of rules words the same. */
public final class Refusals {
  private Refusals() {}

  public static Refused noCredential(Action action) {
    return new Refused(
        Reason.NO_CREDENTIAL,
        switch (action) {
          case PUBLISH -> "publishing needs a key: add ?key=… to the address or stream name";
          case PLAY -> "this stream needs a playback token";
        });
  }

  public static Refused wrongCredential(Action action) {
    return new Refused(
        Reason.WRONG_CREDENTIAL,
        switch (action) {
          case PUBLISH -> "the publish key is not valid for this stream";
          case PLAY -> "the playback token is not valid";
        });
  }

  /** Nothing was presented at a door to topics. */
  public static Refused noTopicCredential() {
    return new Refused(
        Reason.NO_CREDENTIAL, "topics need a key or a token, as a password or a bearer token");
  }

  /** A key that is not known. */
  public static Refused wrongTopicKey() {
    return new Refused(Reason.WRONG_CREDENTIAL, "the key is not valid");
  }

  /**
   * A credential that is good for other things.
   *
   * @param what for example {@code the key}
   */
  public static Refused noTopics(String what) {
    return new Refused(Reason.NOT_ALLOWED, what + " opens no topics");
  }

  /** Whoever decides could not be asked. */
  public static Refused undecided() {
    return new Refused(
        Reason.UNDECIDED, "access cannot be checked at the moment; try again shortly");
  }
}
