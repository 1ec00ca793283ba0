package io.github.convgauge.cl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * What backends on OpenCL share sees the binding, the calls of kernels that it launches, and of common what a backend may
 * see; it knows no backend.
 */
@AnalyzeClasses(packagesOf = ClDevice.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ARROWS = classes().should().onlyDependOnClassesThat().resideInAnyPackage(
            "java..", "org.lwjgl..",
            "io.github.convgauge.cl", "io.github.convgauge.openclc", "io.github.convgauge.tensor",
            "io.github.convgauge.conv", "io.github.convgauge.backend");
}
