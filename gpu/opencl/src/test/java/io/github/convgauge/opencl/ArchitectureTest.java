package io.github.convgauge.opencl;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * A backend sees tensors, problems, the backend interface, its kernels and what runs them, and nothing else of the house:
 * no other backend.
 */
@AnalyzeClasses(packagesOf = OpenClBackend.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ARROWS = classes().should().onlyDependOnClassesThat().resideInAnyPackage(
            "java..", "org.lwjgl..",
            "io.github.convgauge.opencl", "io.github.convgauge.cl", "io.github.convgauge.openclc", "io.github.convgauge.tensor",
            "io.github.convgauge.conv", "io.github.convgauge.backend");
}
