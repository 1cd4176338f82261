package io.millrace.catalog;

import static io.millrace.catalog.ApiFixture.ADMIN;
import static io.millrace.catalog.ApiFixture.basic;
import static io.millrace.catalog.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is let into the API. */
@Timeout(60)
class ApiSignInTest {
  @RegisterExtension static final ApiFixture api = new ApiFixture();

  @AfterEach
  void forgetWhoeverGuessed() {
    api.clock().advance(Duration.ofMinutes(16));
  }

  @Test
  void aChangedPasswordEndsTheTokensOfItsAccount() throws Exception {
    JsonObject token = json(api.post("/tokens", new JsonObject()));
    String bearer = "Bearer " + token.getString("token");
    assertThat(api.send("GET", "/apps", bearer, null).statusCode()).isEqualTo(200);

    String same = new JsonObject().put("password", "secret-of-admin").encode();
    assertThat(api.send("PATCH", "/account", ADMIN, same).statusCode()).isEqualTo(204);

    assertThat(api.send("GET", "/apps", bearer, null).statusCode()).isEqualTo(401);
    assertThat(api.send("GET", "/apps", ADMIN, null).statusCode()).isEqualTo(200);
  }

  @Test
  void letsInByPasswordByTokenAndByTheLocalCredentialAndNobodyElse() throws Exception {
    assertThat(api.send("GET", "/apps", null, null).headers().firstValue("WWW-Authenticate"))
        .hasValueSatisfying(its -> assertThat(its).startsWith("Basic"));
    assertThat(api.send("GET", "/apps", ADMIN, null).statusCode()).isEqualTo(200);
    JsonObject token = json(api.post("/tokens", new JsonObject().put("lifetimeSeconds", 60)));
    String bearer = "Bearer " + token.getString("token");
    assertThat(api.send("GET", "/apps", bearer, null).statusCode()).isEqualTo(200);
    api.clock().advance(Duration.ofSeconds(61));
    assertThat(api.send("GET", "/apps", bearer, null).statusCode()).isEqualTo(401);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(api.localCredential())))
        .isEqualTo("rw-------");
    String local = "Bearer " + api.localToken();
    assertThat(api.send("GET", "/account", local, null).statusCode()).isEqualTo(200);
    HttpRequest.Builder forwarded =
        api.request("/account")
            .header("Authorization", local)
            .header("X-Forwarded-For", "203.0.113.9");
    assertThat(api.send(forwarded).statusCode()).isEqualTo(401);
  }

  @Test
  void slowsDownWhoeverGuessesAndNobodyElse() throws Exception {
    assertThat(api.send("GET", "/apps", ADMIN, null).statusCode()).isEqualTo(200);
    String wrong = basic("admin", "guess");
    int last = 0;
    for (int i = 0; i < 8 && last != 429; i++) {
      last = api.send("GET", "/apps", wrong, null).statusCode();
    }
    assertThat(last).isEqualTo(429);
    HttpResponse<String> limited = api.send("GET", "/apps", wrong, null);
    assertThat(limited.headers().firstValue("Retry-After")).isPresent();
    // The same address: a password known to be right, and a token that nobody can guess.
    assertThat(api.send("GET", "/apps", ADMIN, null).statusCode()).isEqualTo(200);
    assertThat(api.send("GET", "/apps", "Bearer " + api.localToken(), null).statusCode())
        .isEqualTo(200);

    api.clock().advance(Duration.ofMinutes(2));
    assertThat(api.send("GET", "/apps", wrong, null).statusCode()).isEqualTo(401);
  }
}
