using System.Collections.Immutable;

namespace Slipway.Cli.Prompts;

/// <summary>Whether a key may be left out of one of the two forms of a manifest.</summary>
internal enum Need
{
    /// <summary>It may.</summary>
    Optional,
    /// <summary>It may not; where keys stand in each other's place (<see cref="ManifestShape.OneOf"/>), one of them may not.</summary>
    Needed,
    /// <summary>It may where the command says it, and else may not.</summary>
    NeededUnlessGiven,
    /// <summary>This form has no such key.</summary>
    Absent,
}

/// <summary>A key of a manifest: all that the reader, the JSON Schema and the page of reference know of it.</summary>
/// <param name="Name">What YAML calls it, and JSON where <see cref="NameInJson"/> says nothing else.</param>
/// <param name="Form">What its value must be.</param>
/// <param name="Meaning">What it says and where its value comes from, in a sentence or two of Markdown.</param>
internal sealed record ManifestKey(string Name, ValueForm Form, string Meaning)
{
    /// <summary>What JSON calls it.</summary>
    public string NameInJson { get; init; } = Name;

    /// <summary>Whether YAML can do without it; default: it can.</summary>
    public Need InYaml { get; init; }

    /// <summary>Whether JSON can do without it; default: it can.</summary>
    public Need InJson { get; init; }

    /// <summary>What holds where it is left out, as a phrase; default nothing.</summary>
    public string LeftOut { get; init; } = "nothing";

    /// <summary>What to do where it is missing, as the end of a sentence with its full stop; null where the key alone says it.</summary>
    public string? Remedy { get; init; }

    /// <summary>What one of the two forms calls it.</summary>
    public string In(bool json) => json ? NameInJson : Name;

    /// <summary>Whether one of the two forms can do without it.</summary>
    public Need NeedIn(bool json) => json ? InJson : InYaml;
}

/// <summary>A mapping of a manifest by its keys: it may have these and no others.</summary>
/// <param name="Name">What it is called in the page of reference: the way of keys to it, as in <c>messages[].content[]</c>; for a whole document, what that is.</param>
/// <param name="Keys">In the order in which people are told of them.</param>
internal sealed record ManifestShape(string Name, params ImmutableArray<ManifestKey> Keys)
{
    /// <summary>Keys of which there must be one at least; empty where there is no such choice.</summary>
    public ImmutableArray<string> OneOf { get; init; } = [];

    /// <summary>Keys of which there may be one at most; empty where there is no such choice.</summary>
    public ImmutableArray<string> NotTogether { get; init; } = [];

    /// <summary>A shape that only JSON has.</summary>
    public static ManifestShape OfJson(string name, params ReadOnlySpan<ManifestKey> keys)
    {
        var only = ImmutableArray.CreateBuilder<ManifestKey>(keys.Length);
        foreach (var key in keys) only.Add(key with { InYaml = Need.Absent });
        return new ManifestShape(name, only.MoveToImmutable());
    }

    /// <summary>Whether it is written in YAML alone.</summary>
    public bool IsYamlOnly => Keys.All(key => key.InJson == Need.Absent);

    /// <summary>The shapes within its values, each before those within it.</summary>
    public IEnumerable<ManifestShape> Within => Keys.SelectMany(key => key.Form.Shapes).SelectMany(shape => shape.Within.Prepend(shape));

    /// <summary>The keys that one of the two forms has.</summary>
    public IEnumerable<ManifestKey> In(bool json) => Keys.Where(key => key.NeedIn(json) != Need.Absent);

    /// <summary>The keys that one of the two forms cannot do without, those included that a command may say in its place.</summary>
    public IEnumerable<ManifestKey> NeededIn(bool json) => Keys.Where(key => key.NeedIn(json) is Need.Needed or Need.NeededUnlessGiven);
}
