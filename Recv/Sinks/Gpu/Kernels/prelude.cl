// What the kernels use of OpenCL C 1.2, where the compiler does not bring it: put before each kernel source.
// PTX (CUDA) is made by clang from OpenCL C, but without OpenCL's library: these few names are all that is needed.
#ifdef __NVPTX__
#define get_local_id(dimension) ((uint)__nvvm_read_ptx_sreg_tid_x())
#define get_local_size(dimension) ((uint)__nvvm_read_ptx_sreg_ntid_x())
#define get_group_id(dimension) ((uint)__nvvm_read_ptx_sreg_ctaid_x())
#define get_num_groups(dimension) ((uint)__nvvm_read_ptx_sreg_nctaid_x())
#define get_global_id(dimension) (get_group_id(0) * get_local_size(0) + get_local_id(0))
#define barrier(fence) __syncthreads()
#define atomic_add(address, value) __sync_fetch_and_add(address, value)
#endif
#ifndef FLOAT4
#define FLOAT4(a, b, c, d) ((float4)(a, b, c, d))
#endif
#ifndef PART
#define PART(vector, at) ((vector).s##at)
#endif
