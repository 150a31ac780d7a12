using Recv.Tests.Support.Captures;

namespace Recv.Tests.Model;

/// <summary>Runs the model over a golden vector.</summary>
/// <remarks><b>Threading:</b> any thread.</remarks>
public static class ModelRun
{
    /// <summary>The group after the whole capture and its stop.</summary>
    public static ModelGroup Of(VectorScenario scenario)
    {
        var group = new ModelGroup(
            Enumerable.Range(0, scenario.Destinations.Length).Select(member => LayoutOf(scenario, member)),
            SettingsOf(scenario));
        foreach (PcapDatagram datagram in PcapFrames.Read(scenario.PcapPath, scenario.Destinations))
            group.Members[datagram.Member].Feed(datagram.Payload, datagram.Flaw);
        group.Stop();
        return group;
    }

    /// <summary>The layout of one member: in a group of beams member k has polarisation k.</summary>
    public static ModelLayout LayoutOf(VectorScenario scenario, int member) => scenario.Layout is { } layout
        ? new ModelLayout(layout.Kind, layout.Parameters, (int)layout.Parameters.GetValueOrDefault("pol", member))
        : ModelLayout.None;

    /// <summary>The settings of a scenario.</summary>
    public static ModelSettings SettingsOf(VectorScenario scenario) => new()
    {
        MaxHeaps = scenario.Stream.MaxHeaps,
        Substreams = scenario.Stream.Substreams,
        StopOnStopItem = scenario.Stream.StopOnStopItem,
        AllowOutOfOrder = scenario.Stream.AllowOutOfOrder,
        MaxChunks = scenario.Stream.MaxChunks,
        PacketPresenceBytes = scenario.Stream.PacketPresencePayloadSize,
        KeepHeaps = scenario.IsSpead2Send,
    };
}
