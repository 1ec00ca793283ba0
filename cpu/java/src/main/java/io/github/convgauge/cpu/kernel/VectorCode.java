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
    private final boolean c2Alone;

    VectorCode(DType dtype, int bits, Access access) {
        this(dtype, bits, access, OptimizingCompiler.alone());
    }

    /** @param c2Alone whether C1 is kept off the blocks, see {@link #fma} */
    VectorCode(DType dtype, int bits, Access access, boolean c2Alone) {
        this.access = access;
        this.c2Alone = c2Alone;
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
        fma(code, first, second, () -> code.aload(third));
    }

    /** The same, where the third may come from another turn of a loop, see {@link #exact}. */
    void fmaInLoop(CodeBuilder code, int first, int second, int third) {
        fma(code, first, second, () -> exact(code, third));
    }

    private void fma(CodeBuilder code, int first, int second, Runnable pushThird) {
        code.aload(first);
        if (c2Alone) {
            code.getstatic(OPERATORS, "FMA", TERNARY).aload(second);
            pushThird.run();
            code.invokevirtual(vector, "lanewise", MethodTypeDesc.of(vector, TERNARY, ANY_VECTOR, ANY_VECTOR));
        } else {
            code.aload(second);
            pushThird.run();
            code.invokevirtual(vector, "fma", MethodTypeDesc.of(vector, ANY_VECTOR, ANY_VECTOR));
        }
    }

    /**
     * → the vector of a local, of which C2 knows the class for its length now. That class has no public name.
     *
     * <p>While C2 inlines, it knows neither that of a vector that was loaded nor that of one from the turn before of a loop. It would ask the profiles of the
     * Vector API's methods what the vector may be, and once blocks of two lengths have run in this JVM these say: one or the other. Then it makes an object of the vector for
     * each use, and the block runs at a tenth to a third of its speed.
     */
    private void exact(CodeBuilder code, int local) {
        species(code).invokeinterface(SPECIES, "vectorType", MethodTypeDesc.of(ConstantDescs.CD_Class))
                .aload(local)
                .invokevirtual(ConstantDescs.CD_Class, "cast", MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object))
                .checkcast(vector);
    }

    /** Makes {@link #exact} the vector of a local. */
    void makeExact(CodeBuilder code, int local) {
        exact(code, local);
        code.astore(local);
    }

    /** Stores the vector of a local at an offset. */
    void store(CodeBuilder code, int local, int segment, Runnable pushOffset) {
        exact(code, local);
        segment(code, segment);
        pushOffset.run();
        code.getstatic(BYTE_ORDER, ORDER, BYTE_ORDER)
                .invokevirtual(vector, "intoMemorySegment",
                        MethodTypeDesc.of(ConstantDescs.CD_void, SEGMENT, ConstantDescs.CD_long, BYTE_ORDER));
    }
}
