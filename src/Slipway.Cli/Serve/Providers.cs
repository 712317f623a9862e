using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Server;

namespace Slipway.Cli.Serve;

/// <summary>The providers that a start names, with their keys from the environment.</summary>
internal static partial class Providers
{
    private const string OpenAi = "openai";

    /// <summary>Reads <c>NAME=URL</c> pairs; <c>openai</c> is added by itself where the environment has <c>OPENAI_API_KEY</c>.</summary>
    /// <returns>Null, with a sentence, where one does not fit.</returns>
    public static ImmutableArray<ProviderOptions>? Read(IEnumerable<string> pairs, out string? wrong)
    {
        var providers = ImmutableArray.CreateBuilder<ProviderOptions>();
        foreach (var pair in pairs)
        {
            wrong = $"\"{pair}\" names no provider.";
            if (Pattern().Match(pair) is not { Success: true } match) return null;
            if (!Uri.TryCreate(match.Groups[2].Value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return null;
            var name = match.Groups[1].Value;
            wrong = name == "offline" ? "offline is built in and cannot be replaced." : $"The provider {name} is named twice.";
            if (name == "offline" || providers.Any(known => known.Name == name)) return null;
            providers.Add(new ProviderOptions(name, url, KeyOf(name)));
        }
        wrong = null;
        if (providers.All(known => known.Name != OpenAi) && Environment.GetEnvironmentVariable("OPENAI_API_KEY") is { Length: > 0 } key)
            providers.Add(new ProviderOptions(OpenAi, new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "https://api.openai.com/v1"), key));
        return providers.ToImmutable();
    }

    private static string? KeyOf(string name) =>
        Environment.GetEnvironmentVariable($"SLIPWAY_PROVIDER_{name.ToUpperInvariant().Replace('-', '_')}_KEY") ?? (name == OpenAi ? Environment.GetEnvironmentVariable("OPENAI_API_KEY") : null);

    [GeneratedRegex(@"^([a-z][a-z0-9-]{0,39})=(\S+)\z")] private static partial Regex Pattern();
}
