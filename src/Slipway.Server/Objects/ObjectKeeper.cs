using System.Text;
using Slipway.Core.Evaluations;
using Slipway.Core.Journal;
using Slipway.Core.Objects;
using Slipway.Core.Wire;
using Slipway.Server.Evaluations;
using Slipway.Server.Storage;

namespace Slipway.Server.Objects;

/// <summary>Keeps objects and gives them out, all but those that were erased.</summary>
internal sealed class ObjectKeeper(IObjectStore store, IEvaluationStore answers, Ledger ledger)
{
    /// <summary>Stores an object; storing it again changes nothing.</summary>
    /// <exception cref="ErasedException">It was erased and is not taken again.</exception>
    public ContentHash Put(ReadOnlyMemory<byte> bytes)
    {
        var hash = ContentHash.Of(bytes.Span);
        if (ledger.Current.Objects.Find(hash) is null && store.Put(hash, bytes)) return hash;
        ledger.CatchUp();       // The store may know of an erasure that this process has not heard of.
        throw new ErasedException(StatusCodes.Status409Conflict, $"{Fate(hash)} Its content is not taken again.");
    }

    /// <summary>An object's bytes.</summary>
    /// <returns>Null where there is none of that hash.</returns>
    /// <exception cref="ErasedException">It was erased.</exception>
    public byte[]? Get(ContentHash hash)
    {
        if (ledger.Current.Objects.Find(hash) is null)
        {
            if (store.Get(hash) is { } bytes) return bytes;
            ledger.CatchUp();
            if (ledger.Current.Objects.Find(hash) is null) return null;
        }
        throw new ErasedException(StatusCodes.Status410Gone, Fate(hash));
    }

    /// <summary>Whether the store holds an object's bytes.</summary>
    public bool Holds(ContentHash hash) => ledger.Current.Objects.Find(hash) is null && IsThere(hash);

    /// <summary>Removes the bytes of every object that the journal says is erased; doing it again changes nothing.</summary>
    /// <remarks>What models answered to an erased golden set, or to an erased package, goes before it: as long as the object is there, it is known what that is.</remarks>
    public void RemoveErased()
    {
        var registry = ledger.Current;
        var there = registry.Objects.Erased.Values.Where(erased => IsThere(erased.Hash)).Select(erased => erased.Hash).ToList();
        answers.Erase(there, [.. there.SelectMany(hash => CasesOf(registry, hash))]);
        store.Erase([.. registry.Objects.Erased.Values]);
    }

    private bool IsThere(ContentHash hash)
    {
        try
        {
            return store.Get(hash) is not null;
        }
        catch (StorageException exception) when (exception is not StorageUnavailableException)
        {
            return true;        // Damaged bytes are bytes.
        }
    }

    private IEnumerable<ContentHash> CasesOf(Registry registry, ContentHash hash)
    {
        if (registry.Evaluations.Sets.Values.FirstOrDefault(set => set.Content == hash) is not { } pushed) return [];
        try
        {
            return store.Get(hash) is { } bytes && GoldenSet.Parse(pushed.Set, Encoding.UTF8.GetString(bytes)) is GoldenSetResult.Parsed { Set: var set } ? set.Cases.Select(CaseInput.HashOf) : [];
        }
        catch (StorageException exception) when (exception is not StorageUnavailableException)
        {
            return [];          // What damaged cases were nobody can say; the answers that were asked for this very set go all the same.
        }
    }

    private string Fate(ContentHash hash)
    {
        var what = KnownObjects.Describe(ledger.Current, hash);
        var sentence = $"{char.ToUpperInvariant(what[0])}{what[1..]} {ledger.Current.Objects.Find(hash)?.Fate ?? "was erased"}";
        return sentence[^1] is '.' or '!' or '?' ? sentence : sentence + ".";
    }
}

/// <summary>An object was asked for, or brought again, that was erased. The message says when, by whom and why.</summary>
/// <param name="status">The status code of the answer.</param>
/// <param name="message">One sentence.</param>
internal sealed class ErasedException(int status, string message) : Exception(message)
{
    /// <summary>410 for who asks, 409 for who brings.</summary>
    public int Status { get; } = status;
}
