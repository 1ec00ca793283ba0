package io.github.convgauge.tornadovm;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * A backend sees tensors, problems, the backend interface and the hand-written kernels, and nothing else of the
 * house. Inside:
 * backend → graphs → kernels, grids.
 */
@AnalyzeClasses(packagesOf = TornadoBackend.class, importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.github.convgauge.tornadovm";
    private static final String API = "uk.ac.manchester.tornado.api..";

    @ArchTest
    static final ArchRule ARROWS = classes().should().onlyDependOnClassesThat().resideInAnyPackage(
            "java..", API, "com.fasterxml.jackson..", ROOT + "..", "io.github.convgauge.openclc",
            "io.github.convgauge.tensor", "io.github.convgauge.conv", "io.github.convgauge.backend");

    /** What a device compiles must not reach for anything else. */
    @ArchTest
    static final ArchRule KERNELS_ARE_ALONE = classes()
            .that().resideInAPackage(ROOT + ".kernels")
            .should().onlyDependOnClassesThat().resideInAnyPackage("java.lang..", API, ROOT + ".kernels");

    @ArchTest
    static final ArchRule GRIDS_ARE_ALONE = classes()
            .that().resideInAPackage(ROOT + ".grids")
            .should().onlyDependOnClassesThat().resideInAnyPackage("java..", API, ROOT + ".grids");

    @ArchTest
    static final ArchRule GRAPHS_KNOW_NO_BACKEND = noClasses()
            .that().resideInAPackage(ROOT + ".graphs")
            .should().dependOnClassesThat().resideInAPackage(ROOT);

    /** Its constants come and go between versions; names stay. */
    @ArchTest
    static final ArchRule NO_SWITCH_OVER_BACKENDS = noClasses()
            .should().accessField("uk.ac.manchester.tornado.api.enums.TornadoVMBackendType", "OPENCL")
            .orShould().accessField("uk.ac.manchester.tornado.api.enums.TornadoVMBackendType", "PTX")
            .orShould().accessField("uk.ac.manchester.tornado.api.enums.TornadoVMBackendType", "CUDA")
            .orShould().accessField("uk.ac.manchester.tornado.api.enums.TornadoVMBackendType", "SPIRV");
}
