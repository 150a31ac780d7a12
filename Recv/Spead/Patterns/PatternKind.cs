namespace Recv.Spead.Patterns;

/// <summary>The payloads that sender and verifier both know how to make.</summary>
public enum PatternKind
{
    /// <summary><see cref="NoisePattern"/>: any instrument.</summary>
    Noise,

    /// <summary><see cref="TonePattern"/>: the digitiser.</summary>
    Tone,

    /// <summary><see cref="MinstdPattern"/>: <c>spead2_send --verify</c>.</summary>
    Minstd,
}
