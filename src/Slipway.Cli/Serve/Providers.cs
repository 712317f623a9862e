using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Slipway.Server;

namespace Slipway.Cli.Serve;

/// <summary>The providers that a start names, with their keys from the environment.</summary>
internal static partial class Providers
{
    /// <summary>How a provider is written, for hints.</summary>
    public const string Form = "NAME=URL[,auth=bearer|none|HEADER][,header=NAME:VALUE][,speaks=openai|anthropic]";

    private const string OpenAi = "openai", Anthropic = "anthropic";

    /// <summary>Reads what stands in <see cref="Form"/>; <c>openai</c> and <c>anthropic</c> are added by themselves where the environment has their keys.</summary>
    /// <returns>Null, with a sentence, where one does not fit.</returns>
    public static ImmutableArray<ProviderOptions>? Read(IEnumerable<string> texts, out string? wrong)
    {
        var providers = ImmutableArray.CreateBuilder<ProviderOptions>();
        foreach (var text in texts)
        {
            if (Read(text, out wrong) is not { } provider) return null;
            wrong = provider.Name == "offline" ? "offline is built in and cannot be replaced." : $"The provider {provider.Name} is named twice.";
            if (provider.Name == "offline" || providers.Any(known => known.Name == provider.Name)) return null;
            providers.Add(provider);
        }
        wrong = null;
        foreach (var (name, protocol, address) in ((string, ProviderProtocol, string)[])[(OpenAi, ProviderProtocol.OpenAi, "https://api.openai.com/v1"), (Anthropic, ProviderProtocol.Anthropic, "https://api.anthropic.com")])
        {
            if (providers.Any(known => known.Name == name) || Given($"{name.ToUpperInvariant()}_API_KEY") is not { } key) continue;
            var variable = $"{name.ToUpperInvariant()}_BASE_URL";
            if (Url(Given(variable) ?? address) is not { } url) return Wrong<ImmutableArray<ProviderOptions>?>($"{variable} is no http or https address.", out wrong);
            providers.Add(new ProviderOptions(name, url, key) { Speaks = protocol });
        }
        return providers.ToImmutable();
    }

    private static ProviderOptions? Read(string text, out string? wrong)
    {
        wrong = null;
        var parts = Settings().Split(text);
        if (Pattern().Match(parts[0]) is not { Success: true } match || Url(match.Groups[2].Value) is not { } url) return Wrong<ProviderOptions>($"\"{parts[0]}\" names no provider.", out wrong);
        var name = match.Groups[1].Value;
        var provider = new ProviderOptions(name, url, KeyOf(name)) { Speaks = name == Anthropic ? ProviderProtocol.Anthropic : ProviderProtocol.OpenAi };
        foreach (var part in parts.Skip(1))
        {
            if (With(provider, part) is not { } changed) return Wrong<ProviderOptions>($"The provider {name} cannot have \"{part}\".", out wrong);
            provider = changed;
        }
        return provider;
    }

    private static ProviderOptions? With(ProviderOptions provider, string setting)
    {
        var (name, value) = setting.IndexOf('=', StringComparison.Ordinal) is var at ? (setting[..at], setting[(at + 1)..]) : default;
        return (name, value) switch
        {
            ("auth", "bearer") => provider with { KeyHeader = null },
            ("auth", "none") => provider with { Key = null },
            ("auth", _) when HeaderName().IsMatch(value) => provider with { KeyHeader = value },
            ("speaks", OpenAi) => provider with { Speaks = ProviderProtocol.OpenAi },
            ("speaks", Anthropic) => provider with { Speaks = ProviderProtocol.Anthropic },
            ("header", _) when value.Split(':', 2) is [var header, { Length: > 0 } content] && HeaderName().IsMatch(header) => provider with { Headers = provider.Headers.SetItem(header, content.Trim()) },
            _ => null,
        };
    }

    private static string? KeyOf(string name) =>
        Given($"SLIPWAY_PROVIDER_{name.ToUpperInvariant().Replace('-', '_')}_KEY") ?? (name is OpenAi or Anthropic ? Given($"{name.ToUpperInvariant()}_API_KEY") : null);

    private static string? Given(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    private static Uri? Url(string text) => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : null;

    private static T? Wrong<T>(string sentence, out string wrong)
    {
        wrong = sentence;
        return default;
    }

    [GeneratedRegex(@"^([a-z][a-z0-9-]{0,39})=(\S+)\z")] private static partial Regex Pattern();

    // An address may hold commas; only one that a setting follows ends it.
    [GeneratedRegex(",(?=[a-z]+=)")] private static partial Regex Settings();

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]+\z")] private static partial Regex HeaderName();
}
