namespace Recv.Spead;

/// <summary>Item IDs of the SPEAD protocol itself and of the MeerKAT instruments (DESIGN section 7).</summary>
public static class ItemIds
{
    /// <summary>Does nothing; pads.</summary>
    public const int Null = 0;

    /// <summary>Number of the heap.</summary>
    public const int HeapCnt = 1;

    /// <summary>Bytes of the whole heap.</summary>
    public const int HeapLength = 2;

    /// <summary>Where the packet's payload begins in the heap.</summary>
    public const int PayloadOffset = 3;

    /// <summary>Bytes of the packet's payload.</summary>
    public const int PayloadLength = 4;

    /// <summary>An item descriptor: an embedded SPEAD packet.</summary>
    public const int Descriptor = 5;

    /// <summary>Stream control; value 2 is the stop.</summary>
    public const int StreamControl = 6;

    /// <summary>Name in a descriptor.</summary>
    public const int DescriptorName = 0x10;

    /// <summary>Description in a descriptor.</summary>
    public const int DescriptorDescription = 0x11;

    /// <summary>Shape in a descriptor.</summary>
    public const int DescriptorShape = 0x12;

    /// <summary>Format in a descriptor.</summary>
    public const int DescriptorFormat = 0x13;

    /// <summary>Item ID in a descriptor.</summary>
    public const int DescriptorId = 0x14;

    /// <summary>numpy header in a descriptor.</summary>
    public const int DescriptorNumpyHeader = 0x15;

    /// <summary>Timestamp of the first sample, in ADC samples.</summary>
    public const int Timestamp = 0x1600;

    /// <summary>Digitiser serial and, in its lowest bit, polarisation.</summary>
    public const int DigitiserId = 0x3101;

    /// <summary>Digitiser status; saturation count in bits 32 to 47.</summary>
    public const int DigitiserStatus = 0x3102;

    /// <summary>Packed digitiser samples.</summary>
    public const int AdcSamples = 0x3300;

    /// <summary>Index of the F-engine.</summary>
    public const int FengId = 0x4101;

    /// <summary>First channel of a heap.</summary>
    public const int Frequency = 0x4103;

    /// <summary>Channelised samples.</summary>
    public const int FengRaw = 0x4300;

    /// <summary>Beamformed samples.</summary>
    public const int BfRaw = 0x5000;

    /// <summary>Number of antennas in the beam.</summary>
    public const int BeamAnts = 0x5004;

    /// <summary>The first item of the program <c>spead2_send</c>.</summary>
    public const int Spead2First = 0x1000;

    /// <summary>Value of <see cref="StreamControl"/> that ends a stream.</summary>
    public const long StreamStop = 2;
}
