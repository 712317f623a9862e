using Slipway.Core.Access;
using Slipway.Core.Journal;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Staging;

/// <summary>Puts a report on a staged version on record.</summary>
/// <param name="By">An author, a reviewer or a release owner.</param>
/// <param name="Facts">What was found.</param>
public sealed record RecordStaging(MemberName By, StagingReported Facts) : Command(By)
{
    /// <inheritdoc/>
    public override Subject About(Registry registry) => AboutVersion(Facts.Version);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (Deny(registry, By, Facts.Version) is { } denied) return denied;
        if (registry.Prompts.Find(Facts.Version)!.Package != Facts.Package) return Verdict.Conflict($"The report is of another package than {Facts.Version} has.");
        return registry.Releases.Live(Facts.Version.Prompt, EnvironmentName.Production)?.Version == Facts.Production
            ? Verdict.Of(Facts)
            : Verdict.Conflict("What is live in production changed while the staged version was tried; make the report again.");
    }

    /// <summary>What is touched: the prompt, where it is staged.</summary>
    public static Subject AboutVersion(VersionId version)
    {
        ArgumentNullException.ThrowIfNull(version);
        return Subject.Of($"try {version} in staging", version.Prompt, EnvironmentName.Staging);
    }

    /// <summary>Refuses who may not, and what cannot be; asked before anything is paid for.</summary>
    public static Verdict? Deny(Registry registry, MemberName by, VersionId version)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(version);
        if (registry.Access.Deny(by, "try versions in staging", Role.Author, Role.Reviewer, Role.ReleaseOwner) is { } denied) return denied;
        if (registry.Prompts.Find(version) is null) return Verdict.Unknown(registry.Prompts.Missing(version));
        if (registry.Releases.Live(version.Prompt, EnvironmentName.Staging)?.Version is var staged && staged != version)
            return Verdict.Conflict($"{version} is not live in staging{(staged is null ? "" : $", {staged.Number} is")}; {HowToStage(version, staged)}");
        return registry.Releases.Live(version.Prompt, EnvironmentName.Production) switch
        {
            null => Verdict.Conflict($"Nothing of {version.Prompt} is live in production, so there are no requests to try {version} with and nothing to compare it with; a first version needs no report."),
            { Version: var live } when live == version => Verdict.Conflict($"{version} is live in production already."),
            _ => null,
        };
    }

    /// <summary>How a version comes to staging, as the rest of a sentence.</summary>
    internal static string HowToStage(VersionId version, VersionId? staged) => staged is null
        ? $"it goes there first with: {BootstrapRelease.CommandFor(version, EnvironmentName.Staging)}"
        : $"it goes there with: slipway release propose {version} --environment staging";
}

/// <summary>Says why a difference between the environments may stay.</summary>
/// <param name="By">An author or a release owner.</param>
/// <param name="Version">Of which staged version.</param>
/// <param name="Part">What differs, as the report names it.</param>
/// <param name="Reason">Why it may; required.</param>
public sealed record ExplainStaging(MemberName By, VersionId Version, string Part, string Reason) : Command(By)
{
    private const int LongestReason = 2_000;

    /// <inheritdoc/>
    public override Subject About(Registry registry) => Subject.Of($"explain what differs with {Version}", Version.Prompt, EnvironmentName.Staging);

    /// <inheritdoc/>
    public override Verdict Decide(Registry registry, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(registry);
        if (registry.Access.Deny(By, "explain differences between environments", Role.Author, Role.ReleaseOwner) is { } denied) return denied;
        if (registry.Prompts.Find(Version) is null) return Verdict.Unknown(registry.Prompts.Missing(Version));
        if (string.IsNullOrWhiteSpace(Reason)) return Verdict.Invalid("Say why: the reason is empty.");
        if (Reason.Length > LongestReason) return Verdict.Invalid($"The reason is longer than {LongestReason} characters.");
        if (registry.Staging.Find(Version) is not { } staged) return Verdict.Conflict($"There is no staging report on {Version} yet; make one with: slipway staging report {Version}");
        if (staged.Facts.Open.FirstOrDefault(open => open.Part == Part) is not { } difference)
            return Verdict.Conflict($"The report on {Version} tells of no difference in {Part} that needs a reason{(staged.Facts.Open.IsEmpty ? "" : $"; it tells of {string.Join(", ", staged.Facts.Open.Select(open => open.Part))}")}.");
        return staged.Explanations.Any(known => (known.Part, known.Difference, known.Reason) == (Part, difference.Sentence, Reason)) ? Verdict.Of() : Verdict.Of(new StagingExplained(Version, Part, difference.Sentence, Reason));
    }
}
