using Recv.Ledger;

namespace Recv.Sources.Pcap.Fragments;

/// <summary>A datagram of ours that came in pieces and will not be whole.</summary>
/// <param name="Origin">Who sent it, as far as that is known: without its beginning there are no ports.</param>
/// <param name="Flaw">What became of it.</param>
/// <param name="Arrival">Capture time of its first piece.</param>
/// <remarks><b>Threading:</b> immutable.</remarks>
internal readonly record struct LostDatagram(DatagramOrigin Origin, Outcome Flaw, long Arrival);
