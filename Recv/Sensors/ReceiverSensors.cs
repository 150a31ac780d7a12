using Recv.Chunks;
using Recv.Layouts;
using Recv.Sinks;

namespace Recv.Sensors;

/// <summary>
/// What was received last and when something was missing last, as sensors: names, statuses and rules of katgpucbf's
/// receiver, so that what watches
/// that one watches this one.
/// </summary>
/// <remarks>
/// <para>For each polarisation <c>rx.timestamp</c>, <c>rx.unixtime</c> and <c>rx.missing-unixtime</c>, and over all of
/// them <c>rx.device-status</c>;
/// SENSORS.md has the rules.</para>
/// <para><b>Threading:</b> <see cref="Observe"/> on the thread of the first sink; readings may be had from any.
/// <b>Owns:</b> timers.</para>
/// </remarks>
public sealed class ReceiverSensors : IChunkObserver, IDisposable
{
    private const int TimeoutChunks = 10;

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);

    // Timers count milliseconds in 32 bits; a chunk that lasts for days is a wrong rate.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(30);

    private readonly SampleClock _samples;
    private readonly PolarisationPresence _presence;
    private readonly PolarisationSensors[] _polarisations;
    private readonly long[] _present;
    private long _firstChunk = -1;
    private int _epoch;

    /// <summary>Sensors before the first chunk: nothing received is an error, nothing missing is nominal.</summary>
    /// <param name="shape">Whose <c>pol</c> axis, if it has one, gives the prefixes.</param>
    /// <param name="samples">Converts timestamps.</param>
    /// <param name="clock">What silence is measured with. Default: the system's clock.</param>
    public ReceiverSensors(LayoutShape shape, SampleClock samples, TimeProvider? clock = null)
    {
        clock ??= TimeProvider.System;
        _samples = samples;
        _presence = new PolarisationPresence(shape);
        _present = new long[_presence.Labels.Length];
        Timeout = TimeoutOf(shape.ChunkTimestampStep / samples.AdcRate);
        decimal now = clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000m;
        _polarisations = [.. _presence.Labels.Select(label => new PolarisationSensors(Set, PrefixOf(label), now, Timeout, clock))];
        DeviceStatus.AddTo(Set, now);
    }

    /// <summary>All of them.</summary>
    public SensorSet Set { get; } = new();

    /// <summary>Silence after which what was received is an error, and what was missing is forgiven: ten chunks, or a
    /// second if that is longer.</summary>
    public TimeSpan Timeout { get; }

    /// <inheritdoc/>
    public void Observe(Chunk chunk)
    {
        // The window made it up: it says nothing.
        if (chunk.IsEmpty) return;
        if (_firstChunk < 0 || chunk.Epoch != _epoch) Begin(chunk);
        _presence.Add(chunk, _present);
        decimal unixTime = _samples.UnixSeconds(chunk.Timestamp);
        // Expected by now less seen by now: chunks that were lost whole count with those that were lost in part.
        Int128 expected = (Int128)(chunk.Id - _firstChunk + 1) * (chunk.Entries / _present.Length);
        for (int i = 0; i < _polarisations.Length; i++) _polarisations[i].SawMissing(expected - _present[i], unixTime);
        // Last: were they first, a first chunk with holes would for a moment make everything nominal.
        foreach (PolarisationSensors polarisation in _polarisations) polarisation.Received(chunk.Timestamp, unixTime);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PolarisationSensors polarisation in _polarisations) polarisation.Dispose();
    }

    // What lies between two times of a feed that jumped is not known: counting restarts.
    private void Begin(Chunk chunk)
    {
        _firstChunk = chunk.Id;
        _epoch = chunk.Epoch;
        Array.Clear(_present);
        foreach (PolarisationSensors polarisation in _polarisations) polarisation.Forget();
    }

    private static TimeSpan TimeoutOf(double chunkSeconds) => TimeSpan.FromSeconds(Math.Clamp(
        TimeoutChunks * chunkSeconds, ShortestTimeout.TotalSeconds, LongestTimeout.TotalSeconds));

    // Digitisers number their polarisations, and a bare number makes a poor prefix: katgpucbf calls them input0 and input1.
    private static string PrefixOf(string label) => label.Length == 0 ? "" : char.IsAsciiDigit(label[0]) ? $"input{label}." : $"{label}.";
}
