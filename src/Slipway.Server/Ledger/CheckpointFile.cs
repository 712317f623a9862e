using System.Text.Json;
using Slipway.Core.Journal;
using Slipway.Core.Wire;
using Slipway.Server.Storage;

namespace Slipway.Server;

/// <summary>The newest checkpoint, kept beside the database: whoever cuts the journal's end there does not reach it.</summary>
internal static class CheckpointFile
{
    /// <summary>Its name in the data folder.</summary>
    public const string Name = "checkpoint.json";

    /// <summary>What a data folder says of its journal.</summary>
    /// <returns>Null where it says nothing: before the first start of a build that signs.</returns>
    /// <exception cref="StorageException">It cannot be read, or is no checkpoint.</exception>
    public static Witness? Read(string folder)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            if (!File.Exists(path)) return null;
            var document = JournalJson.ReadCheckpoint(File.ReadAllText(path));
            return document.Checkpoint.IsSignedBy(document.PublicKey) ? new Witness(document, path) : throw Damaged(path, "its signature does not fit");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StorageException($"{path} cannot be read: {exception.Message}", exception);
        }
        catch (JsonException exception)
        {
            throw Damaged(path, "it is no checkpoint", exception);
        }
    }

    /// <summary>Replaces it.</summary>
    public static void Write(string folder, CheckpointDocument checkpoint) =>
        AtomicFile.Write(Path.Combine(folder, Name), JournalJson.Serialize(checkpoint) + "\n", replace: true);

    private static StorageException Damaged(string path, string why, Exception? exception = null) => new(
        $"{path} is damaged: {why}. It says which entry was the journal's last, so look whether the last ones are there; then move the file away.", exception);
}
