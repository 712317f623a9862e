using Slipway.Core.Access;
using Slipway.Core.Journal;

namespace Slipway.Core.Tests.Journal;

/// <summary>Journals of any length with the checkpoints a server puts into them.</summary>
internal static class LongJournal
{
    /// <summary>A journal of at least some entries, signed as it went.</summary>
    /// <param name="entries">At least so many.</param>
    /// <param name="lateness">How many entries a checkpoint comes after its border, fewer than a hundred.</param>
    public static IReadOnlyList<JournalEntry> Of(int entries, int lateness = 0)
    {
        var installation = new Installation();
        installation.Do(new AddCheckpointKey(Signer.Ours.PublicKey));
        installation.Do(new InitializeAccess(Some.Hash("slw_first")));
        while (installation.State.Head < entries)
        {
            if (installation.State.Checkpoints.Due is { } due && installation.State.Head >= due.Sequence + lateness) installation.Do(new RecordCheckpoint(Signer.Ours.Sign(due)));
            else Grow(installation);
        }
        return installation.Entries;
    }

    /// <summary>Lets one more thing happen.</summary>
    public static void Grow(Installation installation) =>
        installation.Do(new AddMember(Some.Admin, Some.Member($"m{installation.State.Head}"), [Role.Author]));

    /// <summary>What somebody makes of entries who can write to the journal: numbers and hashes anew, so that the chain is whole again.</summary>
    public static IReadOnlyList<JournalEntry> Rechained(IEnumerable<JournalEntry> entries)
    {
        var forged = new List<JournalEntry>();
        foreach (var entry in entries)
        {
            var next = entry with { Sequence = forged.Count + 1, Previous = forged.Count == 0 ? JournalEntry.Genesis : forged[^1].Hash };
            forged.Add(next with { Hash = next.ExpectedHash() });
        }
        return forged;
    }

    /// <summary>What checking an export says.</summary>
    /// <returns>The damage, null where there is none.</returns>
    public static string? Verify(IEnumerable<JournalEntry> entries, Core.Wire.CheckpointDocument? closing, params IEnumerable<Witness> witnesses)
    {
        var verifier = new ExportVerifier();
        foreach (var witness in witnesses) verifier.Chain.Expect(witness);
        var lines = entries.Select(entry => System.Text.Json.JsonSerializer.Serialize(entry, JournalJson.Default.JournalEntry));
        return lines.Concat(closing is null ? [] : [JournalJson.Serialize(closing)]).Select(verifier.Next).FirstOrDefault(damage => damage is not null) ?? verifier.End();
    }
}
