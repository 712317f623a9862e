using System.Text.Json;

namespace Slipway.Core.Evaluations;

/// <summary>The answer is written in one language, as far as <see cref="LanguageDetector"/> can tell.</summary>
/// <remarks>Of a JSON answer the texts in it are looked at; those of one word are labels and have no language.</remarks>
public sealed record LanguageCheck : Check
{
    internal const string Named = "language";

    private LanguageCheck(string language, string? field) => (Language, Field) = (language, field);

    /// <inheritdoc/>
    public override string Name => Named;

    /// <summary>The language as an ISO 639-1 code, e.g. <c>de</c>; one of <see cref="LanguageDetector.Languages"/>.</summary>
    public string Language { get; }

    /// <summary>The field that is looked at; null for the whole answer.</summary>
    public string? Field { get; }

    internal static LanguageCheck? Read(CheckArguments given)
    {
        given.Takes("language", "field");
        var (language, field) = (given.Text("language"), given.Field("field", required: false));
        if (language is not null && !LanguageDetector.Languages.Contains(language, StringComparer.Ordinal))
            given.Problem("language", $"\"language\" is \"{JsonValues.Excerpt(language)}\": the languages that can be told apart are {string.Join(", ", LanguageDetector.Languages)}.");
        return given.Fit ? new LanguageCheck(language!, field) : null;
    }

    private protected override void WriteArguments(Utf8JsonWriter writer)
    {
        writer.WriteString("language"u8, Language);
        if (Field is not null) writer.WriteString("field"u8, Field);
    }

    private protected override CheckResult Judge(CheckInput input)
    {
        var text = input.Prose;
        if (Field is not null)
        {
            if (input.Json is null) return Fail(JsonValues.NotJson, input.Answer.Shown);
            if (input.Field(Field) is not { } found) return Fail($"\"{Field}\" is missing");
            text = CheckInput.TextsIn(found);
        }
        else if (input.Json is { ValueKind: JsonValueKind.Object or JsonValueKind.Array })
        {
            text = string.Join('\n', text.Split('\n').Where(line => LanguageDetector.IsSentence(line)));
        }
        var language = LanguageDetector.Detect(text);
        return language == Language ? Pass($"The answer is in {Language}", text)
            : Fail(language is null ? $"The language of the answer cannot be told, expected {Language}" : $"The answer is in {language}, expected {Language}", text);
    }
}
