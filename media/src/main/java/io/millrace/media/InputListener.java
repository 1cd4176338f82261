package io.millrace.media;

/** Hears what becomes of broadcasts' inputs: few times in each. */
@FunctionalInterface
public interface InputListener {
  /** Called on the broadcast's home context, never to block. */
  void changed(InputChange change);
}
