using System.Text.Json;
using Slipway.Core.Calls;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;
using Slipway.Core.Resolution;
using Slipway.Core.Wire;

namespace Slipway.Client.Tests.Serving;

/// <summary>Values with defaults: a test names only what matters to it.</summary>
internal static class Some
{
    public const string Router = "router", Unit = "conversation-1";

    public static Package Old { get; } = SlipwayInMemory.PackageOf("Old: {{ticket}}");

    public static Package Stable { get; } = SlipwayInMemory.PackageOf("Stable: {{ticket}}");

    public static Package Candidate { get; } = SlipwayInMemory.PackageOf("Candidate: {{ticket}}");

    public static object Variables { get; } = new { ticket = "My card is gone." };

    public static ServedVersion Version(string number, Package package, string prompt = Router) => new(new VersionId(Parse<PromptName>(prompt), Parse<VersionNumber>(number)), package.Hash);

    /// <summary>The router's record without a release.</summary>
    public static RouteDocument Route(long revision = 7, string prompt = Router) =>
        new(Parse<PromptName>(prompt), revision, Version("1.0.0", Stable, prompt), null, Version("0.9.0", Old, prompt), [], ServingPolicy.Default);

    /// <summary>The router's record with a candidate that every unit gets.</summary>
    public static RouteDocument Canary(long revision = 8, int release = 2) =>
        Route(revision) with { Candidate = new CandidateDocument(new ReleaseId(release), Version("1.1.0", Candidate), 1_000_000, "salt", CandidateDocument.MurmurPpm, 1, []) };

    public static CallRecord Call(string trace = "0af7651916cd43dd8448eb211c80319c") => new()
    {
        TraceId = trace,
        StartedAt = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero),
        Environment = EnvironmentName.Production,
        Door = "sdk",
        Prompt = Router,
        PromptVersion = "1.0.0",
        PackageHash = Stable.Hash,
        Provider = "offline",
        Model = "offline-2026-11",
        Parameters = JsonElement.Parse("{}"),
        LatencyMs = 12,
    };

    public static T Parse<T>(string text) where T : ITextValue<T> => T.TryParse(text, out var value) ? value : throw new ArgumentException($"{text} must be {T.Form}.", nameof(text));
}
