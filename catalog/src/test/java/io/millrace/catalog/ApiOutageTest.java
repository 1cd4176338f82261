package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.code;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The API while its database does not answer. */
@Timeout(60)
class ApiOutageTest {
  /**
   * Far above the two seconds that docs/operations.md promises, for busy machines, and below what
   * the database's driver waits; {@link CatalogPatienceTest} has the promise itself.
   */
  private static final Duration SOON = Duration.ofSeconds(8);

  /** Shorter than the database lets anybody wait for a lock, which is 1.5 s. */
  private static final Duration SLOW_SIGN_IN = Duration.ofMillis(1200);

  /** More than the patience, and less than a slow sign-in and the wait for a lock afterwards. */
  private static final Duration ONE_PATIENCE = Duration.ofMillis(2500);

  @RegisterExtension static final ApiFixture api = new ApiFixture();

  @Test
  void aDatabaseThatHangsIsA503SoonAndNothingIsDoneWhenItGoesOn() throws Exception {
    assertThat(api.get("/apps").statusCode()).isEqualTo(200);
    try (HungDatabase hung = HungDatabase.of(api.catalog())) {
      assertThat(hung.processes()).isNotEmpty();
      for (String[] request :
          List.of(
              new String[] {"GET", "/apps", null},
              new String[] {"POST", "/apps", "{\"name\":\"later\"}"},
              new String[] {"GET", "/account", null})) {
        long before = System.nanoTime();
        HttpResponse<String> answer = api.send(request[0], request[1], ADMIN, request[2]);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(SOON);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(code(answer)).isEqualTo("catalog-unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      }
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> api.running() == 0);
    HttpResponse<String> apps = api.get("/apps");
    assertThat(apps.statusCode()).isEqualTo(200);
    assertThat(apps.body()).as("what was answered with 503").doesNotContain("later");
    assertThat(api.post("/apps", new JsonObject().put("name", "later")).statusCode())
        .isEqualTo(201);
  }

  /** Each alone is within the patience or ends with it; one after the other they take longer. */
  @Test
  void aSlowSignInTakesItsTimeFromWhatIsAskedThen() throws Exception {
    // From now on this password is known and not hashed again.
    assertThat(api.get("/apps").statusCode()).isEqualTo(200);
    try (LockedTable accounts =
            new LockedTable(api.catalog(), "account", Optional.of(SLOW_SIGN_IN));
        LockedTable apps = new LockedTable(api.catalog(), "app", Optional.empty())) {
      long before = System.nanoTime();
      HttpResponse<String> answer = api.get("/apps");
      Duration took = Duration.ofNanos(System.nanoTime() - before);

      assertThat(accounts.isFree()).as("the sign-in is over").isTrue();
      assertThat(apps.waiters()).as("what was asked then is under way").isEqualTo(1);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(code(answer)).isEqualTo("catalog-unavailable");
      assertThat(took).isBetween(SLOW_SIGN_IN, ONE_PATIENCE);
    }
    await().atMost(Duration.ofSeconds(30)).until(() -> api.running() == 0);
  }
}
