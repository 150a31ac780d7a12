using BenchmarkDotNet.Attributes;
using Recv.Memory;

namespace Recv.Bench.Micro;

/// <summary>One payload to its place: from the L2 cache, as after a system call, into 256 MiB in turn.</summary>
public unsafe class CopyBenchmark
{
    private const long SourceBytes = 512 << 10;
    private const long DestinationBytes = 256L << 20;

    private NativeBlock? _source;
    private NativeBlock? _destination;
    private long _from;
    private long _to;

    /// <summary>Bytes of payload.</summary>
    [Params(1024, 1408, 5120, 8192)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _source = NativeBlock.Allocate(SourceBytes + 8192, "a source");
        _destination = NativeBlock.Allocate(DestinationBytes + 8192, "a destination");
        _source.Prefault();
        _destination.Prefault();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _source!.Dispose();
        _destination!.Dispose();
    }

    /// <summary>What Recv does.</summary>
    [Benchmark]
    public void Recv()
    {
        Advance();
        PayloadCopy.Copy(_destination!.Pointer + _to, _source!.Pointer + _from, Bytes);
    }

    /// <summary>The runtime's memcpy.</summary>
    [Benchmark]
    public void Memcpy()
    {
        Advance();
        Buffer.MemoryCopy(_source!.Pointer + _from, _destination!.Pointer + _to, Bytes, Bytes);
    }

    // Payload in packets is aligned to 8 bytes at best, its place to 64.
    private void Advance()
    {
        _from = _from + Bytes + 72 < SourceBytes ? _from + Bytes + 72 : 8;
        _to = _to + Bytes < DestinationBytes ? _to + Bytes : 0;
    }
}
