package io.millrace.app.node;

/** A part of the platform that a node can run. */
public enum Role {
  /** Takes in streams, packages them and answers edges. */
  ORIGIN,
  /** Answers viewers. */
  EDGE,
  /** Keeps tenants, apps, streams and keys; serves the API and the portal. */
  CATALOG,
  /** Takes in messages of topics, keeps them and gives them to who has subscribed. */
  BROKER
}
