using Recv.Layouts;
using Recv.Rings;
using Recv.Service;
using Recv.Threads;

namespace Recv.Cli.Verbs.Run;

/// <summary>What a start with these options would say, as far as that is known with nothing opened and nothing allocated.</summary>
/// <remarks>
/// What no host has is wrong. What this one has not may be right on the one that the file is for, so it is told and not refused.
/// <b>Threading:</b> one thread; it starts threads of its own to ask for cores and priorities, which end at once.
/// </remarks>
internal static class StartForecast
{
    /// <summary>What this host would refuse, a line each.</summary>
    /// <exception cref="RecvException">Any host would refuse (exit code 3).</exception>
    public static IReadOnlyList<string> Of(RunPlan plan)
    {
        List<string> refusals = [];
        if (HostFault.OfSockets(plan.Sockets) is string tooMany) refusals.Add(tooMany);
        if (RefusalOfMemory(plan.Receiver) is string tooLarge) refusals.Add(tooLarge);
        for (int stream = 0; stream < plan.Receiver.Inputs.Count; stream++)
        {
            ReceiverInput input = plan.Receiver.Inputs[stream];
            refusals.AddRange(input.Source.ForeseeRefusals());
            if (Refusal(input, stream) is string refusal) refusals.Add(refusal);
        }
        return refusals;
    }

    // The memory that the process may use is less than the host's where a cgroup limits it.
    private static string? RefusalOfMemory(ReceiverOptions options)
    {
        try
        {
            (LayoutShape shape, int chunks) = options.Check();
            ChunkPool.Refuse(shape, chunks, options.Stream.PacketPresenceBytes, options.Memory);
            return null;
        }
        catch (RecvException refused) when (refused.ExitCode == RecvException.Host)
        {
            return Words.Of(refused);
        }
    }

    private static string? Refusal(ReceiverInput input, int stream)
    {
        try
        {
            new PinnedThread(new Nothing(), input.Core, $"stream {stream}", input.Priority).Start();
            return null;
        }
        catch (RecvException refused) when (input.Core < PinnedThread.MostCores)
        {
            return Words.Of(refused);
        }
    }

    private sealed class Nothing : IDutyCycle
    {
        public bool Turn() => false;

        public void End()
        {
        }
    }
}
