using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer holds texts: one, all of several, or at least one of several.</summary>
public sealed record ContainsCheck : Check
{
    internal const string Named = "contains";

    internal ContainsCheck(ImmutableArray<string> texts, bool anyIsEnough, bool ignoresCase) => (Texts, AnyIsEnough, IgnoresCase) = (texts, anyIsEnough, ignoresCase);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The texts; at least one.</summary>
    public ImmutableArray<string> Texts { get; }

    /// <summary>Whether one of them is enough; else all must be there.</summary>
    public bool AnyIsEnough { get; }

    /// <summary>Whether capital and small letters are the same. Default false.</summary>
    public bool IgnoresCase { get; }

    internal static ContainsCheck? Read(CheckArguments given)
    {
        given.Takes("text", "all", "any", "ignore_case");
        var ignoresCase = given.Flag("ignore_case");
        string[] named = [.. ((string[])["text", "all", "any"]).Where(given.IsGiven)];
        if (named is not [var key])
        {
            given.Problem(named.Length > 1 ? named[1] : "text", "The check contains needs one of \"text\", \"all\" and \"any\".");
            return null;
        }
        ImmutableArray<string> texts = key == "text" ? given.Text(key) is { } text ? [text] : [] : given.Texts(key, required: true);
        return given.Fit ? new ContainsCheck(texts, key == "any", ignoresCase) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        if (!AnyIsEnough && Texts is [var text]) writer.WriteString("text"u8, text);
        else
        {
            writer.WriteStartArray(AnyIsEnough ? "any"u8 : "all"u8);
            foreach (var one in Texts) writer.WriteStringValue(one);
            writer.WriteEndArray();
        }
        if (IgnoresCase) writer.WriteBoolean("ignore_case"u8, true);
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var answer = input.Answer.Shown;
        var comparison = IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        ImmutableArray<string> missing = [.. Texts.Where(text => !answer.Contains(text, comparison))];
        if (missing.IsEmpty || (AnyIsEnough && missing.Length < Texts.Length))
        {
            var found = Texts.First(text => !missing.Contains(text));
            return Pass($"The answer contains {Quoted(found)}", JsonValues.Around(answer, answer.IndexOf(found, comparison), found.Length));
        }
        if (AnyIsEnough) return Fail($"The answer contains none of {string.Join(", ", Texts.Select(Quoted))}", answer);
        var rest = missing.Length > 1 ? string.Create(CultureInfo.InvariantCulture, $" and {missing.Length - 1} more") : "";
        return Fail($"The answer does not contain {Quoted(missing[0])}{rest}", answer, 1 - (double)missing.Length / Texts.Length);
    }

    private static string Quoted(string text) => $"\"{JsonValues.Excerpt(text)}\"";
}
