using System.Security.Cryptography;
using System.Text;
using Slipway.Core.Access;
using Slipway.Core.Prompts;

namespace Slipway.Server.Snapshots;

/// <summary>Which prompts a key sees. Keys that see the same share what is made for them.</summary>
/// <param name="Patterns">The key's patterns, in order and separated by blanks; null for every prompt.</param>
internal sealed record Reach(string? Patterns)
{
    // Raised when the same record is written otherwise by a newer build: whoever holds the old bytes must not be told that nothing changed.
    private const int Form = 2;
    private readonly KeyScope scope = Parse(Patterns);
    private string? digest;

    /// <summary>Every prompt.</summary>
    public static Reach Everything { get; } = new((string?)null);

    /// <summary>What a key sees.</summary>
    public static Reach Of(ApiKey key) => key.Scope.Prompts is { } prompts
        ? new Reach(string.Join(' ', prompts.Select(pattern => pattern.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)))
        : Everything;

    /// <summary>Whether it sees a prompt.</summary>
    public bool Covers(PromptName prompt) => Patterns is null || scope.Covers(prompt);

    /// <summary>The strong entity tag of what it sees at a revision: the same on every server.</summary>
    public string Tag(long revision) => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"\"{revision}-{digest ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Form} {Patterns}")).AsSpan(0, 4))}\"");

    public bool Equals(Reach? other) => other is not null && Patterns == other.Patterns;

    public override int GetHashCode() => Patterns is null ? 0 : StringComparer.Ordinal.GetHashCode(Patterns);

    private static KeyScope Parse(string? patterns) => KeyScope.Everything with
    {
        Prompts = patterns is null ? null : [.. patterns.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text =>
            PromptPattern.TryParse(text, out var pattern) ? pattern : throw new ArgumentException($"\"{text}\" is not {PromptPattern.Form}.", nameof(patterns)))],
    };
}
