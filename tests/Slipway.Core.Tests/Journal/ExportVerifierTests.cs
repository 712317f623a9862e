using System.Text.Json;
using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Journal;

public sealed class ExportVerifierTests
{
    private static readonly IReadOnlyList<JournalEntry> Journal = LongJournal.Of(130);
    private static readonly CheckpointDocument Closing = Signer.Ours.Document(Journal[^1]);

    private static IReadOnlyList<string> Lines { get; } =
        [.. Journal.Select(entry => JsonSerializer.Serialize(entry, JournalJson.Default.JournalEntry)), JournalJson.Serialize(Closing)];

    [Fact]
    public void An_export_ends_with_a_checkpoint_of_its_last_entry()
    {
        var (damage, verifier) = Check(Lines);
        Assert.Null(damage);
        Assert.Equal((130, Closing, Journal[^1]), (verifier.Chain.Verified, verifier.Closing, verifier.Chain.Last));
    }

    [Fact]
    public void Empty_lines_say_nothing() => Assert.Null(Check(["", .. Lines, "", ""]).Damage);

    [Fact]
    public void An_export_of_a_build_that_did_not_sign_is_in_order_but_closes_with_nothing()
    {
        var (damage, verifier) = Check(Lines.Take(130));
        Assert.Null(damage);
        Assert.Null(verifier.Closing);
    }

    [Fact]
    public void What_follows_the_checkpoint_was_added_later()
    {
        Assert.Equal("Line 132 follows the checkpoint that closes the export: it was added later.", Check([.. Lines, Lines[0]]).Damage);
        Assert.Equal("Line 132 follows the checkpoint that closes the export: it was added later.", Check([.. Lines, Lines[^1]]).Damage);
        Assert.Equal("Line 51 follows the checkpoint that closes the export: it was added later.",
            Check([.. Lines.Take(49), JournalJson.Serialize(Signer.Ours.Document(Journal[48])), .. Lines.Skip(49)]).Damage);
    }

    [Fact]
    public void A_checkpoint_of_an_earlier_entry_closes_no_longer_export() => Assert.Equal(
        "Entries 101 to 130 were added after the export was signed: the checkpoint that closes it is of entry 100.",
        LongJournal.Verify(Journal, Signer.Ours.Document(Journal[99])));

    [Fact]
    public void A_line_that_lost_its_form_is_named()
    {
        Assert.Equal("Entry 4 has lost the form of an entry.", Check([.. Lines.Take(3), Lines[3][..40], .. Lines.Skip(4)]).Damage);
        Assert.Equal("The checkpoint in line 131 has lost its form, so nothing proves that no entry is missing after entry 130.", Check([.. Lines.Take(130), Lines[^1][..60]]).Damage);
        Assert.Equal("Entry 131 has lost the form of an entry.", Check([.. Lines.Take(130), Lines[^1][..6]]).Damage);
    }

    [Fact]
    public void A_changed_checkpoint_is_found()
    {
        Assert.StartsWith("The signature of the checkpoint that closes the export does not fit",
            LongJournal.Verify(Journal, Closing with { Checkpoint = Closing.Checkpoint with { Sequence = 129, Hash = Journal[128].Hash } }), StringComparison.Ordinal);
        Assert.StartsWith("The signature of the checkpoint that closes the export does not fit",
            LongJournal.Verify(Journal, Closing with { PublicKey = Signer.Forger.PublicKey }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_export_cannot_be_closed_with_a_key_of_ones_own() => Assert.Equal(
        $"The key of the checkpoint that closes the export is none that this journal names: {Signer.Forger.PublicKey.Id}. Somebody else signed it.",
        LongJournal.Verify(Journal.Take(90), Signer.Forger.Document(Journal[89])));

    /// <summary>Whoever replaces everything, keys included, makes a journal that fits itself. The key's fingerprint and every checkpoint kept elsewhere tell.</summary>
    [Fact]
    public void A_journal_forged_as_a_whole_is_betrayed_by_its_key_and_by_a_checkpoint_kept_elsewhere()
    {
        var installation = new Installation();
        installation.Do(new AddCheckpointKey(Signer.Forger.PublicKey));
        installation.Do(new InitializeAccess(Some.Hash("slw_other")));
        while (installation.State.Head < 130) LongJournal.Grow(installation);
        var closing = Signer.Forger.Document(installation.Entries[^1]);

        Assert.Null(LongJournal.Verify(installation.Entries, closing));
        Assert.NotEqual(Closing.Checkpoint.Key, closing.Checkpoint.Key);
        Assert.Equal("Entry 60 is not the one that kept.json was signed for: the journal was rewritten, or it is another one.",
            LongJournal.Verify(installation.Entries, closing, new Witness(Signer.Ours.Document(Journal[59]), "kept.json")));
    }

    [Fact]
    public void A_checkpoint_kept_elsewhere_finds_a_cut_end_and_a_replaced_entry()
    {
        var kept = new Witness(Signer.Ours.Document(Journal[119]), "kept.json");
        Assert.Null(LongJournal.Verify(Journal, null, kept));
        Assert.Null(LongJournal.Verify(Journal.Take(120), null, kept));
        Assert.Equal("Entry 120 is missing from the end: kept.json shows that it was written.", LongJournal.Verify(Journal.Take(119), null, kept));
        Assert.Equal("Entries 91 to 120 are missing from the end: kept.json shows that they were written.", LongJournal.Verify(Journal.Take(90), null, kept));
        var forged = LongJournal.Rechained(Journal.Select(entry => entry.Sequence == 110 ? entry with { Command = "x" } : entry));
        Assert.Equal("Entry 120 is not the one that kept.json was signed for: the journal was rewritten, or it is another one.", LongJournal.Verify(forged, null, kept));
        Assert.StartsWith("The signature of kept.json does not fit", LongJournal.Verify(Journal, null, kept with { Document = kept.Document with { PublicKey = Signer.Forger.PublicKey } }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_forged_checkpoint_inside_the_journal_is_found()
    {
        var forged = Signer.Forger.Sign(new EntryMark(100, Journal[99].Hash));
        Assert.StartsWith($"Entry 101 is no true checkpoint of entry 100: the journal names no key {forged.Key}", Recorded(forged), StringComparison.Ordinal);
        Assert.Equal("Entry 101 is no true checkpoint of entry 100: its signature does not fit.", Recorded(forged with { Key = Signer.Ours.PublicKey.Id }));
        Assert.Equal("Entry 101 is no true checkpoint of entry 70: entry 70 is neither the last entry nor the last border.", Recorded(Signer.Ours.Sign(new EntryMark(70, Journal[69].Hash))));

        static string? Recorded(Checkpoint checkpoint) => LongJournal.Verify(
            [.. Journal.Take(100), JournalEntry.Next(100, Journal[99].Hash, Journal[99].Time, MemberName.System, "c", new CheckpointSigned(checkpoint))], closing: null);
    }

    [Fact]
    public void A_journal_that_lost_the_key_of_its_checkpoints_is_found() =>
        Assert.Contains("is no true checkpoint of entry 100: the journal names no key", LongJournal.Verify(LongJournal.Rechained(Journal.Skip(1)), null), StringComparison.Ordinal);

    [Fact]
    public void A_checkpoint_of_a_newer_build_is_not_taken_for_damage()
    {
        var newer = JournalEntry.Next(1, Journal[0].Hash, Journal[0].Time, MemberName.System, "c", Journal[1].Read()) with { Event = """{"event":"checkpoint_signed.v9"}""" };
        Assert.Equal(2, Assert.Throws<UnknownEventException>(() => LongJournal.Verify([Journal[0], newer with { Hash = newer.ExpectedHash() }], null)).Sequence);
    }

    private static (string? Damage, ExportVerifier Verifier) Check(IEnumerable<string> lines)
    {
        var verifier = new ExportVerifier();
        return (lines.Select(verifier.Next).FirstOrDefault(damage => damage is not null) ?? verifier.End(), verifier);
    }
}
