using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Recv.Ledger;
using Recv.Threads;

namespace Recv.Sources.Shim;

/// <summary>Datagrams that a native library gives: for hardware that Recv does not know. The interface is recv_shim.h.</summary>
/// <remarks>
/// <para>The library writes descriptors of packets straight into the batch; nothing is copied.</para>
/// <para><b>Threading:</b> as <see cref="IPacketSource"/> says. <b>Owns:</b> the instance of the library.</para>
/// </remarks>
public sealed unsafe class ShimSource : IPacketSource
{
    private const int BatchSize = 256;
    private const int ErrorBytes = 512;

    // Longer than any UDP payload: the length is the library's, but what it gets wrong should not become ours.
    private const int MaxPayloadBytes = 65535;

    private readonly SourceAddress _address;
    private readonly Lock _calling = new();
    private ShimLibrary? _library;
    private void* _shim;
    private bool _holdsPackets;
    private bool _ended;
    private ShimLibrary.Counts _counts;
    private string? _failure;

    /// <summary>A source for one <c>shim:LIB?ARGS</c>.</summary>
    public ShimSource(SourceAddress address) => _address = address;

    /// <inheritdoc/>
    public string Name => _address.Text;

    /// <inheritdoc/>
    public int MaxBatch => BatchSize;

    /// <inheritdoc/>
    public bool Ended => Volatile.Read(ref _ended);

    /// <inheritdoc/>
    public string? Failure => Volatile.Read(ref _failure);

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks => Failure is { } failure ? [failure] : [];

    /// <summary>Longest wait of <see cref="Receive"/>; a test that looks for a wake-up makes it long.</summary>
    internal int WaitMilliseconds { get; init; } = 100;

    /// <inheritdoc/>
    public SourceStatus Status
    {
        get
        {
            lock (_calling)
            {
                if (_shim != null) _counts = _library!.Stats(_shim);
                return new SourceStatus(
                    HasRing: true,
                    RingDropped: (long)_counts.Dropped,
                    BufferAskedBytes: (long)_counts.BufferBytes,
                    BufferGrantedBytes: (long)_counts.BufferBytes,
                    Skipped: new Dictionary<string, long> { ["other_destination"] = (long)_counts.Skipped });
            }
        }
    }

    /// <inheritdoc/>
    public void Open()
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        Precompiled.PrepareRooms(typeof(ShimSource));
        _library = new ShimLibrary(_address.Library!, _address.Text);
        byte* error = stackalloc byte[ErrorBytes];
        new Span<byte>(error, ErrorBytes).Clear();
        fixed (byte* config = Encoding.UTF8.GetBytes(_address.Arguments + '\0')) _shim = _library.Open(config, error, ErrorBytes);
        if (_shim != null) return;
        error[ErrorBytes - 1] = 0;
        string why = Marshal.PtrToStringUTF8((nint)error)!.ReplaceLineEndings(" ").Trim();
        if (why.Length == 0) why = "the library does not open, and does not say why";
        throw RecvException.HostRefused($"source '{_address.Text}': {why}");
    }

    /// <inheritdoc/>
    public int Receive(Span<Datagram> batch, bool wait)
    {
        if (_ended || _shim == null) return 0;
        Release();
        int most = Math.Min(batch.Length, BatchSize);
        int given;
        fixed (Datagram* first = batch)
        {
            // A Datagram is laid out as a recv_shim_packet (a test holds that), but for the flags.
            given = _library!.Poll(_shim, (ShimLibrary.Packet*)first, most, wait ? WaitMilliseconds : 0);
        }
        if (given <= 0) return Stop(given);
        given = Math.Min(given, most);
        _holdsPackets = true;
        foreach (ref Datagram datagram in batch[..given]) Translate(ref datagram);
        return given;
    }

    /// <inheritdoc/>
    public void Release()
    {
        if (!_holdsPackets) return;
        _holdsPackets = false;
        _library!.Release(_shim);
    }

    /// <inheritdoc/>
    public void Wake()
    {
        lock (_calling)
        {
            if (_shim != null) _library!.Wake(_shim);
        }
    }

    /// <summary>Reads the counts a last time and closes the library's instance.</summary>
    public void Dispose()
    {
        lock (_calling)
        {
            Volatile.Write(ref _ended, true);
            if (_shim == null) return;
            _counts = _library!.Stats(_shim);
            _library.Close(_shim);
            _shim = null;
            _holdsPackets = false;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Translate(ref Datagram datagram)
    {
        uint flags = (uint)datagram.Flaw;
        datagram.Flaw = Outcome.None;
        if (flags != 0 || (uint)datagram.Length > MaxPayloadBytes) Refuse(ref datagram, flags);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Refuse(ref Datagram datagram, uint flags)
    {
        datagram.Length = 0;
        datagram.Flaw = (flags & ShimLibrary.Truncated) != 0 ? Outcome.TruncatedDatagram
            : (flags & ShimLibrary.Fragment) != 0 ? Outcome.Fragment
            : Outcome.BadUdpLength;
    }

    private int Stop(int result)
    {
        if (result < 0)
        {
            if (result != ShimLibrary.End)
                Volatile.Write(ref _failure, $"source '{_address.Text}': {_library!.LastError(_shim)}");
            Volatile.Write(ref _ended, true);
        }
        return 0;
    }
}
