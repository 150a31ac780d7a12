using System.Buffers.Binary;
using Recv.Native;

namespace Recv.Sources.Xdp;

/// <summary>
/// The program that stands at the interface: datagrams for our addresses and ports go to the AF_XDP socket of their queue, everything
/// else goes on to the kernel as if it were not there.
/// </summary>
/// <remarks>
/// <para>Taken are UDP over IPv4 (options skipped) and IPv6 (without extension headers), with up to two VLAN tags. Of a datagram in
/// pieces only the first, which has the ports, so that it can be counted; the others go to the kernel, which gives up on them.
/// A datagram of ours on a queue that nobody reads is counted and goes to the kernel.</para>
/// <para><b>Threading:</b> pure.</para>
/// </remarks>
internal static class SteeringProgram
{
    /// <summary>Bytes of a key of the map of destinations: 16 of address (IPv4 as ::ffff:a.b.c.d), 2 of port in network order, 2 of
    /// zeros.</summary>
    public const int KeyBytes = 20;

    // enum xdp_action, and helpers of linux/bpf.h.
    private const int Pass = 2;
    private const int LookUp = 1;
    private const int RedirectMap = 51;

    private const int EthernetBytes = 14;
    private const int Ipv4Bytes = 20;
    private const int UdpBytes = 8;
    private const int Key = -24;

    /// <summary>The instructions.</summary>
    /// <param name="destinations">Map of the keys that are ours.</param>
    /// <param name="sockets">Map from queue to socket.</param>
    /// <param name="counters">Array of one number: datagrams for us on queues without a socket.</param>
    public static Libc.bpf_insn[] Build(int destinations, int sockets, int counters)
    {
        ProgramBuilder program = new();
        LinkLayer(program);
        V4(program);
        V6(program);
        Steer(program, destinations, sockets, counters);
        program.Label("pass");
        program.MoveNumber(Reg.R0, Pass);
        program.Label("exit");
        program.Exit();
        return program.Build();
    }

    /// <summary>R6: context, R2: frame, moved on by the tags, R3: its end. Goes to <c>v4</c> or <c>v6</c>.</summary>
    private static void LinkLayer(ProgramBuilder program)
    {
        program.Move(Reg.R6, Reg.R1);
        program.Load(Size.Word, Reg.R2, Reg.R1, 0);
        program.Load(Size.Word, Reg.R3, Reg.R1, 4);
        for (int tags = 0; tags <= 2; tags++)
        {
            program.Label($"tags{tags}");
            if (tags > 0) program.AddNumber(Reg.R2, 4);
            Need(program, EthernetBytes);
            program.Load(Size.Half, Reg.R5, Reg.R2, 12);
            if (tags == 2) break;
            foreach (int tag in (int[])[0x8100, 0x88a8, 0x9100]) program.GoIfEqual(Reg.R5, Net(tag), $"tags{tags + 1}");
            program.Go("type");
        }
        program.Label("type");
        program.GoIfEqual(Reg.R5, Net(0x86dd), "v6");
        program.GoUnlessEqual(Reg.R5, Net(0x0800), "pass");
    }

    private static void V4(ProgramBuilder program)
    {
        Need(program, EthernetBytes + Ipv4Bytes);
        program.Load(Size.Byte, Reg.R5, Reg.R2, EthernetBytes);
        program.Move(Reg.R7, Reg.R5);
        program.ShiftRight(Reg.R7, 4);
        program.GoUnlessEqual(Reg.R7, 4, "pass");
        program.And(Reg.R5, 15);
        program.ShiftLeft(Reg.R5, 2);
        program.GoIfLess(Reg.R5, Ipv4Bytes, "pass");
        program.Load(Size.Byte, Reg.R7, Reg.R2, EthernetBytes + 9);
        program.GoUnlessEqual(Reg.R7, 17, "pass");
        program.Load(Size.Half, Reg.R7, Reg.R2, EthernetBytes + 6);
        program.GoIfAny(Reg.R7, Net(0x1fff), "pass");
        program.StoreNumber(Size.Double, Reg.R10, Key, 0);
        program.StoreNumber(Size.Word, Reg.R10, Key + 8, BitConverter.IsLittleEndian ? unchecked((int)0xffff0000) : 0xffff);
        program.Load(Size.Word, Reg.R7, Reg.R2, EthernetBytes + 16);
        program.Store(Size.Word, Reg.R10, Key + 12, Reg.R7);
        SkipOptions(program);
        Need(program, EthernetBytes + Ipv4Bytes + UdpBytes);
        program.Load(Size.Half, Reg.R5, Reg.R2, EthernetBytes + Ipv4Bytes + 2);
        program.Go("steer");
    }

    /// <summary>Moves R2 on by what the header, of R5 bytes, is longer than the shortest.</summary>
    /// <remarks>A case for each length: to add an unknown number to a pointer, the verifier asks for CAP_PERFMON.</remarks>
    private static void SkipOptions(ProgramBuilder program)
    {
        for (int bytes = Ipv4Bytes + 4; bytes <= 60; bytes += 4)
        {
            program.GoUnlessEqual(Reg.R5, bytes, $"not {bytes}");
            program.AddNumber(Reg.R2, bytes - Ipv4Bytes);
            program.Label($"not {bytes}");
        }
    }

    private static void V6(ProgramBuilder program)
    {
        program.Label("v6");
        Need(program, EthernetBytes + 40 + UdpBytes);
        for (int word = 0; word < 4; word++)
        {
            program.Load(Size.Word, Reg.R7, Reg.R2, EthernetBytes + 24 + 4 * word);
            program.Store(Size.Word, Reg.R10, Key + 4 * word, Reg.R7);
        }
        program.Load(Size.Byte, Reg.R7, Reg.R2, EthernetBytes + 6);
        program.Load(Size.Half, Reg.R5, Reg.R2, EthernetBytes + 40 + 2);
        program.GoIfEqual(Reg.R7, 17, "steer");
        program.GoUnlessEqual(Reg.R7, 44, "pass");
        // A fragment header, of which the first piece is UDP and begins at 0.
        program.GoIfAny(Reg.R5, Net(0xfff8), "pass");
        program.Load(Size.Byte, Reg.R7, Reg.R2, EthernetBytes + 40);
        program.GoUnlessEqual(Reg.R7, 17, "pass");
        Need(program, EthernetBytes + 48 + UdpBytes);
        program.Load(Size.Half, Reg.R5, Reg.R2, EthernetBytes + 48 + 2);
    }

    /// <summary>The address is in the key, the port in R5.</summary>
    private static void Steer(ProgramBuilder program, int destinations, int sockets, int counters)
    {
        program.Label("steer");
        program.Store(Size.Half, Reg.R10, Key + 16, Reg.R5);
        program.StoreNumber(Size.Half, Reg.R10, Key + 18, 0);
        LookUpIn(program, destinations, Key);
        // The lowest bits of the flags are the verdict when there is no socket.
        program.LoadMap(Reg.R1, sockets);
        program.Load(Size.Word, Reg.R2, Reg.R6, 16);
        program.MoveNumber(Reg.R3, Pass);
        program.Call(RedirectMap);
        program.GoUnlessEqual(Reg.R0, Pass, "exit");
        program.StoreNumber(Size.Word, Reg.R10, Key, 0);
        LookUpIn(program, counters, Key);
        program.MoveNumber(Reg.R1, 1);
        program.AtomicAdd(Reg.R0, 0, Reg.R1);
    }

    /// <summary>R0: the value of the key on the stack; goes to <c>pass</c> if there is none.</summary>
    private static void LookUpIn(ProgramBuilder program, int map, int key)
    {
        program.LoadMap(Reg.R1, map);
        program.Move(Reg.R2, Reg.R10);
        program.AddNumber(Reg.R2, key);
        program.Call(LookUp);
        program.GoIfEqual(Reg.R0, 0, "pass");
    }

    /// <summary>Goes to <c>pass</c> unless the frame has so many bytes from R2 on.</summary>
    private static void Need(ProgramBuilder program, int bytes)
    {
        program.Move(Reg.R4, Reg.R2);
        program.AddNumber(Reg.R4, bytes);
        program.GoIfGreater(Reg.R4, Reg.R3, "pass");
    }

    /// <summary>A number in network order as a load of 16 bits gives it.</summary>
    private static int Net(int value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness((ushort)value) : value;
}
