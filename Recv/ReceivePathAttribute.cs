namespace Recv;

/// <summary>
/// Receive threads run code of this type while packets come, so it is compiled before they do (<see cref="Threads.Precompiled"/>). A type
/// that
/// lacks it shows in <c>recv_compiled_methods</c>, and in the test that runs a receiver as a process of its own.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface, Inherited = false)]
internal sealed class ReceivePathAttribute : Attribute
{
    /// <summary>Of a kind of source, which not every receiver has: compiled when that source opens.</summary>
    public bool OnlyWithItsRoom { get; init; }
}
