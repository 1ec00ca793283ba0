package io.github.convgauge;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages: cli → worker, report → measure, check → backend → conv → tensor. */
@AnalyzeClasses(packages = "io.github.convgauge", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ROOT = "io.github.convgauge";

    @ArchTest
    static final ArchRule ARROWS = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
            .optionalLayer("root").definedBy(ROOT)
            .optionalLayer("cli").definedBy(ROOT + ".cli..")
            .optionalLayer("worker").definedBy(ROOT + ".worker..")
            .optionalLayer("report").definedBy(ROOT + ".report..")
            .optionalLayer("measure").definedBy(ROOT + ".measure..")
            .optionalLayer("check").definedBy(ROOT + ".check..")
            .optionalLayer("backend").definedBy(ROOT + ".backend..")
            .optionalLayer("conv").definedBy(ROOT + ".conv..")
            .optionalLayer("tensor").definedBy(ROOT + ".tensor..")
            .whereLayer("root").mayOnlyAccessLayers("cli")
            .whereLayer("cli").mayOnlyAccessLayers("worker", "report", "measure", "check", "backend", "conv", "tensor")
            .whereLayer("worker").mayOnlyAccessLayers("measure", "check", "backend", "conv", "tensor")
            .whereLayer("report").mayOnlyAccessLayers("measure", "check", "backend", "conv", "tensor")
            .whereLayer("measure").mayOnlyAccessLayers("check", "backend", "conv", "tensor")
            .whereLayer("check").mayOnlyAccessLayers("backend", "conv", "tensor")
            .whereLayer("backend").mayOnlyAccessLayers("conv", "tensor")
            .whereLayer("conv").mayOnlyAccessLayers("tensor")
            .whereLayer("tensor").mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule NO_CYCLES = slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().allowEmptyShould(true);

    @ArchTest
    static final ArchRule NO_OTHER_PACKAGES = classes()
            .should()
            .resideInAnyPackage(
                    ROOT, ROOT + ".cli..", ROOT + ".worker..", ROOT + ".report..", ROOT + ".measure..",
                    ROOT + ".check..", ROOT + ".backend..", ROOT + ".conv..", ROOT + ".tensor..");

    @ArchTest
    static final ArchRule ROOT_HOLDS_ONLY_MAIN = classes()
            .that().resideInAPackage(ROOT)
            .should().haveSimpleName("Main")
            .allowEmptyShould(true);
}
