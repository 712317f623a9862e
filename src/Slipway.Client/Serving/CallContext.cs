namespace Slipway.Client;

/// <summary>What an application knows of a request beside its unit; one may be kept and used again.</summary>
public sealed record CallContext
{
    /// <summary>The application's customer; null for none. Decides where the prompt has a variant for it.</summary>
    public string? Tenant { get; init; }

    /// <summary>The model the caller asks for; null for any. Decides where the prompt has a variant for it.</summary>
    public string? Model { get; init; }

    /// <summary>The application's user, for the call's record; null for none. It decides nothing.</summary>
    public string? User { get; init; }

    /// <summary>The step of the application, for the call's record; null for none. It decides nothing.</summary>
    public string? Workflow { get; init; }

    /// <summary>What else is known, by name, for a release's conditions, e.g. <c>country</c>; null for nothing.</summary>
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
}
