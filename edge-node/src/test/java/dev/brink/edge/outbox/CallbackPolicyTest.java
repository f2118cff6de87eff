package dev.brink.edge.outbox;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.inference.InferenceException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallbackPolicyTest {

  private final CallbackPolicy policy =
      new CallbackPolicy(List.of("hooks.example.com", "internal:8080"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://hooks.example.com/a?b=c",
        "http://HOOKS.example.com",
        "http://internal:8080/done"
      })
  void namedHostsAreAllowed(String address) {
    assertThatCode(() -> policy.require(address)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/latest/meta-data",
        "http://localhost/",
        "http://[::1]:8080/",
        "http://internal/",
        "http://internal:8081/",
        "https://hooks.example.com:22/",
        "https://hooks.example.com.evil.org/",
        "https://hooks.example.com@evil.org/",
        "https://user@hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "//hooks.example.com/",
        "http:///nothing",
        "not a url",
        ""
      })
  void everythingElseIsRefusedByName(String address) {
    assertThatThrownBy(() -> policy.require(address))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("parameter 'brink_callback'");
  }
}
