namespace Recv.Sources.Pcap.Encapsulation;

/// <summary>What is left of a frame behind the headers that were taken off, and what was learnt from them.</summary>
/// <remarks><b>Threading:</b> a view, for the thread that has the frame.</remarks>
internal ref struct Inside
{
    /// <summary>Headers that are taken off one frame, one inside the other: a switch puts one around a frame, a fabric two or
    /// three.</summary>
    public const int MaxDepth = 8;

    /// <summary>What is inside: from here on, with whatever follows it.</summary>
    public ReadOnlySpan<byte> Bytes;

    /// <summary>Its EtherType, or the length of an 802.3 frame.</summary>
    public int Type;

    /// <summary>Whether its end is missing: recorded too short, or cut by the switch that mirrored it.</summary>
    public bool IsCut;

    /// <summary>Frames of the capture that it is made of: more than one when pieces were put together.</summary>
    public int Frames;

    /// <summary>Headers taken off so far.</summary>
    public int Depth { get; private set; }

    /// <summary>Their kinds, a bit for each <see cref="EncapsulationKind"/>.</summary>
    public int Kinds { get; private set; }

    /// <summary>Takes a header off.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="type">What follows it.</param>
    public SkipReason Open(EncapsulationKind kind, int bytes, int type)
    {
        if (Bytes.Length < bytes) return SkipReason.ShortFrame;
        if (Depth == MaxDepth) return SkipReason.TooDeep;
        Depth++;
        Kinds |= 1 << (int)kind;
        Bytes = Bytes[bytes..];
        Type = type;
        return SkipReason.None;
    }
}
