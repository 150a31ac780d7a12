namespace Recv.Simulate;

/// <summary>What a simulator can pretend to be.</summary>
public enum Instrument
{
    /// <summary>Real samples of two polarisations, in single-packet heaps where packets are large enough.</summary>
    Digitiser,

    /// <summary>Channelised voltages of several antennas.</summary>
    FEngine,

    /// <summary>One polarisation of a tied-array beam, its channels in several substreams.</summary>
    Beam,

    /// <summary>The program <c>spead2_send --verify</c>.</summary>
    Spead2,

    /// <summary>A station beam of SKA-Low, a channel in each packet, which is a heap by itself.</summary>
    Sps,
}
