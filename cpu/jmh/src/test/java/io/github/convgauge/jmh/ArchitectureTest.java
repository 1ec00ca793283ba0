package io.github.convgauge.jmh;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The suite reaches kernels as everybody does, through the backend, and what is no backend's algorithm (the copy, the product) by its class; it
 * sees the shared code, and no command.
 */
@AnalyzeClasses(packagesOf = Suite.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ARROWS = classes().should().onlyDependOnClassesThat().resideInAnyPackage(
            "java..", "org.openjdk.jmh..", "joptsimple..", "picocli..", "com.fasterxml.jackson..", "org.apache.commons.statistics..",
            "io.github.convgauge.jmh..", "io.github.convgauge.cpu",
            "io.github.convgauge.cpu.gemm", "io.github.convgauge.cpu.winograd", "io.github.convgauge.tensor",
            "io.github.convgauge.conv", "io.github.convgauge.backend", "io.github.convgauge.check", "io.github.convgauge.measure");
}
