package dev.brink.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.ConfigBinder;
import dev.brink.config.GrpcSection;
import dev.brink.config.HttpSection;
import dev.brink.config.ManagementSection;
import dev.brink.config.ModelControl;
import dev.brink.config.TenantsSection;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DoorsTest {

  @Test
  void modelsAreControlledFromThisMachineUnlessMoreIsAllowed() {
    assertThat(doors("127.0.0.1", ModelControl.LOOPBACK).modelControl()).isTrue();
    assertThat(doors("0.0.0.0", ModelControl.LOOPBACK).modelControl()).isFalse();
    assertThat(doors("0.0.0.0", ModelControl.ON).modelControl()).isTrue();
    assertThat(doors("127.0.0.1", ModelControl.OFF).modelControl()).isFalse();
  }

  private static Doors doors(String httpHost, ModelControl control) {
    return new Doors(
        ConfigBinder.bind(HttpSection.class, "host: " + httpHost, Path.of(".")),
        ConfigBinder.defaults(GrpcSection.class),
        ConfigBinder.defaults(ManagementSection.class),
        TenantsSection.none(),
        control);
  }
}
