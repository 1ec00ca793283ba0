package io.github.convgauge.cpu;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A backend sees tensors, problems and the backend interface, and nothing else of the house. */
@AnalyzeClasses(packagesOf = CpuBackend.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] BELOW = {
        "java..", "javax.management..", "com.sun.management", "jdk.incubator.vector",
        "io.github.convgauge.tensor", "io.github.convgauge.conv", "io.github.convgauge.backend"};

    @ArchTest
    static final ArchRule ARROWS = classes().that().haveNameNotMatching(".*\\.TuningCache.*")
            .should().onlyDependOnClassesThat(resideInAnyPackage(BELOW).or(resideInAPackage("io.github.convgauge.cpu..")));

    /** The file of timed blocks is JSON, and belongs to a processor. */
    @ArchTest
    static final ArchRule CACHE = classes().that().haveNameMatching(".*\\.TuningCache.*")
            .should().onlyDependOnClassesThat(resideInAnyPackage(BELOW)
                    .or(resideInAnyPackage("io.github.convgauge.cpu..", "com.fasterxml.jackson..", "oshi..")));

    /** A generated kernel knows no convolution; how it is compiled is the JVM's business. */
    @ArchTest
    static final ArchRule KERNELS = classes().that().resideInAPackage("io.github.convgauge.cpu.kernel")
            .and().doNotHaveSimpleName("OptimizingCompiler")
            .should().onlyDependOnClassesThat(
                    resideInAnyPackage("java..", "io.github.convgauge.tensor", "io.github.convgauge.cpu.kernel"));
}
