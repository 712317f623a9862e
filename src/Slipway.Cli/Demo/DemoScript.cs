using System.Collections.Immutable;
using Slipway.Core.Models;
using Slipway.Core.Releases;
using Slipway.Server;

namespace Slipway.Cli.Demo;

/// <summary>What the demo is played with.</summary>
/// <param name="Sample">The folder of the sample: manifests, golden set, evaluations.</param>
/// <param name="Plan">The plan that the releases are made under.</param>
/// <param name="Tickets">What customers write, in turn; at least one.</param>
/// <param name="Pace">How many messages they write a second, 1 to <see cref="HighestPace"/>.</param>
internal sealed record DemoScript(string Sample, ReleasePlanDocument Plan, ImmutableArray<string> Tickets, int Pace)
{
    /// <summary>Messages a second where nobody says otherwise; a busy shop, so that the story is short.</summary>
    public const int UsualPace = 150;

    /// <summary>The same where the model takes its time, and money.</summary>
    public const int PaceOfRealModels = 20;

    /// <summary>The most messages a second.</summary>
    public const int HighestPace = 1_000;

    /// <summary>Who answers; <see cref="Offline"/> where left out.</summary>
    public ModelReference Model { get; init; } = Offline;

    /// <summary>Where that model is; null for the one that is built in.</summary>
    public ProviderOptions? Provider { get; init; }

    /// <summary>The stand-in that needs no key.</summary>
    public static ModelReference Offline { get; } = ModelReference.TryParse("offline/offline-2026-11", out var offline) ? offline : throw new InvalidOperationException("The model's name is well-formed.");

    /// <summary>How long a release may take; what decides it comes with the messages.</summary>
    public TimeSpan LongestRelease => TimeSpan.FromSeconds(75 * Math.Max(1, (double)UsualPace / Pace));

    /// <summary>The whole text of one of the sample's files.</summary>
    public Task<string> ReadAsync(string file, CancellationToken cancellation) => File.ReadAllTextAsync(Path.Combine(Sample, file), cancellation);
}
