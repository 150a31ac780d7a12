namespace Recv.Sources;

/// <summary>Whether the device below a source is gone for good, so that waiting for it would never end.</summary>
/// <remarks>
/// <para>Asked only when a wait has brought nothing, so a feed that flows pays nothing. A device that is merely down is still there and is
/// waited for: switches are rebooted. One that is deleted or moved to another network namespace takes its sockets' bindings
/// and memberships with it; they do not follow to another of the same name.</para>
/// <para>The second wait in vain decides: by then all that came while the device was there has been taken, also what the kernel
/// delivers late (the last block of a packet ring).</para>
/// <para><b>Threading:</b> the receive thread; <see cref="Failure"/> from any.</para>
/// </remarks>
/// <param name="text">The source as the user wrote it.</param>
[ReceivePath(OnlyWithItsRoom = true)]
internal sealed class DeviceWatch(string text)
{
    private bool _suspected;
    private string? _failure;

    /// <summary>The line that says that the device is gone; null while it is there.</summary>
    public string? Failure => Volatile.Read(ref _failure);

    /// <summary>A wait has brought nothing.</summary>
    /// <param name="lost">The device that is gone; null when all are there.</param>
    public void WaitedInVain(string? lost)
    {
        if (lost is not null && _suspected)
            Volatile.Write(ref _failure,
                $"source '{text}': interface {lost} is gone (deleted, or moved to another network namespace), and one "
                + "that comes back under its name is not received from; bring it back (see: ip link), then start recv again");
        _suspected = lost is not null;
    }
}
