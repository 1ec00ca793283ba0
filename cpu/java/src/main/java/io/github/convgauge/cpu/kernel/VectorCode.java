package io.github.convgauge.cpu.kernel;

import io.github.convgauge.tensor.DType;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.ByteOrder;

/** The calls of the Vector API and of MemorySegment that generated kernels are made of, for one dtype and vector length. */
final class VectorCode {
    static final ClassDesc SEGMENT = ClassDesc.of("java.lang.foreign.MemorySegment");
    private static final ClassDesc SPECIES = ClassDesc.of("jdk.incubator.vector.VectorSpecies");
    private static final ClassDesc ANY_VECTOR = ClassDesc.of("jdk.incubator.vector.Vector");
    private static final ClassDesc OPERATORS = ClassDesc.of("jdk.incubator.vector.VectorOperators");
    private static final ClassDesc TERNARY = OPERATORS.nested("Ternary");
    private static final ClassDesc VALUE_LAYOUT = ClassDesc.of("java.lang.foreign.ValueLayout");
    private static final ClassDesc BYTE_ORDER = ClassDesc.of("java.nio.ByteOrder");
    private static final ClassDesc EVERYTHING = Access.Everything.class.describeConstable().orElseThrow();
    private static final String ORDER = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "LITTLE_ENDIAN" : "BIG_ENDIAN";

    private final ClassDesc vector;
    private final ClassDesc element;
    private final ClassDesc layout;
    private final String layoutName;
    private final String speciesName;
    private final Access access;

    VectorCode(DType dtype, int bits, Access access) {
        this.access = access;
        boolean f64 = dtype == DType.F64;
        vector = ClassDesc.of("jdk.incubator.vector." + (f64 ? "DoubleVector" : "FloatVector"));
        element = f64 ? ConstantDescs.CD_double : ConstantDescs.CD_float;
        layout = ClassDesc.of("java.lang.foreign.ValueLayout$" + (f64 ? "OfDouble" : "OfFloat"));
        // Unaligned, because the aligned one is checked at each access. On x86 and ARM it costs nothing.
        layoutName = f64 ? "JAVA_DOUBLE_UNALIGNED" : "JAVA_FLOAT_UNALIGNED";
        speciesName = "SPECIES_" + bits;
    }

    /** → the segment of a local, or all memory. */
    private CodeBuilder segment(CodeBuilder code, int local) {
        return access == Access.CHECKED ? code.aload(local) : code.getstatic(EVERYTHING, "MEMORY", SEGMENT);
    }

    /**
     * offset → the same offset, of which C2 now knows that it is not negative, nor so large that a
     * constant added to it would overflow.
     */
    void tame(CodeBuilder code) {
        if (access == Access.UNCHECKED) {
            code.loadConstant(Long.MAX_VALUE >> 1).land();
        }
    }

    private CodeBuilder species(CodeBuilder code) {
        return code.getstatic(vector, speciesName, SPECIES);
    }

    /** → vector of zeros. */
    void zero(CodeBuilder code) {
        species(code).invokestatic(vector, "zero", MethodTypeDesc.of(vector, SPECIES));
    }

    /** → vector at an offset. */
    void load(CodeBuilder code, int segment, Runnable pushOffset) {
        segment(species(code), segment);
        pushOffset.run();
        code.getstatic(BYTE_ORDER, ORDER, BYTE_ORDER)
                .invokestatic(vector, "fromMemorySegment",
                        MethodTypeDesc.of(vector, SPECIES, SEGMENT, ConstantDescs.CD_long, BYTE_ORDER));
    }

    /** → vector whose lanes all are the number at an offset. */
    void broadcast(CodeBuilder code, int segment, Runnable pushOffset) {
        segment(species(code), segment).getstatic(VALUE_LAYOUT, layoutName, layout);
        pushOffset.run();
        code.invokeinterface(SEGMENT, "get", MethodTypeDesc.of(element, layout, ConstantDescs.CD_long))
                .invokestatic(vector, "broadcast", MethodTypeDesc.of(vector, SPECIES, element));
    }

    /**
     * → the vector of one local · that of another + that of a third.
     *
     * <p>Not by the method {@code fma}, which calls {@code lanewise} of a class for each vector length and has one profile of its receivers for the
     * whole JVM: once blocks of two lengths have run, C2 prepares each for both, makes objects of vectors for it, and reaches a tenth to a third of the
     * speed. A call of {@code lanewise} here has a profile of its own, which the interpreter makes. Where C1 takes the blocks, it may make none
     * (when C2 has much to do), and the call would stay a virtual one; then {@code fma} it is.
     */
    void fma(CodeBuilder code, int first, int second, int third) {
        code.aload(first);
        if (OptimizingCompiler.alone()) {
            code.getstatic(OPERATORS, "FMA", TERNARY).aload(second).aload(third)
                    .invokevirtual(vector, "lanewise", MethodTypeDesc.of(vector, TERNARY, ANY_VECTOR, ANY_VECTOR));
        } else {
            code.aload(second).aload(third).invokevirtual(vector, "fma", MethodTypeDesc.of(vector, ANY_VECTOR, ANY_VECTOR));
        }
    }

    /**
     * Stores the vector of a local at an offset.
     *
     * <p>With a cast to the class for its length, which has no public name: else C2 asks the profiles of {@code intoMemorySegment} what the vector may be,
     * and they know all lengths that were ever stored in this JVM.
     */
    void store(CodeBuilder code, int local, int segment, Runnable pushOffset) {
        species(code).invokeinterface(SPECIES, "vectorType", MethodTypeDesc.of(ConstantDescs.CD_Class))
                .aload(local)
                .invokevirtual(ConstantDescs.CD_Class, "cast", MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object))
                .checkcast(vector);
        segment(code, segment);
        pushOffset.run();
        code.getstatic(BYTE_ORDER, ORDER, BYTE_ORDER)
                .invokevirtual(vector, "intoMemorySegment",
                        MethodTypeDesc.of(ConstantDescs.CD_void, SEGMENT, ConstantDescs.CD_long, BYTE_ORDER));
    }
}
