using System.Text;
using Slipway.Core.Partials;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;
using Slipway.Server.Objects;
using Slipway.Server.Storage;

namespace Slipway.Server.Partials;

/// <summary>The texts of partials in the object store.</summary>
internal sealed class PartialTexts(ObjectKeeper objects)
{
    /// <summary>Stores a text.</summary>
    public ContentHash Put(string text) => objects.Put(Encoding.UTF8.GetBytes(text));

    /// <summary>A partial with its text.</summary>
    /// <exception cref="StorageException">The text is missing or damaged.</exception>
    public PinnedPartial Pinned(PartialVersion version)
    {
        var bytes = objects.Get(version.Facts.Content) ?? throw new StorageException($"The partial {version.Id} is missing from the object store.");
        return new PinnedPartial(version.Id, Encoding.UTF8.GetString(bytes));
    }
}
