using System.Text;

namespace Slipway.Core.Contracts;

/// <summary>One keyword that bounds a number, with its bound as the schema writes it.</summary>
internal sealed record NumberRule(string Keyword, byte[] Bound)
{
    public static readonly string[] Keywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

    public bool Accepts(ExactNumber number)
    {
        var bound = new ExactNumber(Bound);
        return Keyword switch
        {
            "minimum" => number.CompareTo(bound) >= 0,
            "maximum" => number.CompareTo(bound) <= 0,
            "exclusiveMinimum" => number.CompareTo(bound) > 0,
            "exclusiveMaximum" => number.CompareTo(bound) < 0,
            _ => number.IsMultipleOf(bound),
        };
    }

    /// <summary>What the number must be, in words.</summary>
    public string Demand => Keyword switch
    {
        "minimum" => "must be at least ",
        "maximum" => "must be at most ",
        "exclusiveMinimum" => "must be more than ",
        "exclusiveMaximum" => "must be less than ",
        _ => "must be a multiple of ",
    } + Encoding.UTF8.GetString(Bound);
}

/// <summary>What a subschema asks of strings.</summary>
internal sealed record StringRules(int? MinLength, int? MaxLength, SchemaPattern? Pattern)
{
    public bool BoundsLength => MinLength is not null || MaxLength is not null;

    /// <summary>Whether a length is within the bounds.</summary>
    /// <param name="codePoints">Code points, not UTF-16 units: an emoji counts once.</param>
    public bool AcceptsLength(int codePoints) => codePoints >= (MinLength ?? 0) && codePoints <= (MaxLength ?? int.MaxValue);
}
