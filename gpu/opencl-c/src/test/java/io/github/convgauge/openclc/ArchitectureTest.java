package io.github.convgauge.openclc;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Kernels without a runtime: no binding of OpenCL, no backend, and of common what a backend may see. */
@AnalyzeClasses(packagesOf = Plan.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ARROWS = classes().should().onlyDependOnClassesThat().resideInAnyPackage(
            "java..", "io.github.convgauge.openclc", "io.github.convgauge.tensor",
            "io.github.convgauge.conv", "io.github.convgauge.backend");
}
