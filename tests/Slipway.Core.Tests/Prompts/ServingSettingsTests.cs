using System.Text;
using Slipway.Core.Models;
using Slipway.Core.Prompts;
using Slipway.Core.Wire;

namespace Slipway.Core.Tests.Prompts;

public sealed class ServingSettingsTests
{
    private static readonly ModelReference Mini = Some.Parse<ModelReference>("openai/gpt-4.1-mini-2025-04-14");

    [Fact]
    public void A_package_without_them_does_not_name_them_and_keeps_its_hash()
    {
        var without = Some.Package();
        Assert.DoesNotContain("serving", Encoding.UTF8.GetString(without.Json.Span), StringComparison.Ordinal);
        Assert.Equal(without.Hash, Package(new ServingSettings()).Hash);
        Assert.Equal(ServingSettings.Default, without.Serving);
    }

    [Fact]
    public void They_are_frozen_and_read_back_as_they_were()
    {
        var settings = new ServingSettings(Some.Parse<Duration>("30s"), Some.Parse<Duration>("2m"), 2, [Mini]);
        var package = Package(settings);
        Assert.NotEqual(Some.Package().Hash, package.Hash);
        Assert.Contains("""
            "serving":{"fallback_models":["openai/gpt-4.1-mini-2025-04-14"],"retries":2,"timeout_seconds":30,"total_timeout_seconds":120}
            """.Trim(), Encoding.UTF8.GetString(package.Json.Span), StringComparison.Ordinal);
        Assert.Equal(settings, Assert.IsType<PackageBuild.Built>(Core.Prompts.Package.Load(package.Json.Span)).Package.Serving);
    }

    [Fact]
    public void A_minute_and_sixty_seconds_are_the_same() =>
        Assert.Equal(Package(new ServingSettings(Some.Parse<Duration>("1m"))).Hash, Package(new ServingSettings(Some.Parse<Duration>("60s"))).Hash);

    [Fact]
    public void Changing_them_is_a_minor_change()
    {
        var change = VersionChange.Between(Some.Package(), Package(new ServingSettings(Retries: 2)));
        Assert.Equal((VersionStep.Minor, "the serving settings changed"), (change.Step, Assert.Single(change.Reasons)));
    }

    [Fact]
    public void A_fallback_is_another_model() => Assert.Equal(
        "serving.fallback_models names offline/offline-2026-11, which is the version's own model.",
        Assert.Single(Assert.IsType<PackageBuild.Refused>(Core.Prompts.Package.Build(Some.Submission() with { Serving = new ServingSettings(FallbackModels: [Some.Model]) }, Some.Model)).Errors));

    [Fact]
    public void A_fallback_must_be_pinned_because_production_may_come_to_it()
    {
        var installation = Some.Installation();
        var loose = Some.Submission("1.4.0", template: "Route with care.") with { Serving = new ServingSettings(FallbackModels: [Some.Parse<ModelReference>("openai/gpt-4o")]) };
        Assert.StartsWith("serving.fallback_models names openai/gpt-4o, which its provider may change at any time", installation.Refuses(installation.Submitting(loose)).Reason, StringComparison.Ordinal);
        Assert.Single(installation.Submit(loose with { Serving = new ServingSettings(FallbackModels: [Mini]) }));
    }

    private static Package Package(ServingSettings settings) => Some.Package(Some.Submission() with { Serving = settings });
}
