using System.Text.Json;
using Slipway.Core.Wire;

namespace Slipway.Core.Journal;

/// <summary>Checks an exported journal: one entry a line, then one line with a checkpoint of the last entry.</summary>
/// <remarks>Feed the lines in order, then ask for the end.</remarks>
public sealed class ExportVerifier
{
    private const string CheckpointBegins = "{\"checkpoint\":";

    private long lines;

    /// <summary>What the entries are checked with; it takes more witnesses.</summary>
    public ChainVerifier Chain { get; } = new();

    /// <summary>The checkpoint that closes the export; null where there was none.</summary>
    public CheckpointDocument? Closing { get; private set; }

    /// <summary>Looks at the next line; an empty one says nothing.</summary>
    /// <returns>Null where it is right, else one sentence that names what is damaged. After the first damage no later answer means anything.</returns>
    /// <exception cref="UnknownEventException">A newer build wrote a checkpoint.</exception>
    public string? Next(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        lines++;
        if (line.Length == 0) return null;
        if (Closing is not null) return $"Line {lines} follows the checkpoint that closes the export: it was added later.";
        try
        {
            if (!line.StartsWith(CheckpointBegins, StringComparison.Ordinal)) return Chain.Next(JournalJson.ReadEntry(line));
            Closing = JournalJson.ReadCheckpoint(line);
            Chain.Expect(new Witness(Closing, "the checkpoint that closes the export"));
            return null;
        }
        catch (JsonException)
        {
            return line.StartsWith(CheckpointBegins, StringComparison.Ordinal)
                ? $"The checkpoint in line {lines} has lost its form, so nothing proves that no entry is missing after entry {Chain.Verified}."
                : $"Entry {Chain.Verified + 1} has lost the form of an entry.";
        }
    }

    /// <summary>Holds what was seen against the checkpoint that closes it, and against every other witness.</summary>
    /// <returns>Null where all agree, else one sentence.</returns>
    public string? End()
    {
        if (Closing is not { Checkpoint: var closing } || closing.Sequence >= Chain.Verified || !closing.IsSignedBy(Closing.PublicKey)) return Chain.End();
        var added = closing.Sequence + 1 == Chain.Verified ? $"Entry {Chain.Verified} was" : $"Entries {closing.Sequence + 1} to {Chain.Verified} were";
        return $"{added} added after the export was signed: the checkpoint that closes it is of entry {closing.Sequence}.";
    }
}
