namespace Recv.Sources.Pcap;

/// <summary>What a format found at the front of the unread bytes of a capture.</summary>
internal enum CaptureStep
{
    /// <summary>Not yet a whole record: read on.</summary>
    More,

    /// <summary>A frame.</summary>
    Frame,

    /// <summary>Something else, to be passed over.</summary>
    Passed,

    /// <summary>The header of another capture: somebody joined files.</summary>
    Another,

    /// <summary>Nothing that can be; the capture ends here.</summary>
    Damaged,
}
