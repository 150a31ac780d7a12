using System.Runtime.InteropServices;

namespace Recv.Sinks.Gpu.Kernels;

/// <summary>The kernel <c>zero_absent</c> of <c>first_stage.cl</c> in C#.</summary>
internal static unsafe class HostZeroAbsent
{
    /// <summary>One group per heap.</summary>
    public static void Run(GpuArguments arguments, int groups, int groupSize)
    {
        byte* chunk = arguments.Pointer<byte>(0);
        byte* present = chunk + arguments.Long(1);
        byte* extra = chunk + arguments.Long(2);
        int extraBytes = arguments.Int(3);
        long* heapOffsets = arguments.Pointer<long>(4);
        long heapBytes = arguments.Long(5);
        int entriesPerHeap = arguments.Int(6);
        bool clearsData = arguments.Int(7) != 0;
        for (int heap = 0; heap < groups; heap++)
        {
            var entries = new ReadOnlySpan<byte>(present + (long)heap * entriesPerHeap, entriesPerHeap);
            if (entries.ContainsAnyExcept((byte)0)) continue;
            NativeMemory.Clear(extra + (long)heap * extraBytes, (nuint)extraBytes);
            if (clearsData) NativeMemory.Clear(chunk + heapOffsets[heap], (nuint)heapBytes);
        }
    }
}
