using Recv.Memory;
using Recv.Sinks.Gpu;
using Recv.Sinks.Gpu.Kernels;
using Recv.Tests.Support.Memory;
using Recv.Tests.Support.Needs;

namespace Recv.Tests.Contracts;

/// <summary>What every device keeps: memory, streams, events, errors. What its kernels compute is in
/// <see cref="GpuKernelContract"/>.</summary>
public abstract unsafe class GpuDeviceContract : IDisposable
{
    private IGpuDevice? _device;

    protected IGpuDevice Device => _device ??= Open();

    public virtual void Dispose()
    {
        _device?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract IGpuDevice Open();

    [ContractFact]
    public void ItSaysWhatItIs()
    {
        GpuProperties properties = Device.Properties;
        Assert.NotEmpty(properties.Name);
        Assert.NotEmpty(properties.Driver);
        Assert.True(properties.MemoryBytes > 0);
        Assert.Equal($"{properties.Kind.Word()}:0", properties.Address);
    }

    [ContractFact]
    public void WhatGoesUpComesBack()
    {
        using IGpuStream stream = Device.OpenStream();
        using var host = new NativeMemoryOf(Enumerable.Range(0, 5000).Select(at => (byte)at));
        using IGpuBuffer buffer = Device.Allocate(6000, "a test");
        Assert.Equal(6000, buffer.Bytes);
        stream.Clear(buffer, 0, 6000);
        stream.Upload(host.Address, buffer, 1000, 5000);
        Assert.Equal([.. new byte[1000], .. host.Bytes], Download(stream, buffer));
        stream.Clear(buffer, 2000, 1000);
        byte[] cleared = Download(stream, buffer);
        Assert.Equal(new byte[1000], cleared[2000..3000]);
        Assert.Equal(host.Bytes[2000..], cleared[3000..]);
        Assert.Equal(host.Bytes[..1000], cleared[1000..2000]);
    }

    [ContractFact]
    public void RegisteredMemoryGoesUpAndMayBeRegisteredAgain()
    {
        using IGpuStream stream = Device.OpenStream();
        using IGpuBuffer buffer = Device.Allocate(1 << 16, "a test");
        using var block = NativeBlock.Allocate(1 << 16, "a test");
        for (int round = 1; round <= 2; round++)
        {
            block.Span(0, 1 << 16).Fill((byte)round);
            using (Device.Register((nint)block.Pointer, block.Length))
            {
                stream.Upload((nint)block.Pointer, buffer, 0, block.Length);
                stream.Finish();
            }
            Assert.All(Download(stream, buffer), value => Assert.Equal(round, value));
        }
    }

    [ContractFact]
    public void AStreamWaitsForAnotherAtAMark()
    {
        using IGpuStream first = Device.OpenStream();
        using IGpuStream second = Device.OpenStream();
        using IGpuEvent mark = Device.CreateEvent();
        using IGpuBuffer buffer = Device.Allocate(1 << 20, "a test");
        using var ones = new NativeMemoryOf(Enumerable.Repeat((byte)1, 1 << 20));
        using var result = new NativeMemoryOf(new byte[1 << 20]);
        for (int round = 0; round < 20; round++)
        {
            first.Clear(buffer, 0, 1 << 20);
            first.Upload(ones.Address, buffer, 0, 1 << 20);
            first.Record(mark);
            second.Wait(mark);
            second.Download(buffer, 0, result.Address, 1 << 20);
            second.Finish();
            Assert.Equal(ones.Bytes, result.Bytes);
        }
    }

    [ContractFact]
    public void MarksAreReachedInOrderAndTellTheTimeBetween()
    {
        using IGpuStream stream = Device.OpenStream();
        using IGpuEvent begin = Device.CreateEvent(), end = Device.CreateEvent();
        Assert.True(begin.IsDone);
        begin.Wait();
        using IGpuBuffer buffer = Device.Allocate(1 << 22, "a test");
        using var block = NativeBlock.Allocate(1 << 22, "a test");
        for (int round = 0; round < 3; round++)
        {
            stream.Record(begin);
            stream.Upload((nint)block.Pointer, buffer, 0, block.Length);
            stream.Record(end);
            end.Wait();
            Assert.True(begin.IsDone);
            Assert.True(end.IsDone);
            Assert.InRange(end.SecondsSince(begin), 0, 60);
        }
    }

    [ContractFact]
    public void MemoryIsCountedAndComesBack()
    {
        long before = Device.AllocatedBytes;
        IGpuBuffer one = Device.Allocate(1000, "a test"), two = Device.Allocate(500, "a test");
        Assert.Equal(before + 1500, Device.AllocatedBytes);
        one.Dispose();
        one.Dispose();
        Assert.Equal(before + 500, Device.AllocatedBytes);
        two.Dispose();
        Assert.Equal(before, Device.AllocatedBytes);
    }

    [ContractFact]
    public void MoreMemoryThanThereIsAnErrorThatSaysSo()
    {
        var error = Assert.Throws<GpuException>(() => Device.Allocate(1L << 50, "a very large test"));
        Assert.Equal(GpuFailure.OutOfMemory, error.Kind);
        Assert.Equal(3, error.ExitCode);
        Assert.NotEqual(0, error.Code);
        Assert.StartsWith(Device.Properties.Address, error.Message);
        Assert.Contains(error.Call, error.Message);
        Assert.Contains("for a very large test", error.Message);
        Assert.Contains("out of memory", error.Message);
    }

    [ContractFact]
    public void NothingOutsideABufferIsTouched()
    {
        using IGpuStream stream = Device.OpenStream();
        using IGpuBuffer buffer = Device.Allocate(64, "a test");
        using var block = NativeBlock.Allocate(128, "a test");
        nint host = (nint)block.Pointer;
        Assert.ThrowsAny<ArgumentException>(() => stream.Upload(host, buffer, 0, 65));
        Assert.ThrowsAny<ArgumentException>(() => stream.Upload(host, buffer, 60, 8));
        Assert.ThrowsAny<ArgumentException>(() => stream.Download(buffer, -4, host, 8));
        Assert.ThrowsAny<ArgumentException>(() => stream.Download(buffer, long.MaxValue, host, 8));
        Assert.ThrowsAny<ArgumentException>(() => stream.Clear(buffer, 0, -4));
    }

    [ContractFact]
    public void AKernelThatIsNotThereIsAnErrorWithItsName()
    {
        Device.Load(FirstStageProgram.Instance);
        Device.Load(FirstStageProgram.Instance);
        Assert.Equal("unpack_10", Device.Kernel("unpack_10").Name);
        var error = Assert.ThrowsAny<RecvException>(() => Device.Kernel("unpack_11"));
        Assert.Contains("unpack_11", error.Message);
        Assert.Contains("nothing", Assert.ThrowsAny<RecvException>(() => Device.Load(new GpuProgram("nothing", null, null, new Dictionary<string, HostKernel>()))).Message);
    }

    [ContractFact]
    public void EnqueuingAllocatesNothingOnTheHeap()
    {
        using IGpuStream stream = Device.OpenStream(), other = Device.OpenStream();
        using IGpuEvent begin = Device.CreateEvent(), end = Device.CreateEvent();
        using var block = NativeBlock.Allocate(4096, "a test");
        using var results = new GpuMirror<float>(Device, 4096, "a test");
        using var offsets = new GpuMirror<long>(Device, 1, "a test");
        using IGpuBuffer chunk = Device.Allocate(4096, "a test");
        Device.Load(FirstStageProgram.Instance);
        IGpuKernel kernel = Device.Kernel("unpack_8");
        nint host = (nint)block.Pointer;
        offsets.Upload(stream);
        var arguments = new GpuArguments();
        void Once()
        {
            stream.Record(begin);
            stream.Upload(host, chunk, 0, 4096);
            arguments.Begin().Add(chunk).Add(results.Device).Add(offsets.Device).Add(1024).Add(1024);
            stream.Launch(kernel, 4, 256, arguments);
            stream.Record(end);
            other.Wait(end);
            results.Download(other);
            other.Record(end);
            end.Wait();
            _ = end.IsDone;
            _ = end.SecondsSince(begin);
        }
        for (int warm = 0; warm < 3; warm++) Once();
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (int round = 0; round < 20; round++) Once();
        }));
    }

    private static byte[] Download(IGpuStream stream, IGpuBuffer buffer)
    {
        using var result = new NativeMemoryOf(new byte[buffer.Bytes]);
        stream.Download(buffer, 0, result.Address, buffer.Bytes);
        stream.Finish();
        return result.Bytes;
    }
}
