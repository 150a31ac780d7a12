using Recv.Chunks;

namespace Recv.Sinks.Gpu;

/// <summary>What calls the device: the beginning, the three threads, and the giving back.</summary>
public sealed partial class GpuSink
{
    // Everything that takes time or memory, before the first packet comes.
    private void SetUp(Chunk any)
    {
        _uploadStream = _device.OpenStream();
        _kernelStream = _device.OpenStream();
        for (int slot = 0; slot < _slots.Length; slot++)
            _slots[slot] = new GpuChunk(slot, Part(_device.Allocate(any.Storage.Length, "chunks on the device")), () => Part(_device.CreateEvent()));
        var pipeline = new GpuPipeline(_device, any.Shape, any.PacketsPerHeap, _options.Slots) { PacketBytes = any.PacketBytes };
        if (pipeline.HeapSamples == 0 && Array.Find(_stages, stage => stage.NeedsSamples) is { } needy)
            throw RecvException.BadUsage($"{needy.GetType().Name} wants unpacked samples, and those of layout {any.Shape.Name} are not of a "
                + "kind that is unpacked: signed big-endian integers of 2, 4, 8, 10, 12 or 16 bits, a multiple of 4 to a heap");
        foreach (IGpuStage stage in _stages) stage.Start(pipeline);
        _isSetUp = true;
    }

    private T Part<T>(T made) where T : IDisposable
    {
        _parts.Add(made);
        return made;
    }

    private void Enqueue(int index)
    {
        try
        {
            if (_failure is null) Enqueue(index, _chunksOnTheWay[index]!);
        }
        catch (Exception failure)
        {
            _failure ??= failure;
            FinishUploads();
        }
        _rotation.Enqueued();
    }

    private void Enqueue(int index, Chunk chunk)
    {
        if (!_isSetUp) SetUp(chunk);
        _registry.Add(chunk);
        GpuChunk slot = _slots[index]!;
        slot.Begin(chunk);
        Enqueue(slot, chunk);
    }

    private unsafe void Enqueue(GpuChunk slot, Chunk chunk)
    {
        IGpuStream upload = _uploadStream!, kernels = _kernelStream!;
        upload.Record(slot.UploadBegun);
        upload.Upload((nint)chunk.Storage.Pointer, slot.Buffer, 0, chunk.Storage.Length);
        upload.Record(slot.Uploaded);
        kernels.Wait(slot.Uploaded);
        kernels.Record(slot.KernelsBegun);
        foreach (IGpuStage stage in _stages) stage.Enqueue(kernels, slot);
        kernels.Record(slot.Done);
    }

    // What failed may have come behind an upload that is under way, with no mark to wait for.
    private void FinishUploads()
    {
        try
        {
            _uploadStream?.Finish();
        }
        catch (Exception)
        {
            // A device that is lost reads nothing any more; why it is lost is known.
        }
    }

    private void FollowUpload(int index)
    {
        try
        {
            _slots[index]?.Uploaded.Wait();
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
        // Not before the wait, even when something has failed: the device may still be reading the chunk.
        GoHome(index);
        _rotation.Uploaded();
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
        try
        {
            if (_slots[index] is { } slot) Complete(slot);
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
        _rotation.Done();
    }

    private void Complete(GpuChunk slot)
    {
        slot.Done.Wait();
        if (_failure is not null) return;
        foreach (IGpuStage stage in _stages) stage.Complete(slot);
        Volatile.Write(ref _uploadSeconds, _uploadSeconds + slot.Uploaded.SecondsSince(slot.UploadBegun));
        Volatile.Write(ref _kernelSeconds, _kernelSeconds + slot.Done.SecondsSince(slot.KernelsBegun));
        Volatile.Write(ref _bytes, _bytes + slot.Buffer.Bytes);
        Volatile.Write(ref _chunks, _chunks + 1);
    }

    // On the thread that enqueues, when all that was given is done.
    private void EndThreads()
    {
        try
        {
            _registry.Dispose();
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
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
        GiveBack(_uploadStream);
        GiveBack(_kernelStream);
        GiveBack(_registry);
        foreach (IGpuStage stage in _stages) GiveBack(stage);
        _parts.ForEach(GiveBack);
        GiveBack(_device);
        GivenUp.TryRemove(this, out _);
    }

    // A stage of the user's that throws here does not keep the others' memory on the device.
    private void GiveBack(IDisposable? part)
    {
        try
        {
            part?.Dispose();
        }
        catch (Exception failure)
        {
            _failure ??= failure;
        }
    }
}
