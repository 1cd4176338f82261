package io.millrace.client;

/** Hears how the connection is. Called by one thread at a time, which reads nothing meanwhile. */
public interface ConnectionListener {
  /** Who does not want to know. */
  ConnectionListener NONE = new ConnectionListener() {};

  /**
   * The server has let the client in; also after each time that the connection was lost.
   *
   * @param principal who the server takes it for
   */
  default void connected(String principal) {}

  /** The connection is lost, or could not be made; the client tries again. */
  default void disconnected(MillraceException reason) {}

  /** The client has ended: it was closed, or the server does not let it in. */
  default void closed(MillraceException reason) {}
}
