using Slipway.Core.Objects;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server.Objects;

/// <summary>Keeps objects and gives them out, all but those that were erased.</summary>
internal sealed class ObjectKeeper(IObjectStore store, Ledger ledger)
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
    public bool Holds(ContentHash hash)
    {
        try
        {
            return ledger.Current.Objects.Find(hash) is null && store.Get(hash) is not null;
        }
        catch (StorageException exception) when (exception is not StorageUnavailableException)
        {
            return true;        // Damaged bytes are bytes: they can be erased.
        }
    }

    /// <summary>Removes the bytes of every object that the journal says is erased; doing it again changes nothing.</summary>
    public void RemoveErased() => store.Erase([.. ledger.Current.Objects.Erased.Values]);

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
