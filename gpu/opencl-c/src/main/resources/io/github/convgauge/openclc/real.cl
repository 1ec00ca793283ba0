// In front of every kernel. REAL_BITS (32 or 64) and V, the lanes of a vector, come from the host, so that
// f32 and f64 are one text.
//
// a * b + c may be one fused multiply-add: it rounds once, so the bound of a plain sum holds for it too.
// Nothing else may be reordered or approximated; no -cl-fast-relaxed-math, no -cl-mad-enable, whose mad
// has no error bound in OpenCL 1.2.
#pragma OPENCL FP_CONTRACT ON

#if REAL_BITS == 64
#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#define real double
#else
#define real float
#endif

// What a runtime puts in front of a kernel's own arguments, and of the elements of each array, in bytes: nothing
// where the buffers are our own. TornadoVM has both. Every kernel skips its headers first; that is a constant in
// each address.
#ifndef LEADING_ARGUMENTS
#define LEADING_ARGUMENTS
#define ARRAY_HEADER 0
#endif
#define SKIP_HEADER(array) array += ARRAY_HEADER / (int)sizeof(real)

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#if V == 1
#define realv real
#define LOADV(at) (*(at))
#define STOREV(value, at) (*(at) = (value))
#else
#define realv JOIN(real, V)
#define LOADV(at) JOIN(vload, V)(0, at)
#define STOREV(value, at) JOIN(vstore, V)(value, 0, at)
#endif
