using System.Diagnostics;
using ILGPU.Runtime;
using Recv.Chunks;

namespace Recv.Sinks.Gpu;

/// <summary>What calls the device: the beginning, the three threads, and the giving back.</summary>
public sealed partial class GpuSink
{
    // Everything that takes time or memory, before the first packet comes.
    private void SetUp(Chunk any)
    {
        var pipeline = new GpuPipeline(_device, any.Shape, any.PacketsPerHeap, _options.Slots) { PacketBytes = any.PacketBytes };
        if (pipeline.HeapSamples == 0 && Array.Find(_stages, stage => stage.NeedsSamples) is { } needy)
            throw RecvException.BadUsage(
                $"{needy.GetType().Name} wants unpacked samples, and those of layout {any.Shape.Name} are not of a "
                + "kind that is unpacked: signed big-endian integers of 2, 4, 8, 10, 12 or 16 bits, a multiple of 4 to a heap");
        try
        {
            for (int slot = 0; slot < _slots.Length; slot++)
            {
                MemoryBuffer buffer = _device.Allocate<byte>(any.Storage.Length, "chunks on the device");
                _buffers.Add(buffer);
                _streams.Add(_device.Accelerator.CreateStream());
                _slots[slot] = new GpuChunk(slot, buffer, _streams[^1]);
            }
            foreach (IGpuStage stage in _stages) stage.Start(pipeline);
        }
        catch (Exception failure) when (_device.Spare())
        {
            throw _device.Failure(failure, "preparing it");
        }
        _device.Spare();
        _isSetUp = true;
    }

    private void Enqueue(int index)
    {
        try
        {
            if (_failure is null) Upload(index, _chunksOnTheWay[index]!);
        }
        catch (Exception failure)
        {
            Fail(failure, "an upload");
        }
        _rotation.Enqueued();
    }

    private void Upload(int index, Chunk chunk)
    {
        if (!_isSetUp) SetUp(chunk);
        PinnedMemory memory = _registry.Of(chunk);
        GpuChunk slot = _slots[index]!;
        slot.Begin(chunk);
        slot.UploadAt = Stopwatch.GetTimestamp();
        slot.Upload(memory);
    }

    // ILGPU has no wait between streams, so the work on a chunk is enqueued when its upload is done: behind it, beside the uploads of the
    // next ones.
    private void FollowUpload(int index)
    {
        GpuChunk? slot = _slots[index];
        // Even when something has failed: the device may still be reading the chunk.
        Synchronize(slot, "an upload");
        if (slot is not null) Count(ref _uploadSeconds, slot.UploadAt, ref _uploadsUntil);
        GoHome(index);
        try
        {
            if (_failure is null) EnqueueStages(slot!);
        }
        catch (Exception failure)
        {
            Fail(failure, "enqueuing kernels");
        }
        _rotation.Uploaded();
    }

    private void EnqueueStages(GpuChunk slot)
    {
        slot.WorkAt = Stopwatch.GetTimestamp();
        foreach (IGpuStage stage in _stages) stage.Enqueue(slot.Stream, slot);
    }

    // Also behind a sink that was given up: the pool, if it is gone, frees what comes home late.
    private void GoHome(int index)
    {
        Chunk chunk = _chunksOnTheWay[index]!;
        _chunksOnTheWay[index] = null;
        try
        {
            chunk.Release();
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
        chunk.Storage.DangerousRelease();
    }

    private void FollowWork(int index)
    {
        GpuChunk? slot = _slots[index];
        Synchronize(slot, "the work on a chunk");
        try
        {
            if (_failure is null) Complete(slot!);
        }
        catch (Exception failure)
        {
            Fail(failure, "the work on a chunk");
        }
        _rotation.Done();
    }

    private void Complete(GpuChunk slot)
    {
        Count(ref _workSeconds, slot.WorkAt, ref _workUntil);
        foreach (IGpuStage stage in _stages) stage.Complete(slot);
        Volatile.Write(ref _bytes, _bytes + slot.Bytes);
        Volatile.Write(ref _chunks, _chunks + 1);
    }

    private void Synchronize(GpuChunk? slot, string work)
    {
        try
        {
            slot?.Stream.Synchronize();
        }
        catch (Exception failure)
        {
            // A device that is lost reads nothing any more.
            Fail(failure, work);
        }
    }

    private void Fail(Exception failure, string work)
    {
        Exception said = _device.Failure(failure, work);
        _failure ??= said;
    }

    // Adds the time from the beginning, or the end of the one before if that is later, until now: what runs side by side counts once.
    private static void Count(ref double seconds, long from, ref long until)
    {
        long now = Stopwatch.GetTimestamp();
        Volatile.Write(ref seconds, seconds + Stopwatch.GetElapsedTime(Math.Max(from, until), now).TotalSeconds);
        until = now;
    }

    // On the thread that uploads, when all that was given is done.
    private void EndThreads()
    {
        _registry.Dispose();
        lock (_ending)
        {
            _idle = true;
            if (!_gaveUp) return;
        }
        // It has come back after all, and nobody else will do it.
        TearDown();
    }

    // Streams first: they wait for what still works on the rest.
    private void TearDown()
    {
        _streams.ForEach(stream => GiveBack(stream.Synchronize));
        GiveBack(_registry.Dispose);
        foreach (IGpuStage stage in _stages) GiveBack(stage.Dispose);
        _streams.ForEach(stream => GiveBack(stream.Dispose));
        _buffers.ForEach(buffer => GiveBack(() => _device.Free(buffer)));
        GiveBack(_device.Dispose);
        GivenUp.TryRemove(this, out _);
    }

    // What throws here does not keep the rest's memory on the device.
    private void GiveBack(Action end)
    {
        try
        {
            end();
        }
        catch (Exception failure)
        {
            Fail(failure, "giving it back");
        }
    }
}
