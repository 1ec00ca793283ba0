package io.github.convgauge.cpu.kernel;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;
import static java.lang.constant.ConstantDescs.CD_void;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;

/**
 * What all generated kernels have in common: a hidden class whose {@code run} calls the static method
 * {@code block} once for each block. The block is a method of its own, because HotSpot compiles
 * methods, and the loop over blocks would cost it registers.
 */
final class KernelClass {
    private static final ClassDesc SELF = ClassDesc.of(KernelClass.class.getPackageName() + ".GeneratedKernel");
    private static final ClassDesc KERNEL = BlockKernel.class.describeConstable().orElseThrow();
    private static final ClassDesc MATH = ClassDesc.of("java.lang.Math");
    private static final MethodTypeDesc MIN = MethodTypeDesc.of(CD_long, CD_long, CD_long);
    private static final String BLOCK_NAME = "block";
    private static final MethodTypeDesc BLOCK = MethodTypeDesc.of(
            CD_void, VectorCode.SEGMENT, CD_long, VectorCode.SEGMENT, CD_long, VectorCode.SEGMENT, CD_long, CD_int);
    private static final MethodTypeDesc RUN = BLOCK.insertParameterTypes(BLOCK.parameterCount(), CD_int);

    /** Locals of the block, in the order of its parameters; a long takes two. */
    static final int X = 0;
    static final int X_AT = 1;
    static final int W = 3;
    static final int W_AT = 4;
    static final int Y = 6;
    static final int Y_AT = 7;
    static final int ROWS = 9;
    static final int FIRST_FREE = 10;

    /** HotSpot compiles no method of more bytes (HugeMethodLimit). */
    static final int MOST_BLOCK_BYTES = 8000;

    private KernelClass() {}

    /**
     * The bytes of a kernel's class.
     *
     * @param access how the block reaches memory: if unchecked, its offsets are addresses
     * @param steps from block to block
     * @param forms the body of the block, up to its return: the first one that is short enough to be compiled, else the last
     */
    @SafeVarargs
    static byte[] bytes(Access access, Steps steps, Consumer<CodeBuilder>... forms) {
        byte[] bytes = null;
        for (int i = 0; i < forms.length && (bytes == null || blockBytes(bytes) > MOST_BLOCK_BYTES); i++) {
            Consumer<CodeBuilder> block = forms[i];
            bytes = ClassFile.of().build(SELF, type -> type
                    .withFlags(ClassFile.ACC_FINAL)
                    .withInterfaceSymbols(KERNEL)
                    .withMethodBody(ConstantDescs.INIT_NAME, MTD_void, 0, code -> code
                            .aload(0)
                            .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, MTD_void)
                            .return_())
                    .withMethodBody("run", RUN, ClassFile.ACC_PUBLIC, code -> run(code, access, steps))
                    .withMethodBody(BLOCK_NAME, BLOCK, ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC, code -> {
                        block.accept(code);
                        code.return_();
                    }));
        }
        return bytes;
    }

    /** The kernel of a class of {@link #bytes}. */
    static BlockKernel load(byte[] bytes) {
        // Before there is a block to compile.
        OptimizingCompiler.alone();
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return (BlockKernel) lookup
                    .findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                    .invoke();
        } catch (Throwable e) {
            throw new IllegalStateException("a generated kernel does not load", e);
        }
    }

    /** How long the block's code is. */
    static int blockBytes(byte[] type) {
        return ClassFile.of().parse(type).methods().stream()
                .filter(method -> method.methodName().equalsString(BLOCK_NAME))
                .mapToInt(method -> method.findAttribute(Attributes.code()).orElseThrow().codeLength())
                .sum();
    }

    private static void run(CodeBuilder code, Access access, Steps steps) {
        // The receiver moves everything by one.
        int rows = ROWS + 1;
        int blocks = rows + 1;
        int i = blocks + 1;
        int v = i + 1;
        int at = v + 1;
        if (access == Access.UNCHECKED) {
            addAddress(code, X + 1);
            addAddress(code, W + 1);
            addAddress(code, Y + 1);
        }
        loop(code, i, () -> code.iload(blocks), () -> {
            if (steps.vectors() == 1) {
                callBlock(code, steps, i, rows, () -> { });
                return;
            }
            loop(code, v, () -> code.loadConstant(steps.vectors()), () -> {
                code.iload(v).i2l().loadConstant(steps.vector()).lmul().loadConstant(steps.lastVector()).invokestatic(MATH, "min", MIN).lstore(at);
                callBlock(code, steps, i, rows, () -> code.lload(at).ladd());
            });
        });
        code.return_();
    }

    /** @param addVector offset → offset of the vector that is next */
    private static void callBlock(CodeBuilder code, Steps steps, int i, int rows, Runnable addVector) {
        code.aload(X + 1);
        offset(code, X_AT + 1, i, steps.x(), 0);
        addVector.run();
        code.aload(W + 1);
        offset(code, W_AT + 1, i, steps.w(), 0);
        addVector.run();
        code.aload(Y + 1);
        offset(code, Y_AT + 1, i, steps.y(), 0);
        addVector.run();
        code.iload(rows).invokestatic(SELF, BLOCK_NAME, BLOCK);
    }

    /** Makes the offset behind a segment one of all memory. */
    private static void addAddress(CodeBuilder code, int segment) {
        code.lload(segment + 1)
                .aload(segment).invokeinterface(VectorCode.SEGMENT, "address", MethodTypeDesc.of(CD_long))
                .ladd().lstore(segment + 1);
    }

    /** → base + index·scale + constant, where the index is an int and all else a long. */
    static void offset(CodeBuilder code, int base, int index, long scale, long constant) {
        code.lload(base);
        if (scale != 0) {
            code.iload(index).i2l().loadConstant(scale).lmul().ladd();
        }
        if (constant != 0) {
            code.loadConstant(constant).ladd();
        }
    }

    /** {@code for (int i = 0; i < limit; i++) body}. */
    static void loop(CodeBuilder code, int i, Runnable pushLimit, Runnable body) {
        Label top = code.newLabel();
        Label end = code.newLabel();
        code.iconst_0().istore(i).labelBinding(top).iload(i);
        pushLimit.run();
        code.if_icmpge(end);
        body.run();
        code.iinc(i, 1).goto_(top).labelBinding(end);
    }
}
