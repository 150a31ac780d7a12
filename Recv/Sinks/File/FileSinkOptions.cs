namespace Recv.Sinks.File;

/// <summary>Where and how much a <see cref="FileSink"/> writes.</summary>
public sealed record FileSinkOptions
{
    /// <summary>The folder; made if it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>Chunks kept in the folder: the oldest is deleted for each new one beyond; 0 for all. Those of earlier runs count.</summary>
    public int Keep { get; init; }

    /// <summary>When the run began: the first part of the names.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
