package dev.brink.build;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class SharedArchitectureTest {

  @Test
  void packagesSeeOnlyWhatTheyMay() {
    PackageArrows.check(
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPath("target/classes"));
  }
}
