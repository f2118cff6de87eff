package dev.brink.cloud;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.brink.build.PackageArrows;
import org.junit.jupiter.api.Test;

class CloudArchitectureTest {

  @Test
  void packagesSeeOnlyWhatTheyMay() {
    PackageArrows.check(
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPath("target/classes"));
  }
}
