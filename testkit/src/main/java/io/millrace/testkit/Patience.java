package io.millrace.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * How long tests wait for what has to happen and says no time of its own: longer than a busy
 * machine stalls or starts a child process. Found by JUnit itself.
 */
public final class Patience implements TestExecutionListener {
  static final Duration DEFAULT = Duration.ofSeconds(40);

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    Awaitility.setDefaultTimeout(DEFAULT);
  }
}
