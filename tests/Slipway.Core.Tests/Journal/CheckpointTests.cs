using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Slipway.Core.Journal;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Journal;

public sealed class CheckpointTests
{
    private static readonly EntryMark Mark = new(17, Some.Hash("entry 17"));

    private static readonly Checkpoint Signed = Signer.Ours.Sign(Mark);

    public static TheoryData<string> Changes => [.. Changed.Keys];

    private static Dictionary<string, Func<Checkpoint, Checkpoint>> Changed { get; } = new()
    {
        ["sequence"] = checkpoint => checkpoint with { Sequence = 18 },
        ["hash"] = checkpoint => checkpoint with { Hash = Some.Hash("entry 18") },
        ["time"] = checkpoint => new Checkpoint(checkpoint.Sequence, checkpoint.Hash, checkpoint.Time.AddMilliseconds(1), checkpoint.Key, checkpoint.Signature),
        ["key"] = checkpoint => checkpoint with { Key = Signer.Forger.PublicKey.Id },
        ["signature"] = checkpoint => checkpoint with { Signature = Signer.Forger.Sign(Mark).Signature },
        ["signature without its padding"] = checkpoint => checkpoint with { Signature = checkpoint.Signature.TrimEnd('=') },
        ["the spare bits of the signature's base64"] = checkpoint => checkpoint with { Signature = SpareBits(checkpoint.Signature) },
        ["no signature"] = checkpoint => checkpoint with { Signature = "" },
        ["a signature that is too long"] = checkpoint => checkpoint with { Signature = Convert.ToBase64String(new byte[65]) },
    };

    /// <summary>What is signed is a published format: whoever wants to check a checkpoint without Slipway builds it so.</summary>
    [Fact]
    public void A_checkpoint_signs_the_canonical_JSON_of_its_other_fields_with_ECDSA_over_P256()
    {
        var line = JsonNode.Parse(JournalJson.Serialize(new CheckpointDocument(Signed, Signer.Ours.PublicKey)))!;
        var checkpoint = line["checkpoint"]!.AsObject();
        var signature = Convert.FromBase64String((string)checkpoint["signature"]!);
        checkpoint.Remove("signature");
        Assert.Equal($$"""{"hash":"{{Mark.Hash}}","key":"{{Signer.Ours.PublicKey.Id}}","sequence":17,"time":"2026-03-02T12:00:00.000Z"}""", checkpoint.ToJsonString());

        var publicKey = Convert.FromBase64String((string)line["public_key"]!);
        Assert.Equal(ContentHash.Of(publicKey).Value, (string?)checkpoint["key"]);
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        Assert.True(key.VerifyData(Encoding.UTF8.GetBytes(checkpoint.ToJsonString()), signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Fact]
    public void A_checkpoint_reads_back_as_it_was_written()
    {
        var document = new CheckpointDocument(Signed, Signer.Ours.PublicKey);
        Assert.Equal(document, JournalJson.ReadCheckpoint(JournalJson.Serialize(document)));
        Assert.Equal(document, JsonSerializer.Deserialize(JsonSerializer.Serialize(document, ApiJson.Default.CheckpointDocument), ApiJson.Default.CheckpointDocument));
        Assert.True(Signed.IsSignedBy(Signer.Ours.PublicKey));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_change_of_any_field_breaks_the_signature(string what)
    {
        var changed = Changed[what](Signed);
        Assert.NotEqual(Signed, changed);
        Assert.False(changed.IsSignedBy(Signer.Ours.PublicKey));
        Assert.False(changed.IsSignedBy(Signer.Forger.PublicKey));
    }

    [Fact]
    public void Another_key_did_not_sign_it() => Assert.False(Signed.IsSignedBy(Signer.Forger.PublicKey));

    [Fact]
    public void Only_a_P256_key_in_its_one_spelling_is_a_key()
    {
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        var ours = Signer.Ours.PublicKey.Value;
        foreach (var text in (string?[])[null, "", "key", ours[..^4], ours + "AAAA", ours.TrimEnd('='), " " + ours, SpareBits(ours),
            Convert.ToBase64String(p384.ExportSubjectPublicKeyInfo()), Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo()), Convert.ToBase64String(new byte[91])])
            Assert.False(CheckpointKey.TryParse(text, out _), text);
    }

    [Fact]
    public void A_key_is_journaled_once()
    {
        var installation = Some.Installation();
        Assert.Single(installation.Do(new AddCheckpointKey(Signer.Ours.PublicKey)));
        Assert.Empty(installation.Do(new AddCheckpointKey(Signer.Ours.PublicKey)));
        Assert.Single(installation.Do(new AddCheckpointKey(Signer.Forger.PublicKey)));
        Assert.Equal(2, installation.State.Checkpoints.Keys.Count);
    }

    [Fact]
    public void A_checkpoint_is_due_after_every_hundredth_entry_and_never_makes_another_one_due()
    {
        var installation = Signing();
        var recorded = new List<long>();
        while (installation.State.Head < 1_050)
        {
            if (installation.State.Checkpoints.Due is { } due)
            {
                installation.Do(new RecordCheckpoint(Signer.Ours.Sign(due)));
                Assert.Null(installation.State.Checkpoints.Last!.Sequence == installation.State.Head ? null : installation.State.Checkpoints.Due);
                recorded.Add(due.Sequence);
            }
            else LongJournal.Grow(installation);
        }
        Assert.Equal([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000], recorded);
    }

    [Fact]
    public void A_checkpoint_may_come_some_entries_after_its_border_and_of_two_servers_the_slower_has_nothing_to_do()
    {
        var installation = Signing();
        installation.Do(new AddCheckpointKey(Signer.Forger.PublicKey));
        while (installation.State.Checkpoints.Due is null) LongJournal.Grow(installation);
        var (one, other) = (Signer.Ours.Sign(installation.State.Checkpoints.Due), Signer.Forger.Sign(installation.State.Checkpoints.Due));
        for (var i = 0; i < 30; i++) LongJournal.Grow(installation);
        Assert.Single(installation.Do(new RecordCheckpoint(one)));
        Assert.Empty(installation.Do(new RecordCheckpoint(other)));
        Assert.Null(installation.State.Checkpoints.Due);
        Assert.Equal(one, installation.State.Checkpoints.Last);
    }

    [Fact]
    public void A_checkpoint_that_does_not_fit_the_journal_is_refused()
    {
        var installation = Signing();
        while (installation.State.Head < 105) LongJournal.Grow(installation);
        var border = installation.State.Checkpoints.Due!;
        Refused(Signer.Forger.Sign(border), $"This checkpoint cannot be recorded: the journal names no key {Signer.Forger.PublicKey.Id}.");
        Refused(Signer.Ours.Sign(border) with { Signature = Signer.Forger.Sign(border).Signature }, "This checkpoint cannot be recorded: its signature does not fit.");
        Refused(Signer.Ours.Sign(new EntryMark(99, installation.Entries[98].Hash)), "This checkpoint cannot be recorded: entry 99 is neither the last entry nor the last border.");
        Refused(Signer.Ours.Sign(new EntryMark(300, border.Hash)), "This checkpoint cannot be recorded: entry 300 is neither the last entry nor the last border.");
        Refused(Signer.Ours.Sign(border with { Hash = Some.Hash("another") }),
            "This checkpoint cannot be recorded: the entries 1 to 100 are not the ones that were signed; somebody rewrote the journal and computed its hashes anew.");
        Assert.Single(installation.Do(new RecordCheckpoint(Signer.Ours.Sign(installation.State))));        // the last entry may be signed at any time
        Assert.Null(installation.State.Checkpoints.Due);

        void Refused(Checkpoint checkpoint, string reason) => Assert.Equal(reason, installation.Refuses(new RecordCheckpoint(checkpoint)).Reason);
    }

    private static Installation Signing()
    {
        var installation = Some.Installation();
        installation.Do(new AddCheckpointKey(Signer.Ours.PublicKey));
        return installation;
    }

    // The last letter before "==" carries four bits that say nothing.
    private static string SpareBits(string base64)
    {
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        var changed = Letters[Letters.IndexOf(base64[^3], StringComparison.Ordinal) ^ 1];
        return $"{base64[..^3]}{changed}==";
    }
}
