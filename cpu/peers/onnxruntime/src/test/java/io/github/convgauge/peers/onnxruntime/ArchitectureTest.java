package io.github.convgauge.peers.onnxruntime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A backend sees the shared code up to the backend interface, and no other backend. */
@AnalyzeClasses(packages = "io.github.convgauge", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule PEERS_SEE_THE_INTERFACE_ONLY = classes()
            .that().resideInAPackage("io.github.convgauge.peers..")
            .should().onlyDependOnClassesThat().resideInAnyPackage(
                    "io.github.convgauge.peers.onnxruntime", "io.github.convgauge.tensor..", "io.github.convgauge.conv..",
                    "io.github.convgauge.backend..", "ai.onnxruntime..", "java..");
}
