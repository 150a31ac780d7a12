using System.Net;
using Recv.Cli.Config;
using Recv.Cli.Parsing;
using Recv.Cli.View;
using Recv.Memory;
using Recv.Service;
using Recv.Sources;

namespace Recv.Cli.Verbs.Run;

/// <summary><c>recv run</c>: the service.</summary>
internal static class RunCommand
{
    /// <summary>Runs the verb until the feed ends or somebody asks to stop.</summary>
    public static int Run(RunOptions options)
    {
        // Before chunks are allocated, which may take a while: whoever stops the start gets the end that any run has.
        using var signals = new StopSignals();
        using RunPlan plan = RunPlan.Of(options);
        HostFault.RefuseSockets(plan.Sockets);
        using var receiver = new Receiver(plan.Receiver with { Stopping = signals.Asked });
        if (plan.Host.Warning is string warning) Console.Error.WriteLine("recv: warning: " + warning);
        using (var endpoints = new RunEndpoints(plan, receiver))
        {
            signals.Call(receiver.RequestStop);
            receiver.Start();
            Announce(receiver, endpoints.Http);
            if (endpoints.Katcp is not null) Console.Error.WriteLine($"recv: katcp at {endpoints.Katcp.Address}");
            Progress.Follow(receiver);
        }
        signals.Dispose();
        return FinalReport.Print(receiver, options.FailOnLoss, Console.Out);
    }

    /// <summary>Finds what is wrong with the options, as far as that goes without opening or allocating anything; warns of what
    /// this host has not.</summary>
    /// <returns>What the run would use for options that are not given.</returns>
    /// <exception cref="RecvException">Something is.</exception>
    public static IReadOnlyDictionary<string, DefaultInUse> Check(RunOptions options)
    {
        using RunPlan plan = RunPlan.Of(options);
        try
        {
            foreach (string refusal in StartForecast.Of(plan)) Console.Error.WriteLine(
                "recv: warning: on this host the start would fail: " + refusal);
            return DefaultInUse.Of(plan);
        }
        finally
        {
            plan.Abandon();
        }
    }

    /// <summary>Says on stderr what was granted and where to look.</summary>
    public static void Announce(Receiver receiver, HttpEndpoint? endpoint)
    {
        foreach (IPacketSource source in receiver.Sources)
        {
            long buffer = source.Status.BufferGrantedBytes;
            // The port may be the usual one, which nobody wrote.
            string port = source.LocalEndpoints is [IPEndPoint first, ..]
                && !source.Name.Contains($":{first.Port}", StringComparison.Ordinal)
                ? $" on port {first.Port}" : "";
            string granted = buffer == 0 ? "" : $", buffer {ByteSize.Format(buffer)}";
            Console.Error.WriteLine($"recv: receiving {source.Name}{port} as {receiver.Shape.Name}{granted}");
            foreach (string remark in source.Remarks) Console.Error.WriteLine("recv: " + remark);
            foreach (string warning in source.Warnings) Console.Error.WriteLine("recv: warning: " + warning);
        }
        Console.Error.WriteLine($"recv: copying payload by {PayloadCopy.Path}{Naps(receiver)}");
        if (endpoint is not null) Console.Error.WriteLine($"recv: metrics at {endpoint.Address}/metrics");
    }

    private static string Naps(Receiver receiver)
    {
        int[] naps = [.. receiver.SourceStatuses.Select(status => status.NapMicroseconds).Where(nap => nap != 0).Distinct()];
        return naps.Length == 0 ? "" : $", napping {string.Join(" and ", naps)} us";
    }
}
