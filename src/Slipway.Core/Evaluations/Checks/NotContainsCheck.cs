using System.Collections.Immutable;
using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer holds none of some texts.</summary>
public sealed record NotContainsCheck : Check
{
    internal const string Named = "not_contains";

    internal NotContainsCheck(ImmutableArray<string> texts, bool ignoresCase) => (Texts, IgnoresCase) = (texts, ignoresCase);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The texts; at least one.</summary>
    public ImmutableArray<string> Texts { get; }

    /// <summary>Whether capital and small letters are the same. Default false.</summary>
    public bool IgnoresCase { get; }

    internal static NotContainsCheck? Read(CheckArguments given)
    {
        given.Takes("text", "any", "ignore_case");
        var ignoresCase = given.Flag("ignore_case");
        if (given.IsGiven("text") == given.IsGiven("any"))
        {
            given.Problem("any", "The check not_contains needs one of \"text\" and \"any\".");
            return null;
        }
        ImmutableArray<string> texts = given.IsGiven("any") ? given.Texts("any", required: true) : given.Text("text") is { } text ? [text] : [];
        return given.Fit ? new NotContainsCheck(texts, ignoresCase) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        if (Texts is [var text]) writer.WriteString("text"u8, text);
        else
        {
            writer.WriteStartArray("any"u8);
            foreach (var one in Texts) writer.WriteStringValue(one);
            writer.WriteEndArray();
        }
        if (IgnoresCase) writer.WriteBoolean("ignore_case"u8, true);
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var answer = input.Answer.Shown;
        var comparison = IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return Texts.FirstOrDefault(text => answer.Contains(text, comparison)) is { } found
            ? Fail($"The answer contains \"{JsonValues.Excerpt(found)}\"", JsonValues.Around(answer, answer.IndexOf(found, comparison), found.Length))
            : Pass(Texts.Length == 1 ? $"The answer does not contain \"{JsonValues.Excerpt(Texts[0])}\"" : $"The answer contains none of {Texts.Length} texts");
    }
}
