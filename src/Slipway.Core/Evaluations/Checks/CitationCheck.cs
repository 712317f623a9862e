using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Slipway.Core.Evaluations;

/// <summary>The answer cites, and all that it cites stands in what it was given.</summary>
/// <remarks>
/// A citation is a source in square brackets, <c>[kb-12]</c> or <c>[1]</c>, or a quotation of at least three words; of a named field each of its
/// texts is one. It is grounded where a variable of the case, or a message, holds it: a source as a word of its own, a quotation word by word, spaces,
/// quotation marks and capital letters aside.
/// </remarks>
public sealed partial record CitationCheck : Check
{
    internal const string Named = "citation";
    private const int LeastQuotedWords = 3;

    private CitationCheck(int least, ImmutableArray<string> context, string? field) => (Least, Context, Field) = (least, context, field);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>How many citations there must be at least. Default 1.</summary>
    public int Least { get; }

    /// <summary>The variables that hold what may be cited; empty for all variables and messages.</summary>
    public ImmutableArray<string> Context { get; }

    /// <summary>The field of the answer that holds the citations, a text or a list of texts; null where they stand in the answer's text.</summary>
    public string? Field { get; }

    internal static CitationCheck? Read(CheckArguments given)
    {
        given.Takes("least", "context", "field");
        var (least, context, field) = (given.Count("least", required: false), given.Texts("context"), given.Field("field", required: false));
        return given.Fit ? new CitationCheck(least ?? 1, context, field) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        if (Least != 1) writer.WriteNumber("least"u8, Least);
        if (!Context.IsEmpty)
        {
            writer.WriteStartArray("context"u8);
            foreach (var one in Context) writer.WriteStringValue(one);
            writer.WriteEndArray();
        }
        if (Field is not null) writer.WriteString("field"u8, Field);
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        if (Field is not null && input.Json is null) return Fail(JsonValues.NotJson, input.Answer.Shown);
        ImmutableArray<string> cited = Field is not null
            ? [.. (input.Field(Field) is { } found ? CheckInput.TextsIn(found) : "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)]
            : [.. In(input.Prose)];
        if (cited.Length < Least)
        {
            var count = string.Create(CultureInfo.InvariantCulture, $"{cited.Length} where at least {Least} {(Least == 1 ? "is" : "are")} needed");
            return Fail(cited.IsEmpty ? "The answer cites nothing" : $"The answer cites {count}", input.Answer.Shown, (double)cited.Length / Least);
        }
        var context = $" {Normal(Given(input.Case))} ";
        ImmutableArray<string> invented = [.. cited.Where(one => !context.Contains($" {Normal(one)} ", StringComparison.Ordinal))];
        return invented.IsEmpty
            ? Pass($"The answer cites {string.Join(", ", cited.Select(JsonValues.Excerpt))}, as given", cited[0])
            : Fail($"The answer cites \"{JsonValues.Excerpt(invented[0])}\", which stands nowhere in what it was given", invented[0], 1 - (double)invented.Length / cited.Length);
    }

    private static IEnumerable<string> In(string text) =>
        Citation().Matches(text).Select(match => match.Groups.Values.Skip(1).First(group => group.Success).Value.Trim())
            .Where(one => one.Length > 0 && (text.Contains($"[{one}]", StringComparison.Ordinal) || one.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length >= LeastQuotedWords));

    private string Given(GoldenCase asked)
    {
        var given = new StringBuilder();
        foreach (var variable in asked.Variables?.EnumerateObject() ?? default)
        {
            if (Context.IsEmpty || Context.Contains(variable.Name, StringComparer.Ordinal)) given.Append(CheckInput.TextsIn(variable.Value)).Append('\n').Append(Keys(variable.Value)).Append('\n');
        }
        if (Context.IsEmpty)
        {
            foreach (var message in asked.Messages) given.Append(message.Content).Append('\n');
        }
        return given.ToString();
    }

    // Sources are often the keys of an object, and their ids may be numbers.
    private static string Keys(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => string.Join('\n', value.EnumerateObject().Select(field => $"{field.Name}\n{Keys(field.Value)}")),
        JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Select(Keys)),
        JsonValueKind.Number => value.GetRawText(),
        _ => "",
    };

    // Words with one space between two: whatever else stands between them says nothing. A dot, hyphen or the like within a word is part of it: kb-12, 2.1.
    private static string Normal(string text) => string.Join(' ', Word().Matches(text).Select(match => match.Value.ToLowerInvariant()));

    [GeneratedRegex(@"\[([^\[\]\n]{1,80})\](?!\()|""([^""\n]{5,600})""|“([^”\n]{5,600})”|„([^“”\n]{5,600})[“”]|«([^»\n]{5,600})»|»([^«\n]{5,600})«")] private static partial Regex Citation();

    [GeneratedRegex(@"[\p{L}\p{N}]+(?:[-_.'’][\p{L}\p{N}]+)*")] private static partial Regex Word();
}
