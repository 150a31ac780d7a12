namespace Recv.Sensors.Katcp;

/// <summary>A request that cannot be done: its message is the second argument of the reply.</summary>
/// <param name="message">For people, in plain ASCII.</param>
/// <param name="isMalformed">Whether the reply is <c>invalid</c> rather than <c>fail</c>.</param>
public sealed class KatcpFailException(string message, bool isMalformed = false) : Exception(message)
{
    /// <summary>First argument of the reply (specification 5.1, table 4).</summary>
    public string Code => isMalformed ? "invalid" : "fail";
}
