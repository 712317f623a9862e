using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Wire;

namespace Slipway.Client.Serving;

/// <summary>The stable versions with their packages in one file, for a start without the server.</summary>
/// <remarks>
/// <para>The first line is <c>slipway-stable/1 sha256:…</c>, the hash being that of all that follows; the second is the table; each further line is a
/// package, known by its own hash. The file is written under a name of its own, flushed and renamed, so that whoever reads it, in whatever process, reads one
/// whole state or another.</para>
/// </remarks>
/// <param name="folder">Where it lies; made where it is missing.</param>
/// <param name="environment">Whose state it is.</param>
/// <param name="logger">Hears of damage and of a disk that takes nothing.</param>
/// <param name="create">Makes a new file.</param>
internal sealed partial class LastKnownGood(string folder, EnvironmentName environment, ILogger logger, Func<string, FileStream> create)
{
    private const string Format = "slipway-stable/1";
    private readonly string path = Path.Combine(folder, $"{environment}.slipway");
    private ContentHash? written;
    private bool failing;

    /// <summary>The state that was kept; null where there is none that can be relied on.</summary>
    public (SnapshotDocument Snapshot, ImmutableArray<Package> Packages)? Read()
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (Parse(bytes, out var problem) is { } state)
            {
                written = Essence(state.Snapshot, state.Packages);
                LogRead(logger, path, state.Snapshot.Revision, state.Snapshot.Routes.Length);
                return state;
            }
            LogDamaged(logger, path, problem);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;        // the first start
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogUnreadable(logger, path, exception.Message);
        }
        return null;
    }

    /// <summary>Keeps a state, unless it serves the same as the one this process kept last. Of several processes the last one counts, for all follow the same server; but what one of them heard
    /// was rolled back is not forgotten by another that has not heard it yet.</summary>
    public void Write(SnapshotDocument snapshot, ImmutableArray<Package> packages)
    {
        var essence = Essence(snapshot, packages);
        if (essence == written || !TryRemember(ref snapshot)) return;
        var content = Content(snapshot, packages);
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            Directory.CreateDirectory(folder);
            RemoveLeftovers();
            try
            {
                using (var file = create(temporary))
                {
                    file.Write(Encoding.ASCII.GetBytes($"{Format} {ContentHash.Of(content)}\n"));
                    file.Write(content);
                    file.Flush(flushToDisk: true);
                }
                File.Move(temporary, path, overwrite: true);
            }
            finally
            {
                File.Delete(temporary);
            }
            (written, failing) = (essence, false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!failing) LogNotWritten(logger, path, exception.Message);
            failing = true;
        }
    }

    // False where the state would bring back what the file knows was rolled back: whoever wrote the file knows more.
    private bool TryRemember(ref SnapshotDocument snapshot)
    {
        if (Withdrawn() is not { Count: > 0 } kept) return true;
        var routes = ImmutableArray.CreateBuilder<RouteDocument>(snapshot.Routes.Length);
        foreach (var route in snapshot.Routes)
        {
            var salts = kept.GetValueOrDefault(route.Prompt, []);
            if (route.BroughtBy is { } salt && salts.Contains(salt, StringComparer.Ordinal)) return false;
            ImmutableArray<string> all = [.. salts.Union(route.Withdrawn ?? [], StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            routes.Add(all.IsEmpty ? route : route with { Withdrawn = all });
        }
        snapshot = snapshot with { Routes = routes.MoveToImmutable() };
        return true;
    }

    private Dictionary<PromptName, ImmutableArray<string>>? Withdrawn()
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (Header(bytes) is not { } header || ContentHash.Of(bytes.AsSpan(header.Length)) != header.Hash) return null;
            var content = bytes.AsSpan(header.Length);
            return JsonSerializer.Deserialize(content[..content.IndexOf((byte)'\n')], ApiJsonFor.OlderClients.SnapshotDocument)?.Routes
                .Where(route => route.Withdrawn is { IsEmpty: false }).DistinctBy(route => route.Prompt).ToDictionary(route => route.Prompt, route => route.Withdrawn!.Value);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;        // There is none, or it is of no use to anybody.
        }
    }

    private (SnapshotDocument Snapshot, ImmutableArray<Package> Packages)? Parse(byte[] bytes, out string problem)
    {
        problem = "It is not a file of this SDK.";
        if (Header(bytes) is not { } header) return null;
        problem = "It is damaged: its content is not what its first line says.";
        var content = bytes.AsSpan(header.Length);
        if (ContentHash.Of(content) != header.Hash) return null;
        problem = "Its content cannot be read; another version of the SDK may have written it.";
        try
        {
            var end = content.IndexOf((byte)'\n');
            var snapshot = JsonSerializer.Deserialize(content[..end], ApiJsonFor.OlderClients.SnapshotDocument);
            if (snapshot is null || snapshot.Environment != environment) return null;
            var packages = ImmutableArray.CreateBuilder<Package>();
            for (var rest = content[(end + 1)..]; rest.Length > 0; rest = rest[(end + 1)..])
            {
                end = rest.IndexOf((byte)'\n');
                if (Package.Load(rest[..end]) is not PackageBuild.Built built) return null;
                packages.Add(built.Package);
            }
            return (snapshot, packages.ToImmutable());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Content(SnapshotDocument snapshot, ImmutableArray<Package> packages)
    {
        var content = new ArrayBufferWriter<byte>();
        content.Write(JsonSerializer.SerializeToUtf8Bytes(snapshot, ApiJson.Default.SnapshotDocument));
        content.Write("\n"u8);
        foreach (var package in packages)
        {
            content.Write(package.Json.Span);       // canonical JSON has no line breaks
            content.Write("\n"u8);
        }
        return content.WrittenSpan.ToArray();
    }

    private static (ContentHash Hash, int Length)? Header(ReadOnlySpan<byte> bytes)
    {
        var end = bytes[..Math.Min(bytes.Length, 200)].IndexOf((byte)'\n');
        if (end < 0) return null;
        return Encoding.ASCII.GetString(bytes[..end]).Split(' ') is [Format, var hash] && ContentHash.TryParse(hash, out var content) ? (content, end + 1) : null;
    }

    // What is served by it: a weight that moves changes revisions, but nothing that a start without the server would do.
    private static ContentHash Essence(SnapshotDocument snapshot, ImmutableArray<Package> packages) =>
        ContentHash.Of(Content(snapshot with { Revision = 0, Routes = [.. snapshot.Routes.Select(route => route with { Revision = 0 })] }, packages));

    // What a process left that was killed while it wrote.
    private void RemoveLeftovers()
    {
        foreach (var file in Directory.EnumerateFiles(folder, $"{environment}.slipway.*.tmp"))
            if (File.GetLastWriteTimeUtc(file) < DateTime.UtcNow.AddHours(-1)) File.Delete(file);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Slipway starts with the stable versions of {Count} prompts at revision {Revision}, kept in {Path}")]
    private static partial void LogRead(ILogger logger, string path, long revision, int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "What Slipway kept in {Path} is not used: {Why} The file is replaced with the next state of the server")]
    private static partial void LogDamaged(ILogger logger, string path, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "What Slipway kept in {Path} cannot be read: {Why}")]
    private static partial void LogUnreadable(ILogger logger, string path, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "Slipway cannot keep its state in {Path}: {Why} Serving goes on; a start without the server will find the state that was kept before, or none")]
    private static partial void LogNotWritten(ILogger logger, string path, string why);
}
