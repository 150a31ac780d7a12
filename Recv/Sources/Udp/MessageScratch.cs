using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recv.Ledger;
using Recv.Memory;
using Recv.Native;

namespace Recv.Sources.Udp;

/// <summary>The buffers of recvmmsg, and the datagrams in them that have not been given yet.</summary>
/// <remarks>
/// <para>A call takes as many messages as stay in the L2 cache, from which placement copies them: how many that are is
/// known from the length of those before.</para>
/// <para><b>Threading:</b> the receive thread. <b>Owns:</b> one block with buffers, headers and control data.</para>
/// </remarks>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed unsafe class MessageScratch : IDisposable
{
    /// <summary>What one call should bring: 16 messages of 64 KiB measured better than 64.</summary>
    private const long BytesPerCall = 16 * 65536;

    private readonly NativeBlock _block;
    private readonly Libc.mmsghdr* _messages;
    private readonly int _capacity;
    private int _count;
    private int _asked;
    private long _bytes;
    private int _message;
    private int _offset;
    private int _segmentBytes;
    private long _arrivalNanoseconds;

    public MessageScratch(int messages, int messageBytes, MemoryOptions memory)
    {
        _capacity = messages;
        _asked = AskFor(messageBytes);
        int room = messageBytes + 63 & -64;
        long perMessage = room + sizeof(Libc.mmsghdr) + sizeof(Libc.iovec) + ControlMessages.Room;
        _block = NativeBlock.Allocate(messages * perMessage, "receive buffers", memory);
        byte* buffers = _block.Pointer;
        var pieces = (Libc.iovec*)(buffers + (long)messages * room);
        _messages = (Libc.mmsghdr*)(pieces + messages);
        var control = (byte*)(_messages + messages);
        for (int i = 0; i < messages; i++)
        {
            pieces[i] = new Libc.iovec { iov_base = buffers + (long)i * room, iov_len = (nuint)messageBytes };
            _messages[i].msg_hdr = new Libc.msghdr
            {
                msg_iov = pieces + i,
                msg_iovlen = 1,
                msg_control = control + i * ControlMessages.Room,
                msg_controllen = ControlMessages.Room,
            };
        }
    }

    /// <summary>Messages of the last <see cref="Receive"/>.</summary>
    public int Count => _count;

    /// <summary>True when the last <see cref="Receive"/> brought all that was asked for, so there may be more.</summary>
    public bool IsFull => _count == _asked;

    /// <summary>True when a message came as several packets in one buffer.</summary>
    public bool SawSuperPacket { get; private set; }

    /// <summary>True while datagrams of the last <see cref="Receive"/> have not been given.</summary>
    public bool HasMore => _message < _count;

    /// <summary>Who sent the messages; null unless <see cref="KeepOrigins"/> was called.</summary>
    public MessageOrigins? Origins { get; private set; }

    public void Prefault() => _block.Prefault();

    /// <summary>Has the kernel say who sent each message, for batches of at most so many datagrams.</summary>
    public void KeepOrigins(int most) => Origins = new MessageOrigins(_messages, _capacity, most);

    /// <summary>Takes what a socket has, without waiting.</summary>
    /// <returns>0, or errno; EAGAIN when there is nothing.</returns>
    public int Receive(int socket)
    {
        // The kernel has written over the room for control data of the messages that it filled.
        for (int i = 0; i < _count; i++) _messages[i].msg_hdr.msg_controllen = ControlMessages.Room;
        if (_count > 0) _asked = AskFor(_bytes / _count);
        Origins?.Reset(_messages);
        _bytes = _message = _offset = _count = 0;
        int received;
        do received = Libc.recvmmsg(socket, _messages, (uint)_asked, Libc.MSG_DONTWAIT, null);
        while (Libc.Interrupted(received));
        if (received < 0) return Marshal.GetLastPInvokeError();
        _count = received;
        // One reading of the clock for all: they were queued at most one scheduling delay ago.
        _arrivalNanoseconds = (DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks) * 100;
        return 0;
    }

    /// <summary>The count of drops in the newest message, which is the highest; <paramref name="known"/> when it tells
    /// none.</summary>
    public uint Drops(uint known)
    {
        if (_count > 0) ControlMessages.Read(ControlOf(_count - 1), out _, ref known);
        return known;
    }

    /// <summary>Gives datagrams in order of arrival, splitting super-packets.</summary>
    public int Give(Span<Datagram> batch)
    {
        int given = 0;
        while (given < batch.Length && _message < _count)
        {
            Libc.mmsghdr* message = _messages + _message;
            int length = (int)message->msg_len;
            if (_offset == 0) StartMessage(length);
            int size = Math.Min(_segmentBytes, length - _offset);
            Origins?.Note(given, _message);
            bool cut = (message->msg_hdr.msg_flags & Libc.MSG_TRUNC) != 0 && _offset + size == length;
            batch[given++] = new Datagram
            {
                Data = (byte*)message->msg_hdr.msg_iov->iov_base + _offset,
                Length = size,
                Flaw = cut ? Outcome.TruncatedDatagram : Outcome.None,
                ArrivalNanoseconds = _arrivalNanoseconds,
            };
            _offset += size;
            if (_offset < length) continue;
            _message++;
            _offset = 0;
        }
        return given;
    }

    public void Dispose()
    {
        _message = _count = 0;
        Origins?.Dispose();
        _block.Dispose();
    }

    private int AskFor(long bytesEach) => (int)Math.Clamp(BytesPerCall / Math.Max(1, bytesEach), 1, _capacity);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void StartMessage(int length)
    {
        _bytes += length;
        uint drops = 0;
        ControlMessages.Read(ControlOf(_message), out int segmentBytes, ref drops);
        if (segmentBytes > 0 && segmentBytes < length) SawSuperPacket = true;
        _segmentBytes = segmentBytes > 0 ? segmentBytes : length;
        if (Origins is not null) _arrivalNanoseconds = MessageOrigins.Time(ControlOf(_message), _arrivalNanoseconds);
    }

    private ReadOnlySpan<byte> ControlOf(int message)
    {
        ref Libc.msghdr header = ref _messages[message].msg_hdr;
        return new ReadOnlySpan<byte>(header.msg_control, (int)header.msg_controllen);
    }
}
