package io.github.convgauge.pytorchcuda;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A backend sees tensors, problems and the backend interface, and nothing else of the house. */
@AnalyzeClasses(packagesOf = PytorchCudaBackend.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ARROWS = classes().should().onlyDependOnClassesThat().resideInAnyPackage(
            "java..", "com.fasterxml.jackson..",
            "io.github.convgauge.pytorchcuda", "io.github.convgauge.tensor",
            "io.github.convgauge.conv", "io.github.convgauge.backend");
}
