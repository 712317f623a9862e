using System.Collections.Immutable;
using System.Globalization;
using Slipway.Core.Prompts;
using Slipway.Core.Releases;

namespace Slipway.Core.Access;

/// <summary>What a key may at most do. It never adds to what its member may: it only takes away.</summary>
/// <param name="Roles">Of the member's roles only these; null for all the member has, also later.</param>
/// <param name="Environments">Only there; null for all.</param>
/// <param name="Prompts">Only these; null for all, and for what concerns no single prompt.</param>
/// <param name="ExpiresAt">From then on it opens nothing; null for never.</param>
public sealed record KeyScope(
    ImmutableArray<Role>? Roles, ImmutableArray<EnvironmentName>? Environments, ImmutableArray<PromptPattern>? Prompts, DateTimeOffset? ExpiresAt)
{
    /// <summary>All that the member may, for ever.</summary>
    public static KeyScope Everything { get; } = new(null, null, null, null);

    /// <summary>Whether it lets a role through.</summary>
    public bool Covers(Role role) => Roles is not { } roles || roles.Contains(role);

    /// <summary>Whether it lets an environment through.</summary>
    public bool Covers(EnvironmentName environment) => Environments is not { } environments || environments.Contains(environment);

    /// <summary>Whether it lets a prompt through.</summary>
    public bool Covers(PromptName prompt) => Prompts is not { } prompts || prompts.Any(pattern => pattern.Covers(prompt));

    /// <summary>Whether it is limited to some prompts or environments: what concerns the whole installation is then out of its reach.</summary>
    public bool IsPartial() => Prompts is not null || Environments is not null;

    /// <summary>Why it lets more through than another one, as the end of a sentence that begins "the key would"; null where it does not.</summary>
    /// <param name="other">What it is held against; when they end is looked at separately.</param>
    public string? WiderThan(KeyScope other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Roles is { } roles && (Roles is not { } mine || mine.Any(role => !roles.Contains(role)))) return $"have more than the role {Names(roles)}";
        if (other.Environments is { } places && (Environments is not { } here || here.Any(place => !places.Contains(place)))) return $"reach beyond {Names(places)}";
        if (other.Prompts is { } prompts && (Prompts is not { } these || these.Any(pattern => !prompts.Any(wide => wide.Covers(pattern))))) return $"reach beyond {Names(prompts)}";
        return null;
    }

    /// <summary>What a key may that is issued with another one: where nothing is said, what the other may.</summary>
    public KeyScope Within(KeyScope other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new KeyScope(Roles ?? other.Roles, Environments ?? other.Environments, Prompts ?? other.Prompts, ExpiresAt ?? other.ExpiresAt);
    }

    /// <summary>What it is limited to, as the end of a sentence that begins "It is limited to"; empty where it is not. When it ends is no part of it.</summary>
    public string Limits() => string.Join(", ", new[]
    {
        Roles is { } roles ? $"the role {Names(roles)}" : null,
        Prompts is { } prompts ? Names(prompts) : null,
        Environments is { } environments ? Names(environments) : null,
    }.Where(limit => limit is not null));

    /// <summary>The limits as the end of a sentence, with when it ends; empty where there is none.</summary>
    public override string ToString() => string.Join(' ', new[]
    {
        Limits() is { Length: > 0 } limits ? $"limited to {limits}" : null,
        ExpiresAt is { } end ? $"until {Time(end)}" : null,
    }.Where(part => part is not null));

    /// <summary>A time as sentences about keys write it.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    internal static string Names(ImmutableArray<Role> roles) => string.Join(" or ", roles.Select(role => role.Name()));

    internal static string Names<T>(ImmutableArray<T> values) => string.Join(" and ", values);
}
