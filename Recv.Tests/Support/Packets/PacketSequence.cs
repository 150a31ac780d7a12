using System.Text;
using Recv.Tests.Model;

namespace Recv.Tests.Support.Packets;

/// <summary>Datagrams in order with the receiver that they are for: the input of a property test.</summary>
/// <remarks><b>Threading:</b> immutable.</remarks>
public sealed record PacketSequence(ModelLayout Layout, ModelSettings Settings, IReadOnlyList<byte[]> Datagrams)
{
    /// <summary>The model after the whole sequence and its stop.</summary>
    public ModelReceiver Run()
    {
        var model = new ModelReceiver(Layout, Settings);
        foreach (byte[] datagram in Datagrams) model.Feed(datagram);
        model.Stop();
        return model;
    }

    /// <summary>Shorter sequences that may fail in the same way: halves first, then without one datagram.</summary>
    public IEnumerable<PacketSequence> Shrink()
    {
        int half = Datagrams.Count / 2;
        if (half > 0)
        {
            yield return this with { Datagrams = [.. Datagrams.Take(half)] };
            yield return this with { Datagrams = [.. Datagrams.Skip(half)] };
        }
        for (int gone = 0; gone < Datagrams.Count; gone++)
            yield return this with { Datagrams = [.. Datagrams.Where((_, at) => at != gone)] };
    }

    /// <summary>Readable in the message of a failed property, and enough to repeat it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"{Layout.Kind} {string.Join(' ', Layout.Parameters.Select(p => $"{p.Key}={p.Value}"))} {Settings}");
        foreach (byte[] datagram in Datagrams)
        {
            string what = ModelPacket.Decode(datagram, out ModelPacket? packet) is var outcome && packet is null
                ? outcome.ToString()
                : $"heap {packet.HeapCnt} of {packet.HeapLength}: {packet.PayloadOffset}+{packet.Payload.Length}";
            text.AppendLine($"  {what} {Convert.ToHexStringLower(datagram)}");
        }
        return text.ToString();
    }
}
