namespace Slipway.Client;

/// <summary>Which calls are asked for; null asks for no matter which.</summary>
public sealed record CallQuery
{
    /// <summary>Only of this prompt.</summary>
    public string? Prompt { get; init; }

    /// <summary>Only of this version of the prompt, by its number.</summary>
    public string? Version { get; init; }

    /// <summary>Only of this release.</summary>
    public string? Release { get; init; }

    /// <summary>Only for this customer of the application.</summary>
    public string? Tenant { get; init; }

    /// <summary>Only for this user; where the caller named none, for this sticky unit.</summary>
    public string? User { get; init; }

    /// <summary>Only of this trace.</summary>
    public string? Trace { get; init; }

    /// <summary>Only there.</summary>
    public string? Environment { get; init; }

    /// <summary>From then on: a time as in <c>2026-05-14T12:00Z</c>, or how long ago as in <c>24h</c>.</summary>
    public string? Since { get; init; }

    /// <summary>Before then, written as <see cref="Since"/>.</summary>
    public string? Until { get; init; }

    /// <summary>At most so many, 1 to 1,000; 500 where nothing is said.</summary>
    public int? Limit { get; init; }
}
