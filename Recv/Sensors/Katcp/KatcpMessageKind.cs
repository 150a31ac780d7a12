namespace Recv.Sensors.Katcp;

/// <summary>What a message is for (katcp specification 5.1, section 2.1); the value is its first byte.</summary>
public enum KatcpMessageKind : byte
{
    /// <summary>It wants a reply.</summary>
    Request = (byte)'?',

    /// <summary>It answers a request.</summary>
    Reply = (byte)'!',

    /// <summary>It wants none.</summary>
    Inform = (byte)'#',
}
