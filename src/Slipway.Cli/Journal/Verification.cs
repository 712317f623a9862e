using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Cli.Journal;

/// <summary>One journal being checked: fed line by line or from a data folder, then ended.</summary>
/// <param name="what">What to call the journal.</param>
internal sealed class Verification(string what)
{
    private readonly ExportVerifier export = new();
    private bool inFolder;

    /// <summary>What to call the journal.</summary>
    public string What => what;

    /// <summary>The last entry found right.</summary>
    public JournalEntry? Last => export.Chain.Last;

    /// <summary>What is wrong, a sentence; null where nothing is.</summary>
    public string? Damage { get; private set; }

    /// <summary>What to do about it.</summary>
    public string? Hint { get; private set; }

    /// <summary>The checkpoint that says up to where nothing is missing.</summary>
    public CheckpointDocument? Proof { get; private set; }

    /// <summary>Holds the journal against a checkpoint kept elsewhere.</summary>
    public void Expect(Witness witness) => export.Chain.Expect(witness);

    /// <summary>Looks at the next line of an export.</summary>
    public void Line(string line) => Look(() => export.Next(line));

    /// <summary>Looks at a data folder: its newest checkpoint, then all its entries.</summary>
    public void Look(string folder)
    {
        inFolder = true;
        Look(() =>
        {
            // The checkpoint first: entries that a running server writes meanwhile are newer than it.
            if (StorageAudit.Checkpoint(folder) is { } witness) export.Chain.Expect(witness);
            return StorageAudit.Read(folder).Select(export.Chain.Next).FirstOrDefault(damage => damage is not null);
        });
    }

    /// <summary>Says what came of it.</summary>
    /// <param name="trusted">The keys that count; empty where any does that the journal names.</param>
    public void End(IReadOnlySet<ContentHash> trusted)
    {
        Look(export.End);
        if (Damage is not null) return;
        var stranger = export.Chain.Witnesses.FirstOrDefault(witness => trusted.Count > 0 && !trusted.Contains(witness.Document.Checkpoint.Key));
        if (stranger is not null)
        {
            Fail($"{Capital(stranger.Name)} was signed with another key than the one you named: {stranger.Document.Checkpoint.Key}.",
                "The journal may have been replaced as a whole. Ask whoever runs the server for the fingerprint it prints at its start.");
            return;
        }
        Proof = export.Chain.Witnesses.Select(witness => witness.Document).OrderByDescending(document => document.Checkpoint.Sequence).FirstOrDefault();
        if (Last is { } last && (Proof is null || (Proof.Checkpoint.Sequence < last.Sequence && !inFolder)))
            Fail($"{Capital(what)} carries no checkpoint of its last entry, {last.Sequence}: its entries are in order, but whether more were cut off the end cannot be told.",
                inFolder ? "The server writes a checkpoint.json beside the journal at its next start." : "Hold it against a checkpoint of that entry with --checkpoint FILE, or export it again: slipway log export FILE");
        else if (Last is null)
            Fail($"{Capital(what)} holds no entry.", null);
    }

    private void Look(Func<string?> next)
    {
        if (Damage is not null) return;
        try
        {
            if (next() is { } damage) Fail($"{Capital(what)} is damaged: {damage}", "Compare it with a backup or an earlier export.");
        }
        catch (Exception exception) when (exception is StorageException or UnknownEventException)
        {
            Fail(exception.Message, null);
        }
    }

    private void Fail(string damage, string? hint) => (Damage, Hint) = (damage, hint);

    // A file keeps its name as it is written.
    private static string Capital(string text) => text.StartsWith("the ", StringComparison.Ordinal) ? $"T{text[1..]}" : text;
}
